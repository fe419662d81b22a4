"""What can be asked about the training of people on a given day."""

from __future__ import annotations

from datetime import date

from packline.foundation.models import Person
from packline.resources.models import Qualification


def qualification_of(
    person: Person, operation_code: str, on: date, revisions: tuple[int, int] = (1, 1)
) -> Qualification | None:
    """Return what entitles a person to do an operation on a day, if anything does.

    `revisions` are the first and the last revision of the instruction that a training may be on.
    """
    return (
        Qualification.objects.filter(
            person=person,
            operation_code=operation_code,
            instruction_revision__range=revisions,
            granted_on__lte=on,
            expires_on__gte=on,
        )
        .order_by("-expires_on")
        .first()
    )
