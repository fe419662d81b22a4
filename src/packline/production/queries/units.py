"""Units and what was done to them."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from packline.production.models import Hold, JointSet, Order, Placement, Reading, Step, Unit


def units_of_order(order: Order) -> QuerySet[Unit]:
    """Return the units of an order with their number of open holds as ``open_holds``."""
    open_holds = Count("holds", filter=Q(holds__lifted_at__isnull=True))
    return order.units.annotate(open_holds=open_holds).order_by("number")


def steps_of_unit(unit: Unit) -> QuerySet[Step]:
    """Return every step of a unit, superseded ones too, in the order of the work."""
    return (
        unit.steps.select_related("unit", "operation", "operator", "station")
        .prefetch_related(
            "readings__characteristic",
            "readings__gauge",
            "readings__guard_study__gauge",
            "joint_sets",
        )
        .order_by("started_at", "operation__number", "attempt")
    )


def readings_of_unit(unit: Unit, *, superseded: bool = True) -> QuerySet[Reading]:
    """Return a unit's readings in the order of the routing."""
    readings = Reading.objects.filter(step__unit=unit)
    if not superseded:
        readings = readings.exclude(step__state="superseded")
    return readings.select_related(
        "step__unit", "step__operation", "characteristic", "gauge", "guard_study__gauge"
    ).order_by("step__operation__number", "step__attempt", "characteristic__code", "position")


def joints_of_unit(unit: Unit) -> QuerySet[JointSet]:
    """Return a unit's joint sets in the order of the routing."""
    return (
        JointSet.objects.filter(step__unit=unit)
        .select_related(
            "step__unit",
            "step__operation",
            "characteristic",
            "file",
            "gauge",
            "guard_study__gauge",
        )
        .order_by("step__operation__number", "step__attempt", "characteristic__code")
    )


def open_holds_of_unit(unit: Unit) -> QuerySet[Hold]:
    """Return what stops a unit now."""
    return (
        unit.holds.filter(lifted_at__isnull=True)
        .select_related("unit", "placed_by")
        .order_by("number")
    )


def cells_waiting(unit: Unit) -> list[Placement]:
    """Return the places of the cells that the match gave a unit and that are not put in."""
    waiting = unit.placements.filter(cell__state="allotted").select_related("cell")
    return list(waiting.order_by("group", "slot"))
