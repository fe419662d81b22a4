"""What can be asked about tools."""

from __future__ import annotations

from django.db.models import QuerySet

from packline.resources.models import Tool


def all_tools() -> QuerySet[Tool]:
    """Return every tool, the soonest due first."""
    return Tool.objects.order_by("due_on", "code")
