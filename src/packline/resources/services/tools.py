"""What can be done about tools: known, serviced, recalled, put back into service."""

from __future__ import annotations

from datetime import date, datetime

from packline.foundation.commands import command, unchanged
from packline.foundation.errors import DomainError, Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.foundation.states import move
from packline.resources.models import Tool
from packline.resources.states import EQUIPMENT


@command("resources.register_tool")
def register_tool(
    *,
    code: str,
    kind: str,
    serviced_on: date,
    due_on: date,
    virtual: bool,
    by: Person,
    at: datetime,
) -> Tool:
    """Make a tool known with its service; a later service moves the due date."""
    tool = Tool.objects.filter(code=code).first()
    if tool is None:
        tool = Tool(code=code, kind=kind, virtual=virtual)
    elif (tool.kind, tool.virtual) != (kind, virtual):
        raise Refused(f"tool {code} is known already, as another kind: {tool.kind}")
    elif tool.due_on >= due_on:
        return unchanged(tool)
    tool.serviced_on, tool.due_on = serviced_on, due_on
    tool.save()
    record("resources.tool.serviced", tool, by=by, at=at, rows=[tool])
    return tool


@command("resources.register_tool")
def service_tool(*, tool: Tool, serviced_on: date, due_on: date, by: Person, at: datetime) -> Tool:
    """Record a service; it may also shorten the time until the next."""
    if due_on <= serviced_on:
        raise DomainError(f"tool {tool}: a service on {serviced_on} is due again later than that")
    if not tool.serviced_on <= serviced_on <= at.date():
        raise DomainError(
            f"tool {tool}: {serviced_on} is no day from its last service ({tool.serviced_on}) "
            "to today"
        )
    tool.serviced_on, tool.due_on = serviced_on, due_on
    tool.save(update_fields=["serviced_on", "due_on"])
    record("resources.tool.serviced", tool, by=by, at=at, rows=[tool])
    return tool


@command("resources.recall_tool")
def recall_tool(
    *, tool: Tool, reason: str, for_good: bool = False, by: Person, at: datetime
) -> Tool:
    """Call a tool back, or take it out of service for good: nothing is done with it."""
    if not reason.strip():
        raise DomainError(f"tool {tool}: say why it is not to be used")
    tool.state_reason = reason.strip()[:300]
    tool.save(update_fields=["state_reason"])
    move(tool, EQUIPMENT, to="out_of_service" if for_good else "recalled")
    record("resources.tool.recalled", tool, by=by, at=at, rows=[tool], reason=reason)
    return tool


@command("resources.return_tool")
def return_tool(*, tool: Tool, because: str, by: Person, at: datetime) -> Tool:
    """Put a tool back into service, and say what shows that it may be used."""
    if not because.strip():
        raise DomainError(f"tool {tool}: say what shows that it may be used again")
    move(tool, EQUIPMENT, to="in_service")
    tool.state_reason = ""
    tool.save(update_fields=["state_reason"])
    record("resources.tool.returned", tool, by=by, at=at, rows=[tool], because=because)
    return tool
