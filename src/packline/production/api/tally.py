"""Good and scrap in one request: some units of an operation are done, others are set aside."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from packline.foundation.requests import keyed
from packline.foundation.schemas import ATTENDANCE, KEY, REFUSALS, Input, Name, operation_docs
from packline.production.api.rows import (
    next_of,
    operation_named,
    operator_of,
    recipe_said,
    tools_named,
    unit_named,
)
from packline.production.api.schemas import NextOut
from packline.production.services import MOST, Scrapped, Work, tally_work
from packline.resources.queries.access import caller_of

router = Router(tags=["steps"])


class ScrapIn(Input):
    """A unit that did not come out good."""

    serial: Name
    reason: Annotated[str, Field(min_length=1, max_length=250)]


class TallyIn(Input):
    """What came of an operation: which units are good, and which are not."""

    operation: Name
    good: Annotated[list[Name], Field(max_length=MOST)] = []
    scrap: Annotated[list[ScrapIn], Field(max_length=MOST)] = []
    tools: Annotated[list[Name], Field(max_length=20)] = []
    recipe: Name | None = Field(None, description="code and revision, as in `weld@B`")


class GoodOut(Schema):
    """A unit whose operation is finished."""

    serial: str
    step: str
    state: str
    unit_state: str
    next: NextOut | None


class SetAsideOut(Schema):
    """A unit that is set aside until its nonconformance is decided on."""

    serial: str
    hold: str
    reason: str


class TallyOut(Schema):
    """What was done, unit by unit."""

    operation: str
    good: list[GoodOut]
    scrap: list[SetAsideOut]


@router.post(
    "/tally",
    response={200: TallyOut, **REFUSALS},
    operation_id="tally",
    openapi_extra=operation_docs(KEY, ATTENDANCE),
)
def tally(request: HttpRequest, body: TallyIn) -> HttpResponse:
    """Finish an operation on the good units and set the scrapped ones aside: all or nothing.

    Steps that were not started yet are started. Readings that the operation asks for must be in.
    A unit that is set aside is on hold with a nonconformance, which decides whether it is scrap.
    """
    caller = caller_of(request)
    caller.need("steps:write")
    operator = operator_of(request, caller)

    def work() -> tuple[int, Any]:
        named = sorted({*body.good, *(one.serial for one in body.scrap)})
        units = {serial: unit_named(serial, for_write=True) for serial in named}
        operations = {s: operation_named(unit, body.operation) for s, unit in units.items()}
        steps, holds = tally_work(
            good=[Work(units[s], operations[s]) for s in body.good],
            scrap=[Scrapped(units[o.serial], operations[o.serial], o.reason) for o in body.scrap],
            station=caller.station,
            tools=tools_named(body.tools),
            recipe=recipe_said(body.recipe),
            by=operator,
            at=caller.at,
        )
        return 200, {
            "operation": body.operation,
            "good": [
                {
                    "serial": step.unit.serial,
                    "step": str(step),
                    "state": step.state,
                    "unit_state": step.unit.state,
                    "next": next_of(step.unit),
                }
                for step in steps
            ],
            "scrap": [
                {"serial": hold.unit.serial, "hold": str(hold), "reason": hold.reason}
                for hold in holds
            ],
        }

    return keyed(request, owner=caller.token.prefix, at=caller.at, work=work)
