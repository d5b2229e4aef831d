"""What the next request holds and costs: for the settings and the header."""

from decimal import Decimal

from . import figures
from .screen import Screen


def shares(screen: Screen) -> list[tuple[str, int]]:
    """Return the tokens of the input by kind; they add up to its total.

    The total may be counted, the parts are always estimated: text gets the rest.
    """
    told = screen.estimate.input
    found = [
        ("images", told.images),
        ("the system prompt", told.system),
        ("tools", told.tools),
    ]
    rest = screen.estimate.total - sum(tokens for _, tokens in found)
    return [*found, ("text", max(0, rest))]


def bar(screen: Screen) -> list[tuple[float, float]]:
    """Return start and width, in percent of the context window, of each share."""
    found, start = [], 0.0
    for _, tokens in shares(screen):
        width = min(100 - start, 100 * tokens / screen.made.model.context_window)
        found.append((start, max(width, 0.4) if tokens else 0.0))
        start += width
    return found


def rows(screen: Screen) -> list[tuple[str, str]]:
    """Return the table *This request*: what is counted and what it costs."""
    told = screen.estimate
    how, about = ("estimated", "") if told.counted is None else ("counted", "about ")
    found = [(f"Input, {how}", figures.number(told.total))]
    found += [
        (f"of which {label}", f"{about}{figures.number(tokens)}")
        for label, tokens in shares(screen)
        if tokens and tokens != told.total
    ]
    found.append(("Output, at most", figures.number(told.max_output)))
    return found


def cost(screen: Screen) -> str:
    """Return the cost between nothing answered and max tokens answered."""
    told = screen.estimate
    if told.low is None or told.high is None:
        return "unknown for this model"
    low = told.low if told.low >= figures.LEAST else Decimal(0)
    return f"{figures.dollars(low)} and {figures.dollars(told.high)}"


def headline(screen: Screen) -> dict[str, str]:
    """Return the chip of the header: tokens in and about what they cost."""
    number, unit = figures.counted(screen.estimate.total, "token").split()
    low = screen.estimate.low
    about = "about " if low is not None and low >= figures.LEAST else ""
    cost = "" if low is None else f"{about}{figures.dollars(low)}"
    return {"number": number, "unit": unit, "cost": cost}
