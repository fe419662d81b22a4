"""What can be asked about the training of people on a given day."""

from __future__ import annotations

from datetime import date

from packline.foundation.models import Person
from packline.resources.models import Qualification


def qualification_of(person: Person, operation_code: str, on: date) -> Qualification | None:
    """Return what entitles a person to do an operation on a day, if anything does."""
    return (
        Qualification.objects.filter(
            person=person,
            operation_code=operation_code,
            granted_on__lte=on,
            expires_on__gte=on,
        )
        .order_by("-expires_on")
        .first()
    )
