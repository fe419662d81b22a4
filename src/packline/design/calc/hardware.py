"""Limits of conductors and fuse as rows: what purchasing and the workshop take from a design."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from packcalc.design import FusePlan, InterconnectPlan
from packline.design.calc.units import as_shown

__all__ = ["LimitRow", "fuse_rows", "interconnect_rows"]


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
