"""How far the token estimate is off on requests that its weights have not seen.

`python -m tests.spec.token_fit` fits the weights anew without each project in turn
(the requests of one resemble each other), estimates that project's requests, and prints
the errors. It needs real counts; the estimate itself needs nothing of this.
"""

import json
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from playground.spec import catalog, tokens
from playground.spec.rules import summarise

TRUTH = Path(__file__).parents[3] / "shared" / "recorded" / "token_truth.jsonl"

# What one would guess without any counts: the fit is drawn towards these. They were
# kept rough on purpose, but written by somebody who had seen a fit.
GUESSES = {
    "_LATIN": (1.2, 1.0, 1.0, 1.0, 0.5),
    "_LONG": (0.1, 0.2),
    "_OTHERS": (0.5, 0.5, 1.0, 1.0, 2.0),
}
CONSTANTS = {
    "_REQUEST": 5.0,
    "_MESSAGE": 5.0,
    "_SYSTEM": 5.0,
    "_CALL": 20.0,
    "_RESULT": 20.0,
    "_MANUAL_THINKING": 20.0,
    "_FORMAT": 50.0,
}
STRICTNESS = 0.003
UNIT = 1_000_000


@dataclass(frozen=True)
class Row:
    """A request with its true count, and what each weight adds to its estimate."""

    project: str
    truth: int
    fixed: float
    features: tuple[float, ...]
    tools: bool

    def estimate(self, weights: Sequence[float]) -> float:
        return self.fixed + sum(map(_times, self.features, weights))


def _times(one: float, other: float) -> float:
    return one * other


def names() -> list[tuple[str, int | None]]:
    found: list[tuple[str, int | None]] = [
        (name, i) for name, weights in GUESSES.items() for i in range(len(weights))
    ]
    return found + [(name, None) for name in CONSTANTS]


def guesses() -> list[float]:
    lists = [each for weights in GUESSES.values() for each in weights]
    return lists + list(CONSTANTS.values())


def weighed(values: Sequence[float]) -> dict[str, Any]:
    """The names of the estimate's module with these weights."""
    made: dict[str, Any] = {
        name: [list(entry) for entry in getattr(tokens, name)] for name in GUESSES
    }
    for (name, i), value in zip(names(), values, strict=True):
        if i is None:
            made[name] = value
        else:
            made[name][i][-1] = value
    return {k: tuple(map(tuple, v)) if k in GUESSES else v for k, v in made.items()}


def estimated(params: dict[str, Any], values: Sequence[float] | None = None) -> int:
    """The estimate of a whole request, with the module's weights or others."""
    rest = {key: value for key, value in params.items() if key != "messages"}
    if form := rest.get("output_format"):
        rest["output_config"] = {"format": form}
    changed = weighed(values) if values is not None else {"UNCHANGED": True}
    with patch.multiple(tokens, create=True, **changed):
        summaries = [summarise(message) for message in params["messages"]]
        return tokens.request_tokens(rest, summaries).total


def requests() -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Requests of text and tools to models of the catalog."""
    for line in TRUTH.read_text().splitlines():
        row = json.loads(line)
        model = row["request"]["model"]
        if "in:" not in row["kind"] and catalog.get(model).known:
            yield row["file"].partition("__")[0], row["input_tokens"], row["request"]


def rows() -> list[Row]:
    count = len(names())
    units = [[UNIT * float(i == j) for j in range(count)] for i in range(count)]
    found = []
    for project, truth, params in requests():
        fixed = estimated(params, [0.0] * count)
        features = ((estimated(params, unit) - fixed) / UNIT for unit in units)
        found.append(Row(project, truth, fixed, tuple(features), "tools" in params))
    return found


def fitted(known: Sequence[Row]) -> list[float]:
    """Weights of least squared relative error, drawn towards the guesses."""
    start = guesses()
    count = len(start)
    left = [[0.0] * count for _ in range(count)]
    right = [0.0] * count
    for row in known:
        part = [feature / row.truth for feature in row.features]
        rest = 1 - row.estimate(start) / row.truth
        for i in range(count):
            right[i] += part[i] * rest
            for j in range(count):
                left[i][j] += part[i] * part[j]
    for i, guess in enumerate(start):
        left[i][i] += STRICTNESS * len(known) / guess**2
    return [a + b for a, b in zip(start, solved(left, right), strict=True)]


def solved(left: list[list[float]], right: list[float]) -> list[float]:
    """The solution of linear equations, by elimination."""
    table = [[*row, value] for row, value in zip(left, right, strict=True)]
    for i in range(len(table)):
        pivot = max(range(i, len(table)), key=lambda k: abs(table[k][i]))
        table[i], table[pivot] = table[pivot], table[i]
        table[i] = [value / table[i][i] for value in table[i]]
        for k in range(len(table)):
            if k != i and table[k][i]:
                by = table[k][i]
                table[k] = [a - by * b for a, b in zip(table[k], table[i], strict=True)]
    return [row[-1] for row in table]


def held_out(known: Sequence[Row], asked: Sequence[Row] = ()) -> list[float]:
    """Relative errors, each project estimated by weights that never saw it.

    Of all rows, or of those that are asked for.
    """
    errors = []
    for project in sorted({row.project for row in known}):
        weights = fitted([row for row in known if row.project != project])
        mine = [row for row in asked or known if row.project == project]
        errors += [abs(row.estimate(weights) / row.truth - 1) for row in mine]
    return errors


def shipped() -> list[float]:
    """Relative errors of the weights as they are."""
    return [abs(estimated(params) / truth - 1) for _, truth, params in requests()]


def report(name: str, errors: Sequence[float]) -> str:
    deciles = statistics.quantiles(errors, n=10)
    median = statistics.median(errors)
    return (
        f"{name}: {len(errors)} requests, median {median:.1%}, 90th {deciles[8]:.1%}, "
        f"worst {max(errors):.1%}"
    )


if __name__ == "__main__":
    known = rows()
    guessed = [abs(row.estimate(guesses()) / row.truth - 1) for row in known]
    print(report("guesses alone", guessed))
    print(report("fitted on all", shipped()))
    print(report("held out by project", held_out(known)))
    plain = [row for row in known if not row.tools]
    print(report("  of these without tools", held_out(known, plain)))
    projects = len({row.project for row in known})
    print(f"{projects} projects; weights fitted here on all:")
    for (name, i), weight in zip(names(), fitted(known), strict=True):
        print(f"  {name}{'' if i is None else [i]}: {weight:.2f}")
