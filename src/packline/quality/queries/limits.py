"""Which limits are in force for which stream of points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Count, Q, QuerySet

from packcalc.stats.charts.chart import read_baseline
from packline.process.models import Characteristic
from packline.quality.calc.charts import ChartPoint, Frozen
from packline.quality.models import ControlLimits

__all__ = ["frozen_of", "in_force", "stream_of", "versions_of"]


def in_force(checks: Iterable[Characteristic]) -> dict[int, dict[tuple[str, str], Frozen]]:
    """Return characteristic -> (station, gauge) -> the limits in force; one query."""
    wanted = list(checks)
    found: dict[int, dict[tuple[str, str], Frozen]] = {check.pk: {} for check in wanted}
    rows = ControlLimits.objects.filter(
        characteristic__in=wanted, superseded_at__isnull=True
    ).select_related("station", "gauge")
    for limits in rows:
        frozen = frozen_of(limits)
        found[limits.characteristic_id][frozen.station, frozen.gauge] = frozen
    return found


def stream_of(
    point: ChartPoint, streams: Mapping[tuple[str, str], object]
) -> tuple[str, str] | None:
    """Return the stream that a point belongs to: the one that says most about it."""
    for key in (
        (point.station, point.gauge),
        (point.station, ""),
        ("", point.gauge),
        ("", ""),
    ):
        if key in streams:
            return key
    return None


def frozen_of(limits: ControlLimits) -> Frozen:
    """Return stored limits as the calculation takes them."""
    return Frozen(
        number=limits.number,
        version=limits.version,
        station=limits.station.code if limits.station else "",
        gauge=limits.gauge.code if limits.gauge else "",
        since=limits.frozen_at,
        baseline=read_baseline(limits.baseline_text),
        superseded=limits.superseded_at is not None,
        rules=tuple(limits.rules.split()),
    )


def versions_of(check: Characteristic) -> QuerySet[ControlLimits]:
    """Return every version of every stream of a characteristic, the latest first."""
    return (
        ControlLimits.objects.filter(characteristic=check)
        .select_related("station", "gauge", "frozen_by")
        .annotate(
            n_points=Count("points", filter=Q(points__excluded_because="")),
            n_excluded=Count("points", filter=~Q(points__excluded_because="")),
        )
        .order_by("stream", "-version")
    )
