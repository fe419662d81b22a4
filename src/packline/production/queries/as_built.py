"""A unit as it was built: its cells and joints at a moment, with what was read until then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from packcalc.cell.sets import read_parameters
from packcalc.design import dc_resistance
from packcalc.design.cell import AC_TO_DC
from packcalc.matching.stock import reading_step
from packline.catalog.calc.stored import stored_cell
from packline.catalog.models import CellModel
from packline.design.models import Candidate, Design
from packline.foundation.errors import InputError
from packline.foundation.files import DamagedFile, read
from packline.production.calc.as_built import BuiltUnit
from packline.production.calc.joint_places import PLACE_COLUMNS, places_of_rows
from packline.production.calc.joints import from_parquet
from packline.production.models import JointSet, Reading, Unit
from packline.production.queries.genealogy import contents_at, open_below, part_of_unit
from packline.resources.models import Gauge, GaugeStudy
from packline.resources.queries import studies_in_force
from packline.supply.models import Cell

__all__ = ["built_unit", "built_units"]

Array = NDArray[np.float64]

COMPARED = (
    "group_dc_resistance",
    "pack_dc_resistance",
    "baseline_capacity",
    "group_ocv_delta",
    "baseline_temperature_rise",
)


INCOMING = ("cell_capacity", "cell_dc_resistance", "cell_ac_ir")
UNITS = {  # in which errors are counted; a study in another unit is left alone
    "cell_capacity": "Ah",
    "cell_dc_resistance": "mOhm",
    "cell_ac_ir": "mOhm",
    "joint_resistance": "mOhm",
    "group_dc_resistance": "mOhm",
    "pack_dc_resistance": "mOhm",
    "baseline_capacity": "Ah",
    "group_ocv_delta": "mV",
    "baseline_temperature_rise": "K",
}


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
    pack = part_of_unit(unit)
    if pack is None:
        return {}
    standing = contents_at(pack, at) if at is not None else open_below(pack)
    links = {
        (int(group), link.position): link.child.number
        for link in standing
        if link.kind == "cell"
        and not link.child.is_lot
        and (group := link.parent.number.rpartition("/G")[2]).isdigit()
    }
    numbers = sorted(links.values())
    cells = {
        cell.serial: cell for cell in Cell.objects.filter(serial__in=numbers).select_related("lot")
    }
    return {place: cells[links[place]] for place in sorted(links)}


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
        studied=_studied(unit, cells, measured, at),
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
    """Return the joints of each cell, both ends together, from all parts of the welder's logs.

    A log may come in parts, and a joint may be made again: of each place the last value counts.
    """
    sets = JointSet.objects.filter(
        step__unit=unit, characteristic__code="joint_resistance"
    ).select_related("characteristic", "file")
    now = at is None
    counted = sets.exclude(step__state="superseded") if now else sets.filter(taken_at__lte=at)
    logs = list(counted.order_by("taken_at", "step__attempt", "batch"))
    if not logs:
        return None, 0.0, []
    values = np.full(2 * shape[0] * shape[1], np.nan)
    for log in logs:
        per = log.characteristic.per
        try:
            columns = from_parquet(read(log.file.sha256), [*PLACE_COLUMNS[per], log.column])
            places = places_of_rows(columns, per=per, series=shape[0], parallel=shape[1])
        except (DamagedFile, InputError) as error:
            return None, 0.0, [f"its joints: {error}"]
        values[places - 1] = np.asarray(columns[log.column], dtype=float)
    known = np.isfinite(values)
    if not known.all():
        said = f"its joints: {np.count_nonzero(known)} were logged, it has {values.size}"
        return None, 0.0, [said]
    return values.reshape(*shape, 2).sum(axis=2), reading_step(values), []


def _studied(
    unit: Unit, cells: Sequence[Cell], measured: Sequence[Reading], at: datetime | None
) -> dict[str, tuple[float, str]]:
    """Return the error of the gauges that read this unit and its cells, where a study holds.

    Which tester read a cell at receipt is not on record: the largest studied error counts.
    """
    found: dict[str, tuple[float, str]] = {}

    def take(gauges: Iterable[Gauge], codes: Sequence[str], on: date) -> None:
        for (_, code), studies in studies_in_force(gauges, codes, on).items():
            study = studies.error
            if study is None or study.unit_code != UNITS[code]:
                continue
            if study.uncertainty_value is not None:
                known = found.get(code, (0.0, ""))
                found[code] = max(known, (study.uncertainty_value, str(study)))

    if not GaugeStudy.objects.exists():
        return found
    received = min(cell.lot.received_on for cell in cells)
    take(Gauge.objects.all(), INCOMING, received)
    read = [row for row in measured if row.gauge is not None]
    for day in {row.taken_at.date() for row in read}:
        some = [row for row in read if row.taken_at.date() == day]
        codes = sorted({row.characteristic.code for row in some} & set(COMPARED))
        take({row.gauge.pk: row.gauge for row in some if row.gauge}.values(), codes, day)
    joints = JointSet.objects.filter(step__unit=unit, gauge__isnull=False)
    if at is not None:
        joints = joints.filter(taken_at__lte=at)
    last = joints.select_related("gauge").order_by("-taken_at").first()
    if last is not None and last.gauge is not None:
        take([last.gauge], ["joint_resistance"], last.taken_at.date())
    return found


def _measured(unit: Unit, at: datetime | None) -> list[Reading]:
    """Return the readings that a simulation is compared with: the last attempt of each."""
    readings = Reading.objects.filter(
        step__unit=unit, characteristic__code__in=(*COMPARED, "ocv_drop")
    ).select_related("characteristic", "gauge")
    if at is None:
        readings = readings.exclude(step__state="superseded")
    else:
        readings = readings.filter(taken_at__lte=at)
    last: dict[tuple[str, int], Reading] = {}
    for row in readings.order_by("step__attempt", "taken_at"):
        last[row.characteristic.code, row.position] = row
    return list(last.values())
