"""The main job, stage by stage: each says in one line what it came to, and can be repeated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

__all__ = ["Listener", "RunRequest", "RunResult", "StageLine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What a run is asked to do."""

    folder: Path
    cells: Path | None = None  # measured cells instead of those that the program names
    catalogue: Path | None = None  # a further folder of cell sheets
    strict: bool = False  # refuse a cell file with any unreadable row


@dataclass(frozen=True, slots=True)
class StageLine:
    """What one stage came to: one line for a person, the facts for a program."""

    stage: str
    figure: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run came to."""

    order: str
    lines: tuple[StageLine, ...]
    units: tuple[Mapping[str, Any], ...]
    report: Path
    documents: Path

    @property
    def released(self) -> int:
        """How many units are released."""
        return sum(unit["state"] == "released" for unit in self.units)


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told how a run goes on."""

    clock: Callable[[], datetime]
    line: Callable[[StageLine], None]
    progress: Callable[[str, int, int], None]  # what, done, of how many
