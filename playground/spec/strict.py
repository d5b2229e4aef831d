"""Strict types made from the SDK's own TypedDicts, for pydantic. Types only.

Lists are lists, unions are told apart by kind and by `type`, unknown keys are refused;
files and response models, which no JSON request holds, are left out.
"""

import types
import typing
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Literal, NotRequired, Required

from pydantic import ConfigDict, Discriminator, Tag, TypeAdapter
from typing_extensions import TypedDict, get_type_hints, is_typeddict

HEADERS = frozenset(("betas", "user_profile_id", "workspace_id"))
"""Keys of the SDK's params that travel in headers or the address."""

SAID, SILENT = "\0", "\1"
"""Beginnings of union tags: part of the API's path, or not."""
WRONG = f"{SILENT}wrong"
_DROPPED = ("IO", "PathLike")


@cache
def adapter(shape: str, beta: bool) -> TypeAdapter[Any]:
    if shape == "params":
        hints = hints_of(params_type(beta))
        kept = {key: hints[key] for key in hints if key not in HEADERS | {"messages"}}
        return TypeAdapter(_copied("Params", {**kept, "stream": NotRequired[bool]}))
    return TypeAdapter(_strict(message_type(shape, beta)))


def params_type(beta: bool) -> Any:
    from anthropic.types import message_create_params as plain
    from anthropic.types.beta import message_create_params as wider

    return (wider if beta else plain).MessageCreateParamsBase


def count_params_type() -> Any:
    from anthropic.types import message_count_tokens_params as plain

    return plain.MessageCountTokensParams


def message_type(role: str, beta: bool) -> Any:
    for each in members(hints_of(params_type(beta))["messages"]):
        if tag_of(each, "role") == role:
            return each
    raise LookupError(f"The SDK has no message of role {role}")


@cache
def hints_of(given: Any) -> dict[str, Any]:
    # __required_keys__ is wrong in the SDK because of postponed annotations.
    hints = get_type_hints(given, include_extras=True)
    total = getattr(given, "__total__", True)
    return {key: _with_presence(hint, total) for key, hint in hints.items()}


def _with_presence(hint: Any, total: bool) -> Any:
    if typing.get_origin(hint) in (Required, NotRequired):
        return hint
    return Required[hint] if total else NotRequired[hint]


def _copied(name: str, hints: Mapping[str, Any], *, open: bool = False) -> Any:
    fields = {}
    for key, hint in hints.items():
        inner = _strict(typing.get_args(hint)[0])
        needed = typing.get_origin(hint) is Required
        fields[key] = Required[inner] if needed else NotRequired[inner]
    dictionary: Any = TypedDict  # made from data, which no type checker follows
    made = dictionary(name, fields)
    extra: Literal["allow", "forbid"] = "allow" if open else "forbid"
    made.__pydantic_config__ = ConfigDict(extra=extra, strict=True)
    return made


class _ImageReference(TypedDict):
    """A source that stands for an upload until the request is built."""

    type: Literal["image_ref"]


class _FileReference(TypedDict):
    """The same of a document."""

    type: Literal["file_ref"]


_REFERENCES = {
    "ImageBlockParam": _ImageReference,
    "DocumentBlockParam": _FileReference,
}
for _reference in _REFERENCES.values():
    _reference.__pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[attr-defined]


@cache
def _strict_dict(given: Any) -> Any:
    hints = dict(hints_of(given))
    for name, reference in _REFERENCES.items():
        if given.__name__.endswith(name):
            source = typing.get_args(hints["source"])[0]
            hints["source"] = Required[source | reference]
    config = getattr(given, "__pydantic_config__", {})
    return _copied(given.__name__, hints, open=config.get("extra") == "allow")


def _strict(given: Any) -> Any:
    """The same type, strict to the last corner."""
    if is_typeddict(given):
        return _strict_dict(given)
    if _is_union(given):
        return _union(given)
    origin, inner = typing.get_origin(given), typing.get_args(given)
    if origin is Literal or given in (str, int, float, bool):
        return given
    if origin is Annotated or origin in (Required, NotRequired):
        return _strict(inner[0])
    if origin is dict:
        values: Any = _strict(inner[1])
        return dict[str, values]
    if inner:  # Iterable, List, Sequence …
        return list[_strict(inner[0])]  # type: ignore[misc]
    return Any


def _is_union(given: Any) -> bool:
    return typing.get_origin(given) in (typing.Union, types.UnionType)


def members(given: Any) -> list[Any]:
    """The alternatives of a type that a request may hold; lists are looked into."""
    return list(_flat(given))


def _flat(given: Any) -> Iterator[Any]:
    origin, inner = typing.get_origin(given), typing.get_args(given)
    if origin in (Required, NotRequired, Annotated):
        yield from _flat(inner[0])
    elif _is_union(given):
        for each in inner:
            yield from _flat(each)
    elif inner and origin is not Literal and origin is not dict:
        yield from _flat(inner[0])
    else:
        yield given


def _alternatives(given: Any) -> Iterator[Any]:
    for each in typing.get_args(given):
        if typing.get_origin(each) is Annotated:
            each = typing.get_args(each)[0]
        if _is_union(each):
            yield from _alternatives(each)
        elif getattr(typing.get_origin(each) or each, "__name__", "") in _DROPPED:
            continue  # for files, which JSON has not
        elif hasattr(each, "model_fields"):
            continue  # a response given back
        else:
            yield each


_JSON: Mapping[type, str] = {
    str: "str",
    dict: "dict",
    list: "list",
    bool: "bool",
    int: "number",
    float: "number",
    type(None): "null",
}


def _union(given: Any) -> Any:
    """Alternatives told apart by their kind of JSON, objects by their type."""
    kinds: dict[str, list[Any]] = {}
    for each in _alternatives(given):
        kinds.setdefault(_kind(each), []).append(each)
    strict = {kind: _one_of(kind, listed) for kind, listed in kinds.items()}
    optional = strict.pop("null", None) is not None
    if len(strict) == 1:
        only = next(iter(strict.values()))
        return typing.Optional[only] if optional else only  # noqa: UP045
    tagged = [Annotated[each, Tag(f"{SILENT}{k}")] for k, each in strict.items()]

    def kind_of(value: Any) -> str:
        kind = _JSON.get(type(value), "")
        return f"{SILENT}{kind}" if kind in strict else WRONG

    either: Any = typing.Union[tuple(tagged)]  # noqa: UP007
    made: Any = Annotated[either, Discriminator(kind_of)]
    return typing.Optional[made] if optional else made  # noqa: UP045


def _kind(given: Any) -> str:
    if is_typeddict(given):
        return "dict"
    origin = typing.get_origin(given) or given
    if origin is Literal:
        return _JSON[type(typing.get_args(given)[0])]
    known = origin if isinstance(origin, type) else list
    return _JSON.get(known, "list")


def _one_of(kind: str, listed: list[Any]) -> Any:
    if kind != "dict" or len(listed) == 1:
        plain = [each for each in listed if typing.get_origin(each) is not Literal]
        return _strict((plain or listed)[0])
    if not all(map(is_typeddict, listed)):
        return dict[str, Any]
    by_tag = {tag_of(each, "type"): each for each in listed}
    if "" in by_tag or len(by_tag) < len(listed):
        return dict[str, Any]
    tagged = [Annotated[_strict(d), Tag(f"{SAID}{tag}")] for tag, d in by_tag.items()]
    default = "custom" if "custom" in by_tag else None
    return Annotated[typing.Union[tuple(tagged)], Discriminator(_reader(default))]  # noqa: UP007


def _reader(default: str | None) -> Callable[[Any], str | None]:
    def type_of(value: Any) -> str | None:
        if not isinstance(value, dict):
            return None
        tag = value.get("type")
        if tag is None:
            return f"{SAID}{default}" if default else None
        return f"{SAID}{tag}"

    return type_of


def tag_of(given: Any, key: str) -> str:
    """What the key must be for that type; empty when it says nothing."""
    if not is_typeddict(given):
        return ""
    for each in _flat(hints_of(given).get(key, str)):
        if typing.get_origin(each) is Literal:
            return str(typing.get_args(each)[0])
    return ""


@cache
def betas() -> frozenset[str]:
    """The values of the anthropic-beta header that the SDK knows."""
    from anthropic.types import AnthropicBetaParam

    return frozenset(
        value
        for each in typing.get_args(AnthropicBetaParam)
        for value in typing.get_args(each)
    )
