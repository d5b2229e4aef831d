"""What every operation's request says, how the conversation is sent for it, how it is
answered, and how a refusal without a form is told.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse

from conversations import access, authors, history, pictures
from conversations.editing import SlotGone
from conversations.history import Conflict, HeadMoved
from conversations.models import Conversation, Revision
from conversations.models.json import dumps
from conversations.numbers import is_number
from conversations.views.requests import Request
from playground.runs import sending
from playground.runs.sending import AlreadyRunning, Sent
from playground.spec.rules import Problem

from .. import patch, screen
from ..changes import Change

SENTENCES: dict[type[Exception], str] = {
    Conflict: "This was changed meanwhile{by}. Nothing was done; look, and try again.",
    SlotGone: "This turn was deleted meanwhile{by}. Nothing was done.",
    HeadMoved: "The conversation was changed meanwhile{by}. Nothing was done; look, "
    "and try again.",
    AlreadyRunning: "A reply is already on its way. Stop it, or wait for its end.",
}
REFUSALS = tuple(SENTENCES)
NOTHING_TO_SEND = "There is nothing to send yet. Write the first user turn."

# Fields that differ where a lost answer is asked for again.
NO_CONTENT = ("base", "shown", "csrfmiddlewaretoken")


View = Callable[..., HttpResponse]


def refusals_told(view: View) -> View:
    """Answer a change that came too late with what there is now, status 409."""

    @wraps(view)
    def wrapper(request: Request, pk: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, pk, *args, **kwargs)
        except (Conversation.DoesNotExist, Revision.DoesNotExist) as error:
            # No such base, or deleted since it was looked up.
            raise Http404("There is no such revision.") from error
        except REFUSALS as refusal:
            conversation = access.conversation(request.user, pk)
            told = sentence(refusal, conversation, request.user)
            return answer(request, conversation, notice=told, status=409)
        except pictures.Refused as refused:
            conversation = access.conversation(request.user, pk)
            return answer(request, conversation, notice=str(refused), status=422)

    return wrapper


class DrawnLater(HttpResponse):
    """An answer that is drawn once the run that it tells of is on its way. The site's
    middleware sees to that."""

    is_drawn_later = True

    def __init__(self, draw: Callable[[], HttpResponse]) -> None:
        super().__init__()
        self._draw = draw

    def render(self) -> HttpResponse:
        """Django asks for it, as it does of a TemplateResponse."""
        try:
            return self._draw()
        except ObjectDoesNotExist as error:
            raise Http404("It was deleted meanwhile.") from error


def answer(
    request: Request,
    conversation: Conversation,
    head: Revision | None = None,
    **more: Any,
) -> HttpResponse:
    """Answer with what is new since the revision that the page shows, up to `head` if
    it is given. `more` is for `patch.answer`."""
    shown, since = screen.of(conversation, head), since_of(request)
    return patch.answer(request, shown, since=since, **more)


def send(
    request: Request,
    conversation: Conversation,
    base: int,
    change: Change | None = None,
    *,
    anyway: bool = False,
    whole: bool = False,
) -> Sent:
    """Send the conversation, with a change made on revision `base` if there is one,
    once for the request's key."""
    return sending.send(
        conversation,
        request.user,
        base=base,
        send_key=send_key(request),
        operation=change.operation if change else None,
        summary=change.summary if change else "",
        touches=change.slots if change else (),
        anyway=anyway,
        whole=whole,
    )


def sentence(refusal: Exception, conversation: Conversation, reader: Any) -> str:
    """Return what came in between, and whose it was."""
    by = authors.changed_by(history.head(conversation), reader)
    return SENTENCES[type(refusal)].format(by=by)


def not_sent(sent: Sent) -> str:
    """Return why nothing was sent, empty when something was."""
    if sent.run is not None or not sent.problems:
        return ""
    return refused(sent.problems)


def refused(problems: Sequence[Problem]) -> str:
    """Return the sentence that these problems kept a request back."""
    first = next((p for p in problems if p.severity == "error"), problems[0])
    return f"Not sent: {first.explanation}"


def send_key(request: HttpRequest) -> str:
    """Return what makes sending the same form with the same content twice one send.

    The content belongs to it: a page that Back brings again has the key that it was
    sent with, and may hold other words by now. A form without a key is always new.
    """
    if not request.POST.get("send_key"):
        return new_key()
    typed = [each for each in request.POST.lists() if each[0] not in NO_CONTENT]
    files = [
        [name, each.name, each.size]
        for name, sent in request.FILES.lists()
        for each in sent
    ]
    content = dumps([request.path, typed, files])
    return sha256(content.encode()).hexdigest()[:32]


def new_key() -> str:
    """Return the send key of a form that is shown anew."""
    return uuid4().hex


def base_of(request: HttpRequest, conversation: Conversation) -> int:
    """Return the revision the person saw; the head when the request names none."""
    typed = request.POST.get("base") or request.GET.get("base")
    if not typed:
        return history.head(conversation).number
    return number(typed)


def since_of(request: HttpRequest) -> int | None:
    """Return the revision that the page shows, None when it does not say."""
    # An open editor's base is older than a page that has been kept up to date.
    typed = request.POST.get("shown") or request.POST.get("base")
    return number(typed) if typed else None


def number(typed: str) -> int:
    """Return a revision's number. Raises Http404 for what is none."""
    if not is_number(typed):
        raise Http404("There is no such revision.")
    return int(typed)
