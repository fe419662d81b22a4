"""What can be asked about the training of people on a given day."""

from __future__ import annotations

from datetime import date

from packline.foundation.models import Person
from packline.foundation.prepared import Prepared
from packline.resources.models import Qualification

_qualifications = Prepared(
    lambda person, code, on, least, most: Qualification.objects.filter(
        person=person,
        operation_code=code,
        instruction_revision__gte=least,
        instruction_revision__lte=most,
        granted_on__lte=on,
        expires_on__gte=on,
    ).order_by("-expires_on")[:1]
)


def qualification_of(
    person: Person, operation_code: str, on: date, revisions: tuple[int, int] = (1, 1)
) -> Qualification | None:
    """Return what entitles a person to do an operation on a day, if anything does.

    `revisions` are the first and the last revision of the instruction that a training may be on.
    """
    least, most = revisions
    return _qualifications.first(person=person, code=operation_code, on=on, least=least, most=most)
