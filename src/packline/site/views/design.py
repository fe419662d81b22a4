"""Designs: what was tried, what was chosen, and which limits follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from packline.design.calc.hardware import OPEN
from packline.design.models import Candidate, Design, Study
from packline.foundation.models import Person
from packline.requirements.models import Program
from packline.site import access, charts
from packline.site.acting import REFUSED
from packline.site.courses import course_pictures, kind_of, trade_picture
from packline.site.designing import ACTS
from packline.site.next_step import next_step
from packline.site.offering import offered, take_up
from packline.site.paging import page_of

# What the kinds of limits are called, in the order in which a reader needs them.
KINDS = {
    "interconnect": "Interconnect, cable and distances",
    "fuse": "Fuse",
    "bms": "Battery management: alarm, trip, delay, release",
    "matching": "Cell matching",
    "incoming": "Incoming inspection",
    "weld": "Welding",
    "torque": "Torque",
    "ageing": "Ageing",
    "eol": "End of line",
}


def designs(request: HttpRequest) -> HttpResponse:
    """List every design with its state."""
    found = access.designs(access.who(request)).select_related("program", "cell")
    return render(
        request, "design/designs.html", {"stage": "design", "page": page_of(request, found)}
    )


def design(request: HttpRequest, code: str) -> HttpResponse:
    """Show a program's latest study, or the one asked for, and the design that came of it."""
    return _page(request, code, {})


@require_POST
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Do what a form of the page asks; what is refused comes back as it was typed."""
    access.for_the_house_only(request)
    program = access.one_program(request, code)
    if program.state != "open":
        said = f"{REFUSED} program {program} is {program.state}"
        messages.error(request, said, extra_tags="bad")
        return _page(request, code, {}, status=409)
    refused = take_up(request, ACTS, verb, program)
    if refused:
        status, begun = refused
        return _page(request, code, begun, status=status)
    return redirect("design", code=code)


def _page(
    request: HttpRequest, code: str, begun: dict[str, forms.Form], *, status: int = 200
) -> HttpResponse:
    program = access.one_program(request, code)
    studies = list(program.studies.order_by("-number"))
    study = studies[0] if studies else None
    if number := request.GET.get("study", ""):
        wanted = int(number) if number.isdecimal() else 0
        study = get_object_or_404(program.studies, number=wanted)
    chosen = (
        program.designs.filter(study=study)
        .select_related("cell", "program")
        .order_by("-revision")
        .first()
    )
    candidates = _candidates(study)
    assumptions = chosen.assumptions if chosen else []
    simulated = sorted((c for c in candidates if hasattr(c, "course")), key=_best_first)
    return render(
        request,
        "design/design.html",
        {
            "stage": "design",
            "program": program,
            "virtual": program.orders.filter(virtual=True).exists(),
            "studies": studies,
            "study": study,
            "design": chosen,
            "ranked": [c for c in candidates if c.feasible],
            "rejected": [c for c in candidates if not c.feasible],
            "unplaced": sum(c.mass_kg is None for c in candidates),
            "picture": _picture(candidates, chosen),
            "limits": _limits(chosen),
            "assumed": [a for a in assumptions if not a.startswith(OPEN)],
            "left_open": [a.removeprefix(OPEN) for a in assumptions if a.startswith(OPEN)],
            "simulated": simulated,
            "courses": course_pictures(_course_to_draw(candidates, chosen)),
            "trade": trade_picture(simulated, chosen),
            "resting_on": list(
                dict.fromkeys(
                    note
                    for c in simulated
                    if c.course.energy_c1_wh is not None
                    for note in c.course.notes.splitlines()
                )
            ),
            "figures": sorted(chosen.figures.items()) if chosen else [],
        }
        | _to_do(access.who(request), program, begun),
        status=status,
    )


def _to_do(person: Person, program: Program, begun: dict[str, forms.Form]) -> dict[str, Any]:
    """Return what is next, and the forms that the person may use, the next one first."""
    if not access.sees_everything(person):
        return {}
    waits_for = next_step(program)
    found = offered(ACTS, program, person, begun) if program.state == "open" else []
    is_next = waits_for.verb if waits_for else ""
    return {"next": waits_for, "offered": sorted(found, key=lambda row: row[0] != is_next)}


def _candidates(study: Study | None) -> list[Candidate]:
    if study is None:
        return []
    found = study.candidates.select_related("cell", "course")
    return list(found.order_by("rank", "-margin_ratio", "cell__code", "series", "parallel"))


def _best_first(candidate: Candidate) -> tuple[bool, int, float]:
    """Order by rank, then by how little is missed; what could not be simulated comes last."""
    silent = candidate.course.energy_c1_wh is None
    missed = -(candidate.margin_ratio or 0.0)
    return silent, candidate.rank or 10**6, missed


def _course_to_draw(candidates: Sequence[Candidate], design: Design | None) -> Candidate | None:
    """Return the released candidate, else the first in rank, if it was simulated."""
    simulated = [c for c in candidates if hasattr(c, "course") and c.course.curves_text]
    chosen = [c for c in simulated if kind_of(c, design) == "chosen"]
    return next(iter([*chosen, *(c for c in simulated if c.feasible)]), None)


def _picture(candidates: Sequence[Candidate], design: Design | None) -> SafeString:
    """Mass against energy; a cell whose sheet states no mass cannot be placed."""
    return mark_safe(
        charts.scatter(
            [
                charts.Point(
                    c.energy_wh,
                    c.mass_kg,
                    f"{c.cell.name} {c.series}S{c.parallel}P",
                    kind_of(c, design),
                )
                for c in candidates
                if c.mass_kg is not None
            ],
            title="Mass against energy of all candidates",
            x_label="energy / Wh",
            y_label="mass / kg",
        )
    )


def _limits(design: Design | None) -> list[tuple[str, str, list[object]]]:
    if design is None:
        return []
    rows = list(design.limits.order_by("code"))
    return [
        (kind, title, [row for row in rows if row.kind == kind])
        for kind, title in KINDS.items()
        if any(row.kind == kind for row in rows)
    ]
