"""What the linter says: one finding of one named rule."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SEVERITIES", "Finding"]

SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Finding:
    """A place where a program rests on a misconception, or will cost time later."""

    rule: str
    severity: str
    where: str  # requirement ids, or a key of program.toml
    explanation: str

    def __str__(self) -> str:
        return f"{self.severity} {self.rule} ({self.where}): {self.explanation}"
