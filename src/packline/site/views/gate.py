"""Asking the gate about a unit without beginning anything: what stands in the way, what clears it.

Whoever is called to a line that stands still sees here what the station was told, and an approver
signs from here for what a permit may open.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from packline.foundation.errors import Blocked, Blocker
from packline.process.models import Operation
from packline.production.gate import Opened, let_pass
from packline.production.models import Unit
from packline.production.queries.station import next_operation
from packline.production.states import OPENABLE
from packline.site import access
from packline.site.forms.permits import AtTheGate

__all__ = ["gate"]

CLEARED_AT = {  # obstacle: what the page is called where it is cleared, and which one
    "unit_held": ("Nonconformances", "nonconformances"),
    "part_held": ("Holds", "holds"),
    "lot_held": ("Holds", "holds"),
    "lot_not_released": ("Lots", "lots"),
    "lot_expired": ("Lots", "lots"),
    "person_not_qualified": ("Training", "training"),
    "document_unread": ("Documents", "documents"),
    "station_not_working": ("Maintenance", "maintenance"),
    "maintenance_overdue": ("Maintenance", "maintenance"),
    "gauge_out_of_calibration": ("Resources", "resources"),
    "gauge_set_aside": ("Resources", "resources"),
    "tool_overdue": ("Resources", "resources"),
    "tool_set_aside": ("Resources", "resources"),
    "recipe_not_effective": ("Revisions", "revisions"),
    "instruction_not_effective": ("Revisions", "revisions"),
    "limit_not_effective": ("Revisions", "revisions"),
    "firmware_not_effective": ("Revisions", "revisions"),
}
NOT_ON_A_UNIT = "incoming"  # done on the cells, before there is a unit


def gate(request: HttpRequest, serial: str) -> HttpResponse:
    """Answer what keeps somebody from doing an operation on a unit now; this writes nothing."""
    access.for_the_house_only(request)
    unit = access.one_unit(request, serial)
    operations = list(unit.order.routing.operations.exclude(code=NOT_ON_A_UNIT).order_by("number"))
    operation = _asked(request, unit, operations)
    told = request.GET if "station" in request.GET else None
    form = AtTheGate(told, at=operation, initial=_usual(unit, operation))
    found: Sequence[Blocker] = ()
    opened: Sequence[Opened] = ()
    if form.is_valid():
        said = form.cleaned_data
        try:
            opened = let_pass(
                unit=unit,
                operation=operation,
                station=said["station"],
                operator=said["operator"],
                recipe=said.get("recipe"),
                tools=list(said.get("tools", ())),
                gauges=list(said.get("gauges", ())),
                at=timezone.now(),
            )
        except Blocked as error:
            found = error.blockers
    may_sign = access.who(request).has_perm("production.sign_permit")
    return render(
        request,
        "production/gate.html",
        {
            "stage": "production",
            "virtual": unit.virtual,
            "unit": unit,
            "operations": operations,
            "operation": operation,
            "form": form,
            "answered": form.is_bound and form.is_valid(),
            "found": [(b, _permit_for(b, unit, operation), *_cleared_at(b, unit)) for b in found],
            "opened": opened,
            "may_sign": may_sign,
        },
    )


def _asked(request: HttpRequest, unit: Unit, operations: Sequence[Operation]) -> Operation:
    code = request.GET.get("operation", "")
    found = next((o for o in operations if o.code == code), None)
    if found is None and not code:
        found = next_operation(unit) or (operations[-1] if operations else None)
    if found is None:
        raise Http404
    return found


def _usual(unit: Unit, operation: Operation) -> dict[str, str]:
    """Begin with who worked on the unit last."""
    last = unit.steps.select_related("operator").order_by("-started_at").first()
    begun = {"operation": operation.code}
    return begun if last is None else begun | {"operator": last.operator.username}


def _permit_for(blocker: Blocker, unit: Unit, operation: Operation) -> str:
    """Return where a permit for this obstacle is signed; nothing where none opens it."""
    if blocker.code not in OPENABLE:
        return ""
    told = {
        "opens": blocker.code,
        "record_named": blocker.record,
        "operation_code": operation.code,
        "first_serial": unit.serial,
        "last_serial": unit.serial,
    }
    return f"{reverse('permits')}?{urlencode(told)}#sign"


def _cleared_at(blocker: Blocker, unit: Unit) -> tuple[str, str]:
    """Return where an obstacle is cleared: what to call it, and its address; else nothing."""
    if blocker.code == "part_set_aside":
        query = urlencode({"old": blocker.record.removeprefix("cell ")})
        return "Replace it", f"{reverse('replacing', args=[unit.serial])}?{query}"
    if blocker.code in CLEARED_AT:
        words, page = CLEARED_AT[blocker.code]
        return words, reverse(page)
    return "", ""
