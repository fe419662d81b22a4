"""What a person types to freeze the limits of a chart, read and checked before it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from packline.foundation.errors import DomainError
from packline.process.models import Characteristic
from packline.quality.calc.charts import ASKING_RULES, ControlFigure
from packline.quality.queries.reactions import explained_points
from packline.resources.models import Gauge, Station

__all__ = ["Freezing", "read_freezing", "typed_at_first"]

WAYS = {"": None, "within": "xbar_s", "between": "i_mr_s"}


@dataclass(frozen=True, slots=True)
class Freezing:
    """A freezing as it was typed."""

    station: Station | None
    gauge: Gauge | None
    kind: str | None
    since: datetime | None
    exclude: Mapping[str, str]
    rules: tuple[str, ...]
    reason: str
    despite_doubts: bool


def typed_at_first(check: Characteristic, figure: ControlFigure) -> dict[str, str]:
    """Return what stands in the form before anybody typed: points with a cause are left out."""
    explained = explained_points(check)
    lines = [
        f"{number}: {explained[point.step]}"
        for number, point in enumerate(figure.points, start=1)
        if point.step in explained and point.attempt == 1 and not point.n_failed
    ]
    return {"exclude": "\n".join(lines), "rules": " ".join(_rules_at_first(figure))}


def _rules_at_first(figure: ControlFigure) -> tuple[str, ...]:
    return figure.frozen.rules if figure.frozen else ASKING_RULES


def read_freezing(posted: QueryDict, figure: ControlFigure) -> Freezing:
    """Read the form; points are typed by their number on the chart.

    Raises
    ------
    DomainError
        If a line cannot be read or names a point that is not on the chart.
    """
    station, _, gauge = posted.get("stream", "").partition("|")
    way = posted.get("ways", "")
    if way not in WAYS:
        raise DomainError(f"{way} is no way to judge a mean; allowed: within, between")
    since = posted.get("since", "").strip()
    return Freezing(
        station=_station(station),
        gauge=_gauge(gauge),
        kind=_kind(way, figure),
        since=figure.points[_number(since, figure) - 1].taken_at if since else None,
        exclude=_excluded(posted.get("exclude", ""), figure),
        rules=tuple(posted.getlist("rule")),
        reason=posted.get("reason", "").strip(),
        despite_doubts="despite" in posted,
    )


def _station(code: str) -> Station | None:
    found = Station.objects.filter(code=code).first() if code else None
    if code and found is None:
        raise DomainError(f"there is no station {code}")
    return found


def _gauge(code: str) -> Gauge | None:
    found = Gauge.objects.filter(code=code).first() if code else None
    if code and found is None:
        raise DomainError(f"there is no gauge {code}")
    return found


def _kind(way: str, figure: ControlFigure) -> str | None:
    if way != "within":
        return WAYS[way]
    sizes = {len(p.values) for p in figure.points}
    return "xbar_r" if len(sizes) == 1 and max(sizes) <= 10 else "xbar_s"


def _excluded(text: str, figure: ControlFigure) -> dict[str, str]:
    found = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        number, colon, why = line.partition(":")
        if not colon:
            raise DomainError(f'"{line.strip()}": write each point as NUMBER: REASON')
        found[figure.points[_number(number, figure) - 1].step] = why.strip()
    return found


def _number(text: str, figure: ControlFigure) -> int:
    text = text.strip()
    if not text.isdecimal() or not 1 <= int(text) <= len(figure.points):
        raise DomainError(
            f'"{text}" is no point of the chart; there are 1 to {len(figure.points)}'
        )
    return int(text)
