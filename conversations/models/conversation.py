"""What a person writes: conversations, their immutable revisions and turns.

Nothing here changes a revision or a turn after it was saved; `history` makes new
ones, `editing` says what is in them.
"""

import uuid
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Q
from django.urls import reverse

from .json import JSONText

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from .run import Run

TITLE_LENGTH = 200
TITLE_FIELDS = ("title", "search_title")
SLOT_LENGTH = 12


def new_slot() -> str:
    """Return a fresh slot: unique enough within one conversation (48 bits)."""
    return uuid.uuid4().hex[:SLOT_LENGTH]


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """Named sets of conversations."""

    def visible_to(self, user: User | AnonymousUser) -> "ConversationQuerySet":
        """Those the user may open: their own and the team's. See `access`."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(owner=user.pk) | Q(visibility=Conversation.Visibility.TEAM)
        )

    def untouched(self, params: Mapping[str, Any]) -> "ConversationQuerySet":
        """Those that began empty with these params and were left so."""
        return self.filter(
            named=False,
            title="",
            hint="",
            example=False,
            visibility=Conversation.Visibility.PRIVATE,
            head__number=1,
            head__turns=[],
            head__params=params,
            head__children=None,  # nor was anything undone
            runs=None,
        )

    def newest_first(self) -> "ConversationQuerySet":
        return self.order_by("-updated_at", "-created_at")

    def matching(self, text: str) -> "ConversationQuerySet":
        """Those whose title or head contains every word of `text`.

        The head's text is its system prompt and its turns. A turn that an edit
        replaced does not count, so candidates are checked against the head's list.
        """
        found = self
        for word in search_text(text).split():
            ids = _conversations_with(word, self)
            found = found.filter(
                Q(search_title__contains=word)
                | Q(head__search__contains=word)
                | Q(pk__in=ids)
            )
        return found


def _conversations_with(word: str, among: ConversationQuerySet) -> set[uuid.UUID]:
    """Return the conversations of `among` whose head has a turn with `word`."""
    hits: dict[uuid.UUID, set[int]] = {}
    rows = Turn.objects.filter(
        conversation__in=among.order_by().values("pk"), search__contains=word
    )
    for conversation, turn in rows.values_list("conversation_id", "pk"):
        hits.setdefault(conversation, set()).add(turn)
    heads = Revision.objects.filter(
        pk__in=Conversation.objects.filter(pk__in=hits).values("head")
    )
    return {
        revision.conversation_id
        for revision in heads.only("conversation_id", "turns")
        if hits[revision.conversation_id].intersection(
            entry.turn for entry in revision.entries
        )
    }


def search_text(text: str) -> str:
    """Fold `text` for search: no case, and a blank for each NUL."""
    return storable(text.replace("\0", " ")).casefold()


def storable(text: str) -> str:
    """Return what a text column holds of `text`.

    The databases refuse NUL and half a surrogate pair, which names that are made
    from what somebody typed may contain.
    """
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


class Conversation(models.Model):
    """A Messages API request being written: a title, an owner and a head revision."""

    class Visibility(models.TextChoices):
        # No "public" here: outsiders get a share, which is frozen and revocable.
        PRIVATE = "private", "Only me"
        TEAM = "team", "Everyone who signs in here"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="conversations"
    )
    title = models.CharField(max_length=TITLE_LENGTH, blank=True)
    search_title = models.CharField(max_length=3 * TITLE_LENGTH, blank=True)
    # False while the title follows the first user turn, True once somebody named it.
    named = models.BooleanField(default=False)
    head = models.ForeignKey(
        "Revision", models.SET_NULL, null=True, related_name="headed"
    )
    endpoint = models.CharField(max_length=40)
    visibility = models.CharField(
        max_length=10, choices=Visibility.choices, default=Visibility.PRIVATE
    )
    example = models.BooleanField(default=False)
    hint = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now_add=True)

    objects = ConversationQuerySet.as_manager()

    if TYPE_CHECKING:
        owner_id: int
        head_id: int | None
        revisions: RelatedManager["Revision"]
        turns: RelatedManager["Turn"]
        runs: RelatedManager["Run"]

    class Meta:
        indexes = [
            # The list on the left: a person's conversations, newest first.
            models.Index(fields=["owner", "-updated_at"], name="conversation_list"),
            # The same list's second part: what the team shares.
            models.Index(fields=["visibility", "-updated_at"], name="team_list"),
        ]

    def __str__(self) -> str:
        return self.title or "Untitled"

    def get_absolute_url(self) -> str:
        return reverse("editor:show", args=[self.pk])

    def rename(self, title: str) -> None:
        """Save the title as typed, cut to what the column holds."""
        self.named = True
        self.set_title(title)
        self.save(update_fields=["named", *TITLE_FIELDS])

    def set_title(self, title: str) -> None:
        """Set what the `TITLE_FIELDS` hold, without saving."""
        self.title = storable(title)[:TITLE_LENGTH]
        self.search_title = search_text(self.title)[: 3 * TITLE_LENGTH]


class Entry(NamedTuple):
    """One place of a revision: which turn stands in which slot, and if it is muted."""

    turn: int
    slot: str
    muted: bool


class Revision(models.Model):
    """The params and the ordered turns at one moment. Never updated."""

    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="revisions"
    )
    number = models.PositiveIntegerField()
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="children"
    )
    params = JSONText()
    turns = JSONText()
    search = models.TextField(blank=True)
    summary = models.CharField(max_length=200)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    if TYPE_CHECKING:
        conversation_id: uuid.UUID
        parent_id: int | None
        author_id: int | None
        runs: RelatedManager["Run"]
        children: RelatedManager["Revision"]

    class Meta:
        ordering = ["number"]
        constraints = [
            # Numbers name revisions in addresses; two writers cannot take the same.
            models.UniqueConstraint(
                fields=["conversation", "number"], name="revision_number"
            )
        ]

    def __str__(self) -> str:
        return f"revision {self.number}"

    def get_absolute_url(self) -> str:
        return reverse(
            "conversations:revision", args=[self.conversation_id, self.number]
        )

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The places in order, without loading any turn."""
        return tuple(Entry(*entry) for entry in self.turns)

    @property
    def last(self) -> Entry | None:
        """The last place that is not muted."""
        return next((e for e in reversed(self.entries) if not e.muted), None)

    @cached_property
    def loaded(self) -> "dict[int, Turn]":
        """The turns that this object has loaded or saved; they never change."""
        return {}

    @cached_property
    def fresh(self) -> set[int]:
        """The turns that were saved with this object; none for one that was read."""
        return set()

    def load(self, turns: Iterable[int]) -> "dict[int, Turn]":
        """Return turns of this revision by id. At most one query, for new ones."""
        wanted = list(turns)
        missing = [pk for pk in wanted if pk not in self.loaded]
        if missing:
            self.loaded.update(Turn.objects.in_bulk(missing))
        return {pk: self.loaded[pk] for pk in wanted if pk in self.loaded}

    def load_turns(self) -> "list[tuple[Entry, Turn]]":
        """Return the places with their turns, in order. At most one query."""
        entries = self.entries
        turns = self.load(entry.turn for entry in entries)
        return [(entry, turns[entry.turn]) for entry in entries]

    def load_sent(self) -> "list[Turn]":
        """Return the turns that are not muted, in order. At most one query."""
        return [turn for entry, turn in self.load_turns() if not entry.muted]


class Turn(models.Model):
    """A role and content blocks in the API's own shape. Never updated.

    An image block's source is `{"type": "image_ref", "image": id}` until the payload
    is built. `segments` says where a stretch typed by a person or made by a run begins:
    `[{"block": 0, "offset": 0, "run": null}, {"block": 0, "offset": 15, "run": 12}]`,
    offsets in code points; an empty list means typed from end to end. In a fork, runs
    of the original are `segments.ELSEWHERE`.
    """

    class Role(models.TextChoices):
        USER = "user", "User"
        ASSISTANT = "assistant", "Assistant"
        SYSTEM = "system", "System"

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="turns")
    slot = models.CharField(max_length=SLOT_LENGTH)
    role = models.CharField(max_length=10, choices=Role.choices)
    blocks = JSONText()
    segments = JSONText(default=list)
    search = models.TextField(blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    if TYPE_CHECKING:
        conversation_id: uuid.UUID
        author_id: int | None

    def __str__(self) -> str:
        return f"{self.role} turn {self.slot}"

    @property
    def text(self) -> str:
        """The text blocks joined, for titles and search; images leave nothing."""
        return text_of(self.blocks)

    @property
    def has_calls(self) -> bool:
        """Whether tools are called in it: then it waits for results and is no prefill,
        even where it is last."""
        blocks = self.blocks if isinstance(self.blocks, list) else []
        kinds = (block.get("type") for block in blocks if isinstance(block, dict))
        return any(kind in ("tool_use", "server_tool_use") for kind in kinds)


def text_of(blocks: Any) -> str:
    """Return the text of content blocks, whatever a person typed as JSON."""
    if not isinstance(blocks, list):
        return blocks if isinstance(blocks, str) else ""
    texts = (
        block.get("text")
        for block in blocks
        if isinstance(block, dict) and block.get("type") == "text"
    )
    return "\n".join(text for text in texts if isinstance(text, str))
