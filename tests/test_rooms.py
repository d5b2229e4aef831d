"""Imports run one way. Read from the source, so that late imports count too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Each room and the rooms below it that it uses; it may use theirs too.
USES: dict[str, set[str]] = {
    "site": {"playground.editor"},
    "playground.editor": {"playground.runs", "conversations"},
    "playground.runs": {"playground.payload", "playground.claude", "conversations"},
    "playground.payload": {"playground.spec", "conversations"},
    "playground.claude": {"playground.simulator"},
    "playground.simulator": {"playground.spec"},
    "playground.spec": set(),
    "conversations": set(),
}
# What only some may touch: (the package, the only places for it).
ONLY_IN = [
    # The rulebook reads the SDK's types, never its client.
    ("anthropic", {"playground/claude", "playground/spec/strict.py"}),
    ("PIL", {"conversations/pictures"}),
]
# Where Django, and with it the database, is not known.
WITHOUT_DJANGO = ["playground/spec", "conversations/pictures"]


def reachable(room: str) -> set[str]:
    found = {room}
    for below in USES[room]:
        found |= reachable(below)
    return found


def room_of(module: str) -> str | None:
    """The room that a dotted name belongs to, None for what is not ours."""
    rooms = [room for room in USES if f"{module}.".startswith(f"{room}.")]
    if rooms:
        return max(rooms, key=len)
    return "site" if module.split(".")[0] == "playground" else None


def sources() -> list[Path]:
    folders = (ROOT / "playground", ROOT / "conversations")
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """Dotted names of all that a file imports, wherever in the file."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                # `from playground import payload` names a room, and
                # `from playground.payload import build` is in one already.
                yield f"{base}.{alias.name}"


@pytest.mark.parametrize("path", sources(), ids=module_of)
def test_a_room_uses_only_what_is_below_it(path: Path) -> None:
    room = room_of(module_of(path))
    assert room is not None
    used = {(name, room_of(name)) for name in imports(path)}
    against = {name for name, other in used if other and other not in reachable(room)}
    assert against == set()


@pytest.mark.parametrize(("package", "places"), ONLY_IN)
def test_some_packages_have_one_user(package: str, places: set[str]) -> None:
    users = {
        str(path.relative_to(ROOT))
        for path in sources()
        if any(name.split(".")[0] == package for name in imports(path))
    }
    elsewhere = {user for user in users if not any(map(user.startswith, places))}
    assert elsewhere == set()


@pytest.mark.parametrize("place", WITHOUT_DJANGO)
def test_some_rooms_know_no_django(place: str) -> None:
    knowing = {
        str(path.relative_to(ROOT))
        for path in sources()
        if str(path.relative_to(ROOT)).startswith(place)
        and any(name.split(".")[0] == "django" for name in imports(path))
    }
    assert knowing == set()


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import playground.runs", {"playground.runs"}),
        ("from playground import runs", {"playground.runs"}),
        ("from ..spec.rules import check", {"playground.spec.rules.check"}),
        ("from . import wire", {"playground.simulator.wire"}),
        ("def late():\n    from .. import runs", {"playground.runs"}),
    ],
)
def test_every_way_to_import_is_seen(
    source: str, names: set[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    path = tmp_path / "playground" / "simulator" / "engine.py"
    path.parent.mkdir(parents=True)
    path.write_text(source)
    assert set(imports(path)) == names
