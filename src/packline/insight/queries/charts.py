"""Reading what the control charts of an order are made of: as many queries for any size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from packline.foundation.files import DamagedFile, read
from packline.insight.calc.charts import ChartPoint, ControlFigure, chart_points
from packline.process.models import Characteristic
from packline.production.calc.joints import from_parquet
from packline.production.models import JointSet, Order, Reading, Step

__all__ = ["charts_of_order", "checks_of_order"]


@dataclass(slots=True)
class _Taken:
    """What one step gave for one characteristic, while it is gathered."""

    values: list[float] = field(default_factory=list)
    n_failed: int = 0
    gauges: set[str] = field(default_factory=set)
    taken_at: datetime | None = None
    virtual: bool = False


def checks_of_order(order: Order) -> QuerySet[Characteristic]:
    """Return what is checked on the units of an order; incoming checks are those of a lot."""
    return (
        Characteristic.objects.filter(operation__routing=order.routing)
        .exclude(operation__code="incoming")
        .select_related("operation")
        .order_by("operation__number", "code")
    )


def charts_of_order(order: Order, checks: Iterable[Characteristic]) -> list[ControlFigure]:
    """Return the chart of each of these characteristics, with the points of every attempt."""
    wanted = list(checks)
    taken = _readings(order, wanted)
    damaged = _joints(order, wanted, taken)
    steps = {
        step.pk: step
        for step in Step.objects.filter(unit__order=order).select_related(
            "unit", "operation", "operator", "station"
        )
    }
    return [
        chart_points(
            _in_time(taken[check.pk], steps),
            code=check.code,
            name=check.name,
            operation=check.operation.title,
            per=check.per,
            unit_code=check.unit_code,
            low=check.low,
            high=check.high,
            damaged=damaged[check.pk],
        )
        for check in wanted
    ]


def _readings(
    order: Order, checks: list[Characteristic]
) -> defaultdict[int, defaultdict[int, _Taken]]:
    """Return characteristic -> step -> what was read."""
    taken: defaultdict[int, defaultdict[int, _Taken]] = defaultdict(lambda: defaultdict(_Taken))
    rows = (
        Reading.objects.filter(step__unit__order=order, characteristic__in=checks)
        .order_by("step_id", "position")
        .values_list(
            "characteristic_id", "step_id", "value", "passed", "gauge__code", "taken_at", "virtual"
        )
    )
    for check, step, value, passed, gauge, at, virtual in rows:
        found = taken[check][step]
        found.values.append(value)
        found.n_failed += not passed
        found.gauges.update([gauge] if gauge else [])
        found.taken_at = max(found.taken_at or at, at)
        found.virtual |= virtual
    return taken


def _joints(
    order: Order,
    checks: list[Characteristic],
    taken: defaultdict[int, defaultdict[int, _Taken]],
) -> defaultdict[int, list[str]]:
    """Add the joints; a step's file holds all its quantities and is opened once."""
    damaged: defaultdict[int, list[str]] = defaultdict(list)
    sets = (
        JointSet.objects.filter(step__unit__order=order, characteristic__in=checks)
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
            damaged[joints.characteristic_id].append(str(error))
            continue
        taken[joints.characteristic_id][joints.step_id] = _Taken(
            np.asarray(opened[1][joints.column], dtype=float).tolist(),
            joints.n_failed,
            {joints.gauge.code} if joints.gauge else set(),
            joints.taken_at,
            joints.virtual,
        )
    return damaged


def _in_time(taken: dict[int, _Taken], steps: dict[int, Step]) -> list[ChartPoint]:
    points = []
    for pk, found in taken.items():
        step = steps[pk]
        assert found.taken_at is not None
        points.append(
            (
                (found.taken_at, step.unit.number, step.attempt),
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
                ),
            )
        )
    return [point for _, point in sorted(points, key=lambda pair: pair[0])]
