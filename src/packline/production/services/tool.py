"""Noting which tools worked in a step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from packline.production.models import Step, ToolUse
from packline.resources.models import Tool

__all__ = ["note_tools"]


def note_tools(step: Step, tools: Sequence[Tool], at: datetime) -> list[ToolUse]:
    """Return the uses of tools that are new to a step; whoever calls records them in an event."""
    if not tools:
        return []
    known = set(step.tool_uses.values_list("tool_id", flat=True))
    fresh = {tool.pk: tool for tool in tools if tool.pk not in known}
    return _insert([ToolUse(step=step, tool=tool, used_at=at) for tool in fresh.values()])


def _insert(uses: list[ToolUse]) -> list[ToolUse]:
    return ToolUse.objects.bulk_create(uses)
