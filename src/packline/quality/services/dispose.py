"""Deciding what becomes of a nonconforming unit or lot: signed, and carried out at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from packline.foundation.commands import command
from packline.foundation.errors import DomainError, Refused
from packline.foundation.events import canonical, record
from packline.foundation.keys import key_id, sign
from packline.foundation.models import Person
from packline.foundation.states import move
from packline.process.models import Characteristic, Operation
from packline.production import services as production
from packline.production.models import Step, Unit
from packline.production.queries.twins import twin_named
from packline.quality.models import Nonconformance
from packline.quality.queries.signed import record_sha256
from packline.quality.services.lot import dispose_lot
from packline.quality.states import DISPOSITIONS, NONCONFORMANCE

CONCESSION = timedelta(days=90)  # a concession that nobody used by then is decided anew


@command("quality.dispose_nonconformance")
def dispose_nonconformance(
    *,
    nonconformance: Nonconformance,
    disposition: str,
    justification: str,
    repeat_from: Operation | None = None,
    authentication: str = "",
    by: Person,
    at: datetime,
) -> Nonconformance:
    """Decide by signature, and have production or supply do it.

    Parameters
    ----------
    nonconformance : Nonconformance
        What is decided on; it must be contained.
    disposition : str
        ``use_as_is`` (a signed concession), ``rework``, ``scrap`` or ``return_to_supplier``.
    justification : str
        Why; it is part of what is signed.
    repeat_from : Operation, optional
        For rework: the first operation that is repeated; else the one that failed.
    authentication : str, optional
        How whoever decides was known at the moment of signing, for example ``password``.
    by : Person
        Who decides; never somebody who worked on the unit.
    at : datetime
        When.

    Raises
    ------
    Refused
        If this person built the unit, or the disposition does not fit.
    """
    if disposition not in DISPOSITIONS:
        raise DomainError(f"{disposition} is no disposition; allowed: {', '.join(DISPOSITIONS)}")
    if not justification.strip():
        raise DomainError(f"{nonconformance}: a disposition needs a justification")
    if nonconformance.unit is not None:
        _refuse_the_builder(nonconformance.unit, by)
    nonconformance.disposition = disposition
    nonconformance.justification = justification[:500]
    nonconformance.disposed_at, nonconformance.disposed_by = at, by
    nonconformance.statement = _statement(nonconformance, authentication, by, at)
    nonconformance.signature = sign(nonconformance.statement.encode()).hex()
    nonconformance.key_id = key_id()
    nonconformance.save(
        update_fields=[
            "disposition",
            "justification",
            "disposed_at",
            "disposed_by",
            "statement",
            "signature",
            "key_id",
        ]
    )
    move(nonconformance, NONCONFORMANCE, to="dispositioned")
    if nonconformance.unit is not None:
        _act_on_unit(nonconformance, nonconformance.unit, repeat_from, by, at)
    else:
        dispose_lot(nonconformance, by=by, at=at)
    record(
        "quality.nonconformance.dispositioned",
        nonconformance,
        by=by,
        at=at,
        rows=[nonconformance],
        disposition=disposition,
        justification=nonconformance.justification,
    )
    return nonconformance


def _refuse_the_builder(unit: Unit, person: Person) -> None:
    step = unit.steps.filter(operator=person).order_by("started_at").first()
    if step is not None:
        raise Refused(f"{person} worked on {unit} ({step}) and so cannot decide on it")


def _statement(
    nonconformance: Nonconformance, authentication: str, by: Person, at: datetime
) -> str:
    """Bind the decision to the record that it is about, to a person and to a moment."""
    return canonical(
        {
            "meaning": f"I decide: {nonconformance.disposition}",
            "nonconformance": str(nonconformance),
            "about": str(nonconformance.unit or nonconformance.lot),
            "title": nonconformance.title,
            "justification": nonconformance.justification,
            "record_sha256": record_sha256(nonconformance),
            "authentication": authentication or ("virtual" if by.virtual else "session"),
            "signed_by": by.shown_name,
            "signed_at": at.isoformat(),
        }
    )


def _act_on_unit(
    nonconformance: Nonconformance,
    unit: Unit,
    repeat_from: Operation | None,
    by: Person,
    at: datetime,
) -> None:
    because = f"{nonconformance}: {nonconformance.disposition}, {nonconformance.justification}"
    match nonconformance.disposition:
        case "use_as_is":
            _concede(nonconformance, by, at)
        case "rework":
            step = nonconformance.step
            operation = repeat_from or (step.operation if step is not None else None)
            if operation is None:
                raise DomainError(f"{nonconformance}: name the operation that is repeated")
            _repeat(unit, operation, because, by, at)
        case "scrap":
            production.scrap_unit(unit=unit, reason=because, by=by, at=at)
        case _:
            raise Refused(
                f"{nonconformance} is about unit {unit}, which no supplier delivered: "
                "use_as_is, rework or scrap it"
            )
    _lift(nonconformance, because, by, at)


def _repeat(unit: Unit, operation: Operation, because: str, by: Person, at: datetime) -> None:
    """Have the operation repeated; another rework may have asked for it already."""
    later = unit.steps.filter(operation__number__gte=operation.number)
    if later.exists() and not later.exclude(state="superseded").exists():
        return
    production.reopen_operation(unit=unit, operation=operation, reason=because, by=by, at=at)


def _concede(nonconformance: Nonconformance, by: Person, at: datetime) -> None:
    """Accept by signature every failed characteristic of the step, or what explains no reading."""
    hold, step = nonconformance.hold, nonconformance.step
    twin = twin_named(hold.cause) if hold is not None else None
    if twin is not None:
        production.accept_residual(
            twin=twin,
            reason=f"{nonconformance}: {nonconformance.justification}",
            expires_at=at + CONCESSION,
            by=by,
            at=at,
        )
        return
    if step is None:
        return  # found by a person, outside the limits of any reading: the signature here is all
    if step.state == "started":
        raise Refused(f"{step} is not finished: its readings are accepted when all are there")
    for characteristic in _not_accepted(step):
        production.sign_deviation(
            step=step,
            characteristic=characteristic,
            reason=f"{nonconformance}: {nonconformance.justification}",
            expires_at=at + CONCESSION,
            by=by,
            at=at,
        )


def _not_accepted(step: Step) -> list[Characteristic]:
    failed = {
        r.characteristic
        for r in step.readings.filter(passed=False).select_related("characteristic")
    } | {
        j.characteristic
        for j in step.joint_sets.filter(n_failed__gt=0).select_related("characteristic")
    }
    accepted = set(step.deviations.values_list("characteristic__code", flat=True))
    return sorted((c for c in failed if c.code not in accepted), key=lambda c: c.code)


def _lift(nonconformance: Nonconformance, because: str, by: Person, at: datetime) -> None:
    hold = nonconformance.hold
    if hold is None:
        return
    hold.refresh_from_db()
    if hold.lifted_at is None:
        production.lift_hold(hold=hold, because=because, by=by, at=at)
