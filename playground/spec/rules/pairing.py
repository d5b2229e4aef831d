"""Rules about tool calls and their results.

The API joins neighbouring turns of one role before it looks, and counts in what comes
out (recorded Feb 2026); problems still point at the message as it was written.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import Request, rule
from playground.spec.rules.summary import Call, Summary


@dataclass(slots=True)
class Joined:
    """Neighbouring messages of one role: their places, summaries and first blocks."""

    role: str
    parts: list[tuple[int, Summary, int]] = field(default_factory=list)

    def add(self, n: int, each: Summary) -> None:
        before = sum(len(summary.types) for _, summary, _ in self.parts[-1:])
        first = self.parts[-1][2] + before if self.parts else 0
        self.parts.append((n, each, first))

    def calls(self) -> Iterator[tuple[str, Call]]:
        """Calls of one's own tools with their paths."""
        for n, each, _ in self.parts:
            for call in each.tool_uses:
                yield f"messages.{n}.content.{call.place}", call

    def leading(self) -> set[str]:
        """The ids of the results at the beginning; later ones do not count."""
        ids: set[str] = set()
        for _, each, _ in self.parts:
            ids.update(result.id for result in _leading(each))
            if any(kind != "tool_result" for kind in each.types):
                break
        return ids


def _leading(each: Summary) -> Iterator[Call]:
    for place, result in enumerate(each.tool_results):
        if result.place != place:
            return
        yield result


def _joined(request: Request) -> list[Joined]:
    """All turns, or none where there is nothing to pair."""
    turns: list[Joined] = []
    if not any(each.tool_uses or each.tool_results for _, each in request.notable):
        return turns
    for n, each in enumerate(request.summaries):
        if not turns or turns[-1].role != each.role or each.role == "system":
            turns.append(Joined(each.role))
        turns[-1].add(n, each)
    return turns


@rule("handle-tool-calls page, Aug 2026", "2026-11")
def call_without_result(request: Request) -> Iterator[Problem]:
    """Every tool call has its result first in the next turn."""
    turns = _joined(request)
    for t, turn in enumerate(turns):
        follower = turns[t + 1] if t + 1 < len(turns) else Joined("")
        answered = follower.leading() if follower.role == "user" else set()
        calls = turn.calls() if turn.role == "assistant" else ()
        unanswered = [(path, call) for path, call in calls if call.id not in answered]
        if not unanswered:
            continue
        ids = ", ".join(call.id for _, call in unanswered)
        text = (
            f"messages.{t}: `tool_use` ids were found without `tool_result` blocks "
            f"immediately after: {ids}. Each `tool_use` block must have a "
            "corresponding `tool_result` block in the next message."
        )
        words = "The next user turn must begin with the result of this tool call."
        fixes = (
            Fix("add_tool_results", "Add an empty result"),
            Fix("pair_tool_calls", "Remove calls and results without partner"),
            Fix("delete_block", "Delete the call"),
        )
        yield Problem(unanswered[0][0], "error", text, words, fixes)


@rule("recorded Feb 2026; measured Sep 2026", "2026-09")
def result_without_call(request: Request) -> Iterator[Problem]:
    """Every tool result answers a call of the turn before."""
    asked: set[str] = set()
    for t, turn in enumerate(_joined(request)):
        if turn.role != "user":
            asked = {call.id for _, call in turn.calls()}
            continue
        for n, each, first in turn.parts:
            for result in each.tool_results:
                if result.id in asked:
                    continue
                text = (
                    f"messages.{t}.content.{first + result.place}: unexpected "
                    f"`tool_use_id` found in `tool_result` blocks: {result.id}. Each "
                    "`tool_result` block must have a corresponding `tool_use` block "
                    "in the previous message."
                )
                words = "No tool call with this id is in the turn before."
                fixes = (
                    Fix("delete_block", "Delete this result"),
                    Fix("pair_tool_calls", "Remove calls and results without partner"),
                    Fix("result_to_text", "Turn it into text"),
                )
                path = f"messages.{n}.content.{result.place}"
                yield Problem(path, "error", text, words, fixes)


# A paused turn comes back as the last message; its calls are still being worked on.
@rule("server-tools page, Aug 2026", "2026-11")
def server_call_without_result(request: Request) -> Iterator[Problem]:
    """Server tool calls are finished, but for the last turn."""
    done = {call.id for _, each in request.notable for call in each.server_results}
    for n, each in request.notable:
        if n == len(request.summaries) - 1:
            break
        for call in each.server_uses:
            if call.id in done:
                continue
            text = (
                f"`{call.name}` tool use with id `{call.id}` was found without a "
                f"corresponding `{call.name}_tool_result` block"
            )
            words = "This server tool never finished."
            path = f"messages.{n}.content.{call.place}"
            fix = Fix("delete_block", "Delete the call")
            # Beside calls of one's own tools the server goes on after their results.
            sure = not each.tool_uses
            yield Problem(path, "error" if sure else "warning", text, words, (fix,))
