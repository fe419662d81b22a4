"""Routings, control plans and FMEA rows, as stations, pages and documents ask for them."""

from __future__ import annotations

from django.db.models import Case, OuterRef, QuerySet, Subquery, When

from packline.design.models import Design
from packline.process.models import Characteristic, FailureMode, Operation, Routing

__all__ = [
    "control_plan",
    "failure_modes_by_priority",
    "operations_of_routing",
    "routing_of_design",
    "routings_to_build",
]


def routing_of_design(design: Design) -> Routing | None:
    """Return the latest routing of a design."""
    return Routing.objects.filter(design=design).order_by("-revision").first()


def routings_to_build() -> QuerySet[Routing]:
    """Return the latest routing of each released design whose program is open."""
    latest = Routing.objects.filter(design=OuterRef("design")).order_by("-revision")
    return (
        Routing.objects.filter(
            pk=Subquery(latest.values("pk")[:1]),
            design__state="released",
            design__program__state="open",
        )
        .select_related("design__program", "design__cell")
        .order_by("design__program__code")
    )


def operations_of_routing(routing: Routing) -> QuerySet[Operation]:
    """Return the operations in the order in which they are done, with their checks at hand."""
    return routing.operations.order_by("number").prefetch_related("characteristics")


def control_plan(routing: Routing) -> QuerySet[Characteristic]:
    """Return the rows of the control plan, operation by operation."""
    return (
        Characteristic.objects.filter(operation__routing=routing)
        .select_related("operation__routing__design__program")
        .order_by("operation__number", "code")
    )


def failure_modes_by_priority(routing: Routing) -> QuerySet[FailureMode]:
    """Return the rows of the process FMEA: severity first, then action priority, then RPN."""
    return (
        FailureMode.objects.filter(operation__routing=routing)
        .select_related("operation", "characteristic")
        .alias(rank=_priority_rank())
        .order_by("-s", "rank", "-rpn", "ref")
    )


def _priority_rank() -> Case:
    """Order H before M before L, which the alphabet does not."""
    return Case(When(ap="H", then=0), When(ap="M", then=1), default=2)
