"""What the routers of production take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Path, Schema
from ninja.params.functions import Query
from pydantic import Field, StringConstraints

from packline.foundation.schemas import Blocking, Finite, Input, Moment, Name, Place

__all__ = [
    "LIMIT",
    "PRINTED",
    "WORD",
    "Attempt",
    "Code",
    "EventPage",
    "FinishedOut",
    "GateOut",
    "NextOut",
    "PassedOut",
    "ReadingItem",
    "ReadingsIn",
    "ReadingsOut",
    "Serial",
    "StartIn",
    "StepDetail",
    "StepOut",
    "StepVersion",
    "UnitOut",
    "UnitPage",
    "UnitRow",
]

PRINTED = r"^[^\x00-\x1f\x7f]+$"

Serial = Path[Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=PRINTED)]]
Code = Path[Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=PRINTED)]]
Attempt = Path[Annotated[int, Field(ge=1, le=10_000)]]
LIMIT = Query(50, ge=1, le=200)
WORD = Query(None, min_length=1, max_length=60, pattern=PRINTED)


class UnitRow(Schema):
    """A unit in a list."""

    serial: str
    order: str
    number: int
    state: str
    virtual: bool


class UnitPage(Schema):
    """Units in the order of their serials, and where the next page begins."""

    units: list[UnitRow]
    next_cursor: str | None = Field(description="null: this was the last page")


class HoldOut(Schema):
    """What stops a unit."""

    hold: str
    reason: str
    cause: str
    placed_at: datetime


class NextOut(Schema):
    """The next operation of a unit on its routing."""

    operation: str
    number: int
    title: str
    station_kind: str
    tool_kind: str = ""  # blank: no tool is named
    recipe_code: str = ""  # blank: no machine runs a program


class UnitOut(UnitRow):
    """A unit with what stops it and what comes next."""

    firmware_version: str
    gs1: str
    version: str = Field(description="head of its chain; also the ETag")
    holds: list[HoldOut]
    next: NextOut | None = Field(description="null: every operation is done")


class EventOut(Schema):
    """One event of a unit's chain."""

    seq: int
    at: datetime
    by: str
    verb: str
    data: dict[str, object]
    hash: str


class EventPage(Schema):
    """Events of a unit, the first one first."""

    events: list[EventOut]
    next_cursor: str | None


class StepOut(Schema):
    """One attempt at one operation on one unit."""

    step: str
    unit: str
    operation: str
    attempt: int
    state: str
    station: str
    operator: str
    started_at: datetime
    finished_at: datetime | None


class CheckOut(Schema):
    """A characteristic that is checked in this operation, with its limits."""

    code: str
    name: str
    per: str
    unit: str
    low: float | None
    high: float | None
    gauge_kind: str
    places: int = Field(description="at how many places of the pack it is read")


class ReadingOut(Schema):
    """One value with the limits that applied to it."""

    code: str
    position: int
    value: float
    unit: str
    low: float | None
    high: float | None
    passed: bool
    gauge: str | None
    taken_at: datetime


class PictureOut(Schema):
    """A picture of the instruction."""

    url: str
    caption: str


class StepDetail(StepOut):
    """A step with what is to be checked and what was read."""

    version: str = Field(description="head of the unit's chain; also the ETag")
    title: str
    instruction: str
    cells_go_in: bool = Field(description="it ends when every matched cell is installed")
    pictures: list[PictureOut]
    checks: list[CheckOut]
    readings: list[ReadingOut]


class StepVersion(StepOut):
    """A step as it stands after a write."""

    version: str


class GateOut(Schema):
    """Whether the work may begin, and every record that stands in its way."""

    unit: str
    operation: str
    station: str
    open: bool
    blockers: list[Blocking]


class StartIn(Input):
    """Which operation begins, with which tools, and by which program of the machine."""

    operation: Name
    tools: Annotated[list[Name], Field(max_length=20)] = []
    recipe: Name | None = Field(None, description="code and revision, as in `weld@B`")


class PassedOut(UnitRow):
    """A unit that was declared built."""

    version: str = Field(description="head of its chain; also the ETag")


class ReadingItem(Input):
    """One value as it comes from a gauge."""

    code: Name
    value: Finite
    unit: Name = Field(description="must be the unit of the characteristic: nothing is converted")
    position: Place = Field(0, description="group, fastener ... from 1; 0: the pack")
    gauge: Name | None = None


class ReadingsIn(Input):
    """Readings of one step; all are taken or none."""

    readings: Annotated[list[ReadingItem], Field(min_length=1, max_length=5_000)]
    taken_at: Moment
    program_version: Name


class ReadingsOut(Schema):
    """What became of the readings."""

    step: str
    taken: int
    passed: bool
    failed: list[ReadingOut]
    unit_state: str
    version: str


class FinishedOut(StepVersion):
    """The verdict of a step and the next operation of its unit."""

    passed: bool
    next: NextOut | None
