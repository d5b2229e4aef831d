"""The articles of the script: turns, and runs that stand beside or below them."""

from collections.abc import Collection, Mapping

from conversations import images
from conversations.models import Run, Turn
from conversations.models.json import is_same
from playground.runs import variants

from . import answering, cards, endings, outcomes, problems
from .groups import Group
from .screen import Screen, light, place

OTHER_SETTINGS = "It was sent with other settings."


def script(
    screen: Screen,
    waiting: Mapping[str, cards.Waiting],
    only: Collection[str] | None = None,
) -> list[cards.Card]:
    """Return the articles from the top to the foot; with `only`, those of its slots.

    `waiting` is what waits at each. Four queries, whatever the number.
    """
    wanted = [
        (number, entry)
        for number, entry in enumerate(screen.entries, 1)
        if only is None or entry.slot in only
    ]
    turns = screen.head.load(entry.turn for _, entry in wanted)
    shown = images.used_by(turns.values())
    replies = [t for t in turns.values() if t.role == Turn.Role.ASSISTANT]
    at_slots = variants.of_slots(screen.conversation, [t.slot for t in replies])
    used = light(screen.conversation).in_bulk(list(variants.used(replies)))
    last = screen.last.pk if screen.last is not None else None
    calls = answering.open_calls(screen.last, screen.last_run)
    calls = calls if screen.live is None else []
    found = []
    for number, entry in wanted:
        turn = turns[entry.turn]
        is_last = turn.pk == last and not entry.muted
        blocks = cards.blocks_of(
            turn,
            shown,
            screen.made.model,
            open_end=turn.pk == last and _will_go_on(screen),
        )
        found.append(
            cards.turn_card(
                entry,
                turn,
                number,
                is_last=is_last,
                blocks=cards.with_calls(blocks, calls) if is_last else blocks,
                runs=at_slots.get(entry.slot, ()),
                used=used,
                problems=screen.problems.slots.get(entry.slot, ()),
                run=_run_card(screen, entry.slot),
                ending=endings.of_turn(screen) if is_last else None,
                groups=_groups_at(screen, entry.slot),
                waiting=waiting.get(entry.slot),
            )
        )
    return [*found, *_foot(screen, only)]


def _will_go_on(screen: Screen) -> bool:
    """Whether a reply continues the last turn, or will when it is sent."""
    return screen.prefill_off != "" or (
        screen.live is not None and screen.live.continues
    )


def _foot(screen: Screen, only: Collection[str] | None) -> list[cards.Card]:
    return [
        cards.Card(
            slot,
            number,
            "assistant",
            note="reply",
            run=_run_card(screen, slot),
            groups=_groups_at(screen, slot),
        )
        for number, slot in enumerate(screen.foot, len(screen.entries) + 1)
        if only is None or slot in only
    ]


def _groups_at(screen: Screen, slot: str) -> list[Group]:
    return [group for group in screen.groups if group.slot == slot]


def _sentence(screen: Screen, run: Run) -> str:
    told = outcomes.sentence(run)
    head = screen.head
    is_of_head = run.is_live or run.revision_id == head.pk
    if is_of_head or is_same(run.revision.params, head.params):
        return told
    return f"{told} {OTHER_SETTINGS}"


def _run_card(screen: Screen, slot: str) -> cards.RunCard | None:
    run = screen.run
    if run is None or run.slot != slot:
        return None
    made = cards.reply_blocks(run, screen.made.model)
    refusal = screen.refusal
    return cards.RunCard(
        run,
        run.is_live,
        _sentence(screen, run),
        made,
        outcomes.raw_error(run),
        problems.shown(refusal) if refusal else None,
        place(screen, refusal) if refusal else ("", ""),
        endings.of_run(screen, run),
        endings.again(screen, run),
        endings.is_usable(run),
    )
