"""Keys that the playground makes for itself and keeps in the data folder.

Knows files only: not what a key is for.
"""

import os
import secrets
import tempfile
from pathlib import Path


def kept_key(path: Path) -> str:
    """The key in this file; the first to ask makes it, readable by its owner only.

    Processes that start together agree on one key: each writes its own complete
    file and links it into place, and the first link wins.
    Raises OSError where the folder cannot be written, ValueError on an empty file.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _place(secrets.token_urlsafe(48), path)
    key = path.read_text("ascii").strip()
    if not key:
        raise ValueError(f"{path} is empty")
    return key


def _place(key: str, path: Path) -> None:
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        # mkstemp made it 0600, and a link keeps the mode.
        with os.fdopen(descriptor, "w") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        os.unlink(draft)
