"""What still stands between a unit and its release: everything at once, and what clears it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from packline.assurance.calc.vv import Judged
from packline.assurance.models import VerificationItem
from packline.assurance.queries.matrix import judgements
from packline.assurance.states import VERIFIED
from packline.foundation.chain import GENESIS, chain_hash
from packline.foundation.errors import Blocker
from packline.foundation.events import subject_of
from packline.foundation.models import Event, Person
from packline.production.calc.complete import missing_readings
from packline.production.models import Deviation, Step, Unit
from packline.production.queries.genealogy import cell_lots_in
from packline.production.queries.twins import latest_twins
from packline.production.queries.units import open_holds_of_unit
from packline.production.states import DONE
from packline.quality.models import Nonconformance
from packline.quality.queries import nonconformances_of_unit
from packline.supply.models import LotHold

__all__ = ["built_by", "open_points"]


def open_points(
    unit: Unit,
    at: datetime,
    judged: Sequence[tuple[VerificationItem, Judged]] | None = None,
    nonconformances: Sequence[Nonconformance] | None = None,
) -> list[Blocker]:
    """Return every reason why a unit cannot be released at `at`; none means that it can.

    `judged` and `nonconformances` are those of the unit, where whoever asks has read them.
    """
    problems = nonconformances_of_unit(unit) if nonconformances is None else nonconformances
    return [
        *_state(unit),
        *_chain(unit),
        *_holds(unit),
        *_nonconformances(problems),
        *_steps(unit, at),
        *_residuals(unit, at),
        *_requirements(judgements(unit, at) if judged is None else judged),
    ]


def built_by(unit: Unit, person: Person) -> list[Blocker]:
    """Return why a person may not release a unit for having built it, if so."""
    step = unit.steps.filter(operator=person).select_related("unit", "operation").first()
    if step is None:
        return []
    return [
        Blocker(f"person {person}", f"built the unit ({step})", "the signature of somebody else")
    ]


def _state(unit: Unit) -> Iterator[Blocker]:
    if unit.state != "passed":
        yield Blocker(f"unit {unit}", f"is {unit.state}, not passed", "building it to the end")


def _chain(unit: Unit) -> Iterator[Blocker]:
    previous, due = GENESIS, 1
    for event in Event.objects.filter(subject=subject_of(unit)).order_by("seq"):
        if (
            event.seq != due
            or event.prev_hash != previous
            or event.hash != chain_hash(previous, event.text)
        ):
            yield Blocker(
                f"event {event}", "does not fit the chain", "an inquiry: the record was changed"
            )
            return
        previous, due = event.hash, due + 1


def _holds(unit: Unit) -> Iterator[Blocker]:
    for hold in open_holds_of_unit(unit):
        yield Blocker(f"hold {hold}", hold.reason, "the disposition of its nonconformance")
    open_lots = list(
        LotHold.objects.filter(lifted_at__isnull=True)
        .select_related("lot")
        .order_by("lot__number", "number")
    )
    inside = set(cell_lots_in(unit)) if open_lots else set()
    for lot_hold in (hold for hold in open_lots if hold.lot.number in inside):
        yield Blocker(
            f"lot hold {lot_hold}",
            f"lot {lot_hold.lot} is built in: {lot_hold.reason}",
            "the disposition of the lot",
        )


def _nonconformances(problems: Iterable[Nonconformance]) -> Iterator[Blocker]:
    for found in problems:
        if found.state == "closed":
            continue
        clears = "closing it" if found.state == "dispositioned" else "its disposition"
        yield Blocker(f"nonconformance {found}", f"is {found.state}: {found.title}", clears)


def _steps(unit: Unit, at: datetime) -> Iterator[Blocker]:
    steps = {
        step.operation_id: step
        for step in Step.objects.filter(unit=unit, state__in=DONE)
        .select_related("unit", "operation")
        .prefetch_related("readings", "joint_sets")
        .order_by("attempt")
    }
    operations = unit.order.routing.operations.exclude(code="incoming")
    deviations = {
        (d.step_id, d.characteristic_id): d
        for d in Deviation.objects.filter(unit=unit).select_related(
            "step__unit", "step__operation", "characteristic"
        )
    }
    for operation in operations.prefetch_related("characteristics").order_by("number"):
        step = steps.get(operation.pk)
        if step is None:
            yield Blocker(f"operation {operation.number} {operation.title}", "is not done", "it")
            continue
        checks = {c.pk: c for c in operation.characteristics.all()}
        for reading in step.readings.all():
            reading.characteristic = checks[reading.characteristic_id]
        for joint_set in step.joint_sets.all():
            joint_set.characteristic = checks[joint_set.characteristic_id]
        for missing in missing_readings(
            sorted(checks.values(), key=lambda c: c.code),
            step.readings.all(),
            step.joint_sets.all(),
            series=unit.order.design.series,
            parallel=unit.order.design.parallel,
        ):
            yield Blocker(f"step {step}", f"lacks {missing}", "taking them")
        yield from _failures(step, deviations, at)


def _failures(
    step: Step, deviations: dict[tuple[int, int], Deviation], at: datetime
) -> Iterator[Blocker]:
    failed = {r.characteristic for r in step.readings.all() if not r.passed}
    failed |= {j.characteristic for j in step.joint_sets.all() if not j.passed}
    for characteristic in sorted(failed, key=lambda c: c.code):
        deviation = deviations.get((step.pk, characteristic.pk))
        where = f"{step}/{characteristic.code}"
        if deviation is None:
            yield Blocker(where, "is out of its limits and was not accepted", "a concession")
        elif deviation.expires_at <= at:
            yield Blocker(
                f"deviation {deviation}",
                f"expired on {deviation.expires_at:%Y-%m-%d}",
                "a new decision",
            )


def _residuals(unit: Unit, at: datetime) -> Iterator[Blocker]:
    """What its own cells and joints do not explain, unless it was accepted by signature."""
    for twin in latest_twins(unit).values():
        if twin.passed:
            continue
        concession = getattr(twin, "concession", None)
        if concession is None:
            yield Blocker(
                f"as-built twin {twin}",
                "does not explain what was measured, and that was not accepted",
                "rework, or a concession",
            )
        elif concession.expires_at <= at:
            yield Blocker(
                f"concession {concession}",
                f"expired on {concession.expires_at:%Y-%m-%d}",
                "a new decision",
            )


def _requirements(judged: Sequence[tuple[VerificationItem, Judged]]) -> Iterator[Blocker]:
    if not judged:
        yield Blocker("V&V matrix", "is not planned", "planning the verification of the program")
    for item, verdict in judged:
        if verdict.verdict not in VERIFIED:
            yield Blocker(
                f"requirement {item.requirement.ref}",
                f"{item.statement}: {verdict.verdict} by {item.test} ({verdict.observed})",
                "evidence that meets it",
            )
