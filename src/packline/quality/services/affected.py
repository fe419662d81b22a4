"""Stopping every unit that was measured with a gauge found out of tolerance."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.commands import command, unchanged
from packline.foundation.errors import Refused
from packline.foundation.models import Person
from packline.production.queries.affected import affected_by
from packline.quality.models import Nonconformance
from packline.quality.services.opening import open_nonconformance
from packline.resources.models import Calibration

__all__ = ["hold_affected_units"]


@command("quality.open_nonconformance")
def hold_affected_units(
    *, calibration: Calibration, reason: str = "", by: Person, at: datetime
) -> list[Nonconformance]:
    """Hold each unit that a calibration puts in doubt, with a nonconformance of its own.

    A scrapped unit is left alone; a unit that was stopped for this calibration before is not
    stopped again. A released one is held too: where it is, and who must be told, is for whoever
    decides on its nonconformance.
    """
    affected = affected_by(calibration)
    units = list(affected.units.exclude(state="scrapped"))
    if not units:
        raise Refused(f"{calibration} puts no unit in doubt")
    since = "it was first used" if affected.good is None else affected.good.calibrated_on
    title = f"Measured with gauge {calibration.gauge} since {since}: found out of tolerance"
    known = set(
        Nonconformance.objects.filter(
            cause__in=[_cause(calibration, unit.serial) for unit in units]
        ).values_list("cause", flat=True)
    )
    opened = [
        open_nonconformance(
            cause=_cause(calibration, unit.serial),
            defect_code="gauge",
            title=f"{title}. {reason}".strip(". "),
            unit=unit,
            by=by,
            at=at,
        )
        for unit in units
        if _cause(calibration, unit.serial) not in known
    ]
    return opened or unchanged(opened)


def _cause(calibration: Calibration, serial: str) -> str:
    return f"resources.calibration:{calibration}>{serial}"
