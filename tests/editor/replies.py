"""Conversations whose last turn is a reply that ended in some way, and what one sees."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from conversations.models import Conversation, Run
from playground import payload
from playground.runs import ends
from tests import factories

TOOL = {"name": "get_weather", "input_schema": {"type": "object"}}


def text(value: str) -> dict[str, Any]:
    return {"type": "text", "text": value}


def call(number: int = 1, name: str = "get_weather") -> dict[str, Any]:
    given = {"city": "Paris"}
    return {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": given}


def ended(
    owner: User, *content: dict[str, Any], params: Any = None, **fields: Any
) -> Conversation:
    """A conversation whose last turn is a reply that ended like this."""
    talk = factories.create_conversation(owner=owner, params=params or {})
    message = {"role": "assistant", "content": list(content), **fields.pop("also", {})}
    run = factories.create_run(
        conversation=talk,
        status="done",
        message=message,
        has_reply=bool(content),
        **fields,
    )
    if content:
        ends.place(run)
    return Conversation.objects.get(pk=talk.pk)


def end(run: Run, *content: Any) -> None:
    """Let a live run end well, with this reply."""
    run.message = {"role": "assistant", "content": list(content)}
    run.has_reply, run.status = True, Run.Status.DONE
    run.stop_reason = "end_turn"
    run.save()
    ends.place(run)


def page_of(client: Client, talk: Conversation) -> str:
    return client.get(f"/c/{talk.pk}/").content.decode()


def last_turn(page: str) -> str:
    return page.split("<article")[-1].split("</article>")[0]


def newest(talk: Conversation) -> Run:
    found = Run.objects.filter(conversation=talk).last()
    assert found is not None
    return found


def under_way(talk: Conversation) -> list[int]:
    return [run.pk for run in Run.objects.live().filter(conversation=talk)]


def sent(run: Run) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = payload.of_run(run).messages
    return found
