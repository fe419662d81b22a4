"""Errors that a person can act on; the site maps each to an exit code and an HTTP status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "Blocked",
    "Blocker",
    "DomainError",
    "IllegalTransition",
    "InputError",
    "NotANumber",
    "NotAllowed",
    "NotFound",
    "NotSignedIn",
    "NothingRecorded",
    "Problem",
    "Refused",
    "StaleObject",
]


class DomainError(Exception):
    """A rule of the business was about to be broken."""


class NotANumber(DomainError):
    """A reading is missing, infinite or NaN. A sensor without a number has no reading."""


class IllegalTransition(DomainError):
    """The object's state does not lead to the state asked for."""


class StaleObject(DomainError):
    """Somebody else changed the object first: reload and try again."""


class NotAllowed(DomainError):
    """This person may not do this."""


class NotSignedIn(DomainError):
    """Nobody known stands behind this: a token or a PIN is missing, wrong or no longer valid."""


class NotFound(DomainError):
    """There is no such thing, or none that whoever asks may see."""


class NothingRecorded(RuntimeError):
    """A command ended without an event: a mistake in the program, so nothing is written."""


class Refused(DomainError):
    """The question was understood and the answer is no."""


@dataclass(frozen=True, slots=True)
class Blocker:
    """One record that stands in the way, and what clears it; `code` says which kind it is."""

    record: str
    reason: str
    clears: str
    code: str = ""

    def __str__(self) -> str:
        return f"{self.record}: {self.reason} (cleared by: {self.clears})"


class Blocked(Refused):
    """Something may not go on; every record that stands in the way is named."""

    def __init__(self, what: str, blockers: Sequence[Blocker]) -> None:
        self.what = what
        self.blockers = tuple(blockers)
        super().__init__("\n  ".join([f"{what} is blocked:", *map(str, self.blockers)]))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what came from outside: where, which value, and what is allowed."""

    where: str
    field: str = ""
    value: str = ""
    message: str = ""
    allowed: str = ""

    def __str__(self) -> str:
        named = f" {self.field}" if self.field else ""
        valued = f" = {self.value}" if self.value else ""
        allowed = f"; allowed: {self.allowed}" if self.allowed else ""
        return f"{self.where}{named}{valued}: {self.message}{allowed}"


class InputError(DomainError):
    """The input cannot be used; holds every problem found, so that one pass mends them all."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
