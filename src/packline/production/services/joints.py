"""Taking the joint data of a step: one file of arrays, one summary row per quantity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import datetime

import numpy as np
from django.db.models import Max
from numpy.typing import NDArray

from packcalc.stats.limits import Limits
from packline.foundation.commands import command
from packline.foundation.errors import DomainError
from packline.foundation.events import record
from packline.foundation.files import store
from packline.foundation.models import Person
from packline.process.models import Characteristic, Recipe
from packline.production.calc.acceptance import acceptance
from packline.production.calc.joint_places import PLACE_COLUMNS, place_in_words, places_of_rows
from packline.production.calc.joints import judge_all, to_parquet
from packline.production.gate import Measuring, let_pass
from packline.production.models import JointSet, Step
from packline.production.queries.joints import places_taken
from packline.production.services.hold import place_hold
from packline.production.services.permit import use_permits
from packline.production.services.tool import note_tools
from packline.resources.models import Gauge, Tool
from packline.resources.queries import studies_in_force


@command("production.take_readings")
def take_joints(
    *,
    step: Step,
    columns: Mapping[str, NDArray[np.generic]],
    judged: Mapping[str, str],
    gauge: Gauge | None,
    gauges: Mapping[str, Gauge] = {},
    program_version: str,
    taken_at: datetime,
    virtual: bool,
    waveform: bytes | None = None,
    tools: Sequence[Tool] = (),
    recipe: Recipe | None = None,
    by: Person,
    at: datetime,
) -> list[JointSet]:
    """Store joints of a step and judge them in one pass; one bad joint holds the unit.

    `columns` are the arrays of the file, a row per joint; ``group``, ``cell`` and ``end`` (or
    ``fastener``) say which joint a row is, and without them the rows are all joints in order.
    `judged` says which column answers which characteristic, for example
    ``{"joint_resistance": "resistance_mohm"}``. The limits are tightened by the guard band of
    the gauge, as those of single readings are; `gauges` names one for a characteristic alone.
    `tools` and `recipe` are named when they are others than the step was started with. A log may
    come in several parts; `waveform` are the curves of these joints as the machine wrote them.

    Raises
    ------
    InputError
        If a row is of no joint of this pack, or of one that has its values already.
    """
    known = {c.code: c for c in step.operation.characteristics.all()}
    used = {code: gauges.get(code, gauge) for code in judged}
    opened = let_pass(
        unit=step.unit,
        operation=step.operation,
        station=step.station,
        operator=by,
        at=at,
        measuring=[Measuring(known[code], used[code]) for code in sorted(judged) if code in known],
        tools=tools,
        recipe=recipe,
        within=step,
    )
    use_permits(step.unit, opened, by=by, at=at)
    asked = _asked(step, judged, columns.keys())
    places = _places(step, columns, asked)
    order = np.argsort(places, kind="stable")  # the file keeps the order of the pack
    columns = {name: np.asarray(values)[order] for name, values in columns.items()}
    places = places[order]
    named = {g.code: g for g in used.values() if g is not None}
    studies = studies_in_force(list(named.values()), judged, taken_at.date())
    accepted = [
        acceptance(Limits(c.low, c.high, c.unit_code), c.code, used[c.code], studies)
        for c in asked
    ]
    name = f"{step.unit}-{step.operation.code}-{step.attempt}"
    file = store(
        content=to_parquet(columns),
        name=f"{name}-joints.parquet",
        media_type="application/vnd.apache.parquet",
        by=by,
        at=at,
    )
    curves = None
    if waveform is not None:
        curves = store(
            content=waveform,
            name=f"{name}-waveform",
            media_type="application/octet-stream",
            by=by,
            at=at,
        )
    found = judge_all(
        np.stack([np.asarray(columns[judged[c.code]], dtype=float) for c in asked]),
        [(a.limits.low, a.limits.high) for a in accepted],
    )
    batch = (step.joint_sets.aggregate(last=Max("batch"))["last"] or 0) + 1
    rows = [
        JointSet(
            step=step,
            characteristic=characteristic,
            batch=batch,
            file=file,
            waveform=curves,
            column=judged[characteristic.code],
            n=summary.n,
            n_failed=summary.n_failed,
            unit_code=characteristic.unit_code,
            low=characteristic.low,
            high=characteristic.high,
            accept_low=limits.low,
            accept_high=limits.high,
            least_value=summary.least,
            median_value=summary.median,
            greatest_value=summary.greatest,
            worst_position=summary.worst_position,
            gauge=used[characteristic.code],
            guard_study=limits.study,
            characteristic_revision=characteristic.revision,
            program_version=program_version,
            taken_at=taken_at,
            virtual=virtual,
        )
        for characteristic, limits, summary in zip(asked, accepted, found, strict=True)
    ]
    JointSet.objects.bulk_create(rows)
    uses = note_tools(step, tools, at)
    failed = [row for row in rows if not row.passed]
    record(
        "production.joints.taken",
        step.unit,
        by=by,
        at=at,
        rows=[*rows, *uses],
        step=str(step),
        file=file.sha256,
        failed=[str(row) for row in failed],
    )
    if failed:
        worst = failed[0]
        place = int(places[worst.worst_position - 1])
        per = worst.characteristic.per
        words = place_in_words(place, per=per, parallel=step.unit.order.design.parallel)
        reason = (
            f"{worst.characteristic.name}: {worst.n_failed} of {worst.n} {per}s are out of "
            f"limits, the worst is {per} {place}" + (f" ({words})" if per == "joint" else "")
        )
        place_hold(step.unit, reason=reason, cause=str(step), by=by, at=at)
    return rows


def _asked(step: Step, judged: Mapping[str, str], columns: Set[str]) -> list[Characteristic]:
    """Return the characteristics that the columns answer; all are of joints, or of fasteners."""
    known = {c.code: c for c in step.operation.characteristics.all()}
    if missing := sorted(set(judged.values()) - columns):
        raise DomainError(f"{step}: the log has no column {', '.join(missing)}")
    if not judged:
        raise DomainError(f"{step}: no characteristic is answered by these joints")
    for code in judged:
        if code not in known or known[code].per not in PLACE_COLUMNS:
            raise DomainError(f"{step}: {code} is no joint characteristic of {step.operation}")
    return [known[code] for code in sorted(judged)]


def _places(
    step: Step, columns: Mapping[str, NDArray[np.generic]], asked: Sequence[Characteristic]
) -> NDArray[np.int64]:
    design = step.unit.order.design
    for c in asked:
        if c.per != asked[0].per:
            raise DomainError(f"{step}: joints and fasteners come in logs of their own")
    taken: set[int] = set()
    if step.joint_sets.exists():
        taken = taken.union(*(places_taken(step, c.code) for c in asked))
    return places_of_rows(
        columns,
        per=asked[0].per,
        series=design.series,
        parallel=design.parallel,
        taken=taken,
    )
