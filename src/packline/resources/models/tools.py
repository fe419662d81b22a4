"""Tools: what work is done with, and until when their last service holds."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from packline.resources.states import EQUIPMENT


class Tool(models.Model):
    """A weld head, a torque driver, a dispenser: what works on the unit without measuring it."""

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=30)
    serviced_on = models.DateField()  # calibrated, or maintained: whichever the tool needs
    due_on = models.DateField()
    virtual = models.BooleanField()
    state = models.CharField(max_length=16, default=EQUIPMENT.initial)
    state_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        permissions = [
            ("register_tool", "Can register a tool and record its service"),
            ("recall_tool", "Can recall a tool or take it out of service"),
            ("return_tool", "Can put a tool back into service"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gt=F("serviced_on")), name="tool_due_after_service"
            ),
            models.CheckConstraint(condition=EQUIPMENT.condition(), name="tool_state_is_declared"),
            models.CheckConstraint(
                condition=Q(state="in_service") | ~Q(state_reason=""),
                name="tool_is_not_set_aside_without_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.code
