"""What was observed of a unit, by the key of its proof: design figures, readings, reports."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from packline.assurance.calc.vv import Observation
from packline.assurance.calc.wording import figure, observed
from packline.assurance.models import Evidence
from packline.design.models import Design
from packline.production.models import Deviation, JointSet, Reading, Unit
from packline.production.states import DONE
from packline.requirements.calc.units import to_si
from packline.requirements.models import Requirement

__all__ = ["observations_of_unit"]

ISSUED_WITH_EACH_UNIT = ("document:dhr", "document:traveller")


def observations_of_unit(
    unit: Unit, requirements: Iterable[Requirement], at: datetime
) -> dict[str, list[Observation]]:
    """Return by requirement reference everything that was observed about it, up to `at`."""
    wanted = list(requirements)
    readings = _readings(unit, wanted, at)
    reports = _reports(unit)
    design = unit.order.design
    found: dict[str, list[Observation]] = {}
    for requirement in wanted:
        kind, _, name = requirement.verified_by.partition(":")
        if kind == "design":
            found[requirement.ref] = _figures(design, name)
        elif kind == "eol":
            found[requirement.ref] = readings[name]
        else:
            found[requirement.ref] = _reported(reports, requirement)
    return found


def _figures(design: Design, name: str) -> list[Observation]:
    stated = design.figures.get(name)
    if stated is None or stated.get("si") is None:
        return []
    shown = figure(stated["value"], stated["unit"])
    return [Observation(evidence=f"design {design}", shown=shown, si_value=stated["si"])]


def _readings(
    unit: Unit, requirements: list[Requirement], at: datetime
) -> Mapping[str, list[Observation]]:
    """Only what counts: the readings of steps that are done and were not superseded."""
    codes = {
        r.verified_by.removeprefix("eol:") for r in requirements if r.verified_by[:4] == "eol:"
    }
    chosen: dict[str, Any] = {
        "step__unit": unit,
        "step__state__in": DONE,
        "characteristic__code__in": codes,
    }
    conceded = set(
        Deviation.objects.filter(unit=unit, expires_at__gt=at).values_list(
            "step_id", "characteristic_id"
        )
    )
    found: dict[str, list[Observation]] = defaultdict(list)
    readings: QuerySet[Reading] = Reading.objects.filter(**chosen).select_related(
        "step__unit", "step__operation", "characteristic"
    )
    for r in readings.order_by("step__operation__number", "characteristic__code", "position"):
        found[r.characteristic.code].append(
            _measured(r, r.value, r.passed, (r.step_id, r.characteristic_id) in conceded)
        )
    joints: QuerySet[JointSet] = JointSet.objects.filter(**chosen).select_related(
        "step__unit", "step__operation", "characteristic"
    )
    for j in joints.order_by("step__operation__number", "characteristic__code"):
        for value in (j.least_value, j.greatest_value):
            found[j.characteristic.code].append(
                _measured(j, value, j.passed, (j.step_id, j.characteristic_id) in conceded)
            )
    return found


def _measured(row: Reading | JointSet, value: float, passed: bool, conceded: bool) -> Observation:
    return Observation(
        evidence=str(row),
        shown=observed(value, row.low, row.high, row.unit_code),
        si_value=to_si(value, row.unit_code),
        conceded=conceded and not passed,
        failed=not passed and not conceded,
        virtual=row.virtual,
    )


def _reports(unit: Unit) -> Mapping[str, list[Evidence]]:
    found: dict[str, list[Evidence]] = defaultdict(list)
    rows = Evidence.objects.filter(program=unit.order.program).select_related("program")
    for row in rows.order_by("key", "issued_on", "report"):
        found[row.key].append(row)
    return found


def _reported(
    reports: Mapping[str, list[Evidence]], requirement: Requirement
) -> list[Observation]:
    key = requirement.verified_by
    if key in ISSUED_WITH_EACH_UNIT:
        return [Observation(evidence=key, shown="issued with the unit", si_value=None)]
    if not reports[key]:
        return []
    report = reports[key][-1]  # the latest one counts
    stated = [
        result
        for result in json.loads(report.results_text)
        if result["quantity"] == requirement.quantity
    ]
    name = f"{report.report}, {report.issued_by}, {report.issued_on.isoformat()}"
    if not stated:
        return [
            Observation(evidence=name, shown="report at hand", si_value=None, sample=report.sample)
        ]
    return [
        Observation(
            evidence=name,
            shown=figure(result["value"], result["unit"]),
            si_value=result["si_value"],
            sample=report.sample,
        )
        for result in stated
    ]
