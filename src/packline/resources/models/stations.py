"""Stations: where operations are done."""

from __future__ import annotations

from django.db import models


class Station(models.Model):
    """A place on the line where operations of one kind are done."""

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=30)
    virtual = models.BooleanField()

    class Meta:
        default_permissions = ()
        permissions = [("register_station", "Can register a station")]

    def __str__(self) -> str:
        return self.code
