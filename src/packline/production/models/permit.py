"""Signed in advance: which obstacle may be passed, by which serials, how often, until when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from packline.production.models.order import Unit
from packline.production.states import OPENABLE


class Permit(models.Model):
    """A deviation permit: one kind of obstacle opened for a range of serials, for a while."""

    number = models.CharField(max_length=20, unique=True)
    opens = models.CharField(max_length=40)  # code of the obstacle
    record = models.CharField(max_length=160, blank=True)  # the one record; blank: any of its kind
    operation_code = models.CharField(max_length=20, blank=True)  # blank: at any operation
    first_serial = models.CharField(max_length=40)
    last_serial = models.CharField(max_length=40)
    quantity = models.PositiveIntegerField(null=True)  # of units; None: all of the range
    reason = models.CharField(max_length=500)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    statement = models.TextField()  # what was signed, word for word
    signature = models.CharField(max_length=128)  # Ed25519 of the site over the statement, hex
    key_id = models.CharField(max_length=16)
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        permissions = [
            ("sign_permit", "Can sign a deviation permit"),
            ("revoke_permit", "Can revoke a deviation permit"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens__in=OPENABLE), name="permit_opens_what_it_may"
            ),
            models.CheckConstraint(
                condition=~Q(first_serial="") & ~Q(last_serial="") & ~Q(reason=""),
                name="permit_has_a_scope_and_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("signed_at")), name="permit_expires_later"
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gte=1),
                name="permit_is_for_something",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("signed_at")),
                name="permit_revoked_after_signed",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PermitUse(models.Model):
    """That a unit passed by a permit; each unit takes one place of its quantity."""

    append_only = True

    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, related_name="uses")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="permit_uses")
    place = models.PositiveIntegerField()
    used_at = models.DateTimeField()

    key_relations = ("permit", "unit")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["permit", "unit"], name="permit_once_per_unit"),
            models.UniqueConstraint(fields=["permit", "place"], name="permit_place_once"),
            models.CheckConstraint(condition=Q(place__gte=1), name="permit_place_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.permit}/{self.unit}"
