from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from playground.keys import kept_key


def test_a_key_is_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret.key"
    assert kept_key(path) == kept_key(path)
    assert len(kept_key(path)) >= 50


def test_only_the_owner_may_read_a_key(tmp_path: Path) -> None:
    kept_key(tmp_path / "secret.key")
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(kept_key, [path] * 64))
    assert len(keys) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]


def test_an_emptied_key_is_refused_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("\n")
    with pytest.raises(ValueError, match="is empty"):
        kept_key(tmp_path / "secret.key")
