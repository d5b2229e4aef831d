"""One request and its outcome, kept by value, with the chunks it arrived in."""

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from .. import figures
from .conversation import SLOT_LENGTH, Conversation, Revision
from .json import JSONText

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class RunQuerySet(models.QuerySet["Run"]):
    """Named sets of runs."""

    def live(self) -> "RunQuerySet":
        """Those still under way. Row twin: `Run.is_live`."""
        return self.filter(status__in=Run.LIVE)

    def with_reply(self) -> "RunQuerySet":
        """Those that produced something a person can use. Twin: `Run.has_reply`."""
        return self.filter(has_reply=True)


class Run(models.Model):
    """What was sent, by value, and what came of it."""

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        STREAMING = "streaming", "Streaming"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"
        FAILED = "failed", "Failed"
        INTERRUPTED = "interrupted", "Interrupted"

    LIVE = (Status.PENDING, Status.STREAMING)

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="runs")
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="runs")
    # Where the reply belongs: the slot of the prefill it completes, else a new one.
    slot = models.CharField(max_length=SLOT_LENGTH)
    # True when the reply completes the assistant turn that the request ended with.
    continues = models.BooleanField(default=False)
    # Variants and comparisons are groups of runs; a single send has none.
    group = models.CharField(max_length=32, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    send_key = models.CharField(max_length=64, unique=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    # What was sent, by value.
    endpoint = models.CharField(max_length=40)
    model = models.CharField(max_length=200)
    turns = JSONText(default=list)
    params = JSONText()
    headers = JSONText(default=dict)
    images = JSONText(default=dict)
    # What the override had merged into the params; null without one.
    override = JSONText(null=True)

    # How it goes.
    status = models.CharField(
        max_length=12, choices=Status.choices, default=Status.PENDING
    )
    worker = models.CharField(max_length=64, blank=True)
    heartbeat_at = models.DateTimeField(null=True)
    stop_requested_at = models.DateTimeField(null=True)

    # What came of it.
    message = JSONText(null=True)
    has_reply = models.BooleanField(default=False)
    stop_reason = models.CharField(max_length=60, blank=True)
    usage = JSONText(null=True)
    usage_is_estimated = models.BooleanField(default=False)
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True)
    # What the cost was made from: US dollars per million, by kind of token.
    prices = JSONText(null=True)
    error = JSONText(null=True)
    # Beside the bodies, secrets left out: `sent` and `came` (headers), `status`, and
    # the `attempts` that failed. Null for runs that never got so far, and old ones.
    exchange = JSONText(null=True)
    request_id = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    first_token_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    if TYPE_CHECKING:
        conversation_id: uuid.UUID
        revision_id: int
        author_id: int | None
        chunks: RelatedManager["Chunk"]

    class Meta:
        ordering = ["pk"]
        constraints = [
            # One live run at a place: a second send finds the first instead.
            models.UniqueConstraint(
                fields=["revision", "group", "position"],
                condition=Q(status__in=["pending", "streaming"]),
                name="one_live_run_per_place",
            )
        ]
        indexes = [
            # The sweeper and the recorder look for live runs twice a second.
            models.Index(
                fields=["heartbeat_at"],
                condition=Q(status__in=["pending", "streaming"]),
                name="live_runs",
            ),
            # The editor asks for the variants of the slots on the page.
            models.Index(fields=["conversation", "slot"], name="run_variants"),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("editor:run", args=[self.pk])

    @property
    def is_live(self) -> bool:
        """Still under way. Set twin: `RunQuerySet.live`."""
        return self.status in Run.LIVE

    @property
    def content(self) -> list[Any]:
        """The content blocks produced so far, empty when there are none."""
        return list((self.message or {}).get("content") or [])

    @property
    def about(self) -> str:
        """The word before figures that are our estimate, with a blank behind it."""
        if not self.usage_is_estimated:
            return ""
        hides = figures.hides_thinking(self.usage)
        return figures.AT_LEAST if hides else figures.ABOUT

    @property
    def uncounted(self) -> str:
        """What is said behind a count of output tokens that is only the least."""
        return figures.UNCOUNTED if self.about == figures.AT_LEAST else ""

    @property
    def seconds(self) -> float | None:
        """From the start of the request to its end, or None while unknown."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def tokens_per_second(self) -> float | None:
        """Output tokens over the time from the first one on, None while unknown.

        Over the whole time where what came before the first text was written too:
        thinking that is not shown.
        """
        whole, first = self.seconds, self.seconds_to_first_token
        written = figures.tokens_out(self.usage)
        if whole is None or not written:
            return None
        kinds = {block.get("type"): block for block in self.content}
        hidden = "thinking" in kinds and not kinds["thinking"].get("thinking")
        took = whole if first is None or hidden else whole - first
        return written / took if took > 0 else None

    @property
    def seconds_to_first_token(self) -> float | None:
        if self.started_at is None or self.first_token_at is None:
            return None
        return (self.first_token_at - self.started_at).total_seconds()


class Chunk(models.Model):
    """The events of half a second of a run: `[[milliseconds, name, data], …]`.

    Append-only. Checkpoint, event log and feed for other processes in one.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    events = JSONText()

    class Meta:
        ordering = ["number"]
        constraints = [
            # One writer a run; a second one would be a bug and must not be silent.
            models.UniqueConstraint(fields=["run", "number"], name="chunk_number")
        ]

    def __str__(self) -> str:
        return f"chunk {self.number} of run {self.run_id}"
