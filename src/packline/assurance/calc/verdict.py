"""What a check of a document found."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DocumentVerdict", "Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a document does not agree with itself, or with its seal."""

    where: str  # "event 7 production.reading.taken", "reading EB48-000001/80-eol/1/pack_ocv/0"
    message: str
    field: str = ""
    expected: str = ""
    found: str = ""

    def __str__(self) -> str:
        field = f" field {self.field}" if self.field else ""
        values = f" expected {self.expected}, found {self.found}" if self.found else ""
        return f"{self.where}{field}: {self.message}{values}"


@dataclass(frozen=True, slots=True)
class DocumentVerdict:
    """Whose record it says to be, what was looked at, and every difference found."""

    serial: str
    key_id: str  # of the key it was checked with
    checked: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def proven(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def first(self) -> Finding | None:
        """The most telling difference, or None."""
        return self.findings[0] if self.findings else None

    def lines(self) -> list[str]:
        """Say it in words, the verdict first."""
        about = f"device history record of {self.serial or 'an unknown unit'}"
        if self.proven:
            checked = [f"  checked: {what}" for what in self.checked]
            return [f"Proven: {about}, sealed with key {self.key_id}.", *checked]
        found = [f"  {finding}" for finding in self.findings]
        return [f"NOT PROVEN: {about}; {len(found)} differences:", *found]
