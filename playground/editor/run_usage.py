"""What a run has used and cost, split by kind of token."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from conversations.models import Run
from playground.spec import catalog, pricing

from . import figures, text

LABELS = {
    "input": "Input, not cached",
    "cache_read": "Read from the cache",
    "cache_write_5m": "Written to the cache, 5 minutes",
    "cache_write_1h": "Written to the cache, 1 hour",
    "output": "Output",
    "web_search": "Web searches",
}
ALWAYS = ("input", "output")
THINKING = "thinking"
OF_TODAY = (
    f"This run kept no prices: those of the table of {catalog.CHECKED:%-d %b %Y} are "
    "shown. The cost is the one that was kept."
)
OF_THEN = "The prices are those of the day of the run."
UNKNOWN = "No prices are known for this model."
ESTIMATED = (
    "The stream ended before the API said how much it had written: the output is "
    "estimated here."
)
LEADS = {
    pricing.COMPACTION: "Compaction: ",
    pricing.ADVISOR: "Advisor {}: ",
    pricing.DECLINED: "Declined by {}: ",
}
APART = (
    "Compactions, advisors and models that declined are billed, but not in the API's "
    "own counts of the reply. The cost has them in."
)
UNCOUNTED = "Thinking that is not shown is billed too, but nobody here could count it."


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, ready to read; `kind` also is its colour's name."""

    kind: str
    label: str
    count: str
    rate: str
    dollars: str
    # A part of the line above it, which its figures are in already.
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """The table with its bar: kind, start and width in percent of all tokens."""

    rows: Sequence[Row]
    bar: Sequence[tuple[str, float, float]]
    total: str
    notes: Sequence[str]


def of(run: Run) -> Usage | None:
    """Return the split; None while nothing is known of what was used."""
    if not isinstance(run.usage, dict):
        return None
    kept = _prices(run.prices)
    served = pricing.served_by(run.model, run.message or {})
    prices = kept or pricing.rates(served, run.usage)
    lines = pricing.lines(run.usage, prices or {})
    thought = _thought(run.usage)
    rows = []
    for line in lines:
        is_reply = line.share.what == pricing.REPLY
        if line.count or (is_reply and line.kind in ALWAYS):
            rows.append(_row(line, prices or {}))
        if is_reply and line.kind == "output" and thought:
            rows.append(_row(replace(line, kind=THINKING, count=thought), prices or {}))
    notes = [OF_THEN if kept else OF_TODAY if prices else UNKNOWN]
    if any(line.share.what != pricing.REPLY for line in lines):
        notes.append(APART)
    if run.usage_is_estimated:
        notes.append(ESTIMATED)
    if run.uncounted:
        notes.append(UNCOUNTED)
    exact = figures.dollars(None) if run.cost is None else _exact(run.cost)
    total = exact if run.cost is None else run.about + exact
    return Usage(rows, _bar(lines, thought), total, notes)


def _row(line: pricing.Line, prices: pricing.Rates) -> Row:
    is_part = line.kind == THINKING
    # Runs of before these shares were counted kept no price for them.
    known = is_part or line.share.key(line.kind) in prices
    return Row(
        line.kind,
        "of which thinking" if is_part else _label(line),
        figures.number(line.count),
        f"${_short(line.rate)}" if known else "",
        _exact(line.dollars) if known else "",
        is_part,
    )


def _label(line: pricing.Line) -> str:
    label, lead = LABELS[line.kind], LEADS.get(line.share.what, "")
    if not lead:
        return label
    return lead.format(text.shown(line.share.model)) + label[0].lower() + label[1:]


def _short(rate: Decimal) -> str:
    return f"{rate.normalize():f}"


def _exact(dollars: Decimal) -> str:
    """Return dollars to the last place that is kept with a run."""
    try:
        return f"${_short(round(dollars, 8))}"
    except InvalidOperation:  # more digits than are kept; nobody pays that
        return f"${dollars:.3g}"


def _bar(lines: Sequence[pricing.Line], thought: int) -> list[tuple[str, float, float]]:
    counts = dict.fromkeys((*pricing.PROMPT, "output"), 0)
    for line in lines:
        if line.kind in counts:
            counts[line.kind] += line.count
    counts["output"] = max(0, counts["output"] - thought)
    counts[THINKING] = thought
    total = sum(counts.values()) or 1
    found, start = [], 0.0
    for kind, count in counts.items():
        width = 100 * count / total
        if count:
            found.append((kind, start, max(width, 0.4)))
        start += width
    return found


def _thought(usage: Mapping[str, Any]) -> int:
    """Return the output tokens that were thinking, 0 where that is not told."""
    details = usage.get("output_tokens_details")
    count = details.get("thinking_tokens") if isinstance(details, dict) else None
    return count if isinstance(count, int) and count > 0 else 0


def _prices(kept: Any) -> dict[str, Decimal] | None:
    try:
        return {kind: Decimal(rate) for kind, rate in kept.items()} or None
    except (AttributeError, InvalidOperation):
        return None
