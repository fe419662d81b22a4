"""Why the cells of a unit and of an order were matched as they were, from what was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.safestring import SafeString, mark_safe

from packline.foundation.events import subject_of
from packline.foundation.listeners import facts
from packline.foundation.models import Event
from packline.production.models import Order, Placement, Unit
from packline.site import charts
from packline.site.charts.groups import group_deviations, stock
from packline.supply.models import Cell

__all__ = ["OrderMatching", "UnitMatching", "from_mean", "matching_of_order", "matching_of_unit"]

MOST_DOTS = 800  # cells used that the picture of an order shows


@dataclass(frozen=True, slots=True)
class UnitMatching:
    """What was said of a unit when its cells were matched, with its groups drawn."""

    sentences: Sequence[str]
    bound: str
    spread_ppm: float
    under_bound_ppm: float
    floor_ppm: float
    pictures: Sequence[SafeString]


@dataclass(frozen=True, slots=True)
class OrderMatching:
    """What was recorded of the match of an order, with its packs and its stock drawn.

    The stock belongs to no program: `warnings` and the cells left over are for the house.
    """

    facts: dict[str, Any]
    worst_ppm: float | None
    warnings: Sequence[str]
    pictures: Sequence[tuple[SafeString, str]]


def matching_of_unit(unit: Unit) -> UnitMatching | None:
    """Return what was recorded; None for units matched before explanations were kept."""
    said = _recorded(unit, "production.unit.matched")
    if "explanation" not in said:
        return None
    capacity = said["group_capacity_ah"]
    weakest = min(range(len(capacity)), key=capacity.__getitem__)
    even = min(capacity) == max(capacity)
    drawn = [
        group_deviations(
            from_mean(capacity, 1e6),
            name="Capacity",
            unit="ppm",
            marked=None if even else weakest,
        )
    ]
    if resistance := said.get("group_resistance_mohm"):
        drawn.append(group_deviations(from_mean(resistance, 1e2), name="Resistance", unit="%"))
    return UnitMatching(
        sentences=said["explanation"],
        bound=said["bound"],
        spread_ppm=said["capacity_spread_ppm"],
        under_bound_ppm=said["under_bound_ppm"],
        floor_ppm=said["floor_ppm"],
        pictures=[mark_safe(picture) for picture in drawn],
    )


def matching_of_order(order: Order, *, house: bool) -> OrderMatching | None:
    """Return what was recorded; None before the match. Old records have fewer facts."""
    said = _recorded(order, "production.order.matched")
    if not said:
        return None
    spreads = said.get("spreads_ppm", [])
    return OrderMatching(
        facts=said,
        worst_ppm=max(spreads, default=None),
        warnings=said.get("warnings", []) if house else [],
        pictures=_pictures(order, said, house) if spreads else [],
    )


def _pictures(order: Order, said: dict[str, Any], house: bool) -> Sequence[tuple[SafeString, str]]:
    packs = charts.histogram(
        said["spreads_ppm"], name="spread of group capacities", unit="ppm", counted="packs"
    )
    cells = _stock(order, said["left_over_sample"] if house else [])
    pictures = [
        (mark_safe(packs), "Packs by how far their groups are apart in capacity, as read"),
        (mark_safe(cells), _caption(said, house)),
    ]
    return [pair for pair in pictures if pair[0]]


def _recorded(subject: Model, verb: str) -> dict[str, Any]:
    event = Event.objects.filter(subject=subject_of(subject), verb=verb).order_by("-seq").first()
    return facts(event) if event is not None else {}


def from_mean(values: Sequence[float], scale: float) -> list[float]:
    """Return how far each is from their mean; what only arithmetic leaves is no difference."""
    mean = sum(values) / len(values)
    return [round(scale * (value / mean - 1), 6) for value in values]


def _caption(said: dict[str, Any], house: bool) -> str:
    if not house:
        return "Cells of this order: capacity and resistance, as read"
    shown = len(said["left_over_sample"])
    part = f", {shown} of them shown" if shown < said["left_over"] else ""
    return f"Cells used are filled, {said['left_over']} left over{part} are hollow"


def _stock(order: Order, left: Sequence[str]) -> str:
    """Draw the cells of an order, and cells left over, by capacity and resistance."""
    used = Placement.objects.filter(unit__order=order).order_by("unit__number", "group", "slot")
    rows = list(
        used.values_list("cell__capacity_ah", "cell__dc_resistance_mohm", "cell__ac_ir_mohm")
    )
    rows = rows[:: max(1, -(-len(rows) // MOST_DOTS))]
    rest = Cell.objects.filter(serial__in=list(left)).order_by("serial")
    others = list(rest.values_list("capacity_ah", "dc_resistance_mohm", "ac_ir_mohm"))
    for column, name in ((1, "DC resistance"), (2, "AC resistance")):
        filled, hollow = (_points(cells, column) for cells in (rows, others))
        if len(filled) == len(rows) and len(hollow) == len(others):
            return stock(filled, hollow, x_label="capacity / Ah", y_label=f"{name} / mΩ")
    return ""


def _points(
    rows: Sequence[tuple[float, float | None, float | None]], column: int
) -> list[tuple[float, float]]:
    """Return capacity and one of the resistances of the cells that have it."""
    return [(row[0], value) for row in rows if (value := row[column]) is not None]
