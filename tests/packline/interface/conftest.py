"""A station with a token, and Otto signed in at it."""

import itertools
import json
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.test import Client

from packline.resources.calc.tokens import SCOPES
from packline.resources.models import Attendance
from packline.resources.services import attend_station, issue_token
from packline.site.api.rates import rates
from tests.packline.world import build_world, order_in

ROOT = "/api/v1"


@dataclass
class Station:
    """A station at the interface: requests as its software would send them."""

    token: str
    attendance: str = ""
    client: Client = field(default_factory=Client)
    keys: itertools.count = field(default_factory=lambda: itertools.count(1))

    def headers(self, **more):
        headers = {"Authorization": f"Bearer {self.token}"}
        if self.attendance:
            headers["Packline-Attendance"] = self.attendance
        return headers | {name.replace("_", "-"): value for name, value in more.items()}

    def get(self, path, **headers):
        return self.client.get(ROOT + path, headers=self.headers(**headers))

    def post(self, path, body=None, *, key=None, content_type="application/json", **headers):
        key = key if key is not None else f"key-{id(self)}-{next(self.keys)}"
        content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        return self.client.post(
            ROOT + path, data=content, content_type=content_type,
            headers=self.headers(Idempotency_Key=key, **headers),
        )  # fmt: skip

    def start(self, serial, operation, **how):
        return self.post(f"/units/{serial}/steps", {"operation": operation}, **how)

    def read(self, serial, operation, readings, *, taken_at, attempt=1, **how):
        body = {"readings": readings, "taken_at": taken_at, "program_version": "test"}
        return self.post(f"/units/{serial}/steps/{operation}/{attempt}/readings", body, **how)

    def finish(self, serial, operation, attempt=1, **how):
        return self.post(f"/units/{serial}/steps/{operation}/{attempt}/finish", **how)


@pytest.fixture
def world(people, now):
    """A plant with an order of two matched units."""
    world = build_world(people, now)
    order_in(world, people, now)
    return world


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    """The clock of the interface, which a test may set."""

    @dataclass
    class Set:
        at: object

    found = Set(now)
    monkeypatch.setattr("packline.site.api.speaker.moment", lambda: found.at)
    rates.__init__(rates.per_s)
    return found


@pytest.fixture
def station_of(world, people, now):
    """Give a station of some kind a token, and sign Otto in at it."""

    def give(kind, scopes=tuple(SCOPES), signed_in=True, days=30):
        place = world.stations[kind]
        _, token = issue_token(
            station=place, name=f"rig at {place}", scopes=scopes,
            expires_at=now + timedelta(days=days), by=people.admin, at=now,
        )  # fmt: skip
        station = Station(token)
        if signed_in:
            began = attend_station(station=place, by=people.operator, at=now)
            station.attendance = Attendance.objects.get(pk=began.pk).code
        return station

    return give


def kit_count(value=4):
    """The one reading of kitting."""
    return [{"code": "kit_cell_count", "value": value, "unit": "1"}]
