"""What the gate is asked: who wants to do what on which unit, with what, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Required, TypedDict

from packline.foundation.models import Person
from packline.process.models import Characteristic, Operation, Recipe
from packline.production.models import Step, Unit
from packline.resources.models import Gauge, Station, Tool

Act = Literal["start", "read", "finish"]


@dataclass(frozen=True, slots=True)
class Measuring:
    """A characteristic that is about to be measured, and the gauge that was named for it."""

    characteristic: Characteristic
    gauge: Gauge | None


class Question(TypedDict, total=False):
    """What a caller names; the gate looks up the rest of what it asks itself."""

    unit: Required[Unit]
    operation: Required[Operation]
    station: Required[Station]
    operator: Required[Person]
    at: Required[datetime]
    gauges: Sequence[Gauge]
    measuring: Sequence[Measuring]
    tools: Sequence[Tool]
    recipe: Recipe | None
    within: Step | None
    act: Act | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question to the gate."""

    act: Act
    unit: Unit
    operation: Operation
    station: Station
    operator: Person
    at: datetime
    gauges: Sequence[Gauge]
    measuring: Sequence[Measuring]
    tools: Sequence[Tool]
    recipe: Recipe | None
    within: Step | None
