"""Letting a unit go: judged against every requirement, refused while anything is open, signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from packline.assurance.calc.seal import head_statement
from packline.assurance.calc.vv import Judged
from packline.assurance.models import Release, Verdict, VerificationItem
from packline.assurance.queries.matrix import judgements
from packline.assurance.queries.open_points import built_by, open_points
from packline.assurance.states import RELEASED, RELEASED_VIRTUAL
from packline.foundation.commands import command
from packline.foundation.errors import Blocked
from packline.foundation.events import record, subject_of
from packline.foundation.keys import key_id, sign
from packline.foundation.models import Event, Person
from packline.production.models import JointSet, Reading, Unit
from packline.production.services import release_unit as move_to_released

MEANING = "I have reviewed the record of this unit and release it"
CHECKLIST = (
    "the chain of the unit's events is unbroken",
    "no hold is open on the unit or on a lot built in",
    "every nonconformance of the unit is closed",
    "every operation is done, every required reading is there",
    "every reading is within its limits, or was accepted by a signed concession",
    "its own cells and joints explain what was measured, or a signed concession accepts it",
    "every requirement of the program is verified",
    "whoever releases did not build it",
)


@command("assurance.judge_unit")
def judge_unit(*, unit: Unit, by: Person, at: datetime) -> list[Verdict]:
    """Write down what every row of the V&V matrix comes to for this unit now."""
    return _judge(unit, judgements(unit, at), by, at)


@command("assurance.release_unit")
def release_unit(*, unit: Unit, authentication: str = "", by: Person, at: datetime) -> Release:
    """Release a unit and sign the head of its chain.

    A unit with a virtual reading, or verified by a sample report, is released as virtual: such
    a unit does not exist for shipment, on any page or document.

    Parameters
    ----------
    unit : Unit
        Which passed.
    authentication : str, optional
        By what whoever signs was known at that moment: ``password``.
    by : Person
        Who releases it, and did not build it.
    at : datetime
        When.

    Raises
    ------
    Blocked
        While anything is open; every reason is named.
    """
    judged = judgements(unit, at)
    blockers = [*open_points(unit, at, judged), *built_by(unit, by)]
    if blockers:
        raise Blocked(f"release of {unit}", blockers)
    _judge(unit, judged, by, at)
    move_to_released(unit=unit, by=by, at=at)
    virtual = _is_virtual(unit, judged)
    subject = subject_of(unit)
    head = Event.objects.filter(subject=subject).order_by("-seq").values_list("seq", "hash")[0]
    release = Release.objects.create(
        unit=unit,
        outcome=RELEASED_VIRTUAL if virtual else RELEASED,
        for_shipment=not virtual,
        checklist="\n".join(CHECKLIST),
        meaning=MEANING,
        released_by=by,
        released_at=at,
        head_seq=head[0],
        head_hash=head[1],
        signature=sign(head_statement(subject, *head)).hex(),
        key_id=key_id(),
    )
    record(
        "assurance.unit.released",
        release,
        by=by,
        at=at,
        rows=[release],
        outcome=release.outcome,
        head=release.head_hash,
        authentication=authentication or ("virtual" if by.virtual else "session"),
    )
    return release


def _judge(
    unit: Unit,
    judged: Sequence[tuple[VerificationItem, Judged]],
    by: Person,
    at: datetime,
) -> list[Verdict]:
    known = {v.item_id: v for v in Verdict.objects.filter(unit=unit)}
    rows = []
    for item, found in judged:
        row = known.get(item.pk) or Verdict(unit=unit, item=item)
        row.unit, row.item = unit, item
        row.verdict = found.verdict
        row.observed = found.observed[:200]
        row.evidence = found.evidence[:300]
        row.sample, row.virtual, row.judged_at = found.sample, found.virtual, at
        rows.append(row)
    fields = ["verdict", "observed", "evidence", "sample", "virtual", "judged_at"]
    Verdict.objects.bulk_create([row for row in rows if row.pk is None])
    Verdict.objects.bulk_update([row for row in rows if row.item_id in known], fields)
    record(
        "assurance.unit.judged",
        unit,
        by=by,
        at=at,
        rows=rows,
        verdicts={row.item.requirement.ref: row.verdict for row in rows},
    )
    return rows


def _is_virtual(unit: Unit, judged: Sequence[tuple[VerificationItem, Judged]]) -> bool:
    return (
        unit.virtual
        or any(found.sample or found.virtual for _, found in judged)
        or Reading.objects.filter(step__unit=unit, virtual=True).exists()
        or JointSet.objects.filter(step__unit=unit, virtual=True).exists()
    )
