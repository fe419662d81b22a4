"""Whether the person was trained for this revision, and has read what the work is governed by."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.errors import Blocker
from packline.foundation.models import Person
from packline.process.models import Operation
from packline.resources.queries import qualification_of
from packline.resources.queries.documents import unread_now


def person_blocks(operation: Operation, operator: Person, at: datetime) -> list[Blocker]:
    """Return the person, if no training that still holds covers operation and revision."""
    revisions = (operation.trained_from, operation.instruction_revision)
    if qualification_of(operator, operation.code, at.date(), revisions) is not None:
        return []
    on = f" on revision {revisions[1]} of its instruction" if revisions[1] > 1 else ""
    return [
        Blocker(
            f"person {operator}",
            f"holds no valid qualification for {operation.title}{on} on {at.date()}",
            "training, recorded by somebody else",
            code="person_not_qualified",
        )
    ]


def document_blocks(operation: Operation, operator: Person, at: datetime) -> list[Blocker]:
    """Return what is in force for an operation and was not read and understood by the person.

    Asked at the start only: a revision that comes into force at noon strands nobody's work.
    """
    return [
        Blocker(
            f"document {revision}",
            f"is in force, and {operator} has not stated to have read and understood it",
            "reading it, and saying so at the station or on its page",
            code="document_unread",
        )
        for revision in unread_now(person=operator, code=operation.code, at=at)
    ]
