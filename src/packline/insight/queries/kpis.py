"""Reading what the figures of an order are made of."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from packline.foundation.files import read
from packline.insight.calc.kpis import CtqFigure, Kpis, UnitHistory, compute, study_ctq
from packline.process.models import Characteristic
from packline.production.calc.joints import from_parquet
from packline.production.models import JointSet, Order, Reading, Step
from packline.quality.models import Nonconformance

__all__ = ["kpis_of_order"]


def kpis_of_order(order: Order) -> Kpis:
    """Return the figures of an order as it stands."""
    operations = list(
        order.routing.operations.exclude(code="incoming")
        .order_by("number")
        .values_list("pk", "title")
    )
    titles = dict(operations)
    attempts: dict[int, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    failed = _steps_that_failed(order)
    steps = (
        Step.objects.filter(unit__order=order, finished_at__isnull=False)
        .order_by("attempt")
        .values_list("pk", "unit_id", "operation_id")
    )
    for pk, unit, operation in steps:
        attempts[unit][titles[operation]].append(pk not in failed)
    defects: dict[int, list[str]] = defaultdict(list)
    for unit, code in (
        Nonconformance.objects.filter(unit__order=order)
        .order_by("number")
        .values_list("unit_id", "defect_code")
    ):
        defects[unit].append(code)
    units = [
        UnitHistory(serial, state, attempts.get(pk, {}), defects.get(pk, []))
        for pk, serial, state in order.units.order_by("number").values_list(
            "pk", "serial", "state"
        )
    ]
    return compute(order.number, units, [title for _, title in operations], ctqs_of_order(order))


def _steps_that_failed(order: Order) -> set[int]:
    """Return the steps with a reading out of its limits, whatever became of them later."""
    readings = Reading.objects.filter(step__unit__order=order, passed=False)
    joints = JointSet.objects.filter(step__unit__order=order, n_failed__gt=0)
    return {*readings.values_list("step_id", flat=True), *joints.values_list("step_id", flat=True)}


def ctqs_of_order(order: Order) -> list[CtqFigure]:
    """Return the capability of every critical characteristic that is measured, not counted."""
    characteristics = (
        Characteristic.objects.filter(operation__routing=order.routing, ctq=True)
        .exclude(unit_code="1")
        .exclude(operation__code="incoming")
        .select_related("operation")
        .order_by("operation__number", "code")
    )
    return [
        study_ctq(
            code=c.code,
            name=c.name,
            unit_code=c.unit_code,
            low=c.low,
            high=c.high,
            values=_joint_values(order, c) if c.per == "joint" else _values(order, c),
        )
        for c in characteristics
    ]


def _values(order: Order, characteristic: Characteristic) -> list[list[float]]:
    """Return the first attempt's values per unit, in the order of the units."""
    found: dict[int, list[float]] = {}
    rows = (
        Reading.objects.filter(
            step__unit__order=order, characteristic=characteristic, step__attempt=1
        )
        .order_by("step__unit__number", "position")
        .values_list("step__unit__number", "value")
    )
    for number, value in rows:
        found.setdefault(number, []).append(value)
    return list(found.values())


def _joint_values(order: Order, characteristic: Characteristic) -> list[list[float]]:
    sets = (
        JointSet.objects.filter(
            step__unit__order=order, characteristic=characteristic, step__attempt=1
        )
        .order_by("step__unit__number")
        .values_list("file__sha256", "column")
    )
    return [
        np.asarray(from_parquet(read(sha256))[column], dtype=float).tolist()
        for sha256, column in sets
    ]
