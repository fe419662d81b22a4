"""Judging the points of a finished step by frozen limits; a signal opens its reaction plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from packcalc.stats.charts.stream import ChartStream, Judged
from packline.foundation.commands import command, unchanged
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.foundation.states import move
from packline.process.models import Characteristic
from packline.production.models import Step
from packline.quality.calc.charts import (
    CONVENTION,
    SUBGROUPED,
    ChartPoint,
    Frozen,
    plotted_point,
    rules_of,
)
from packline.quality.models import ControlLimits, Reaction, Signal, StreamState
from packline.quality.queries.charts import points_of_step
from packline.quality.queries.limits import in_force, stream_of
from packline.quality.states import REACTION

__all__ = ["judge_point", "judge_step"]


def judge_step(*, step: Step, by: Person, at: datetime) -> list[Reaction]:
    """Judge what a finished step gave, each characteristic by the limits of its stream.

    A step is one point of each of its characteristics, all its positions a subgroup: it is
    judged when it is finished, because only then is the subgroup whole.
    """
    checks = {c.pk: c for c in sorted(step.operation.characteristics.all(), key=lambda c: c.code)}
    frozen = {pk: streams for pk, streams in in_force(checks.values()).items() if streams}
    if not frozen:
        return []
    reactions = []
    for pk, point in points_of_step(step, checks.values()).items():
        key = stream_of(point, frozen.get(pk, {}))
        if key is not None:
            found = judge_point(
                characteristic=checks[pk],
                frozen=frozen[pk][key],
                step=step,
                point=point,
                by=by,
                at=at,
            )
            reactions += [found] if found is not None else []
    return reactions


@command("quality.judge_point")
def judge_point(
    *,
    characteristic: Characteristic,
    frozen: Frozen,
    step: Step,
    point: ChartPoint,
    by: Person,
    at: datetime,
) -> Reaction | None:
    """Let a stream take one more point; being told of it twice changes nothing."""
    kind = frozen.baseline.kind
    if point.taken_at <= frozen.since or (kind in SUBGROUPED and len(point.values) < 2):
        return unchanged(None)
    state = StreamState.objects.select_for_update().get(limits__number=frozen.number)
    if state.last_step == point.step:
        return unchanged(None)
    stream = ChartStream.restore(
        frozen.baseline, state.stream_text, convention=CONVENTION, codes=rules_of(kind)
    )
    judged = [j for j in stream.push(plotted_point(kind, point)) if j.fired]
    state.stream_text, state.n_points, state.last_step = stream.save(), stream.count, point.step
    state.save(update_fields=["stream_text", "n_points", "last_step"])
    if not any(frozen.asks(j.statistic, [rule.code for rule in j.fired]) for j in judged):
        return unchanged(None)
    return _react(characteristic, frozen, step, point, stream.count, judged, by, at)


def _react(
    characteristic: Characteristic,
    frozen: Frozen,
    step: Step,
    point: ChartPoint,
    number: int,
    judged: Sequence[Judged],
    by: Person,
    at: datetime,
) -> Reaction:
    """Open the reaction plan of a stream, or add the point to the one that is open."""
    limits = ControlLimits.objects.get(number=frozen.number)
    reaction = limits.reactions.exclude(state="closed").first()
    opened = reaction is None
    if reaction is None:
        first = next(
            j for j in judged if frozen.asks(j.statistic, [rule.code for rule in j.fired])
        )
        reaction = Reaction.objects.create(
            number=_next_number(),
            limits=limits,
            title=f"{characteristic.name}: {first.fired[0].words}, {point.serial}"[:300],
            plan=characteristic.reaction,
            opened_at=at,
            opened_by=by,
        )
    known = set(reaction.signals.values_list("statistic", "rule_code"))
    signals = [
        Signal(
            reaction=reaction,
            step=step,
            point=number,
            statistic=found.statistic,
            rule_code=rule.code,
            rule_words=rule.words,
            value=found.value,
            centre=found.centre,
            lower=found.lower,
            upper=found.upper,
            unit_code=characteristic.unit_code,
            taken_at=point.taken_at,
        )
        for found in judged
        for rule in found.fired
    ]
    Signal.objects.bulk_create(signals)
    new = {(s.statistic, s.rule_code) for s in signals} - known
    if new and reaction.state == "acknowledged":  # another pattern: somebody has to look again
        move(reaction, REACTION, to="open")
    record(
        "quality.reaction.opened" if opened else "quality.reaction.joined",
        reaction,
        by=by,
        at=at,
        rows=[reaction, *signals],
        characteristic=str(characteristic),
        limits=str(limits),
        step=str(step),
        rules=sorted({f"{s.statistic} {s.rule_code}" for s in signals}),
    )
    return reaction


def _next_number() -> str:
    last = Reaction.objects.order_by("-number").values_list("number", flat=True).first()
    return f"SR-{int(last.removeprefix('SR-')) + 1 if last else 1:06d}"
