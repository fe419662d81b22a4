"""Reading what control charts are made of: as many queries for any number of points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from django.db.models import Q, QuerySet
from numpy.typing import NDArray

from packline.foundation.files import DamagedFile, read
from packline.process.models import Characteristic
from packline.production.calc.joints import from_parquet
from packline.production.models import JointSet, Order, Reading, Step
from packline.quality.calc.charts import ChartPoint, ControlFigure, Frozen, chart_points
from packline.quality.queries.limits import in_force, stream_of

__all__ = ["charts_of_order", "checks_of_order", "points_of", "points_of_step"]

Points = dict[int, list[ChartPoint]]  # characteristic -> its points in the order of time


@dataclass(slots=True)
class _Taken:
    """What one step gave for one characteristic, while it is gathered."""

    values: list[float] = field(default_factory=list)
    n_failed: int = 0
    gauges: set[str] = field(default_factory=set)
    taken_at: datetime | None = None
    virtual: bool = False


@dataclass(slots=True)
class _Gathered:
    """What was read, by characteristic and step, and the joint files that could not be."""

    taken: defaultdict[int, defaultdict[int, _Taken]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(_Taken))
    )
    damaged: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))


def checks_of_order(order: Order) -> QuerySet[Characteristic]:
    """Return what is checked on the units of an order; incoming checks are those of a lot."""
    return (
        Characteristic.objects.filter(operation__routing=order.routing)
        .exclude(operation__code="incoming")
        .select_related("operation")
        .order_by("operation__number", "code")
    )


def charts_of_order(
    order: Order,
    checks: Iterable[Characteristic],
    *,
    judged_by: Frozen | None = None,
    station: str = "",
    gauge: str = "",
) -> list[ControlFigure]:
    """Return the chart of each of these characteristics, with the points of every attempt.

    A chart shows one stream: that of all stations and gauges, or the one named. It is judged by
    the limits in force for that stream, or by those handed over (an earlier version); a stream
    without frozen limits by trial limits.
    """
    wanted = list(checks)
    points, damaged = points_of(wanted, Q(unit__order=order))
    frozen = in_force(wanted)
    return [
        chart_points(
            _of_stream(points[check.pk], station, gauge, frozen[check.pk]),
            code=check.code,
            name=check.name,
            operation=check.operation.title,
            per=check.per,
            unit_code=check.unit_code,
            low=check.low,
            high=check.high,
            damaged=damaged[check.pk],
            frozen=judged_by or frozen[check.pk].get((station, gauge)),
        )
        for check in wanted
    ]


def points_of(
    checks: Sequence[Characteristic], steps: Q
) -> tuple[Points, Mapping[int, list[str]]]:
    """Return the points of characteristics in some steps, and the files that cannot be read."""
    of_steps = Q(step__in=Step.objects.filter(steps))
    gathered = _Gathered()
    _readings(of_steps, checks, gathered)
    _joints(of_steps, checks, gathered)
    found = {
        step.pk: step
        for step in Step.objects.filter(steps).select_related(
            "unit__order", "operation", "operator", "station"
        )
    }
    points = {check.pk: _in_time(gathered.taken[check.pk], found) for check in checks}
    return points, gathered.damaged


def points_of_step(step: Step, checks: Iterable[Characteristic]) -> dict[int, ChartPoint]:
    """Return the points that one step gave of some characteristics, by their primary key."""
    points, _ = points_of(list(checks), Q(pk=step.pk))
    return {check: found[0] for check, found in points.items() if found}


def _of_stream(
    points: Sequence[ChartPoint],
    station: str,
    gauge: str,
    frozen: Mapping[tuple[str, str], Frozen],
) -> list[ChartPoint]:
    """Return the points of a stream; without limits of its own, all that fit its description."""
    if (station, gauge) in frozen:
        return [p for p in points if stream_of(p, frozen) == (station, gauge)]
    return [p for p in points if station in ("", p.station) and gauge in ("", p.gauge)]


def _readings(of_steps: Q, checks: Sequence[Characteristic], into: _Gathered) -> None:
    """Gather what was read one value at a time."""
    rows = (
        Reading.objects.filter(of_steps, characteristic__in=checks)
        .order_by("step_id", "position")
        .values_list(
            "characteristic_id", "step_id", "value", "passed", "gauge__code", "taken_at", "virtual"
        )
    )
    for check, step, value, passed, gauge, at, virtual in rows:
        found = into.taken[check][step]
        found.values.append(value)
        found.n_failed += not passed
        found.gauges.update([gauge] if gauge else [])
        found.taken_at = max(found.taken_at or at, at)
        found.virtual |= virtual


def _joints(of_steps: Q, checks: Sequence[Characteristic], into: _Gathered) -> None:
    """Add the joints; a step's file holds all its quantities and is opened once."""
    sets = (
        JointSet.objects.filter(of_steps, characteristic__in=checks)
        .order_by("file__sha256", "characteristic_id")
        .select_related("file", "gauge")
    )
    opened: tuple[str, dict[str, NDArray[np.generic]]] = ("", {})
    for joints in sets:
        sha256 = joints.file.sha256
        try:
            if opened[0] != sha256:
                opened = (sha256, from_parquet(read(sha256)))
        except DamagedFile as error:
            into.damaged[joints.characteristic_id].append(str(error))
            continue
        into.taken[joints.characteristic_id][joints.step_id] = _Taken(
            np.asarray(opened[1][joints.column], dtype=float).tolist(),
            joints.n_failed,
            {joints.gauge.code} if joints.gauge else set(),
            joints.taken_at,
            joints.virtual,
        )


def _in_time(taken: Mapping[int, _Taken], steps: Mapping[int, Step]) -> list[ChartPoint]:
    points = []
    for pk, found in taken.items():
        step = steps[pk]
        assert found.taken_at is not None
        points.append(
            (
                (found.taken_at, step.unit.order.number, step.unit.number, step.attempt),
                ChartPoint(
                    serial=step.unit.serial,
                    attempt=step.attempt,
                    step=str(step),
                    operator=step.operator.shown_name,
                    station=step.station.code,
                    gauge=", ".join(sorted(found.gauges)),
                    taken_at=found.taken_at,
                    virtual=found.virtual,
                    values=tuple(found.values),
                    n_failed=found.n_failed,
                    order=step.unit.order.number,
                    finished=step.finished_at is not None,
                ),
            )
        )
    return [point for _, point in sorted(points, key=lambda pair: pair[0])]
