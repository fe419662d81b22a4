"""A unit as it was built: its cells and joints at a moment, with what was read until then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from packcalc.cell.sets import read_parameters
from packcalc.design import dc_resistance
from packcalc.design.cell import AC_TO_DC
from packcalc.matching.stock import reading_step
from packline.catalog.calc.stored import stored_cell
from packline.catalog.models import CellModel
from packline.design.models import Candidate, Design
from packline.foundation.files import DamagedFile, read
from packline.production.calc.as_built import BuiltUnit
from packline.production.calc.joints import from_parquet
from packline.production.models import JointSet, Link, Order, Reading, Twin, Unit
from packline.supply.models import Cell

__all__ = [
    "built_unit",
    "built_units",
    "latest_twins",
    "twin_named",
    "twins_of_order",
    "twins_of_unit",
]

Array = NDArray[np.float64]

COMPARED = (
    "group_dc_resistance",
    "pack_dc_resistance",
    "baseline_capacity",
    "group_ocv_delta",
    "baseline_temperature_rise",
)


class _DesignFacts:
    """What all units of one design share, looked up once."""

    def __init__(self, design: Design) -> None:
        limits = {row.code: row for row in design.limits.order_by("code")}
        joint = limits.get("joint_resistance")
        self.joint: tuple[float, float] | None = None
        self.link: float | None = None
        if joint is not None and joint.high is not None:
            target = joint.high / 2 if joint.target is None else joint.target
            self.joint = (target, joint.high)
            self.link = _link(design, target, joint.high)
        self.dc_per_ac = _ratio(design.cell)
        self.parameters = None
        self.parameters_sha256 = design.cell.parameters_sha256
        if design.cell.parameters_text:
            self.parameters = read_parameters(design.cell.parameters_text)


def _link(design: Design, target: float, high: float) -> float | None:
    """Return one link at the value that the design expects, from all that it lets joints add."""
    found = Candidate.objects.filter(
        study=design.study, cell=design.cell, series=design.series, parallel=design.parallel
    ).first()
    if found is None:
        return None
    largest = found.interconnect_mohm - 2 * design.series * high / design.parallel
    return max(largest, 0.0) * target / high / (design.series + 1)


def _ratio(cell: CellModel) -> tuple[float, float] | None:
    """Return between which the DC over the AC resistance of a cell model lies."""
    if not cell.spec_text:
        return None
    spec, _ = stored_cell(cell.spec_text)
    return AC_TO_DC if dc_resistance(spec) is not None else None


def built_unit(
    unit: Unit, *, at: datetime | None = None, planned: bool = False
) -> BuiltUnit | None:
    """Return a unit as it stood at a moment; None while it has no cells.

    `planned` takes the places that the match gave instead of what is installed.
    """
    found = built_units([unit], at=at, planned=planned)
    return found[0] if found else None


def built_units(
    units: Sequence[Unit], *, at: datetime | None = None, planned: bool = False
) -> list[BuiltUnit]:
    """Return units of one design as they stood at a moment; those without cells are left out."""
    if not units:
        return []
    facts = _DesignFacts(units[0].order.design)
    found = []
    for unit in units:
        places = _planned(unit) if planned else _installed(unit, at)
        if places:
            found.append(_unit(unit, places, facts, at, with_joints=not planned))
    return found


Places = dict[tuple[int, int], Cell]


def _planned(unit: Unit) -> Places:
    rows = unit.placements.select_related("cell__lot").order_by("group", "slot")
    return {(row.group, row.slot): row.cell for row in rows}


def _installed(unit: Unit, at: datetime | None) -> Places:
    links = Link.objects.filter(unit=unit, child_kind="cell")
    if at is None:
        links = links.filter(removed_at__isnull=True)
    else:
        gone = Q(removed_at__isnull=False, removed_at__lte=at)
        links = links.filter(installed_at__lte=at).exclude(gone)
    rows = list(links.order_by("parent", "position").values_list("parent", "position", "child"))
    cells = {
        cell.serial: cell
        for cell in Cell.objects.filter(serial__in=[child for *_, child in rows]).select_related(
            "lot"
        )
    }
    return {
        (int(parent.rpartition("/G")[2]), position): cells[child]
        for parent, position, child in rows
    }


def _unit(
    unit: Unit, places: Places, facts: _DesignFacts, at: datetime | None, *, with_joints: bool
) -> BuiltUnit:
    design = unit.order.design
    shape = (design.series, design.parallel)
    cells = [places[key] for key in sorted(places)]
    missing = []
    if len(cells) != shape[0] * shape[1]:
        missing.append(f"{len(cells)} cells are in it, {shape[0] * shape[1]} belong there")
        shape = (1, len(cells))
    resistance, kind = _resistance(cells)
    joints, step = (None, 0.0)
    if with_joints and not missing:
        joints, step, said = _joints(unit, shape, at)
        missing += said
    measured = _measured(unit, at)
    moments = [row.taken_at for row in measured]
    drops = {row.position: row.value for row in measured if row.characteristic.code == "ocv_drop"}
    received = min(cell.lot.received_on for cell in cells)
    whole = sorted(drops) == list(range(1, shape[0] + 1))
    return BuiltUnit(
        serial=unit.serial,
        capacity_ah=np.array([cell.capacity_ah for cell in cells]).reshape(shape),
        ocv_v=np.array([cell.ocv_v for cell in cells]).reshape(shape),
        resistance_mohm=None if resistance is None else resistance.reshape(shape),
        resistance_kind=kind,
        dc_per_ac=facts.dc_per_ac,
        joint_mohm=joints,
        joint_step_mohm=step,
        joint_limits_mohm=facts.joint,
        link_mohm=facts.link,
        drop_mv_per_day=np.array([drops[g] for g in sorted(drops)]) if whole else None,
        rest_days=max((max(moments).date() - received).days, 0) if moments else 0.0,
        measured={
            (row.characteristic.code, row.position): row.value
            for row in measured
            if row.characteristic.code in COMPARED
        },
        parameters=facts.parameters,
        parameters_sha256=facts.parameters_sha256,
        missing=tuple(missing),
    )


def _resistance(cells: Sequence[Cell]) -> tuple[Array | None, str]:
    """AC and DC resistance are different quantities and are never mixed."""
    for name, kind in (("dc_resistance_mohm", "dc"), ("ac_ir_mohm", "ac")):
        values = [getattr(cell, name) for cell in cells]
        if all(value is not None for value in values):
            return np.array(values, dtype=float), kind
    return None, ""


def _joints(
    unit: Unit, shape: tuple[int, int], at: datetime | None
) -> tuple[Array | None, float, list[str]]:
    """Return the joints of each cell from the last welder's log, both ends together."""
    sets = JointSet.objects.filter(
        step__unit=unit, characteristic__code="joint_resistance"
    ).select_related("file")
    now = at is None
    counted = sets.exclude(step__state="superseded") if now else sets.filter(taken_at__lte=at)
    last = counted.order_by("-taken_at", "-step__attempt").first()
    if last is None:
        return None, 0.0, []
    try:
        columns = from_parquet(read(last.file.sha256))
    except DamagedFile as error:
        return None, 0.0, [f"its joints: {error}"]
    values = np.asarray(columns[last.column], dtype=float)
    wanted = 2 * shape[0] * shape[1]
    if values.size != wanted:
        return None, 0.0, [f"its joints: {values.size} were logged, it has {wanted}"]
    if {"group", "cell", "end"} <= columns.keys():  # else the file is in the order of the pack
        values = values[np.lexsort([columns[name] for name in ("end", "cell", "group")])]
    return values.reshape(*shape, 2).sum(axis=2), reading_step(values), []


def _measured(unit: Unit, at: datetime | None) -> list[Reading]:
    """Return the readings that a simulation is compared with: the last attempt of each."""
    readings = Reading.objects.filter(
        step__unit=unit, characteristic__code__in=(*COMPARED, "ocv_drop")
    ).select_related("characteristic")
    if at is None:
        readings = readings.exclude(step__state="superseded")
    else:
        readings = readings.filter(taken_at__lte=at)
    last: dict[tuple[str, int], Reading] = {}
    for row in readings.order_by("step__attempt", "taken_at"):
        last[row.characteristic.code, row.position] = row
    return list(last.values())


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
