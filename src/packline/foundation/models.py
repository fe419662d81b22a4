"""Tables under every stage: people, the chained event log, files, who heard of which event."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models


class Person(AbstractUser):
    """Somebody who acts. A virtual person acts for `packline run` and can never sign in."""

    in_thread = False  # sign-in changes it; who acted is copied into each event

    virtual = models.BooleanField(default=False)
    customer = models.CharField(max_length=80, blank=True)  # whose programs a customer may see

    class Meta:
        permissions = [
            ("admit_person", "Can admit a person"),
            ("store_file", "Can store a file"),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def shown_name(self) -> str:
        """The name as it is printed on records; a virtual person is called so."""
        name = self.get_full_name() or self.username
        return f"{name} (virtual)" if self.virtual else name


class Event(models.Model):
    """Something that was done, by whom, to what. Chained per subject; never changed or deleted."""

    append_only = True
    in_thread = False  # the events are what the thread is compared with

    subject = models.CharField(max_length=160)  # "production.unit:EB48-000001"
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=80)  # "production.unit.held"
    text = models.TextField()  # canonical; hashed exactly as it stands here
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["subject", "seq"], name="event_once_per_place"),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="event_counts_from_one"),
        ]
        indexes = [models.Index(fields=["verb", "id"], name="event_by_verb")]

    def __str__(self) -> str:
        return f"{self.subject}#{self.seq}"


class StoredFile(models.Model):
    """A file kept under its own SHA-256, so that it can be neither changed nor mixed up."""

    append_only = True

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=80)
    size_bytes = models.PositiveBigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.sha256


class HandledEvent(models.Model):
    """An event that a listener has dealt with; bookkeeping, no part of the thread."""

    in_thread = False

    listener = models.CharField(max_length=60)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="handled")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["listener", "event"], name="event_handled_once")
        ]

    def __str__(self) -> str:
        return f"{self.listener}/{self.event}"


class Answer(models.Model):
    """What was answered to a request with an idempotency key; forgotten after a while."""

    in_thread = False  # what the request did is told by its events

    owner = models.CharField(max_length=60)  # the token that asked
    key = models.CharField(max_length=200)
    request_sha256 = models.CharField(max_length=64)  # method, address and body
    status = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["owner", "key"], name="answer_once_per_key")
        ]
        indexes = [models.Index(fields=["answered_at"], name="answer_by_age")]

    def __str__(self) -> str:
        return f"{self.owner}/{self.key}"


class Receiver(models.Model):
    """How far somebody outside was told of the events, and how it goes; bookkeeping."""

    in_thread = False  # whoever is told, and of what, is decided by a subscription

    code = models.CharField(max_length=40, unique=True)
    told_from = models.CharField(max_length=100, blank=True)  # the one installation that tells it
    heard_to = models.BigIntegerField()  # every wanted event up to this one has its delivery
    failures = models.PositiveIntegerField(default=0)  # in a row
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)  # nothing is sent before
    answered_at = models.DateTimeField(null=True)  # when it last took something
    taken_by = models.CharField(max_length=80, blank=True)  # the one process that sends to it
    taken_until = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.code


class Delivery(models.Model):
    """One event that one receiver is to be told of, and what became of it; bookkeeping.

    `passed_over` is one that the receiver may not see. A parked delivery was tried as often as
    allowed: it and those of its stream behind it wait for a decision.
    """

    in_thread = False  # the event is the truth, a delivery tells of it

    receiver = models.ForeignKey(Receiver, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    stream = models.CharField(max_length=160)  # deliveries of one stream go in order
    state = models.CharField(max_length=12, default="waiting")
    attempts = models.PositiveIntegerField(default=0)
    heard_at = models.DateTimeField()
    next_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)  # of the last answer, if there was one
    note = models.CharField(max_length=200, blank=True)  # why the last attempt failed

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["receiver", "event"], name="delivery_once"),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=("waiting", "delivered", "parked", "dropped", "passed_over")
                ),
                name="delivery_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["receiver", "state", "next_at"], name="delivery_due"),
            models.Index(fields=["receiver", "stream", "event"], name="delivery_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.receiver}/{self.event}"
