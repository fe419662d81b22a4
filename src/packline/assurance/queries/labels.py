"""What stands on the label of a unit, of a box, a group, a module or a cell."""

from __future__ import annotations

from collections.abc import Sequence

from packline.assurance.calc.gs1 import CHARACTERS, Element, check_digit, parse
from packline.assurance.calc.labels import Label
from packline.foundation.errors import DomainError
from packline.production.models import Link, Order, Part, Unit
from packline.supply.models import Cell

__all__ = ["label_named", "label_of_part", "label_of_unit", "labels_of_order"]

BATCH, OWN = 20, 30  # the most that AI (10) and AI (240) hold
SSCC = 18


def label_of_unit(unit: Unit) -> Label:
    """Return the label of a unit: GTIN, serial, order and program, if it has a GTIN at all."""
    design = unit.order.design
    program = unit.order.program
    elements: list[Element] = []
    if unit.gs1:
        elements = parse(unit.gs1)
        if _fits(unit.order.number, BATCH):
            elements.append(Element("10", unit.order.number))
        if _fits(program.code, OWN):
            elements.append(Element("240", program.code))
    return Label(
        title=program.title,
        number=unit.serial,
        lines=(
            f"{design.series}S{design.parallel}P  {design.cell}",
            f"Order {unit.order.number}",
            f"Firmware {unit.firmware_version or '–'}",
        ),
        elements=tuple(elements),
        virtual=unit.virtual,
    )


def labels_of_order(order: Order) -> list[Label]:
    """Return the labels of an order's units in the order of their numbers."""
    units = order.units.select_related("order__program", "order__design__cell")
    return [label_of_unit(unit) for unit in units.order_by("number")]


def label_named(number: str) -> Label | None:
    """Return the label of a unit, box, module, group or cell by its number; None if unknown."""
    unit = (
        Unit.objects.filter(serial=number)
        .select_related("order__program", "order__design__cell")
        .first()
    )
    if unit is not None:
        return label_of_unit(unit)
    part = Part.objects.filter(number=number).select_related("lot").order_by("-rank").first()
    if part is not None:
        return label_of_part(part)
    cell = Cell.objects.filter(serial=number).select_related("lot__cell").first()
    if cell is None:
        return None
    return Label("Cell", cell.serial, (f"{cell.lot.cell}", f"Lot {cell.lot.number}"))


def label_of_part(part: Part) -> Label:
    """Return the label of a box, a pallet, a module, a group or any other part."""
    links = Link.objects.filter(parent=part, removed_at__isnull=True)
    if part.kind in ("box", "pallet"):
        inside = list(links.select_related("child").order_by("position"))
        lines = [f"{len(inside)} {'packs' if part.kind == 'box' else 'boxes'}"]
        lines += [k.child.number for k in inside[:4]]
        return Label(
            part.kind.capitalize(),
            part.number,
            tuple(lines),
            elements=_of_box(part, [k.child.number for k in inside]),
            qr=not _is_sscc(part.number),
        )
    lines = [f"{links.count()} parts"] if part.rank > 100 else []
    if part.lot is not None:
        lines.append(f"Lot {part.lot.number}")
    return Label(part.kind.capitalize(), part.number, tuple(lines))


def _of_box(box: Part, serials: Sequence[str]) -> tuple[Element, ...]:
    """Return SSCC, GTIN and count of a box that is numbered by an SSCC and holds one product."""
    if not _is_sscc(box.number):
        return ()
    gtins = set()
    for text in Unit.objects.filter(serial__in=serials).values_list("gs1", flat=True):
        gtins.add(parse(text)[0].value if text else "")
    if box.kind != "box" or len(gtins) != 1 or "" in gtins:
        return (Element("00", box.number),)
    return (
        Element("00", box.number),
        Element("02", gtins.pop()),
        Element("37", str(len(serials))),
    )


def _is_sscc(number: str) -> bool:
    if len(number) != SSCC:
        return False
    try:
        return int(number[-1]) == check_digit(number[:-1])
    except (DomainError, ValueError):
        return False


def _fits(value: str, most: int) -> bool:
    return 1 <= len(value) <= most and set(value) <= CHARACTERS - set("()")
