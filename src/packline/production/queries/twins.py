"""The simulations of units that were written down: which count, and what names them."""

from __future__ import annotations

from collections.abc import Sequence

from packline.production.models import Order, Twin, Unit

__all__ = ["latest_twins", "twin_named", "twins_of_order", "twins_of_unit"]


def twins_of_unit(unit: Unit) -> list[Twin]:
    """Return every simulation of a unit, the first one first."""
    return list(
        Twin.objects.filter(unit=unit)
        .select_related("step", "concession__signed_by")
        .order_by("number")
    )


def twins_of_order(order: Order, units: Sequence[int] | None = None) -> dict[int, Twin]:
    """Return by unit the last simulation against a test that still counts, with its figures."""
    found = Twin.objects.filter(unit__order=order, stage="tested").exclude(
        step__state="superseded"
    )
    if units is not None:
        found = found.filter(unit__in=units)
    rows = found.select_related("unit").prefetch_related("figures").order_by("number")
    return {twin.unit_id: twin for twin in rows}


def twin_named(key: str) -> Twin | None:
    """Return the simulation whose natural key is `key`, or None when it names something else."""
    parts = key.rsplit("/", 2)
    if len(parts) != 3 or parts[1] != "twin" or not parts[2].isdigit():
        return None
    return (
        Twin.objects.filter(unit__serial=parts[0], number=int(parts[2]))
        .select_related("unit", "step__unit", "step__operation", "step__operator", "step__station")
        .first()
    )


def latest_twins(unit: Unit) -> dict[str, Twin]:
    """Return the last simulation of each stage that still counts: its step was not repeated."""
    found = (
        Twin.objects.filter(unit=unit)
        .exclude(step__state="superseded")
        .select_related("unit", "step__unit", "step__operation", "concession")
        .order_by("number")
    )
    return {twin.stage: twin for twin in found}
