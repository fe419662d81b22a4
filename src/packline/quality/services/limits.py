"""Freezing the limits of a control chart: from which points, without which, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from packcalc.stats.charts.chart import Baseline
from packcalc.stats.charts.conventions import rule_set
from packcalc.stats.charts.small_sample import widened
from packline.foundation.commands import command
from packline.foundation.errors import DomainError, Refused, StaleObject
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.process.models import Characteristic
from packline.production.models import Step
from packline.quality.calc.charts import (
    ASKING_RULES,
    CONVENTION,
    KINDS,
    SUBGROUPED,
    ChartPoint,
    kind_of,
    plotted_point,
    rules_of,
)
from packline.quality.calc.phase_one import doubts, find_limits
from packline.quality.models import ControlLimits, LimitsPoint, StreamState
from packline.quality.queries.charts import points_of
from packline.resources.models import Gauge, Station

__all__ = ["LEAST_TO_FREEZE", "Proposal", "candidates", "freeze_limits", "propose_limits"]

LEAST_TO_FREEZE = 10  # points: limits of fewer are guesswork; twenty and more are usual


@dataclass(frozen=True, slots=True)
class Proposal:
    """Limits as they would be frozen, the points they are found from, and those left out.

    `doubts` say why three sigma may not be what these points need.
    """

    baseline: Baseline
    points: list[ChartPoint]
    left_out: Mapping[int, str]  # number among the points, from 1: why it does not count
    doubts: tuple[str, ...] = ()


@command("quality.freeze_limits")
def freeze_limits(
    *,
    characteristic: Characteristic,
    reason: str,
    station: Station | None = None,
    gauge: Gauge | None = None,
    kind: str | None = None,
    since: datetime | None = None,
    exclude: Mapping[str, str] | None = None,
    rules: Collection[str] = ASKING_RULES,
    despite_doubts: bool = False,
    by: Person,
    at: datetime,
) -> ControlLimits:
    """Freeze limits found from what has been read: from now on points are judged by them.

    The points are first attempts within what is allowed, of finished steps, read until now (and
    from `since` on); of shares all first attempts. `exclude` names points, by step, that do not
    count, each with its reason; `rules` those that ask for a reaction when they fire. Limits in
    force for the same stream are superseded. Limits of few points are widened for it (ADR 0015).

    Raises
    ------
    Refused
        If there are too few points, or they do not vary, so that limits would say nothing; or
        there are doubts (see `Proposal`) and they are not frozen in spite of them.
    DomainError
        If an excluded point is not among the points, has no reason, or the kind does not fit.
    """
    if not reason.strip():
        raise DomainError("say why these limits are frozen: the version keeps it for ever")
    asking = _asking(characteristic, rules)
    found = propose_limits(
        characteristic,
        station=station,
        gauge=gauge,
        kind=kind,
        since=since,
        exclude=exclude,
        at=at,
    )
    stream = f"{station or ''}|{gauge or ''}"
    before = (
        ControlLimits.objects.select_for_update()
        .filter(characteristic=characteristic, stream=stream)
        .order_by("-version")
        .first()
    )
    version = before.version + 1 if before else 1
    if found.doubts and not despite_doubts:
        raise Refused(
            f"{characteristic.name}: {'; and '.join(found.doubts)}. Look at the points, or freeze "
            "in spite of this"
        )
    rows: list[ControlLimits | LimitsPoint] = []
    if before is not None:
        before.superseded_at = at
        before.save(update_fields=["superseded_at"])
        rows.append(before)
    limits = ControlLimits(
        number=_next_number(),
        characteristic=characteristic,
        station=station,
        gauge=gauge,
        stream=stream,
        version=version,
        kind=found.baseline.kind,
        rules=" ".join(asking),
        baseline_text=found.baseline.frozen(str(version)).to_json(),
        reason=reason.strip()[:500],
        frozen_at=at,
        frozen_by=by,
    )
    _insert(limits)
    StreamState.objects.create(limits=limits)
    steps = _steps(characteristic, found.points)
    kept = [
        LimitsPoint(
            limits=limits,
            number=number,
            step=steps[point.step],
            excluded_because=found.left_out.get(number, ""),
        )
        for number, point in enumerate(found.points, start=1)
    ]
    LimitsPoint.objects.bulk_create(kept)
    record(
        "quality.limits.frozen",
        limits,
        by=by,
        at=at,
        rows=[*rows, limits, *kept],
        characteristic=str(characteristic),
        station=str(station or ""),
        gauge=str(gauge or ""),
        version=version,
        rules=asking,
        excluded={found.points[number - 1].step: why for number, why in found.left_out.items()},
        reason=limits.reason,
        doubts=list(found.doubts),
    )
    return limits


def propose_limits(
    characteristic: Characteristic,
    *,
    station: Station | None = None,
    gauge: Gauge | None = None,
    kind: str | None = None,
    since: datetime | None = None,
    exclude: Mapping[str, str] | None = None,
    at: datetime,
) -> Proposal:
    """Return the limits that freezing would keep, so that they can be looked at before."""
    points = candidates(characteristic, station=station, gauge=gauge, since=since, at=at)
    chosen = kind or kind_of(points, characteristic.unit_code)
    points = _fitting(characteristic, chosen, points)
    left_out = _left_out(points, exclude or {})
    if (n := len(points) - len(left_out)) < LEAST_TO_FREEZE:
        raise Refused(
            f"{characteristic.name}: {n} points count for its limits; "
            f"freezing needs at least {LEAST_TO_FREEZE}"
        )
    return _proposal(characteristic, chosen, points, left_out)


def candidates(
    characteristic: Characteristic,
    *,
    station: Station | None,
    gauge: Gauge | None,
    since: datetime | None,
    at: datetime,
) -> list[ChartPoint]:
    """Return the points that limits may be found from, over all orders, oldest first."""
    points, damaged = points_of(
        [characteristic], Q(operation=characteristic.operation_id, finished_at__isnull=False)
    )
    if unreadable := damaged[characteristic.pk]:
        raise Refused(f"{characteristic.name}: {len(unreadable)} joint files cannot be read")
    counted = characteristic.unit_code == "1"
    return [
        p
        for p in points[characteristic.pk]
        if p.attempt == 1
        and (counted or p.n_failed == 0)
        and p.taken_at <= at
        and (since is None or p.taken_at >= since)
        and (station is None or p.station == station.code)
        and (gauge is None or p.gauge == gauge.code)
    ]


def _asking(characteristic: Characteristic, rules: Collection[str]) -> list[str]:
    """Return the rules that ask for a reaction; of good and not good only the first can."""
    known = [rule.code for rule in rule_set(CONVENTION).rules]
    if unknown := sorted(set(rules) - set(known)):
        raise DomainError(f"no rule {', '.join(unknown)}; allowed: {', '.join(known)}")
    if not rules:
        raise DomainError("choose at least one rule that asks for a reaction")
    counted = rules_of("p") if characteristic.unit_code == "1" else None
    return list(counted or (code for code in known if code in rules))


def _fitting(
    characteristic: Characteristic, kind: str, points: list[ChartPoint]
) -> list[ChartPoint]:
    counted, several = characteristic.unit_code == "1", any(len(p.values) > 1 for p in points)
    fits = {"p"} if counted else ({*SUBGROUPED} if several else {"i_mr"})
    if kind not in fits:
        allowed = ", ".join(k for k in KINDS if k in fits)
        raise DomainError(f"{characteristic.name}: no chart of kind {kind}; allowed: {allowed}")
    return [p for p in points if kind not in SUBGROUPED or len(p.values) > 1]


def _left_out(points: list[ChartPoint], exclude: Mapping[str, str]) -> dict[int, str]:
    numbers = {point.step: number for number, point in enumerate(points, start=1)}
    found = {}
    for step, why in exclude.items():
        if step not in numbers:
            raise DomainError(f"{step} is none of the points that these limits are found from")
        if not why.strip():
            raise DomainError(f"{step} needs a reason why it does not count")
        found[numbers[step]] = why.strip()[:300]
    return found


def _proposal(
    characteristic: Characteristic,
    kind: str,
    points: list[ChartPoint],
    left_out: Mapping[int, str],
) -> Proposal:
    plotted = [plotted_point(kind, p) for p in points]
    try:
        found = find_limits(kind, plotted, exclude=left_out)
    except ValueError as error:
        raise Refused(f"{characteristic.name}: {error}") from error
    if not found.sigma > 0 or (found.sigma_between is not None and not found.sigma_between > 0):
        raise Refused(
            f"{characteristic.name}: the {found.points} points do not vary, so every other "
            "value would be a signal; freeze when they do"
        )
    return Proposal(widened(found), points, left_out, doubts(kind, plotted, without=left_out))


def _steps(characteristic: Characteristic, points: list[ChartPoint]) -> dict[str, Step]:
    rows = Step.objects.filter(
        operation=characteristic.operation_id, unit__serial__in={p.serial for p in points}
    ).select_related("unit", "operation")
    return {str(step): step for step in rows}


def _insert(limits: ControlLimits) -> None:
    """Of two who freeze at the same moment one has to look again."""
    try:
        with transaction.atomic():
            limits.save(force_insert=True)
    except IntegrityError as error:
        raise StaleObject(
            f"limits of {limits.characteristic.name} were frozen by somebody else: "
            "reload and try again"
        ) from error


def _next_number() -> str:
    last = ControlLimits.objects.order_by("-number").values_list("number", flat=True).first()
    return f"CL-{int(last.removeprefix('CL-')) + 1 if last else 1:06d}"
