"""What EPCIS 2.0 is told of a unit: made, built of what, judged, held, packed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from packline.foundation.events import subject_of
from packline.foundation.models import Event
from packline.production.calc.epcis import (
    USED_UP,
    Moved,
    epc_of,
    epcis_document,
    movement,
    observed,
)
from packline.production.models import Link, Part, Step, Unit
from packline.production.queries.genealogy import links_below, part_of_unit

__all__ = ["epcis_of_unit"]

GTIN_DIGITS = 14
# verb: (action, business step, disposition)
TOLD = {
    "production.unit.planned": ("ADD", "commissioning", "active"),
    "production.unit.held": ("OBSERVE", "holding", "non_sellable_other"),
    "production.hold.lifted": ("OBSERVE", "inspecting", "in_progress"),
    "production.unit.passed": ("OBSERVE", "inspecting", "conformant"),
    "production.unit.released": ("OBSERVE", "inspecting", "sellable_not_accessible"),
    "production.unit.scrapped": ("DELETE", "decommissioning", "inactive"),
}


def epcis_of_unit(unit: Unit, *, at: datetime) -> dict[str, Any]:
    """Return the EPCIS 2.0 document of a unit in JSON-LD, from its record alone."""
    return epcis_document([*_happened(unit), *_steps(unit), *_moved(unit)], at=at)


def _own_epc(unit: Unit) -> str:
    gtin = unit.gs1[4 : 4 + GTIN_DIGITS] if unit.gs1.startswith("(01)") else ""
    return epc_of("pack", unit.serial, gtin)


def _happened(unit: Unit) -> Iterator[dict[str, Any]]:
    events = Event.objects.filter(subject=subject_of(unit), verb__in=TOLD).order_by("seq")
    for verb, at in events.values_list("verb", "at"):
        action, step, disposition = TOLD[verb]
        yield observed(_own_epc(unit), at, action=action, step=step, disposition=disposition)


def _steps(unit: Unit) -> Iterator[dict[str, Any]]:
    steps = Step.objects.filter(unit=unit, finished_at__isnull=False)
    for step in steps.select_related("station", "operation").order_by("finished_at", "pk"):
        good = step.state in ("passed", "conceded")
        if step.state == "superseded" or step.finished_at is None:
            continue  # what it found is told by the hold that it placed
        yield observed(
            _own_epc(unit),
            step.finished_at,
            step="inspecting",
            disposition="conformant" if good else "non_conformant",
            station=step.station.code,
        )


def _moved(unit: Unit) -> Iterator[dict[str, Any]]:
    """Tell every link below the unit and of its boxes, going in and coming out."""
    pack = part_of_unit(unit)
    if pack is None:
        return
    links = [*links_below(pack), *_boxes(pack)]
    grouped: dict[tuple[datetime, int, bool], list[Link]] = {}
    for link in links:
        grouped.setdefault((link.installed_at, link.parent_id, True), []).append(link)
        if link.removed_at is not None:
            grouped.setdefault((link.removed_at, link.parent_id, False), []).append(link)
    for (at, _, into), some in grouped.items():
        lots = [link for link in some if link.child.is_lot]
        yield from movement(
            Moved(
                at=at,
                parent=_epc(some[0].parent, unit),
                parent_kind=some[0].parent.kind,
                into=into,
                pieces=[_epc(link.child, unit) for link in some if not link.child.is_lot],
                quantities=[_quantity(k) for k in lots if k.kind not in USED_UP],
                used_up=[_quantity(k) for k in lots if k.kind in USED_UP],
            )
        )


def _boxes(pack: Part) -> list[Link]:
    """Return the links of the boxes that a pack is or was in, and of what those are in."""
    found: list[Link] = []
    level = [pack.pk]
    while level:
        links = list(
            Link.objects.filter(child__in=level)
            .select_related("parent", "child")
            .order_by("installed_at", "pk")
        )
        found += links
        level = sorted({link.parent_id for link in links})
    return found


def _epc(part: Part, unit: Unit) -> str:
    same = part.kind == "pack" and part.number == unit.serial
    return _own_epc(unit) if same else epc_of(part.kind, part.number)


def _quantity(link: Link) -> tuple[str, int, str]:
    return epc_of(link.child.kind, link.child.number), link.quantity, link.unit_code
