"""Stations: where operations are done."""

from __future__ import annotations

from django.db import models


class Station(models.Model):
    """A place on the line where operations of one kind are done."""

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=30)
    virtual = models.BooleanField()
    ideal_cycle_s = models.FloatField(null=True)  # for one piece, when nothing is in the way

    class Meta:
        default_permissions = ()
        permissions = [("register_station", "Can register a station")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ideal_cycle_s__isnull=True) | models.Q(ideal_cycle_s__gt=0),
                name="station_cycle_is_positive",
            )
        ]

    def __str__(self) -> str:
        return self.code
