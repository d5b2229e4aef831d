"""The table of models: limits, prices, life cycle and what each one accepts.

One row a model. It owns facts and nothing else: what follows from them (problems,
costs, token counts) is worked out by the other modules of this package.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

CHECKED = date(2026, 11, 15)
"""When the rows were last compared with Anthropic's pages and the SDK (2.12.0)."""

ThinkingType = Literal["adaptive", "enabled", "disabled", "between_tools"]


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens. Cache writes are multiples of the input price."""

    input: Decimal
    output: Decimal
    cache_read: Decimal

    @property
    def cache_write_5m(self) -> Decimal:
        return self.input * Decimal("1.25")

    @property
    def cache_write_1h(self) -> Decimal:
        return self.input * 2


@dataclass(frozen=True, slots=True)
class Model:
    """What is known of one model.

    The defaults describe the newest generation. They are also what an unknown id gets,
    so they lean to the side that refuses less: no prefill, no sampling, adaptive.
    """

    id: str
    name: str
    line: str
    aliases: tuple[str, ...] = ()
    known: bool = True
    # Limits, in tokens.
    context_window: int = 1_000_000
    max_output: int = 128_000
    batch_output: int = 300_000
    """The longest answer in a batch that asks for such by a beta header."""
    max_images: int = 600
    min_cacheable_tokens: int = 512
    # Prices; `long_price` holds for the whole request once its prompt is longer than
    # `long_price_above` tokens.
    price: Price | None = None
    long_price: Price | None = None
    long_price_above: int | None = None
    fast_price: Price | None = None
    inference_geo: bool = True
    # Life cycle.
    released: date | None = None
    deprecated: date | None = None
    retires: date | None = None
    retires_not_before: date | None = None
    restricted: bool = False
    # Behaviour.
    prefill: bool = False
    thinking: frozenset[str] = frozenset({"adaptive"})
    thinking_default: Literal["on", "off"] = "on"
    display_default: Literal["omitted", "summarized"] = "omitted"
    disabled_efforts: tuple[str, ...] | None = None
    efforts: tuple[str, ...] = ("low", "medium", "high", "xhigh", "max")
    effort_default: str | None = "high"
    forced_tool_choice: bool = True
    sampling: Literal["accepted", "default_only"] = "default_only"
    system_role: bool = True
    structured_outputs: bool = True
    image_tier: Literal["standard", "high"] = "high"
    tokenizer: Literal["old", "new"] = "new"
    keeps_thinking: bool = True
    """Whether it reads the thinking of earlier turns, which is billed then."""
    prefix_binding: Literal["always", "new_accounts", "never"] = "never"
    tool_tokens: int = 290
    """Hidden prompt of a request with tools, for tool_choice auto or none."""
    forced_tool_tokens: int = 410
    """The same for tool_choice any or tool."""
    unverified: frozenset[str] = frozenset()
    """Names of fields above that no official source confirms."""
    lacks: frozenset[str] = frozenset()
    """What an endpoint says it cannot do: `image_input`, `pdf_input`, `web_search`,
    `code_execution`."""
    learned: bool = False
    """Whether an endpoint lists it and this table does not."""

    @property
    def retires_note(self) -> str:
        """When it goes away, in words; empty when nothing has been announced."""
        if self.retires:
            return f"on {_day(self.retires)}"
        if self.retires_not_before:
            return f"not before {_day(self.retires_not_before)}"
        return ""


def _day(when: date) -> str:
    return f"{when.day} {when:%b %Y}"


def _usd(input: str, output: str, cache_read: str) -> Price:
    return Price(Decimal(input), Decimal(output), Decimal(cache_read))


_OPTIONAL = frozenset({"adaptive", "disabled"})
_EITHER = frozenset({"adaptive", "enabled", "disabled"})
_MANUAL = frozenset({"enabled", "disabled"})
_TO_HIGH = ("low", "medium", "high")
_NO_XHIGH = ("low", "medium", "high", "max")
_NEW: Literal["new_accounts"] = "new_accounts"

# Sources: platform.claude.com model, pricing, prompt-caching, thinking, effort, errors
# and vision pages (Aug-Oct 2026), the what's-new and migration pages of the 5.x models
# (Sep-Nov 2026), anthropic 2.12.0 types/model.py and DEPRECATED_MODELS. Sampling:
# measured on nine models, Sep 2026 (the border lies at 4.7).
# fmt: off
_FABLE = Model(
    "", "", "fable", price=_usd("10", "50", "0.25"), forced_tool_choice=False,
    batch_output=128_000)
_GEN_4 = Model(  # 4.5 and 4.6
    "", "", "", thinking_default="off", display_default="summarized",
    sampling="accepted", system_role=False, image_tier="standard", tokenizer="old",
    tool_tokens=496, forced_tool_tokens=588)
_GEN_45 = replace(
    _GEN_4, prefill=True, thinking=_MANUAL, context_window=200_000, max_output=64_000,
    batch_output=64_000, max_images=100, inference_geo=False, efforts=(),
    effort_default=None)
_GEN_46 = replace(
    _GEN_4, thinking=_EITHER, efforts=_NO_XHIGH,
    tool_tokens=497, forced_tool_tokens=589)

_ROWS = (
    # 1 h cache write and minimum of 5.2: computed and assumed, no official page seen.
    replace(_FABLE, id="claude-fable-5-2", name="Claude Fable 5.2",
            price=_usd("8", "40", "0.20"), released=date(2026, 11, 9),
            prefix_binding="always", unverified=frozenset({"min_cacheable_tokens"})),
    replace(_FABLE, id="claude-mythos-5-2", name="Claude Mythos 5.2", line="mythos",
            price=_usd("8", "40", "0.20"), released=date(2026, 11, 9), restricted=True,
            prefix_binding="always", unverified=frozenset({"min_cacheable_tokens"})),
    Model("claude-opus-5-5", "Claude Opus 5.5", "opus", price=_usd("4", "20", "0.20"),
          fast_price=_usd("8", "40", "0.40"), released=date(2026, 9, 22),
          retires_not_before=date(2027, 9, 22), effort_default="medium",
          forced_tool_choice=False, prefix_binding=_NEW, tool_tokens=286),
    Model("claude-sonnet-5-5", "Claude Sonnet 5.5", "sonnet",
          price=_usd("2", "10", "0.10"), released=date(2026, 9, 28),
          thinking=frozenset({"adaptive", "between_tools"}), forced_tool_choice=False,
          prefix_binding=_NEW, tool_tokens=354),
    # Whether it takes role "system" between turns is not known.
    Model("claude-haiku-5-5", "Claude Haiku 5.5", "haiku",
          price=_usd("0.10", "0.50", "0.01"), long_price=_usd("0.50", "2.50", "0.05"),
          long_price_above=100_000, released=date(2026, 10, 7),
          retires_not_before=date(2027, 10, 7), thinking=_OPTIONAL,
          disabled_efforts=_TO_HIGH, effort_default="medium", system_role=False,
          prefix_binding=_NEW, unverified=frozenset({"system_role"})),
    replace(_FABLE, id="claude-fable-5-1", name="Claude Fable 5.1",
            released=date(2026, 9, 1), prefix_binding=_NEW),
    replace(_FABLE, id="claude-mythos-5-1", name="Claude Mythos 5.1", line="mythos",
            released=date(2026, 9, 1), restricted=True, prefix_binding="always",
            unverified=frozenset({"min_cacheable_tokens"})),
    Model("claude-opus-5", "Claude Opus 5", "opus", price=_usd("5", "25", "0.50"),
          fast_price=_usd("10", "50", "1"), released=date(2026, 7, 24),
          retires_not_before=date(2027, 7, 24), thinking=_OPTIONAL,
          disabled_efforts=_TO_HIGH, tool_tokens=286, forced_tool_tokens=406),
    Model("claude-sonnet-5", "Claude Sonnet 5", "sonnet", price=_usd("2", "10", "0.20"),
          released=date(2026, 6, 30), min_cacheable_tokens=1024, thinking=_OPTIONAL,
          system_role=False, tool_tokens=354, forced_tool_tokens=474),
    replace(_FABLE, id="claude-fable-5", name="Claude Fable 5",
            price=_usd("10", "50", "1"), released=date(2026, 6, 9),
            retires_not_before=date(2027, 6, 9), forced_tool_choice=True),
    replace(_FABLE, id="claude-mythos-5", name="Claude Mythos 5", line="mythos",
            price=_usd("10", "50", "1"), released=date(2026, 6, 9), restricted=True,
            forced_tool_choice=True),
    Model("claude-opus-4-8", "Claude Opus 4.8", "opus", price=_usd("5", "25", "0.50"),
          fast_price=_usd("10", "50", "1"), released=date(2026, 5, 28),
          retires_not_before=date(2027, 5, 28), min_cacheable_tokens=1024,
          thinking=_OPTIONAL, thinking_default="off"),
    Model("claude-opus-4-7", "Claude Opus 4.7", "opus", price=_usd("5", "25", "0.50"),
          released=date(2026, 4, 16), retires_not_before=date(2027, 4, 16),
          min_cacheable_tokens=2048, thinking=_OPTIONAL, thinking_default="off",
          system_role=False, tool_tokens=675, forced_tool_tokens=804),
    # A field report of May 2026 measured a minimum of 2048 for Sonnet 4.6.
    replace(_GEN_46, id="claude-sonnet-4-6", name="Claude Sonnet 4.6", line="sonnet",
            price=_usd("3", "15", "0.30"), released=date(2026, 2, 17),
            retires_not_before=date(2027, 2, 17), min_cacheable_tokens=1024),
    replace(_GEN_46, id="claude-opus-4-6", name="Claude Opus 4.6", line="opus",
            price=_usd("5", "25", "0.50"), released=date(2026, 2, 5),
            retires_not_before=date(2027, 2, 5), min_cacheable_tokens=4096),
    replace(_GEN_45, id="claude-haiku-4-5", name="Claude Haiku 4.5", line="haiku",
            aliases=("claude-haiku-4-5-20251001",), price=_usd("1", "5", "0.10"),
            keeps_thinking=False,
            released=date(2025, 10, 15), retires_not_before=date(2026, 10, 15),
            min_cacheable_tokens=4096),
    replace(_GEN_45, id="claude-opus-4-5", name="Claude Opus 4.5", line="opus",
            aliases=("claude-opus-4-5-20251101",), price=_usd("5", "25", "0.50"),
            released=date(2025, 11, 24), retires_not_before=date(2026, 11, 24),
            min_cacheable_tokens=4096, efforts=_TO_HIGH, effort_default="high"),
    replace(_GEN_45, id="claude-sonnet-4-5", name="Claude Sonnet 4.5", line="sonnet",
            aliases=("claude-sonnet-4-5-20250929",), price=_usd("3", "15", "0.30"),
            released=date(2025, 9, 29), deprecated=date(2026, 9, 30),
            retires=date(2026, 11, 30), min_cacheable_tokens=1024,
            keeps_thinking=False),
    Model("claude-mythos-preview", "Claude Mythos Preview", "mythos",
          retires=date(2026, 6, 30), restricted=True, min_cacheable_tokens=2048,
          batch_output=128_000, thinking=frozenset({"adaptive", "enabled"}),
          forced_tool_choice=False,
          unverified=frozenset({"efforts", "system_role"})),
)
# fmt: on

_models: Mapping[str, Model] = {row.id: row for row in _ROWS}


class _Rows(Mapping[str, Model]):
    """The rows as they are now: readers in other threads never see half of a change."""

    def __getitem__(self, key: str) -> Model:
        return _models[key]

    def __iter__(self) -> Iterator[str]:
        return iter(_models)

    def __len__(self) -> int:
        return len(_models)


MODELS: Mapping[str, Model] = _Rows()
"""Every model by id, in display order: newest first, retired last."""

_ALIASES = {alias: row.id for row in _ROWS for alias in row.aliases}


def learn(rows: Iterable[Model]) -> None:
    """Let these rows stand in place of their own, and new ones before all others.

    For this process, until `forget`.
    """
    global _models
    found = {row.id: row for row in rows}
    new = {key: row for key, row in found.items() if key not in _models}
    _models = new | {key: found.get(key, row) for key, row in _models.items()}


def forget() -> None:
    """Return to the rows of this table."""
    global _models
    _models = {row.id: row for row in _ROWS}


# Gone before this table began; kept so that the refusal can say since when.
_GONE = {
    "claude-opus-4-1": date(2026, 8, 5),
    "claude-opus-4-1-20250805": date(2026, 8, 5),
    "claude-opus-4-0": date(2026, 6, 15),
    "claude-opus-4-20250514": date(2026, 6, 15),
    "claude-sonnet-4-0": date(2026, 6, 15),
    "claude-sonnet-4-20250514": date(2026, 6, 15),
    "claude-3-7-sonnet-latest": date(2026, 2, 19),
    "claude-3-7-sonnet-20250219": date(2026, 2, 19),
    "claude-3-5-haiku-latest": date(2026, 2, 19),
    "claude-3-5-haiku-20241022": date(2026, 2, 19),
    "claude-3-opus-20240229": date(2026, 1, 5),
    "claude-3-sonnet-20240229": date(2025, 7, 21),
}


def get(model_id: object) -> Model:
    """The row for an id or a dated alias.

    An id that is not in the table gets the defaults with `known=False`; anything that
    is no text counts as an unknown id. Never raises.
    """
    key = model_id if isinstance(model_id, str) else ""
    found = _models.get(key) or _models.get(_ALIASES.get(key, ""))
    if found:
        return found
    return Model(key, key or "this model", "", known=False, retires=_GONE.get(key))


def is_retired(model: Model, on: date) -> bool:
    """Whether the API has stopped serving the model on that day."""
    return model.retires is not None and on > model.retires
