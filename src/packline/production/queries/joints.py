"""Joints: which places of a step have values, and all joints of a head or program over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from packline.foundation.files import read
from packline.process.models import Characteristic
from packline.production.calc.complete import places_of
from packline.production.calc.joint_places import (
    PLACE_COLUMNS,
    place_in_words,
    places_of_rows,
)
from packline.production.calc.joints import from_parquet
from packline.production.models import JointSet, Step

__all__ = ["JointSeries", "joint_series", "missing_in_words", "places_taken"]

MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class JointSeries:
    """One quantity of many joints, in the order of their packs and rows; arrays of one length."""

    code: str
    unit_code: str
    values: NDArray[np.float64]
    pack: NDArray[np.int64]  # index into `serials`
    row: NDArray[np.int64]  # of the pack's log, from 1
    failed: NDArray[np.bool_]  # outside the limits that were frozen with them
    serials: Sequence[str]
    taken_at: Sequence[datetime]  # of each pack
    limits: Sequence[tuple[float | None, float | None]]  # of each pack


def places_taken(step: Step, code: str) -> set[int]:
    """Return the numbers of the places of which a step has values, from its files."""
    sets = step.joint_sets.filter(characteristic__code=code).select_related(
        "characteristic", "file"
    )
    design = step.unit.order.design
    found: set[int] = set()
    for joint_set in sets.order_by("batch"):
        per = joint_set.characteristic.per
        columns = from_parquet(
            read(joint_set.file.sha256), [*PLACE_COLUMNS[per], joint_set.column]
        )
        found |= set(
            places_of_rows(
                columns, per=per, series=design.series, parallel=design.parallel
            ).tolist()
        )
    return found


def missing_in_words(step: Step, characteristic: Characteristic) -> str:
    """Name the joints that a step lacks, the first few of many."""
    if characteristic.per not in PLACE_COLUMNS:
        return ""
    design = step.unit.order.design
    per = characteristic.per
    wanted = range(1, places_of(per, design.series, design.parallel) + 1)
    lacking = sorted(set(wanted) - places_taken(step, characteristic.code))
    named = "; ".join(
        place_in_words(place, per=per, parallel=design.parallel) for place in lacking[:MOST_NAMED]
    )
    more = f" and {len(lacking) - MOST_NAMED} more" if len(lacking) > MOST_NAMED else ""
    return f" without {named}{more}" if lacking else ""


def joint_series(
    code: str,
    *,
    program: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    head: str | None = None,
    recipe: str | None = None,
    place: tuple[int, ...] | None = None,
    most_packs: int | None = None,
) -> JointSeries:
    """Return every joint of one characteristic, of one weld head, recipe or place if asked.

    Of each file only the columns that are needed are read. `program` is the customer program by
    its code, `recipe` the welding program, `place` for example (group, cell, end). With
    `most_packs` only the latest so many logs are read.
    """
    sets = JointSet.objects.filter(characteristic__code=code).exclude(step__state="superseded")
    if program:
        sets = sets.filter(step__unit__order__program__code=program)
    if since is not None:
        sets = sets.filter(taken_at__gte=since)
    if until is not None:
        sets = sets.filter(taken_at__lt=until)
    rows = sets.select_related("step__unit", "file", "characteristic").order_by(
        "-taken_at", "-step__unit__serial", "-batch"
    )
    chosen = list(rows[:most_packs] if most_packs else rows)[::-1]
    values, packs, numbers, failed = [], [], [], []
    for k, joint_set in enumerate(chosen):
        names = PLACE_COLUMNS[joint_set.characteristic.per]
        columns = from_parquet(
            read(joint_set.file.sha256), [joint_set.column, "head", "program", *names]
        )
        of_set = np.asarray(columns[joint_set.column], dtype=float)
        wanted = np.ones(len(of_set), dtype=bool)
        asked: list[tuple[str, object]] = [("head", head), ("program", recipe)]
        asked += list(zip(names, place or (), strict=False))
        for name, value in asked:
            if value is not None:
                wanted &= _equals(columns, name, value, len(of_set))
        kept = np.flatnonzero(wanted)
        out = np.zeros(len(kept), dtype=bool)
        if joint_set.judged_low is not None:
            out |= of_set[kept] < joint_set.judged_low
        if joint_set.judged_high is not None:
            out |= of_set[kept] > joint_set.judged_high
        values.append(of_set[kept])
        packs.append(np.full(len(kept), k))
        numbers.append(kept + 1)
        failed.append(out)
    return JointSeries(
        code,
        chosen[0].unit_code if chosen else "1",
        np.concatenate([np.empty(0), *values]),
        np.concatenate([np.empty(0, dtype=np.int64), *packs]),
        np.concatenate([np.empty(0, dtype=np.int64), *numbers]),
        np.concatenate([np.empty(0, dtype=bool), *failed]),
        [joint_set.step.unit.serial for joint_set in chosen],
        [joint_set.taken_at for joint_set in chosen],
        [(joint_set.judged_low, joint_set.judged_high) for joint_set in chosen],
    )


def _equals(
    columns: dict[str, NDArray[np.generic]], name: str, value: object, n: int
) -> NDArray[np.bool_]:
    """Compare a column of numbers or of texts; a log without the column has no such joint."""
    if name not in columns:
        return np.zeros(n, dtype=bool)
    column = columns[name]
    if column.dtype.kind in "OUS":
        return np.asarray(column == str(value), dtype=bool)
    try:
        return np.asarray(column == float(str(value)), dtype=bool)
    except ValueError:
        return np.zeros(n, dtype=bool)
