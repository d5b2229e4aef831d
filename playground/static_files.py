"""Static files under hashed names, modules that import one another included."""

from servestatic.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Rewrites imports too: a module under a plain name would be cached as another."""

    support_js_module_import_aggregation = True
