"""Whether station and gauges are the right ones, and fit for use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from packline.foundation.errors import Blocker
from packline.process.models import Operation
from packline.resources.models import Gauge, Station


def station_blocks(station: Station, operation: Operation) -> list[Blocker]:
    """Return the station, if it is not of the kind that the operation needs."""
    if station.kind == operation.station_kind:
        return []
    return [
        Blocker(
            f"station {station}",
            f"is a {station.kind}, and {operation.title} needs a {operation.station_kind}",
            "going to the right station",
            code="station_wrong_kind",
        )
    ]


def gauge_blocks(gauges: Sequence[Gauge], at: datetime) -> list[Blocker]:
    """Return the gauges whose calibration does not hold on the day."""
    day = at.date()
    return [
        Blocker(
            f"gauge {gauge}",
            f"is out of calibration on {day} (due {gauge.due_on})",
            "calibrating it",
            code="gauge_out_of_calibration",
        )
        for gauge in gauges
        if not gauge.calibrated_on <= day <= gauge.due_on
    ]
