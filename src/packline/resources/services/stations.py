"""What can be done about stations."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.commands import command, unchanged
from packline.foundation.errors import Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.resources.models import Station


@command("resources.register_station")
def register_station(*, code: str, kind: str, virtual: bool, by: Person, at: datetime) -> Station:
    """Make a station known; the same one again changes nothing."""
    known = Station.objects.filter(code=code).first()
    if known is not None:
        if (known.kind, known.virtual) != (kind, virtual):
            raise Refused(f"station {code} is known already, as another kind: {known.kind}")
        return unchanged(known)
    station = Station.objects.create(code=code, kind=kind, virtual=virtual)
    record("resources.station.registered", station, by=by, at=at, rows=[station])
    return station
