"""Closes JSON that was begun: given its beginning, the text that makes it whole.

A pushdown automaton over characters. Knows JSON and nothing else.
"""

import json
import re
from collections.abc import Callable, Iterable

Value = Callable[[str], object]
"""What belongs under a key."""

MAX_STARTS = 8
"""At how many brackets of a text the JSON is supposed to begin."""

_WORDS = ("true", "false", "null")


class Unfinished:
    """The state in which the beginning of a JSON text ends."""

    def __init__(self) -> None:
        self.stack: list[str] = []  # "{" or "[" for what is open
        self.expects = "value"  # value, first_value, key, first_key, colon, comma, end
        self.string: str | None = None  # raw text of an open string
        self.scalar = ""  # raw text of an open number or word
        self.keys: list[str] = []  # keys of the outermost open object
        self.key = ""
        self.start = 0  # where in the text it begins

    def feed(self, text: str) -> bool:
        """Read on; false when it is no JSON."""
        return all(self._step(char) for char in text)

    def _step(self, char: str) -> bool:
        if self.string is not None:
            return self._in_string(char)
        if self.scalar:
            if char in "+-.eE" or char.isalnum():
                self.scalar += char
                return self._scalar_may_go_on()
            if not self._end_scalar():
                return False
        return char in " \t\r\n" or self._token(char)

    def _in_string(self, char: str) -> bool:
        assert self.string is not None
        if char == '"' and not _ends_in_escape(self.string):
            self._end_string(self.string)
            return True
        self.string += char
        return char >= " "

    def _end_string(self, raw: str) -> None:
        self.string = None
        if self.expects in ("key", "first_key"):
            self.key = raw
            if self.in_outermost_object():
                self.keys.append(raw)
            self.expects = "colon"
        else:
            self._end_value()

    def _token(self, char: str) -> bool:
        wants_value = self.expects in ("value", "first_value")
        if char == '"' and (wants_value or self.expects in ("key", "first_key")):
            self.string = ""
        elif char in "{[" and wants_value:
            self.stack.append(char)
            if self.in_outermost_object():
                self.keys = []
            self.expects = "first_key" if char == "{" else "first_value"
        elif char == "}" and self.stack[-1:] == ["{"]:
            return self.expects in ("first_key", "comma") and self._close()
        elif char == "]" and self.stack[-1:] == ["["]:
            return self.expects in ("first_value", "comma") and self._close()
        elif char == ":" and self.expects == "colon":
            self.expects = "value"
        elif char == "," and self.expects == "comma":
            self.expects = "key" if self.stack[-1] == "{" else "value"
        elif wants_value and self.stack and (char == "-" or char.isalnum()):
            self.scalar = char
            return self._scalar_may_go_on()
        else:
            return False
        return True

    def in_outermost_object(self) -> bool:
        return self.stack[-1:] == ["{"] and "{" not in self.stack[:-1]

    def _scalar_may_go_on(self) -> bool:
        if any(word.startswith(self.scalar) for word in _WORDS):
            return True
        pattern = r"-?(0|[1-9]\d*)?(\.\d*)?([eE][+-]?\d*)?"
        return (
            re.fullmatch(pattern, self.scalar, re.A) is not None
            and re.match(r"-?(\d|$)", self.scalar) is not None
        )

    def _end_scalar(self) -> bool:
        whole = not self.missing_of_scalar()
        self.scalar = ""
        self._end_value()
        return whole

    def missing_of_scalar(self) -> str:
        """What makes the open number or word a whole one."""
        for word in _WORDS:
            if self.scalar and word.startswith(self.scalar):
                return word[len(self.scalar) :]
        return "0" if self.scalar[-1:] in ("-", "+", ".", "e", "E") else ""

    def _close(self) -> bool:
        self.stack.pop()
        self._end_value()
        return True

    def _end_value(self) -> None:
        self.expects = "comma" if self.stack else "end"


def begun(text: str) -> Unfinished | None:
    """The first JSON object or list that this text opens and leaves open, if any."""
    starts = [match.start() for match in re.finditer(r"[{\[]", text)]
    if len(starts) > MAX_STARTS:
        # Every start may have to be read to the end of the text.
        starts = starts[: MAX_STARTS // 2] + starts[-MAX_STARTS // 2 :]
    for start in starts:
        state = Unfinished()
        if state.feed(text[start:]) and state.stack:
            state.start = start
            return state
    return None


def completion(state: Unfinished, keys: Iterable[str], value: Value) -> str:
    """The rest of the JSON, so that beginning and rest parse together.

    The outermost object gets those of `keys` that it does not have yet.
    """
    out = _finish_piece(state, value)
    while state.stack:
        if state.in_outermost_object():
            missing = [key for key in keys if _written(key)[1:-1] not in state.keys]
            out += _members(state, missing, value)
        elif state.expects == "first_value":
            out += _written(value(state.key))
        elif state.expects == "key":
            out += f'"more": {_written(value("more"))}'
        out += "}" if state.stack.pop() == "{" else "]"
        state.expects = "comma"
    return out


def _finish_piece(state: Unfinished, value: Value) -> str:
    """Finish the string, number, word or pair in the middle of which it ends."""
    out = ""
    if state.string is not None:
        is_key = state.expects in ("key", "first_key")
        rest = _escape_rest(state.string)
        if not is_key:
            rest += _written(_text(value(state.key), state.string))[1:-1]
        elif not state.string:
            rest += "answer"
        out += rest + '"'
        state._end_string(state.string + rest)
    if state.scalar:
        out += state.missing_of_scalar()
        state._end_scalar()
    if state.expects == "colon":
        out, state.expects = f"{out}: ", "value"
    if state.expects == "value":
        space = "" if out.endswith(" ") else " " if state.key and not out else ""
        out += space + _written(value(state.key))
        state._end_value()
    return out


def _members(state: Unfinished, keys: list[str], value: Value) -> str:
    if state.expects == "key" and not keys:
        keys = ["more"]
    pairs = [f"{_written(key)}: {_written(value(key))}" for key in keys]
    if not pairs:
        return ""
    comma = ", " if state.expects == "comma" else ""
    return comma + ", ".join(pairs)


def _text(value: object, before: str) -> str:
    text = value if isinstance(value, str) else str(value)
    joins = before and not before.endswith((" ", "\\n", "\\"))
    return f" {text}" if joins else text


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _ends_in_escape(raw: str) -> bool:
    return (len(raw) - len(raw.rstrip("\\"))) % 2 == 1


def _escape_rest(raw: str) -> str:
    """What an escape at the very end still needs."""
    if _ends_in_escape(raw):
        return "n"
    broken = re.search(r"(?<!\\)(?:\\\\)*\\u([0-9a-fA-F]{0,3})$", raw)
    return "0" * (4 - len(broken[1])) if broken else ""
