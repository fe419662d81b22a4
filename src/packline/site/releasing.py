"""Letting units go from a page: each is released by itself, and then gets its documents."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from packline.assurance.models import Document
from packline.assurance.queries import built_by, documents_due, open_points
from packline.assurance.services import issue_document, release_unit
from packline.foundation.errors import Blocker, DomainError, NotAllowed, StaleObject
from packline.foundation.models import Person
from packline.production.models import Order, Unit

__all__ = ["AT_ONCE", "Passed", "issue_due", "issue_for_a_while", "passed_units", "release_each"]

AT_ONCE = 20  # units that are reviewed and signed for on one page: it answers within seconds
WHILE_S = 2.0  # for so long one request issues documents, and the next goes on


@dataclass(frozen=True, slots=True)
class Passed:
    """A unit that passed, and what keeps somebody from releasing it."""

    unit: Unit
    points: Sequence[Blocker]


def passed_units(order: Order, person: Person) -> list[Passed]:
    """Return the first units of an order that passed, with everything that is open on each."""
    units = order.units.filter(state="passed").select_related(
        "order__program", "order__design", "order__routing"
    )
    now = timezone.now()
    return [
        Passed(unit, [*open_points(unit, now), *built_by(unit, person)])
        for unit in units.order_by("number")[:AT_ONCE]
    ]


def release_each(
    units: Iterable[Unit], *, by: Person
) -> tuple[list[Unit], list[tuple[Unit, DomainError]]]:
    """Release units one by one; return who went, and who was refused with the reason.

    Each is a command of its own, so what is wrong with one keeps no other.
    """
    released: list[Unit] = []
    refused: list[tuple[Unit, DomainError]] = []
    for unit in units:
        try:
            release_unit(unit=unit, authentication="password", by=by, at=timezone.now())
        except NotAllowed:
            raise
        except DomainError as error:
            refused.append((unit, error))
        else:
            released.append(unit)
    return released, refused


def issue_due(unit: Unit, *, by: Person) -> list[Document]:
    """Issue every document that a unit lacks or has from before it moved."""
    return [
        issue_document(unit=unit, kind=kind, by=by, at=timezone.now())
        for kind in documents_due(unit)
    ]


def issue_for_a_while(units: Iterable[Unit], *, by: Person) -> None:
    """Issue the documents of units, at least of the first, until the time of a request is over."""
    until = time.monotonic() + WHILE_S
    for unit in units:
        try:
            issue_due(unit, by=by)
        except StaleObject:
            continue  # somebody else issued it meanwhile, or it moved: the next request sees
        if time.monotonic() > until:
            return
