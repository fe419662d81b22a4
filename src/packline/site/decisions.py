"""What a person types when they decide on a nonconformance, read and checked before it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

from packline.foundation.models import Person
from packline.quality.states import DISPOSITIONS

__all__ = ["CHOICES", "Decision", "read_decision"]

LONGEST = 500
CHOICES: Mapping[str, tuple[str, str]] = {
    "use_as_is": ("Use as is", "A signed concession: it stays as it is and goes on."),
    "rework": ("Rework", "Operations are repeated; the old readings stay."),
    "scrap": ("Scrap", "It is never used. This cannot be undone."),
    "return_to_supplier": ("Return to supplier", "Only for delivered lots."),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """A disposition as it was typed, with what is wrong with it by field."""

    disposition: str = ""
    justification: str = ""
    repeat_from: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)


def read_decision(posted: QueryDict, person: Person) -> Decision:
    """Read the form of a disposition; the password stands for the signature and is not kept."""
    disposition = posted.get("disposition", "")
    justification = posted.get("justification", "").strip()
    problems: dict[str, str] = {}
    if disposition not in DISPOSITIONS:
        problems["disposition"] = "Choose what becomes of it."
    if not justification:
        problems["justification"] = "Say why: it is part of what you sign."
    elif len(justification) > LONGEST:
        problems["justification"] = (
            f"{len(justification)} characters; at most {LONGEST} fit into the record."
        )
    if not person.check_password(posted.get("password", "")):
        problems["password"] = "This is not your password, so nothing was signed."
    return Decision(disposition, justification, posted.get("repeat_from", ""), problems)
