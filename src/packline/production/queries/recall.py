"""Recall in one query: from a lot, a part, a gauge, a station or a person to every pack."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from packline.production.models import JointSet, Link, Part, Reading, Step, Unit
from packline.production.queries.genealogy import packs_above
from packline.production.queries.trace import trace
from packline.production.states import ASSEMBLIES
from packline.resources.models import Gauge, Station

__all__ = ["Recall", "RecalledPack", "recall"]

PER_LOOKUP = 500
COLUMNS = ("serial", "state", "program", "customer", "order", "quantity", "still in", "box")


@dataclass(frozen=True, slots=True)
class RecalledPack:
    """A pack that is concerned: what state it is in, whose it is, and where it was packed."""

    serial: str
    state: str
    program: str
    customer: str
    order: str
    quantity: int  # of what is recalled; for a gauge or a station how many readings or steps
    still: int  # of it in there now
    box: str  # with the pallet, if it is on one

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table or of a CSV file."""
        return (
            self.serial, self.state, self.program, self.customer, self.order,
            str(self.quantity), str(self.still), self.box,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recall:
    """Every pack that something concerns, and what the record cannot account for."""

    subject: str
    kind: str
    packs: tuple[RecalledPack, ...]
    gaps: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the record accounts for everything."""
        return not self.gaps


def recall(name: str) -> Recall | None:
    """Return every pack that a name concerns; None if nothing of that name is known.

    The name is that of a lot, a part, a pack, a box, a gauge or a station.
    """
    parts = list(Part.objects.filter(number=name).order_by("rank", "kind"))
    if parts and parts[0].rank < ASSEMBLIES["pack"]:
        found: dict[str, tuple[int, int]] = {}
        for part in parts:
            for pack in packs_above(part):
                n, still = found.get(pack.serial, (0, 0))
                found[pack.serial] = (n + pack.quantity, still + pack.still)
        seen = trace(name)
        kind = "lot" if parts[0].is_lot else parts[0].kind
        return Recall(name, kind, _packs(found), seen.gaps if seen is not None else ())
    if gauge := Gauge.objects.filter(code=name).first():
        return Recall(name, "gauge", _packs(_by_gauge(gauge)))
    if station := Station.objects.filter(code=name).first():
        steps = Step.objects.filter(station=station).values_list("unit__serial", flat=True)
        return Recall(name, "station", _packs(_counted(steps)))
    if parts:
        inside = [p for part in parts for p in _packs_in(part)]
        return Recall(name, parts[0].kind, _packs({serial: (1, 1) for serial in inside}))
    if Unit.objects.filter(serial=name).exists():
        return Recall(name, "pack", _packs({name: (1, 1)}))
    known = trace(name)
    return None if known is None else Recall(name, known.kind, (), known.gaps)


def _by_gauge(gauge: Gauge) -> dict[str, tuple[int, int]]:
    """Count the readings that a gauge took, joints by their number."""
    readings = Reading.objects.filter(gauge=gauge).values_list("step__unit__serial", flat=True)
    found = _counted(readings)
    for serial, n in JointSet.objects.filter(gauge=gauge).values_list("step__unit__serial", "n"):
        count, _ = found.get(serial, (0, 0))
        found[serial] = (count + n, 0)
    return found


def _counted(serials: Iterable[str]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for serial in serials:
        found[serial] = (found.get(serial, (0, 0))[0] + 1, 0)
    return found


def _packs_in(part: Part) -> list[str]:
    """Return the packs that a box, a pallet, or a pack itself stands for."""
    if part.kind == "pack":
        return [part.number]
    inside = Link.objects.filter(parent=part).select_related("child")
    return sorted({serial for link in inside for serial in _packs_in(link.child)})


def _packs(found: dict[str, tuple[int, int]]) -> tuple[RecalledPack, ...]:
    serials = sorted(found)
    rows: list[RecalledPack] = []
    for start in range(0, len(serials), PER_LOOKUP):
        some = serials[start : start + PER_LOOKUP]
        units = {
            unit.serial: unit
            for unit in Unit.objects.filter(serial__in=some).select_related("order__program")
        }
        boxes = _boxes_of(some)
        for serial in some:
            unit = units.get(serial)
            n, still = found[serial]
            if unit is None:
                rows.append(RecalledPack(serial, "not on record", "", "", "", n, still, ""))
                continue
            program = unit.order.program
            rows.append(
                RecalledPack(
                    serial,
                    unit.state,
                    program.code,
                    program.customer,
                    unit.order.number,
                    n,
                    still,
                    boxes.get(serial, ""),
                )
            )
    return tuple(rows)


def _boxes_of(serials: list[str]) -> dict[str, str]:
    """Return the box that each pack is in now, and the pallet of that box."""
    links = Link.objects.filter(
        Q(removed_at__isnull=True), child__kind="pack", child__number__in=serials
    ).select_related("parent", "child")
    boxes = {link.child.number: link.parent for link in links}
    above = Link.objects.filter(
        removed_at__isnull=True, child__in={box.pk for box in boxes.values()}
    ).select_related("parent")
    pallets = {link.child_id: link.parent.number for link in above}
    return {
        serial: box.number + (f" on {pallets[box.pk]}" if box.pk in pallets else "")
        for serial, box in boxes.items()
    }
