"""Which requirements drive a design, and the targets that they make together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from packcalc.design import DesignTargets
from packline.requirements.calc.spec import ProgramSpec

__all__ = ["Bounds", "DesignQuestion", "question_of", "targets_text"]

Bounds = tuple[float | None, float | None]
BOTH = {  # quantity -> targets of its lower and its upper bound; "" where there is none
    "max_voltage": ("", "voltage_max"),
    "min_voltage": ("voltage_min", ""),
    "nominal_voltage": ("nominal_voltage_min", "nominal_voltage_max"),
    "energy": ("energy_min", "energy_max"),
    "capacity": ("capacity_min", ""),
    "continuous_discharge_current": ("continuous_current", ""),
    "continuous_discharge_power": ("continuous_power", ""),
    "peak_discharge_current": ("peak_current", ""),
    "charge_current": ("charge_current", ""),
    "mass": ("", "mass_max"),
    "volume": ("", "volume_max"),
    "length": ("", "length_max"),
    "width": ("", "width_max"),
    "height": ("", "height_max"),
    "cycle_life": ("cycle_life_min", ""),
}
# Temperatures: the bound that asks for work is a target, the other one narrows the BMS.
REACH = {
    "charge_temperature_min": 1,
    "charge_temperature_max": 0,
    "discharge_temperature_min": 1,
    "discharge_temperature_max": 0,
}


@dataclass(frozen=True, slots=True)
class DesignQuestion:
    """What a program asks of a design.

    `refs` says for each target which requirements it comes from; `temperatures` and `line` are
    the bounds that narrow the BMS and the limits of the line, with who asks for them; `ingress`
    are the two digits of the IP code, solids and water.
    """

    targets: DesignTargets
    refs: Mapping[str, tuple[str, ...]]
    temperatures: Mapping[str, Bounds]
    line: tuple[tuple[str, float | None, float | None, str], ...]
    ingress: tuple[float | None, float | None] = (None, None)


def question_of(spec: ProgramSpec) -> DesignQuestion:
    """Gather every requirement that a design can answer; the tightest of several counts.

    Raises
    ------
    ValueError
        If two requirements exclude each other.
    """
    values: dict[str, Any] = {}
    refs: dict[str, tuple[str, ...]] = {}
    also = []
    bounds = {q: _bounds(spec, q) for q in (*BOTH, *REACH, "peak_duration")}
    for quantity, names in BOTH.items():
        side: list[float | None] = [None, None]
        for i, name in enumerate(names):
            value = bounds[quantity][i]
            if value is None:
                continue
            if name:
                values[name] = value
                refs[name] = _refs(spec, quantity)
            else:
                side[i] = value
                refs[quantity] = _refs(spec, quantity)
        if side != [None, None]:
            also.append((quantity, side[0], side[1]))
    for quantity, i in REACH.items():
        if bounds[quantity][i] is not None:
            values[quantity] = bounds[quantity][i]
            refs[quantity] = _refs(spec, quantity)
    low, high = bounds["peak_duration"]
    duration = low if low is not None else high
    if duration is not None:
        values["peak_duration"] = duration
        refs["peak_duration"] = _refs(spec, "peak_duration")
    targets = DesignTargets(
        **values, series=spec.design.series, parallel=spec.design.parallel, also=tuple(also)
    )
    temperatures = {q: bounds[q] for q in REACH if bounds[q] != (None, None)}
    line = tuple(_line_bounds(spec))
    ingress = (_bounds(spec, "ingress_solids")[0], _bounds(spec, "ingress_water")[0])
    return DesignQuestion(targets, refs, temperatures, line, ingress)


def _refs(spec: ProgramSpec, quantity: str) -> tuple[str, ...]:
    return tuple(r.ref for r in spec.asked(quantity))


def _bounds(spec: ProgramSpec, quantity: str) -> Bounds:
    asked = spec.asked(quantity)
    lows = [r.si_bounds[0] for r in asked if r.si_bounds[0] is not None]
    highs = [r.si_bounds[1] for r in asked if r.si_bounds[1] is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    if low is not None and high is not None and low > high:
        names = ", ".join(map(str, asked))
        raise ValueError(f"requirements exclude each other: {names}")
    return low, high


def _line_bounds(spec: ProgramSpec) -> list[tuple[str, float | None, float | None, str]]:
    """Return what requirements ask of characteristics that the line measures."""
    symmetric = {"sense_voltage_error", "current_zero"}
    found = []
    for r in spec.requirements:
        kind, _, code = r.verified_by.partition(":")
        if kind == "eol":
            low, high = r.si_bounds
            if code in symmetric and high is not None and low is None:
                low = -high
            found.append((code, low, high, r.ref))
    return found


def targets_text(question: DesignQuestion) -> str:
    """Write targets and their references as canonical JSON."""
    asked = {
        field.name: value
        for field in fields(DesignTargets)
        if (value := getattr(question.targets, field.name)) not in (None, ())
    }
    text = {"targets": asked, "refs": dict(question.refs)}
    return json.dumps(text, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
