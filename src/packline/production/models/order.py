"""An order, and the units with one serial each that it consists of."""

from __future__ import annotations

from django.db import models

from packline.design.models import Design
from packline.process.models import Routing
from packline.production.states import ORDER, UNIT
from packline.requirements.models import Program


class Order(models.Model):
    """So many packs of one released design, built by one routing."""

    number = models.CharField(max_length=40, unique=True)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="orders")
    design = models.ForeignKey(Design, on_delete=models.PROTECT, related_name="orders")
    routing = models.ForeignKey(Routing, on_delete=models.PROTECT, related_name="orders")
    quantity = models.PositiveIntegerField()
    as_many_as_possible = models.BooleanField(default=False)  # then `quantity` is the most
    virtual = models.BooleanField()  # built by the virtual line: not for shipment
    line_seed = models.BigIntegerField(null=True)
    line_defect_ratio = models.FloatField(null=True)
    placed_at = models.DateTimeField()
    state = models.CharField(max_length=12, default=ORDER.initial)

    class Meta:
        default_permissions = ()
        permissions = [
            ("place_order", "Can place an order"),
            ("serialise_units", "Can give units their serials"),
            ("match_cells", "Can match cells into packs"),
            ("close_order", "Can close an order"),
        ]
        constraints = [
            models.CheckConstraint(condition=ORDER.condition(), name="order_state_is_declared"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="order_of_something"),
        ]

    def __str__(self) -> str:
        return self.number


class Unit(models.Model):
    """One pack with a serial number of its own."""

    serial = models.CharField(max_length=40, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="units")
    number = models.PositiveIntegerField()  # place in the order, from 1
    gs1 = models.CharField(max_length=80, blank=True)  # element string: (01)GTIN(21)serial
    firmware_version = models.CharField(max_length=40, blank=True)
    virtual = models.BooleanField()
    state = models.CharField(max_length=12, default=UNIT.initial)

    class Meta:
        default_permissions = ()
        permissions = [
            ("scrap_unit", "Can scrap a unit"),
            ("release_unit", "Can move a unit to released"),
            ("pass_unit", "Can pass a unit whose steps are all done"),
        ]
        constraints = [
            models.CheckConstraint(condition=UNIT.condition(), name="unit_state_is_declared"),
            models.UniqueConstraint(fields=["order", "number"], name="unit_once_per_order"),
        ]

    def __str__(self) -> str:
        return self.serial
