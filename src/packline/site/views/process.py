"""Processes: the routing, the control plan and the risks that each check controls."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from packline.process.models import Routing
from packline.site import access
from packline.site.paging import page_of


def processes(request: HttpRequest) -> HttpResponse:
    """List every routing with how many operations and checks it has."""
    found = (
        Routing.objects.filter(design__in=access.designs(access.who(request)))
        .select_related("design__program", "design__cell")
        .annotate(
            n_operations=Count("operations", distinct=True),
            n_checks=Count("operations__characteristics", distinct=True),
        )
        .order_by("design__program__code", "-design__revision", "-revision")
    )
    return render(
        request, "process/processes.html", {"stage": "process", "page": page_of(request, found)}
    )


def process(request: HttpRequest, code: str) -> HttpResponse:
    """Show a program's latest routing, or the one asked for."""
    program = access.one_program(request, code)
    routings = list(
        Routing.objects.filter(design__program=program)
        .select_related("design__program", "design__cell")
        .order_by("-design__revision", "-revision")
    )
    routing = routings[0] if routings else None
    if name := request.GET.get("routing", ""):
        routing = next((r for r in routings if str(r) == name), None)
        if routing is None:
            get_object_or_404(Routing.objects.none())
    operations = []
    if routing is not None:
        operations = list(
            routing.operations.order_by("number").prefetch_related(
                "characteristics__failure_modes", "failure_modes__characteristic"
            )
        )
    checks = [
        (operation, sorted(operation.characteristics.all(), key=lambda c: c.code))
        for operation in operations
    ]
    risks = sorted(
        (mode for operation in operations for mode in operation.failure_modes.all()),
        key=lambda mode: ("HML".index(mode.ap), -mode.rpn, mode.ref),
    )
    return render(
        request,
        "process/process.html",
        {
            "stage": "process",
            "program": program,
            "virtual": program.orders.filter(virtual=True).exists(),
            "routings": routings,
            "routing": routing,
            "checks": checks,
            "risks": risks,
            "counts": {
                "operations": len(operations),
                "checks": sum(len(found) for _, found in checks),
                "ctq": sum(c.ctq for _, found in checks for c in found),
                "high": sum(mode.ap == "H" for mode in risks),
                "risks": len(risks),
            },
        },
    )
