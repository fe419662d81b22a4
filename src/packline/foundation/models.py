"""Tables under every stage: people, the chained event log, files, what listeners handled."""

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
