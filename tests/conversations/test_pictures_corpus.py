"""Whatever is attached becomes a valid master or a clear refusal, and no crash."""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from conversations import pictures
from conversations.pictures import LIMITS, Refused, Worker, sizes
from tests.pictures import corpus, makers

# "crashed", "time" and "unavailable" would be no answers.
ANSWERS = {"taken", "type", "empty", "bytes", "pixels", "side", "damaged", "memory"}


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker(jobs=300)
    yield worker
    worker.close()


def outcome(path: Path, name: str, worker: Worker) -> str:
    """Why it was refused, or "taken" for a master that is as masters must be."""
    kept = path.with_suffix(".kept")
    try:
        picture = pictures.accept(path, name, upright=kept, worker=worker)
    except Refused as error:
        refusal = error
    else:
        check(picture, name)
        assert picture.kept_bytes == kept.stat().st_size, name
        assert b"alert(1)" not in kept.read_bytes(), name
        return "taken"
    assert name.split()[0] in refusal.sentence, name
    assert refusal.sentence.endswith((".", ".)")), name
    return refusal.code


def check(picture: pictures.Picture, name: str) -> None:
    image = makers.opened(picture.data)
    assert image.size == (picture.width, picture.height), name
    assert f"image/{image.format}".lower() == picture.media_type, name
    assert image.mode in {"1", "L", "LA", "P", "RGB", "RGBA"}, name
    assert not {"icc_profile", "exif", "xmp", "comment"} & set(image.info), name
    assert sizes.fitted(*image.size) == image.size, name
    assert b"alert(1)" not in picture.data, name


def peak(worker: Worker) -> int:
    """The most address space that the worker has had, in bytes (proc(5))."""
    if sys.platform != "linux" or worker.pid is None:
        return 0
    status = Path(f"/proc/{worker.pid}/status").read_text()
    found = re.search(r"VmPeak:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


def test_every_file_is_taken_or_refused_in_words(
    tmp_path: Path, worker: Worker
) -> None:
    path = tmp_path / "file"
    outcomes: dict[str, str] = {}
    for name, data in corpus.cases():
        path.write_bytes(data)
        outcomes[name] = outcome(path, name, worker)
        assert peak(worker) <= LIMITS.WORKER_MEMORY, name
    unclear = {name: code for name, code in outcomes.items() if code not in ANSWERS}
    assert unclear == {}
    assert len(outcomes) > 500
    # Of each kind enough that no answer is given to everything.
    counts = Counter(outcomes.values())
    assert min(counts["taken"], counts["damaged"], counts["type"]) > 50, counts
    misnamed = {code for name, code in outcomes.items() if " as ." in name}
    assert misnamed == {"taken"}


def test_no_two_files_of_the_corpus_have_one_name() -> None:
    names = [name for name, _ in corpus.cases()]
    assert len(names) == len(set(names))
