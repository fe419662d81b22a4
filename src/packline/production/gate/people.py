"""Whether the person was trained for this."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.errors import Blocker
from packline.foundation.models import Person
from packline.process.models import Operation
from packline.resources.queries import qualification_of


def person_blocks(operation: Operation, operator: Person, at: datetime) -> list[Blocker]:
    """Return the person, if no training that still holds covers the operation."""
    if qualification_of(operator, operation.code, at.date()) is not None:
        return []
    return [
        Blocker(
            f"person {operator}",
            f"holds no valid qualification for {operation.title} on {at.date()}",
            "training, recorded by somebody else",
            code="person_not_qualified",
        )
    ]
