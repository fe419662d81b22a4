"""Who may speak for a station: its tokens, and who is signed in at it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from packline.resources.models.stations import Station


class StationToken(models.Model):
    """A key of the interface that speaks for one station; only a digest of it is kept."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=60)  # what runs with it: "EOL rig 2, left PC"
    prefix = models.CharField(max_length=16, unique=True)  # said in the open; finds the row
    secret_sha256 = models.CharField(max_length=64)
    scopes = models.CharField(max_length=200)  # sorted, divided by spaces
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        permissions = [
            ("issue_token", "Can issue a token of a station"),
            ("revoke_token", "Can revoke a token of a station"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("issued_at")), name="token_expires_later"
            ),
            models.CheckConstraint(condition=~Q(scopes=""), name="token_has_a_scope"),
        ]

    def __str__(self) -> str:
        return self.prefix


class Pin(models.Model):
    """The badge of a person and the digest of the PIN that goes with it."""

    in_thread = False  # a secret: events tell that it was set, never what it is

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pin"
    )
    badge = models.CharField(max_length=40, unique=True)
    digest = models.CharField(max_length=160)
    set_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)  # in a row
    locked_until = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        permissions = [("set_pin", "Can give a person a badge and a PIN")]

    def __str__(self) -> str:
        return self.badge


class Attendance(models.Model):
    """That a person is signed in at a station, from when until when; one at a time."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="attendances")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attendances"
    )
    code = models.CharField(max_length=32, unique=True)  # what requests name it by
    began_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    key_relations = ("station", "person")

    class Meta:
        default_permissions = ()
        permissions = [("attend_station", "Can sign in and out at a station")]
        constraints = [
            models.UniqueConstraint(
                fields=["station"],
                condition=Q(ended_at__isnull=True),
                name="one_person_at_a_station",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")),
                name="attendance_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("began_at")), name="attendance_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station}/{self.person}/{self.began_at.isoformat()}"
