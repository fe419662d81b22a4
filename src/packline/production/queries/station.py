"""What comes next: for a unit on its routing, and for a station among the units on the floor."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from packline.foundation.prepared import Prepared
from packline.process.models import Operation
from packline.production.models import Step, Unit
from packline.production.states import DONE
from packline.resources.models import Station

__all__ = ["next_operation", "waiting_at"]

ON_THE_FLOOR = ("planned", "building", "held")


_not_done = Prepared(
    lambda unit, routing: (
        Operation.objects.filter(routing=routing)
        .exclude(code="incoming")  # done on the cells, before there is a unit
        .exclude(Exists(Step.objects.filter(unit=unit, operation=OuterRef("pk"), state__in=DONE)))
        .order_by("number")[:1]
    )
)


def next_operation(unit: Unit) -> Operation | None:
    """Return the first operation of a unit's routing that is not done, or None."""
    return _not_done.first(unit=unit, routing=unit.order.routing_id)


def waiting_at(station: Station) -> QuerySet[Unit]:
    """Return the units whose next operation is done at stations of this kind, in their order."""
    here = Q()
    for operation in Operation.objects.filter(
        station_kind=station.kind, routing__orders__units__state__in=ON_THE_FLOOR
    ).distinct():
        before = Operation.objects.filter(
            routing=operation.routing_id, number__lt=operation.number
        ).exclude(code="incoming")
        done = Step.objects.filter(state__in=DONE)
        units = (
            Unit.objects.filter(order__routing=operation.routing_id, state__in=ON_THE_FLOOR)
            .annotate(
                behind=Count(
                    "steps__operation",
                    filter=Q(steps__state__in=DONE, steps__operation__in=before),
                    distinct=True,
                )
            )
            .filter(behind=before.count())
            .exclude(pk__in=done.filter(operation=operation).values("unit"))
        )
        here |= Q(pk__in=units.values("pk"))
    if not here:
        return Unit.objects.none()
    return Unit.objects.filter(here).select_related("order").order_by("order__number", "number")
