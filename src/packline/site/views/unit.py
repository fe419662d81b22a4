"""One unit: its story, its readings, its parts, its proof and its documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.assurance.models import Release
from packline.assurance.queries import (
    built_by,
    documents_due,
    documents_of_unit,
    open_points,
    verdicts_of_unit,
)
from packline.assurance.services import CHECKLIST, MEANING
from packline.foundation.errors import Blocker
from packline.foundation.models import Person
from packline.production.models import Unit
from packline.production.queries.station import next_operation
from packline.quality.queries import nonconformances_of_unit
from packline.quality.services import open_nonconformance
from packline.site import access
from packline.site.acting import carry_out_form
from packline.site.download import download
from packline.site.forms.asked import Signed
from packline.site.forms.problems import BookProblem
from packline.site.units.joints import joint_pictures
from packline.site.units.matching import matching_of_unit
from packline.site.units.parts import parts_of
from packline.site.units.proof import prove
from packline.site.units.readings import StepReadings, steps_with_readings
from packline.site.units.story import story_of
from packline.site.units.twin import twin_of_unit

SUPERSEDED = "superseded"
DONE_WITH = ("released", "scrapped")


def unit(request: HttpRequest, serial: str) -> HttpResponse:
    """Show everything that is known of a unit."""
    return unit_page(request, serial)


@require_POST
def book(request: HttpRequest, serial: str) -> HttpResponse:
    """Book what somebody sees to be wrong with a unit; it is held until that is decided on."""
    access.for_the_house_only(request)
    found, form = access.one_unit(request, serial), BookProblem(request.POST)
    person, at = access.who(request), timezone.now()

    def act(said: dict[str, Any]) -> str:
        opened = open_nonconformance(
            **said, unit=found, cause=f"seen by {person} on {at.isoformat()}", by=person, at=at
        )
        return f"{opened} is open, and {found} is on hold until it is decided on."

    refused = carry_out_form(request, form, act, needs="quality.open_nonconformance")
    if refused:
        return unit_page(request, serial, booking=form, status=refused)
    return redirect("unit", serial=serial)


def unit_page(
    request: HttpRequest,
    serial: str,
    *,
    booking: forms.Form | None = None,
    signing: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show a unit; a form that was refused comes back as it was typed."""
    found, person = access.one_unit(request, serial), access.who(request)
    parts = parts_of(found)
    steps = steps_with_readings(found)
    problems = list(nonconformances_of_unit(found))
    documents = list(documents_of_unit(found))
    release = Release.objects.filter(unit=found).select_related("released_by").first()
    lines = [line for step in steps for line in step.lines]
    pictures = joint_pictures(found)
    now = timezone.now()
    done_with = release is not None or found.state in DONE_WITH
    waiting = [] if done_with else open_points(found, now, nonconformances=problems)
    return render(
        request,
        "production/unit.html",
        {
            "stage": "production",
            "virtual": _is_virtual(found, release),
            "unit": found,
            "house": access.sees_everything(person),
            "release": release,
            "waiting": waiting,
            **_letting_go(found, person, waiting, signing),
            "current": [s for s in steps if s.step.state != SUPERSEDED],
            "superseded": [s for s in steps if s.step.state == SUPERSEDED],
            "parts": parts,
            "matching": matching_of_unit(found),
            "twin": twin_of_unit(found),
            "joints": [p for p in pictures if p.joints.step.state != SUPERSEDED],
            "old_joints": [p for p in pictures if p.joints.step.state == SUPERSEDED],
            "holds": list(found.holds.select_related("placed_by").order_by("number")),
            "deviations": list(
                found.deviations.select_related(
                    "step__operation", "characteristic", "signed_by"
                ).order_by("signed_at", "characteristic__code")
            ),
            "nonconformances": problems,
            "verdicts": list(verdicts_of_unit(found)),
            "documents": documents,
            "story": story_of(
                found,
                lots=[use.lot for use in parts.lots],
                nonconformances=problems,
                names=_names(steps),
                documents=[str(document) for document in documents],
            ),
            "counts": {
                "readings": sum(len(line.rows) for line in lines),
                "failed": sum(line.n_failed for line in lines),
                "joints": max((p.joints.n for p in pictures), default=0),
                "failed_joints": sum(p.joints.n_failed for p in pictures),
                "open_problems": sum(p.state != "closed" for p in problems),
            },
            "form": booking or BookProblem(),
            "may_book": found.state != "scrapped"
            and person.has_perm("quality.open_nonconformance"),
        },
        status=status,
    )


def _letting_go(
    unit: Unit, person: Person, waiting: Sequence[Blocker], signing: forms.Form | None
) -> dict[str, Any]:
    """Say what a person may do so that a unit goes on its way, and what keeps only them."""
    passes = unit.state == "building" and person.has_perm("production.pass_unit")
    signs = unit.state == "passed" and person.has_perm("assurance.release_unit")
    own = built_by(unit, person) if signs else []
    may_sign = signs and not waiting and not own
    return {
        "may_pass": passes,
        "next_operation": next_operation(unit) if passes else None,
        "own": own,
        "signing": (signing or Signed(person=person)) if may_sign else None,
        "checklist": CHECKLIST,
        "meaning": MEANING,
        "due": documents_due(unit) if person.has_perm("assurance.issue_document") else [],
    }


def _names(steps: Sequence[StepReadings]) -> dict[str, str]:
    """Return what operations and characteristics are called, by how events name them."""
    names = {
        f"{s.step.operation.number}-{s.step.operation.code}": s.step.operation.title for s in steps
    }
    for step in steps:
        for line in step.lines:
            characteristic = line.worst.characteristic
            names[characteristic.code] = characteristic.name
    return names


def _is_virtual(unit: Unit, release: Release | None) -> bool:
    return unit.virtual or (release is not None and not release.for_shipment)


def verify(request: HttpRequest, serial: str) -> HttpResponse:
    """Prove the record of a unit now, and say what differs if it does."""
    found = access.one_unit(request, serial)
    whole = not request.headers.get("HX-Request")
    return render(
        request,
        "production/verify.html" if whole else "production/_proof.html",
        {
            "stage": "production",
            "virtual": found.virtual,
            "unit": found,
            "proof": prove(found),
            "at": timezone.now(),
        },
    )


def document(request: HttpRequest, serial: str, kind: str, number: int) -> HttpResponse:
    """Send a document that was issued for a unit."""
    found = access.one_unit(request, serial)
    documents = found.documents.select_related("file")
    return download(get_object_or_404(documents, kind=kind, number=number).file)
