"""Ports: the whole conversation taken to another model as one proposed change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils import timezone

from conversations.models import Revision
from playground.spec import catalog, porting
from playground.spec.rules import check_body

from . import fixing, proposals, screen
from .changes import Change
from .proposals import Proposal

LEFT = "Still refused after this: {}"


class NoTarget(ValueError):
    """The sentence is for the person who chose."""


@dataclass(frozen=True, slots=True)
class Port:
    """A port to one model: the change, and what is good to know beside it."""

    target: catalog.Model
    change: Change
    reasons: Sequence[str]
    notes: Sequence[str]
    left: Sequence[str]


def targets(current: object, today: date) -> list[tuple[str, list[catalog.Model]]]:
    """Return the models that a port may lead to, by line, the newest first."""
    here = catalog.get(current).id
    rows = [
        model
        for model in catalog.MODELS.values()
        if model.id != here and not catalog.is_retired(model, today)
    ]
    lines = list(dict.fromkeys(model.line for model in rows))
    rows.sort(key=lambda model: lines.index(model.line))
    return [(line, list(of)) for line, of in groupby(rows, key=lambda row: row.line)]


def suggested(current: object, today: date) -> str:
    """Return the newest model of the same line, else Sonnet; never a restricted one."""
    found = [
        model
        for _, models in targets(current, today)
        for model in models
        if not model.restricted
    ]
    line = catalog.get(current).line
    found.sort(key=lambda m: (m.line != line, m.line != "sonnet", -_age(m)))
    return found[0].id if found else ""


def _age(model: catalog.Model) -> int:
    return model.released.toordinal() if model.released else 0


def to(revision: Revision, model_id: str) -> Port:
    """Return the port of the revision. Raises NoTarget for what no port leads to."""
    today = timezone.localdate()
    made, _ = screen.payload_as_sent(revision)
    current = made.params.get("model")
    allowed = [m.id for _, models in targets(current, today) for m in models]
    if model_id not in allowed:
        raise NoTarget("Choose a model of the list that is not the present one.")
    target = catalog.get(model_id)
    body = fixing.body_of(made)
    ported = porting.port(body, model_id, headers=made.headers, today=today)
    summary = f"Ported to {target.name}"
    return Port(
        target,
        fixing.carried(revision, made, ported.body, summary),
        [change.explanation for change in ported.changes if change.made],
        [change.explanation for change in ported.changes if not change.made],
        [
            problem.explanation
            for problem in check_body(ported.body, made.headers, today=today)
            if problem.severity == "error"
        ],
    )


def proposal(revision: Revision, port: Port) -> Proposal:
    """Return the port as a difference with its reasons."""
    cautions = [*port.notes, *(LEFT.format(words) for words in port.left)]
    return proposals.of(revision, port.change, port.reasons, cautions)
