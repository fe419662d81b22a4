"""What can be done about the training of people."""

from __future__ import annotations

from datetime import date, datetime

from packline.foundation.commands import command, unchanged
from packline.foundation.errors import Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.resources.models import Qualification


@command("resources.qualify_person")
def qualify_person(
    *,
    person: Person,
    operation_code: str,
    granted_on: date,
    expires_on: date,
    instruction_revision: int = 1,
    by: Person,
    at: datetime,
) -> Qualification:
    """Record that a person was trained for an operation, on one revision of its instruction.

    Nobody qualifies themselves.
    """
    if person == by:
        raise Refused(f"{person} cannot qualify themselves for {operation_code}")
    held = Qualification.objects.filter(
        person=person,
        operation_code=operation_code,
        instruction_revision=instruction_revision,
        granted_on__lte=granted_on,
        expires_on__gte=expires_on,
    ).first()
    if held is not None:
        return unchanged(held)
    qualification = Qualification.objects.create(
        person=person,
        operation_code=operation_code,
        instruction_revision=instruction_revision,
        granted_on=granted_on,
        expires_on=expires_on,
    )
    record("resources.person.qualified", qualification, by=by, at=at, rows=[qualification])
    return qualification
