"""Taking the joint data of a step: one file of arrays, one summary row per quantity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from packcalc.stats.limits import Limits
from packline.foundation.commands import command
from packline.foundation.errors import DomainError
from packline.foundation.events import record
from packline.foundation.files import store
from packline.foundation.models import Person
from packline.production.calc.acceptance import acceptance, fit_gauges
from packline.production.calc.joints import judge, to_parquet
from packline.production.gate import let_pass
from packline.production.models import JointSet, Step
from packline.production.services.hold import place_hold
from packline.resources.models import Gauge
from packline.resources.queries import studies_in_force


@command("production.take_readings")
def take_joints(
    *,
    step: Step,
    columns: Mapping[str, NDArray[np.float64]],
    judged: Mapping[str, str],
    gauge: Gauge | None,
    program_version: str,
    taken_at: datetime,
    virtual: bool,
    by: Person,
    at: datetime,
) -> list[JointSet]:
    """Store all joints of a step and judge them in one pass; one bad joint holds the unit.

    `columns` are the arrays of the file, row k the k-th joint; `judged` says which column
    answers which characteristic, for example ``{"joint_resistance": "resistance_mohm"}``. The
    limits are tightened by the guard band of the gauge, as those of single readings are.
    """
    let_pass(
        unit=step.unit,
        operation=step.operation,
        station=step.station,
        operator=by,
        at=at,
        gauges=[gauge] if gauge is not None else [],
        within=step,
    )
    file = store(
        content=to_parquet(columns),
        name=f"{step.unit}-{step.operation.code}-{step.attempt}-joints.parquet",
        media_type="application/vnd.apache.parquet",
        by=by,
        at=at,
    )
    known = {c.code: c for c in step.operation.characteristics.all()}
    studies = studies_in_force([gauge] if gauge is not None else [], judged, taken_at.date())
    fit_gauges(str(step), dict.fromkeys(judged, gauge), studies)
    rows = []
    for code, column in sorted(judged.items()):
        characteristic = known.get(code)
        if characteristic is None or characteristic.per != "joint":
            raise DomainError(f"{step}: {code} is no joint characteristic of {step.operation}")
        limits = Limits(characteristic.low, characteristic.high, characteristic.unit_code)
        accepted = acceptance(limits, code, gauge, studies)
        found = judge(
            np.asarray(columns[column], dtype=float), accepted.limits.low, accepted.limits.high
        )
        rows.append(
            JointSet(
                step=step,
                characteristic=characteristic,
                file=file,
                column=column,
                n=found.n,
                n_failed=found.n_failed,
                unit_code=characteristic.unit_code,
                low=characteristic.low,
                high=characteristic.high,
                accept_low=accepted.low,
                accept_high=accepted.high,
                least_value=found.least,
                median_value=found.median,
                greatest_value=found.greatest,
                worst_position=found.worst_position,
                gauge=gauge,
                guard_study=accepted.study,
                characteristic_revision=characteristic.revision,
                program_version=program_version,
                taken_at=taken_at,
                virtual=virtual,
            )
        )
    JointSet.objects.bulk_create(rows)
    failed = [row for row in rows if not row.passed]
    record(
        "production.joints.taken",
        step.unit,
        by=by,
        at=at,
        rows=rows,
        step=str(step),
        file=file.sha256,
        failed=[str(row) for row in failed],
    )
    if failed:
        worst = failed[0]
        reason = (
            f"{worst.characteristic.name}: {worst.n_failed} of {worst.n} joints are out of "
            f"limits, the worst is joint {worst.worst_position}"
        )
        place_hold(step.unit, reason=reason, cause=str(step), by=by, at=at)
    return rows
