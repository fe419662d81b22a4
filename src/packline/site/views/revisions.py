"""Which revision of recipe, instruction, limits and firmware is effective for whom, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.foundation.models import Person
from packline.process.calc.catalogue import operation_types
from packline.process.models import Effectivity, Operation
from packline.process.queries import all_effectivities, all_recipes, effective_for
from packline.process.queries.revisions import instruction_in_force, revised_instructions
from packline.process.services import (
    end_effectivity,
    make_effective,
    register_recipe,
    revise_instruction,
)
from packline.production.models import Unit
from packline.site import access
from packline.site.acting import Doing, carry_out_form, verb_named
from packline.site.forms.asked import Because
from packline.site.forms.revisions import MakeEffective, RegisterRecipe, ReviseInstruction
from packline.site.paging import page_of

__all__ = ["act", "end", "revisions"]


@dataclass(frozen=True, slots=True)
class Ruled:
    """What an operation of a unit is to be worked by."""

    operation: Operation
    rows: list[Effectivity]


def revisions(request: HttpRequest) -> HttpResponse:
    """Show recipes, instructions, and everything that was said about who is made by what."""
    access.for_the_house_only(request)
    return _page(request, {})


@require_POST
def act(request: HttpRequest, verb: str) -> HttpResponse:
    """Make a recipe known, revise an instruction, or say who is made by a revision."""
    access.for_the_house_only(request)
    asked = verb_named(ACTS, verb)
    form = asked.form(request.POST, auto_id=f"{verb}-%s")

    def carried_out(said: dict[str, Any]) -> str:
        return asked.do(said, access.who(request), timezone.now())

    refused = carry_out_form(request, form, carried_out, needs=asked.needs)
    if refused:
        return _page(request, {verb: form}, status=refused)
    return redirect("revisions")


@require_POST
def end(request: HttpRequest, key: str) -> HttpResponse:
    """End an effectivity now."""
    found = _effectivity(request, key)
    form = Because(request.POST, auto_id=f"end-{found.pk}-%s")

    def ended(said: dict[str, Any]) -> str:
        end_effectivity(
            effectivity=found, because=said["reason"], by=access.who(request), at=timezone.now()
        )
        return f"{found.kind.capitalize()} {found.code}@{found.revision} is effective no more."

    refused = carry_out_form(request, form, ended, needs="process.end_effectivity")
    if refused:
        return _page(request, {}, ending={found.pk: form}, status=refused)
    return redirect("revisions")


def _effectivity(request: HttpRequest, key: str) -> Effectivity:
    """Return what was said, by its natural key: DESIGN/effectivity/NUMBER."""
    access.for_the_house_only(request)
    design, _, number = key.rpartition("/effectivity/")
    program, _, revision = design.rpartition("/design/")
    numbers = [text if text.isdecimal() and len(text) < 10 else "0" for text in (revision, number)]
    return get_object_or_404(
        all_effectivities(),
        design__program__code=program,
        design__revision=int(numbers[0]),
        number=int(numbers[1]),
    )


def _page(
    request: HttpRequest,
    begun: dict[str, forms.Form],
    *,
    ending: dict[int, Because] | None = None,
    status: int = 200,
) -> HttpResponse:
    person, now = access.who(request), timezone.now()
    page = page_of(request, all_effectivities())
    serial = request.GET.get("serial", "").strip()
    unit = _unit(request, serial) if serial else None
    return render(
        request,
        "process/revisions.html",
        {
            "stage": "revisions",
            "page": page,
            "rows": [
                (
                    row,
                    _standing(row, now),
                    (ending or {}).get(row.pk) or Because(auto_id=f"end-{row.pk}-%s"),
                )
                for row in page.object_list
            ],
            "recipes": all_recipes(),
            "instructions": _instructions(),
            "serial": serial,
            "unit": unit,
            "ruled": _ruled(unit, now) if unit else [],
            "offered": _offered(request, begun),
            "may_end": person.has_perm("process.end_effectivity"),
        },
        status=status,
    )


def _offered(
    request: HttpRequest, begun: dict[str, forms.Form]
) -> dict[str, tuple[Doing, forms.Form]]:
    """Return what the person may do, each with its form, as it was typed where it was refused."""
    told = {"revise": _text_of(request.GET.get("revise", ""))}
    person = access.who(request)
    return {
        verb: (
            doing,
            begun.get(verb) or doing.form(auto_id=f"{verb}-%s", initial=told.get(verb, {})),
        )
        for verb, doing in ACTS.items()
        if person.has_perm(doing.needs)
    }


def _text_of(code: str) -> dict[str, str]:
    """Begin a revision with the text in force."""
    if code not in operation_types():
        return {}
    return {"operation_code": code, "text": instruction_in_force(code).text}


def _instructions() -> list[tuple[str, str, Any]]:
    revised = revised_instructions()
    return [(code, kind.title, revised.get(code)) for code, kind in operation_types().items()]


def _unit(request: HttpRequest, serial: str) -> Unit | None:
    return (
        access.units(access.who(request))
        .filter(serial=serial)
        .select_related("order__design", "order__routing")
        .first()
    )


def _ruled(unit: Unit, now: datetime) -> list[Ruled]:
    """Return, operation by operation, what rules for a unit; nothing said: its routing does."""
    found = []
    for operation in unit.order.routing.operations.order_by("number"):
        ruling, _ = effective_for(unit.order.design, operation.code, unit.serial, now)
        rows = sorted(ruling.values(), key=lambda row: (row.kind, row.code))
        found.append(Ruled(operation, rows))
    return found


def _standing(row: Effectivity, now: datetime) -> str:
    if row.effective_from > now:
        return "planned"
    if row.effective_until is not None and row.effective_until <= now:
        return "ended"
    return "effective"


def _recipe(said: dict[str, Any], by: Person, at: datetime) -> str:
    made = register_recipe(**said, by=by, at=at)
    return f"Recipe {made} is known. It is used once it is effective."


def _revise(said: dict[str, Any], by: Person, at: datetime) -> str:
    made = revise_instruction(**said, by=by, at=at)
    return f"Instruction {made} is in force for routings that are planned from now on."


def _effective(said: dict[str, Any], by: Person, at: datetime) -> str:
    said["effective_from"] = said["effective_from"] or at
    made = make_effective(**said, by=by, at=at)
    return f"{made.kind.capitalize()} {made.code}@{made.revision} is effective."


ACTS: dict[str, Doing] = {
    "recipe": Doing("Make a revision known", RegisterRecipe, "process.register_recipe", _recipe),
    "revise": Doing(
        "Revise an instruction", ReviseInstruction, "process.revise_instruction", _revise
    ),
    "effective": Doing(
        "Make a revision effective", MakeEffective, "process.make_effective", _effective
    ),
}
