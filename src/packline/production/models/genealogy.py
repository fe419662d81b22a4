"""What is in what: the plan of the match, the parts that have a number, and the links of what was
really installed, from when until when.
"""

from __future__ import annotations

from datetime import UTC

from django.db import models
from django.db.models import F, Q

from packline.production.models.order import Unit
from packline.production.states import ASSEMBLIES, BASE_UNITS, FIRST_SERIAL_RANK, LOT_SUFFIX
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


class Part(models.Model):
    """Something with a number of its own that can be in something: one serial, or one lot.

    The rank orders what can hold what: a link leads only upward, so nothing is ever in itself.
    """

    kind = models.CharField(max_length=20)  # cell, bms, group, module, pack, box; cell-lot ...
    number = models.CharField(max_length=60)
    rank = models.PositiveSmallIntegerField()
    lot = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="pieces", null=True, db_index=False
    )  # that a serialised part came from
    quantity = models.BigIntegerField(null=True)  # of a lot, in its base unit
    unit_code = models.CharField(max_length=4, default="1")

    key_relations = ("lot",)

    class Meta:
        default_permissions = ()
        permissions = [
            ("install_parts", "Can install and remove parts"),
            ("book_lot", "Can book, split and merge lots of parts"),
            ("pack_box", "Can pack units into boxes and take them out"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number", "kind"], name="part_once"),
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(kind=""), name="part_has_kind_and_number"
            ),
            models.CheckConstraint(
                condition=Q(kind__endswith=LOT_SUFFIX, rank__lt=FIRST_SERIAL_RANK)
                | (~Q(kind__endswith=LOT_SUFFIX) & Q(rank__gte=FIRST_SERIAL_RANK)),
                name="part_is_serial_or_lot",
            ),
            models.CheckConstraint(
                condition=Q(rank__lt=FIRST_SERIAL_RANK, quantity__isnull=False, quantity__gte=1)
                | Q(rank__gte=FIRST_SERIAL_RANK, quantity__isnull=True, unit_code="1"),
                name="part_lot_has_a_quantity",
            ),
            models.CheckConstraint(
                condition=Q(lot__isnull=True) | Q(rank__gte=FIRST_SERIAL_RANK),
                name="part_of_lot_has_a_serial",
            ),
            models.CheckConstraint(
                condition=Q(unit_code__in=BASE_UNITS), name="part_in_a_base_unit"
            ),
            *(
                models.CheckConstraint(
                    condition=~Q(kind=kind) | Q(rank=rank), name=f"part_rank_of_{kind}"
                )
                for kind, rank in ASSEMBLIES.items()
            ),
        ]
        indexes = [models.Index(fields=["lot"], name="part_by_lot")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.number}"

    @property
    def is_lot(self) -> bool:
        """Whether this is a lot, of which quantities are used, and no single piece."""
        return self.rank < FIRST_SERIAL_RANK


class Link(models.Model):
    """That a part, or a quantity of a lot, was in an assembly, from when until when.

    `lot` and both ranks never change once a part exists; they stand here so that a recall reads
    one index and the database itself refuses a circle.
    """

    parent = models.ForeignKey(
        Part, on_delete=models.PROTECT, related_name="links_down", db_index=False
    )
    child = models.ForeignKey(
        Part, on_delete=models.PROTECT, related_name="links_up", db_index=False
    )
    lot = models.ForeignKey(
        Part, on_delete=models.PROTECT, related_name="links_of_lot", null=True, db_index=False
    )  # the child itself if it is a lot
    kind = models.CharField(max_length=20)  # of what was put in: cell, bms, nickel ...
    parent_rank = models.PositiveSmallIntegerField()
    child_rank = models.PositiveSmallIntegerField()
    position = models.PositiveIntegerField()  # within the parent, from 1; 0: no place of its own
    quantity = models.BigIntegerField(default=1)  # in the base unit
    unit_code = models.CharField(max_length=4, default="1")
    installed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    key_relations = ("parent", "child")

    class Meta:
        default_permissions = ()
        constraints = [
            # The way down, and with it: the same is not stated twice.
            models.UniqueConstraint(
                fields=["parent", "child", "position", "installed_at"], name="link_stated_once"
            ),
            models.UniqueConstraint(
                fields=["child"],
                condition=Q(removed_at__isnull=True, child_rank__gte=FIRST_SERIAL_RANK),
                name="part_in_one_assembly",
            ),
            models.UniqueConstraint(
                fields=["parent", "position", "kind"],
                condition=Q(removed_at__isnull=True, position__gte=1),
                name="place_holds_one_part",
            ),
            models.CheckConstraint(
                condition=Q(parent_rank__gt=F("child_rank")), name="link_leads_upward"
            ),
            models.CheckConstraint(
                condition=Q(child_rank__lt=FIRST_SERIAL_RANK, lot=F("child"), quantity__gte=1)
                | Q(child_rank__gte=FIRST_SERIAL_RANK, quantity=1, unit_code="1"),
                name="link_of_a_piece_or_a_quantity",
            ),
            models.CheckConstraint(
                condition=Q(unit_code__in=BASE_UNITS), name="link_in_a_base_unit"
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(removed_at__gte=F("installed_at")),
                name="link_removed_after_installed",
            ),
        ]
        indexes = [
            models.Index(fields=["child", "parent"], name="link_up"),
            models.Index(fields=["lot", "parent"], name="link_of_lot"),
        ]

    def __str__(self) -> str:
        since = self.installed_at.astimezone(UTC).isoformat()
        return f"{self.parent}/{self.position}<{self.child}@{since}"
