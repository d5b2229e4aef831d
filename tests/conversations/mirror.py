"""A plain-list model of a conversation, and steps that hypothesis makes for both."""

import copy
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from conversations import editing, history
from conversations.editing import Script
from conversations.models import Conversation, Revision, Turn

Row = tuple[str, str, str, bool]  # slot, role, text, muted
PLACE = st.integers(0, 60)
TEXT = st.text(alphabet="ab \n\0é😀", max_size=4)
ROLE = st.sampled_from(["user", "assistant"])

STEP = st.one_of(
    st.tuples(st.just("insert"), PLACE, ROLE, TEXT),
    st.tuples(st.just("rewrite"), PLACE, TEXT),
    st.tuples(st.just("duplicate"), PLACE),
    st.tuples(st.just("move"), PLACE, st.integers(-3, 3)),
    st.tuples(st.just("mute"), PLACE, st.booleans()),
    st.tuples(st.just("delete"), PLACE),
    st.tuples(st.just("set_params"), st.sampled_from([None, 1, 2, 1024])),
    st.tuples(st.just("undo")),
    st.tuples(st.just("redo")),
)


@dataclass
class State:
    """One revision as lists: its rows and params, and where it came from."""

    rows: list[Row]
    params: dict[str, Any]
    parent: "State | None" = None
    children: list["State"] = field(default_factory=list)


class Mirror:
    """Does each step to the conversation and to its own lists."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.state = State([], dict(history.head(conversation).params))
        self.frozen: dict[tuple[type, int], dict[str, Any]] = {}
        self.slots = 0

    def do(self, name: str, *arguments: Any) -> None:
        if name == "undo":
            history.undo(self.conversation, self.head.number)
            self.state = self.state.parent or self.state
        elif name == "redo":
            history.redo(self.conversation, self.head.number)
            self.state = self.state.children[-1] if self.state.children else self.state
        elif name in ("insert", "set_params") or self.state.rows:
            self._change(name, *arguments)

    def _change(self, name: str, *arguments: Any) -> None:
        new = State(list(self.state.rows), dict(self.state.params), self.state)
        operation, always = getattr(self, f"_{name}")(new, *arguments)
        after = history.apply(
            self.conversation,
            self.head.number,
            operation,
            summary=name,
            author=self.conversation.owner,
        )
        if name == "duplicate":  # the copy's slot is made by the operation
            known = {row[0] for row in new.rows}
            (slot,) = (e.slot for e in after.entries if e.slot not in known)
            new.rows = [(slot, *row[1:]) if row[0] == "?" else row for row in new.rows]
        if always or (new.rows, new.params) != (self.state.rows, self.state.params):
            self.state.children.append(new)
            self.state = new

    def _insert(self, new: State, at: int, role: str, text: str) -> Any:
        at %= len(new.rows) + 1
        self.slots += 1
        slot = f"s{self.slots}"
        new.rows.insert(at, (slot, role, text, False))
        draft = editing.typed(role, text)
        return lambda script: editing.insert(script, at, draft, slot), True

    def _rewrite(self, new: State, at: int, text: str) -> Any:
        at %= len(new.rows)
        slot, role, _, muted = new.rows[at]
        new.rows[at] = (slot, role, text, muted)
        draft = editing.typed(role, text)
        return lambda script: editing.rewrite(script, slot, draft), True

    def _duplicate(self, new: State, at: int) -> Any:
        at %= len(new.rows)
        slot, role, text, muted = new.rows[at]
        new.rows.insert(at + 1, ("?", role, text, muted))
        turn = Turn.objects.get(pk=self.head.entries[at].turn)
        copied = editing.copied(turn)
        return lambda script: editing.duplicate(script, slot, copied), True

    def _move(self, new: State, at: int, steps: int) -> Any:
        at %= len(new.rows)
        row = new.rows.pop(at)
        new.rows.insert(max(0, at + steps), row)
        return lambda script: editing.move(script, row[0], steps), False

    def _mute(self, new: State, at: int, muted: bool) -> Any:
        at %= len(new.rows)
        slot, role, text, _ = new.rows[at]
        new.rows[at] = (slot, role, text, muted)
        return lambda script: editing.mute(script, slot, muted), False

    def _delete(self, new: State, at: int) -> Any:
        slot = new.rows.pop(at % len(new.rows))[0]
        return lambda script: editing.delete(script, slot), True

    def _set_params(self, new: State, limit: int | None) -> Any:
        new.params.pop("max_tokens", None)
        if limit is not None:
            new.params["max_tokens"] = limit
        changes = {"max_tokens": limit}
        return lambda script: editing.set_params(script, changes), False

    @property
    def head(self) -> Revision:
        return history.head(self.conversation)

    def check(self) -> None:
        """The head is what the lists say, and no older row was touched."""
        head = self.head
        rows = [
            (entry.slot, turn.role, turn.text, entry.muted)
            for entry, turn in head.load_turns()
        ]
        assert rows == self.state.rows
        assert head.params == self.state.params
        now = self._all_rows()
        assert {key: now.get(key) for key in self.frozen} == self.frozen
        self.frozen = copy.deepcopy(now)

    def _all_rows(self) -> dict[tuple[type, int], dict[str, Any]]:
        return {
            (model, row["id"]): row
            for model in (Revision, Turn)
            for row in model.objects.filter(conversation=self.conversation).values()
        }


def begin(owner: Any) -> Mirror:
    """An empty conversation and its mirror."""
    script = Script(params={"model": "claude-haiku-4-5", "max_tokens": 1024})
    return Mirror(history.begin(owner, script, endpoint="simulator"))
