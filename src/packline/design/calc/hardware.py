"""Conductors, fuse and distances as rows: what purchasing and the workshop take from a design."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from packcalc.design import CellSpec, FusePlan, InterconnectPlan, Wire, size_wire
from packcalc.rules.insulation import (
    clearance_distance,
    creepage_distance,
    rated_impulse_voltage,
)
from packline.design.calc.units import as_shown

__all__ = [
    "OPEN",
    "LimitRow",
    "distance_rows",
    "fuse_rows",
    "interconnect_rows",
    "left_open",
    "wire_rows",
]

OPEN = "left open: "  # how a note begins that says what a design does not answer
ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}
CATEGORY = 2  # overvoltage category: what is plugged in, as a charger is
MATERIAL = "III"  # FR-4, and the strictest that is not a ceramic's question
DUST_TIGHT = 5  # first digit of the IP code from which no dust that conducts settles


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit, field for field as it is stored."""

    code: str
    kind: str
    quantity: str
    unit_code: str
    reason: str
    low: float | None = None
    high: float | None = None
    target: float | None = None
    alarm: float | None = None
    trip: float | None = None
    delay_s: float | None = None
    release: float | None = None


def _target(
    code: str, kind: str, quantity: str, unit: str, value: float, reason: str, least: bool = False
) -> LimitRow:
    shown = as_shown(value, unit)
    low = shown if least else None
    return LimitRow(code, kind, quantity, unit, reason, low=low, target=shown)


def interconnect_rows(plan: InterconnectPlan) -> Iterator[LimitRow]:
    """Return what has to be made of conductors and joints."""
    kind, string, cell = "interconnect", plan.string_current, plan.cell_current
    yield _target("string_current", kind, "current of a link", "A", string, "continuous")
    yield _target("cell_current", kind, "current of a cell", "A", cell, "equal shares")
    yield _target("joints", kind, "joints to be made", "1", plan.joints, "two terminals per cell")
    yield _target("links", kind, "links to be made", "1", plan.links, "groups and both terminals")
    for name, strip in (("link", plan.link), ("tab", plan.tab)):
        if strip is None:
            continue
        why = (
            f"{strip.material}, {strip.temperature_rise:.1f} K above the air at "
            f"{strip.current:.4g} A (heat balance)"
        )
        yield _target(f"{name}_width", kind, f"width of a {name}", "mm", strip.width, why, True)
        yield _target(
            f"{name}_thickness", kind, f"thickness of a {name}", "mm", strip.thickness, why, True
        )
        yield _target(
            f"{name}_cross_section",
            kind,
            f"cross-section of a {name}",
            "mm2",
            strip.cross_section,
            why,
            True,
        )


def fuse_rows(plan: FusePlan) -> Iterator[LimitRow]:
    """Return what the fuse has to be."""
    yield _target("fuse_rating", "fuse", "rated current", "A", plan.rating, plan.reason)
    yield _target(
        "fuse_voltage", "fuse", "rated voltage, DC", "V", plan.voltage, "full charge", True
    )
    if plan.interrupt_rating is not None and plan.prospective_current is not None:
        why = f"prospective short-circuit current {plan.prospective_current:.0f} A plus 25 %"
        yield _target(
            "fuse_interrupt_rating",
            "fuse",
            "interrupt rating at that voltage",
            "A",
            plan.interrupt_rating,
            why,
            True,
        )
    if plan.melting_energy is not None:
        yield _target(
            "fuse_melting_energy",
            "fuse",
            "nominal melting I2t",
            "A2.s",
            plan.melting_energy,
            "one peak is at most 22 % of it: 100,000 peaks do not age it",
            True,
        )


def pollution_degree(solids: float | None) -> int:
    """Return the pollution degree behind an enclosure of which so much is asked."""
    return 2 if solids is not None and solids >= DUST_TIGHT else 3


def wire_rows(current: float) -> tuple[list[LimitRow], Wire | None]:
    """Return the least main cable for the fuse's rating, by its warmth; no length is stated."""
    try:
        wire = size_wire(current, 1.0)
    except ValueError:
        return [], None
    why = (
        f"flexible copper, IEC 60228 class 5: {wire.temperature_rise:.1f} K above air of 45 degC "
        f"at the fuse's {current:.4g} A (heat balance, 30 K allowed); loses "
        f"{1e3 * wire.drop:.3g} mV a metre"
    )
    area = wire.cross_section
    quantity = "cross-section of the main cable"
    return [
        _target("main_cable_cross_section", "interconnect", quantity, "mm2", area, why, True)
    ], wire


def distance_rows(voltage: float, solids: float | None, on: date) -> Iterator[LimitRow]:
    """Return clearance and creepage between the poles and to the frame.

    Raises
    ------
    ValueError
        If the voltage is beyond the tables, or the day before their first.
    """
    degree = pollution_degree(solids)
    behind = f"behind IP{solids:.0f}x" if solids is not None else "no dust-tight enclosure asked"
    given = f"{voltage:.4g} V full, pollution degree {degree} ({behind}), basic insulation"
    impulse = rated_impulse_voltage(voltage, CATEGORY, on)
    clear = clearance_distance(impulse, pollution_degree=degree, on=on)
    creep = creepage_distance(voltage, pollution_degree=degree, material_group=MATERIAL, on=on)
    creep = max(creep, clear)  # a way over a surface is no shorter than that through the air
    yield _target(
        "clearance", "interconnect", "clearance between the poles and to the frame", "mm", clear,
        f"{given}, overvoltage category {ROMAN[CATEGORY]} ({impulse:.0f} V impulse), to 2000 m: "
        "IEC 60664-1, tables F.1 and F.2", True,
    )  # fmt: skip
    yield _target(
        "creepage", "interconnect", "creepage between the poles and to the frame", "mm", creep,
        f"{given}, material group {MATERIAL}: IEC 60664-1, table F.5", True,
    )  # fmt: skip


def left_open(cell: CellSpec, fuse: FusePlan, wire: Wire | None, ingress: str) -> Iterator[str]:
    """Name what the inputs do not answer, and what would."""
    if fuse.interrupt_rating is None:
        yield f"{OPEN}the fuse's interrupt rating: the cell's sheet states no resistance"
    elif cell.ac_resistance is None:
        least = "DC resistance" if cell.dc_resistance is not None else "greatest AC resistance"
        yield (
            f"{OPEN}how much more than {fuse.prospective_current:.0f} A a short circuit draws: "
            f"the sheet states a {least}, and at 1 kHz cells have less; measure them before "
            "the fuse's interrupt rating is chosen"
        )
    if wire is None:
        yield f"{OPEN}the main cable: no size carries the current; use a busbar"
    else:
        at = "" if fuse.interrupt_rating is None else f" at {fuse.prospective_current:.0f} A"
        yield (
            f"{OPEN}whether the main cable outlasts the fuse: it bears {wire.withstand:.3g} A2s "
            f"once; what the fuse lets through{at} stands in its maker's curve"
        )
    yield (
        f"{OPEN}gap, barrier and potting between cells: the heat that a cell releases in thermal "
        "runaway and the temperature of its onset are on no sheet here; with both the SCREENING "
        "of packcalc.design.screened_gap and compare_fillings ranks what to test"
    )
    if ingress:
        yield (
            f"{OPEN}the enclosure: {ingress} is asked; which tested enclosure shows it is for its "
            "maker's certificate or the type test (IP67 does not show IP65)"
        )
