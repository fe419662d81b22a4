"""What is in what: the plan of the match, and the links of what was really installed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from packline.production.models.order import Unit
from packline.supply.models import Cell


class Placement(models.Model):
    """The place that the match gave a cell: group and slot of a unit."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="placements")
    group = models.PositiveIntegerField()  # from 1, at the pack's negative end
    slot = models.PositiveIntegerField()  # from 1, within the group
    cell = models.OneToOneField(Cell, on_delete=models.PROTECT, related_name="placement")

    key_relations = ("unit",)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["unit", "group", "slot"], name="placement_once"),
            models.CheckConstraint(
                condition=Q(group__gte=1) & Q(slot__gte=1), name="placement_counts_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}/G{self.group:02d}/{self.slot:02d}"


class Link(models.Model):
    """That a part was in an assembly, from when until when."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="links")
    parent = models.CharField(max_length=60)
    parent_kind = models.CharField(max_length=12)  # pack, group
    child = models.CharField(max_length=60)
    child_kind = models.CharField(max_length=12)  # group, cell, bms
    position = models.PositiveIntegerField()
    quantity = models.PositiveIntegerField(default=1)
    installed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        permissions = [("install_parts", "Can install and remove parts of a unit")]
        constraints = [
            models.UniqueConstraint(
                fields=["child"], condition=Q(removed_at__isnull=True), name="part_in_one_assembly"
            ),
            models.UniqueConstraint(
                fields=["parent", "child", "installed_at"], name="link_stated_once"
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(removed_at__gte=F("installed_at")),
                name="link_removed_after_installed",
            ),
        ]
        indexes = [
            models.Index(fields=["parent", "child"], name="link_down"),
            models.Index(fields=["child", "parent"], name="link_up"),
        ]

    def __str__(self) -> str:
        return f"{self.parent}>{self.child}@{self.installed_at.isoformat()}"
