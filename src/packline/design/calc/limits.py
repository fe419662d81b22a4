"""Every limit of a chosen pack, in the units of the characteristics that take it over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from packcalc.bms import Conventions, ProtectionLimit, protection_limits
from packcalc.design import (
    CellSpec,
    DesignRules,
    Limit,
    PackFigures,
    end_of_line_limits,
    incoming_limits,
    link_resistance,
    matching_limits,
    size_fuse,
    size_interconnects,
    tightened,
)
from packline.design.calc.hardware import (
    LimitRow,
    distance_rows,
    fuse_rows,
    interconnect_rows,
    left_open,
    wire_rows,
)
from packline.design.calc.targets import DesignQuestion
from packline.design.calc.units import as_shown
from packline.requirements.calc.proof import CHARACTERISTICS

__all__ = ["CODE_UNITS", "Hardware", "hardware_of", "limits_of", "working_current"]

CODE_UNITS = {  # characteristic -> unit code in which it is measured
    "cell_capacity": "Ah",
    "cell_ocv": "V",
    "cell_ac_ir": "mOhm",
    "cell_dc_resistance": "mOhm",
    "kit_cell_count": "1",
    "weld_energy": "J",
    "bms_paired": "1",
    **CHARACTERISTICS,
}
BMS_UNITS = {"V": "V", "A": "A", "K": "degC"}


def working_current(question: DesignQuestion, figures: PackFigures) -> float:
    """Return the continuous current that conductors, fuse and BMS are drawn for.

    Raises
    ------
    ValueError
        If neither the program asks for a current or power nor the sheet states a rating.
    """
    t = question.targets
    if t.continuous_current is not None:
        return t.continuous_current
    if t.continuous_power is not None:
        return t.continuous_power / figures.nominal_voltage
    if figures.continuous_current is not None:
        return figures.continuous_current
    raise ValueError(
        "the program asks for no continuous current or power and the cell's sheet states no "
        "rating: conductors, fuse and protection cannot be drawn"
    )


@dataclass(frozen=True, slots=True)
class Hardware:
    """Rows of conductors, fuse and distances, and what the inputs leave open."""

    rows: tuple[LimitRow, ...]
    open: tuple[str, ...]


def hardware_of(
    cell: CellSpec,
    series: int,
    parallel: int,
    figures: PackFigures,
    question: DesignQuestion,
    on: date,
) -> Hardware:
    """Draw conductors, fuse, main cable and distances of a pack; `on` is the day of the rules.

    Raises
    ------
    ValueError
        If there is no current to draw for, or a rule does not answer.
    """
    rules, t = DesignRules(), question.targets
    current = working_current(question, figures)
    fuse = size_fuse(
        cell,
        series,
        parallel,
        current,
        figures.interconnect_resistance / rules.joint_spread,
        t.peak_current,
        t.peak_duration,
    )
    plan = size_interconnects(
        series,
        parallel,
        current,
        pitch=(cell.diameter or cell.thickness or 0.03) + rules.gap,
        cylindrical=cell.format == "cylindrical",
        fuse_rating=fuse.rating,
        link_resistance_max=link_resistance(cell, parallel, rules),
    )
    cable, wire = wire_rows(fuse.rating)
    solids, water = question.ingress
    ingress = "" if solids is None and water is None else f"IP{_digit(solids)}{_digit(water)}"
    rows = (
        *interconnect_rows(plan),
        *cable,
        *distance_rows(fuse.voltage, solids, on),
        *fuse_rows(fuse),
    )
    return Hardware(rows, tuple(left_open(cell, fuse, wire, ingress)))


def _digit(value: float | None) -> str:
    return "X" if value is None else f"{value:.0f}"


def limits_of(
    cell: CellSpec,
    conventions: Conventions,
    series: int,
    parallel: int,
    figures: PackFigures,
    question: DesignQuestion,
    resistance_kind: str,
    stated: Mapping[str, tuple[float | None, float | None]],
    hardware: Hardware,
) -> list[LimitRow]:
    """Derive every limit of a pack; `stated` are the program's own incoming limits in SI.

    Raises
    ------
    ValueError
        If a requirement excludes what the design needs, in words that name both.
    """
    rules, t = DesignRules(), question.targets
    current = working_current(question, figures)
    protection = protection_limits(
        cell,
        conventions,
        parallel,
        current,
        t.peak_current,
        t.charge_current,
        question.temperatures,
    )
    incoming = incoming_limits(cell, resistance_kind, stated)
    line = end_of_line_limits(
        cell,
        series,
        parallel,
        current,
        incoming,
        protection,
        figures.mass,
        figures.layout.volume if figures.layout else None,
        rules,
    )
    measured = [*incoming, *matching_limits(cell), *line]
    return [
        *hardware.rows,
        *map(_bms_row, protection),
        *map(_line_row, _narrowed(measured, question)),
    ]


def _narrowed(limits: Sequence[Limit], question: DesignQuestion) -> Iterator[Limit]:
    """Narrow limits to the program's requirements, and add what only those ask for."""
    found = {limit.code: limit for limit in limits}
    for code, low, high, ref in question.line:
        if code in found and _is_attribute(found[code]):
            continue  # yes is yes, whoever asks
        if code in found:
            found[code] = tightened(found[code], low, high, ref)
        elif code in CODE_UNITS:
            quantity = code.replace("_", " ")
            found[code] = Limit(code, "eol", quantity, "", low, high, reason=f"asked by {ref}")
    yield from found.values()


def _is_attribute(limit: Limit) -> bool:
    return limit.unit == "1" and limit.low == limit.target == 1 and limit.high is None


def _line_row(limit: Limit) -> LimitRow:
    unit = CODE_UNITS[limit.code]
    return LimitRow(
        code=limit.code,
        kind=limit.kind,
        quantity=limit.quantity,
        unit_code=unit,
        reason=limit.reason,
        low=as_shown(limit.low, unit),
        high=as_shown(limit.high, unit),
        target=as_shown(limit.target, unit),
    )


def _bms_row(limit: ProtectionLimit) -> LimitRow:
    unit = BMS_UNITS[limit.unit]
    return LimitRow(
        code=limit.code,
        kind="bms",
        quantity=limit.quantity,
        unit_code=unit,
        reason=limit.reason,
        alarm=as_shown(limit.alarm, unit),
        trip=as_shown(limit.trip, unit),
        delay_s=limit.delay,
        release=as_shown(limit.release, unit),
    )
