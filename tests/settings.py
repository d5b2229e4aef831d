"""The settings of the test suite: the product's own, in a folder of their own.

Only TEST_DATABASE_URL of the environment reaches the tests; a key that happens to
be set on the machine never does.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def _own_folder() -> Path:
    """One folder a test run: made by its first process, which removes it."""
    if "TEST_FOLDER" not in os.environ:
        os.environ["TEST_FOLDER"] = tempfile.mkdtemp(prefix="playground-tests-")
        atexit.register(shutil.rmtree, os.environ["TEST_FOLDER"], ignore_errors=True)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return Path(os.environ["TEST_FOLDER"]) / worker


OURS = {"HOST", "PORT", "PUBLIC_URL", "DATABASE_URL", "ACCESS", "SHARING"}
for name in list(os.environ):
    if name in OURS or name.startswith("ANTHROPIC_"):
        del os.environ[name]
os.environ["DATA_DIR"] = str(_own_folder())
os.environ["SIMULATOR_SPEED"] = "0"
if url := os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = url

from playground.settings import *  # noqa: E402, F403
from playground.settings import DATA_DIR, DATABASES, STORAGES  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Several threads write to it, as in the product: a database in memory could not
    # be shared by them under the same rules.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
