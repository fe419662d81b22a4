"""What surrounds a signal: its stream as a picture, and what the same gauge and tool gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString

from packline.production.models import Order, Unit
from packline.quality.calc.charts import ChartPoint, ControlFigure
from packline.quality.models import Reaction, Signal
from packline.quality.queries import charts_of_order
from packline.quality.queries.limits import frozen_of
from packline.quality.queries.tools import Tooling, tooling_of
from packline.site.control_picture import picture_of, statistic_of
from packline.site.points import Address

__all__ = ["Near", "Surroundings", "around"]

BEFORE, AFTER = 6, 6  # readings of the same gauge and station, in the table
IN_PICTURE = 30  # points on either side of a signal
MAY_BE_HELD = ("planned", "building", "passed", "released", "held")


@dataclass(frozen=True, slots=True)
class Near:
    """A point in the table of those around a signal."""

    number: int
    point: ChartPoint
    value: float
    codes: str
    signal: bool  # of this reaction
    url: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything that stands around a signal, in the order of its latest point."""

    order: Order | None
    url: str  # of the chart, with the first point chosen
    picture: SafeString
    near: Sequence[Near]
    units: Sequence[Unit]  # measured around it, that may be held
    statistic: str
    gauge: str
    station: str
    tools: tuple[str, ...] = ()


def around(reaction: Reaction, signals: Sequence[Signal], orders: QuerySet[Order]) -> Surroundings:
    """Return what stands around the points of a reaction."""
    frozen = frozen_of(reaction.limits)
    address = Address(frozen.station, frozen.gauge, frozen.number)
    order = (
        orders.filter(units__steps=signals[-1].step_id).select_related("routing").first()
        if signals
        else None
    )
    if order is None:
        return Surroundings(None, "", SafeString(""), (), (), "", "", "")
    check = reaction.limits.characteristic
    (figure,) = charts_of_order(
        order, [check], judged_by=frozen, station=frozen.station, gauge=frozen.gauge
    )
    steps = {str(signal.step) for signal in signals}
    numbers = [n for n, p in enumerate(figure.points, start=1) if p.step in steps]
    page = reverse("chart", args=[order.number, check.code])
    if not numbers:
        return Surroundings(order, page, SafeString(""), (), (), "", "", "")
    first, last = numbers[0], numbers[-1]
    point = figure.points[first - 1]
    tooling = tooling_of(check, point)
    near = _near(figure, first, last, steps, page, address, tooling)
    serials = {n.point.serial for n in near}
    return Surroundings(
        order=order,
        url=page + address.query(point),
        picture=picture_of(
            figure,
            address,
            start=max(0, first - 1 - IN_PICTURE),
            stop=min(len(figure.points), last + IN_PICTURE),
            chosen=first,
            at=page,
            target="",
        ),
        near=near,
        units=list(
            Unit.objects.filter(serial__in=serials, state__in=MAY_BE_HELD).order_by("serial")
        ),
        statistic=statistic_of(figure),
        gauge=point.gauge,
        station=point.station,
        tools=tooling.codes,
    )


def _near(
    figure: ControlFigure,
    first: int,
    last: int,
    steps: set[str],
    page: str,
    address: Address,
    tooling: Tooling,
) -> list[Near]:
    """Return the points of the same gauge, tool and station around the first signal and latest."""
    where = figure.points[first - 1]
    same = [
        n
        for n, p in enumerate(figure.points, start=1)
        if n == first or ((p.gauge, p.station) == (where.gauge, where.station) and tooling.same(p))
    ]
    begin = same.index(first)
    latest = max(k for k, n in enumerate(same) if n <= last)
    shown = sorted({n for k in (begin, latest) for n in same[max(0, k - BEFORE) : k + 1 + AFTER]})
    values = figure.plotted()
    return [
        Near(
            number=n,
            point=figure.points[n - 1],
            value=values[n - 1],
            codes=", ".join(dict.fromkeys(f.rule.code for f in figure.fired(n))),
            signal=figure.points[n - 1].step in steps,
            url=page + address.query(figure.points[n - 1]),
        )
        for n in shown
    ]
