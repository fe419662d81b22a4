"""The training matrix: who may do what, what lapses soon, and a form to grant training."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from packline.foundation.errors import DomainError
from packline.foundation.models import Person
from packline.process.models import Operation
from packline.process.queries.revisions import revised_instructions
from packline.resources.calc.training import SOON, Standing, Trained, matrix
from packline.resources.models import Qualification
from packline.resources.services import qualify_person
from packline.site import access
from packline.site.acting import carry_out

__all__ = ["grant", "training"]

TRAINED = ("operator", "inspector")  # roles that work on units


def training(request: HttpRequest) -> HttpResponse:
    """Show who may do which operation, the soonest to lapse first below."""
    access.for_the_house_only(request)
    today = timezone.now().date()
    revised = revised_instructions()
    rows = [
        Trained(person, code, revision, granted, expires)
        for person, code, revision, granted, expires in Qualification.objects.order_by(
            "pk"
        ).values_list(
            "person", "operation_code", "instruction_revision", "granted_on", "expires_on"
        )
    ]
    people = _people({row.person for row in rows})
    operations = _operations({row.operation for row in rows})
    table = matrix(
        [p.pk for p in people],
        operations,
        rows,
        {code: found.trained_from for code, found in revised.items()},
        today,
    )
    return render(
        request,
        "resources/training.html",
        {
            "stage": "training",
            "operations": [
                (code, revised[code].revision if code in revised else 1) for code in operations
            ],
            "rows": list(zip(people, table, strict=True)),
            "soon": _soon(people, operations, table),
            "days": SOON.days,
            "today": today,
            "until": _a_year_later(today),
            "may_grant": access.who(request).has_perm("resources.qualify_person"),
        },
    )


@require_POST
def grant(request: HttpRequest) -> HttpResponse:
    """Record that somebody was trained."""
    access.for_the_house_only(request)
    carry_out(request, lambda: _grant(request))
    return redirect("training")


def _grant(request: HttpRequest) -> str:
    person = Person.objects.filter(username=request.POST.get("person", "")).first()
    if person is None:
        raise DomainError("choose who was trained")
    code = request.POST.get("operation", "").strip()[:20]
    if not code:
        raise DomainError("choose the operation")
    revised = revised_instructions()
    made = qualify_person(
        person=person,
        operation_code=code,
        instruction_revision=revised[code].revision if code in revised else 1,
        granted_on=_day(request, "granted_on"),
        expires_on=_day(request, "expires_on"),
        by=access.who(request),
        at=timezone.now(),
    )
    return f"{made.person.shown_name} may do {made.operation_code} until {made.expires_on}."


def _people(named: set[int]) -> list[Person]:
    """Return who works on units or was trained for it."""
    shop = Person.objects.filter(groups__name__in=TRAINED, is_active=True)
    found = Person.objects.filter(pk__in=named) | shop
    return sorted(found.distinct(), key=lambda p: p.shown_name)


def _operations(named: set[str]) -> list[str]:
    """Return the codes of operations, in the order of the routings."""
    order: dict[str, int] = {}
    for number, code in Operation.objects.order_by("number").values_list("number", "code"):
        order.setdefault(code, number)
    return sorted(named | order.keys(), key=lambda code: (order.get(code, 10**6), code))


def _soon(
    people: list[Person], operations: list[str], table: list[list[Standing]]
) -> list[tuple[Person, str, Standing]]:
    found = [
        (person, code, standing)
        for person, row in zip(people, table, strict=True)
        for code, standing in zip(operations, row, strict=True)
        if standing.state in ("soon", "lapsed", "outdated")
    ]
    return sorted(found, key=lambda f: f[2].trained.expires_on if f[2].trained else date.max)


def _day(request: HttpRequest, name: str) -> date:
    text = request.POST.get(name, "")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DomainError(f"{name.replace('_', ' ')}: {text!r} is no day") from error


def _a_year_later(day: date) -> date:
    return day.replace(year=day.year + 1, day=min(day.day, 28))
