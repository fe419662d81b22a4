"""Which tool worked on a unit, and in which step."""

from __future__ import annotations

from django.db import models

from packline.production.models.step import Step
from packline.resources.models import Tool


class ToolUse(models.Model):
    """That a tool was identified for a step."""

    append_only = True

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="tool_uses")
    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="uses")
    used_at = models.DateTimeField()

    key_relations = ("step__unit", "step__operation", "tool")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["step", "tool"], name="tool_once_per_step")]

    def __str__(self) -> str:
        return f"{self.step}/tool/{self.tool}"
