"""A page as a tree, for tests that ask what stands where. Knows a little of CSS."""

import re
from html.parser import HTMLParser
from typing import Any

VOID = {"br", "hr", "img", "input", "link", "meta", "rect", "source", "wbr"}
SIMPLE = re.compile(r"^([\w-]*)((?:[#.][\w-]+|\[[^\]]+\])*)$")
PART = re.compile(r"[#.][\w-]+|\[[^\]]+\]")
ATTRIBUTE = re.compile(r"\[([\w-]+)(?:([\^$*]?)=['\"]?([^'\"\]]*)['\"]?)?\]")


class Element:
    """One element: its tag, attributes and what is in it."""

    def __init__(self, tag: str, attrs: dict[str, str]) -> None:
        self.tag, self.attrs = tag, attrs
        self.inside: list[Element | str] = []

    def __getitem__(self, name: str) -> str:
        return self.attrs[name]

    def __contains__(self, name: str) -> bool:
        return name in self.attrs

    @property
    def text(self) -> str:
        """All text in it, as it stands there."""
        return "".join(i if isinstance(i, str) else i.text for i in self.inside)

    @property
    def words(self) -> str:
        """All text in it, as it is read."""
        return " ".join(self.text.split())

    def all(self, selector: str) -> "list[Element]":
        """Return what the selector finds: `a#id.class[name^=value] b`."""
        found = [self]
        for step in selector.split():
            found = [e for outer in found for e in outer._below() if e._is(step)]
        return list(dict.fromkeys(found))

    def one(self, selector: str) -> "Element":
        """Return the only one that the selector finds."""
        found = self.all(selector)
        assert len(found) == 1, f"{selector}: {len(found)} of them"
        return found[0]

    def _below(self) -> "list[Element]":
        found = []
        for each in self.inside:
            if isinstance(each, Element):
                found += [each, *each._below()]
        return found

    def _is(self, step: str) -> bool:
        simple = SIMPLE.match(step)
        assert simple, f"no such selector here: {step}"
        tag, rest = simple.groups()
        return tag in ("", self.tag) and all(map(self._has, PART.findall(rest)))

    def _has(self, part: str) -> bool:
        if part[0] == "#":
            return self.attrs.get("id") == part[1:]
        if part[0] == ".":
            return part[1:] in self.attrs.get("class", "").split()
        matched = ATTRIBUTE.match(part)
        assert matched, f"no such selector here: {part}"
        name, how, value = matched.groups()
        said = self.attrs.get(name)
        if said is None or value is None:
            return said is not None
        ways = {"^": said.startswith(value), "$": said.endswith(value)}
        return ways.get(how, value in said if how else said == value)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        while len(self.open) > 1 and self.open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def read(answer: Any) -> Element:
    """Return the tree of an answer's page."""
    builder = _Builder()
    builder.feed(answer.content.decode())
    return builder.open[0]
