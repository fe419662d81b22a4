"""Who sees what: everybody in the house and the auditor all of it, a customer their own programs.

Every page reads its rows through this module. What a person may not see does not exist for them:
the answer is 404, never 403, so that nobody learns the codes of others.
"""

from __future__ import annotations

from typing import cast

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from packline.design.models import Design
from packline.foundation.models import Person
from packline.production.models import Order, Unit
from packline.quality.models import Nonconformance, Reaction
from packline.quality.queries import reactions as every_reaction
from packline.requirements.models import Program

__all__ = [
    "designs",
    "for_the_house_only",
    "nonconformances",
    "one_order",
    "one_program",
    "one_unit",
    "orders",
    "programs",
    "reactions",
    "roles_of",
    "sees_everything",
    "units",
    "who",
]

CUSTOMER = "customer"


def who(request: HttpRequest) -> Person:
    """Return the person who asks; every page but the sign-in has one."""
    return cast(Person, request.user)


def roles_of(person: Person) -> frozenset[str]:
    """Return the roles that a person holds; read once for each request."""
    held: frozenset[str] | None = getattr(person, "_roles_held", None)
    if held is None:
        held = frozenset(person.groups.values_list("name", flat=True))
        person._roles_held = held  # type: ignore[attr-defined]
    return held


def sees_everything(person: Person) -> bool:
    """Say whether a person sees every program; without any role one sees none."""
    return person.is_superuser or bool(roles_of(person) - {CUSTOMER})


def for_the_house_only(request: HttpRequest) -> None:
    """End with 404 for a customer: stock, resources and the catalogue belong to no program."""
    if not sees_everything(who(request)):
        raise Http404


def programs(person: Person) -> QuerySet[Program]:
    """Return the programs that a person may see."""
    everything = Program.objects.order_by("code")
    if sees_everything(person):
        return everything
    if CUSTOMER in roles_of(person) and person.customer:
        return everything.filter(customer=person.customer)
    return everything.none()


def designs(person: Person) -> QuerySet[Design]:
    """Return the designs that a person may see."""
    return Design.objects.filter(program__in=programs(person)).order_by(
        "program__code", "-revision"
    )


def orders(person: Person) -> QuerySet[Order]:
    """Return the orders that a person may see."""
    return Order.objects.filter(program__in=programs(person)).order_by("-placed_at", "number")


def units(person: Person) -> QuerySet[Unit]:
    """Return the units that a person may see."""
    return Unit.objects.filter(order__program__in=programs(person)).order_by("serial")


def nonconformances(person: Person) -> QuerySet[Nonconformance]:
    """Return the nonconformances that a person may see: a customer those of their own units."""
    everything = Nonconformance.objects.order_by("-number")
    if sees_everything(person):
        return everything
    return everything.filter(unit__in=units(person))


def reactions(person: Person) -> QuerySet[Reaction]:
    """Return the signals that a person may see: a customer those of their own programs."""
    everything = every_reaction()
    if sees_everything(person):
        return everything
    return everything.filter(
        limits__characteristic__operation__routing__design__program__in=programs(person)
    )


def one_program(request: HttpRequest, code: str) -> Program:
    """Return a program that the asking person may see, or end with 404."""
    return get_object_or_404(programs(who(request)), code=code)


def one_order(request: HttpRequest, number: str) -> Order:
    """Return an order that the asking person may see, or end with 404."""
    found = orders(who(request)).select_related("program", "design__cell", "routing")
    return get_object_or_404(found, number=number)


def one_unit(request: HttpRequest, serial: str) -> Unit:
    """Return a unit that the asking person may see, or end with 404."""
    found = units(who(request)).select_related(
        "order__program", "order__design__cell", "order__design__program", "order__routing"
    )
    return get_object_or_404(found, serial=serial)
