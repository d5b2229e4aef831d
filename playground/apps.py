"""The Django application of the site itself. It has no models."""

from django.apps import AppConfig
from django.contrib.staticfiles import apps as staticfiles


class PlaygroundConfig(AppConfig):
    name = "playground"

    def ready(self) -> None:
        from . import checks  # noqa: F401  registers them


class StaticFilesConfig(staticfiles.StaticFilesConfig):
    """Leaves out htmx's extensions: nothing here uses them, and one of them shows an
    import in a comment that the storage would take for a file."""

    ignore_patterns = [*staticfiles.StaticFilesConfig.ignore_patterns, "ext"]
