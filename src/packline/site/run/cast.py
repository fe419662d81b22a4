"""Who and what acts in a run: named virtual people, virtual stations, virtual gauges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from packline.foundation.models import Person
from packline.foundation.people import admit_person, first_person
from packline.process.models import Routing
from packline.resources.models import Gauge, Station
from packline.resources.services import qualify_person, register_gauge, register_station

__all__ = ["Cast", "Equipment", "equip", "gather"]

NAMES = {
    "planner": ("v.planner", "Paula", "Lindqvist"),
    "engineer": ("v.engineer", "Emil", "Novak"),
    "operator": ("v.operator", "Otto", "Brandt"),
    "inspector": ("v.inspector", "Ida", "Moreau"),
    "approver": ("v.approver", "Anna", "Okafor"),
}
ADMINISTRATOR = "v.administrator"
INSPECTED = ("incoming", "eol", "final")  # operations that the inspector does, not the builder
VALID_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Cast:
    """The virtual people of a run, by role. None of them can sign in."""

    planner: Person
    engineer: Person
    operator: Person
    inspector: Person
    approver: Person

    def at_operation(self, code: str) -> Person:
        """Return who does an operation: the inspector never inspects what he built."""
        return self.inspector if code in INSPECTED else self.operator


@dataclass(frozen=True, slots=True)
class Equipment:
    """The virtual stations and gauges of a line, by kind."""

    stations: dict[str, Station]
    gauges: dict[str, Gauge]


def gather(at: datetime) -> Cast:
    """Return the virtual people, admitting those who are not there yet."""
    people = {p.username: p for p in Person.objects.filter(virtual=True)}
    administrator = people.get(ADMINISTRATOR) or first_person(
        username=ADMINISTRATOR, password=None, virtual=True, at=at
    )
    cast = {}
    for role, (username, first_name, last_name) in NAMES.items():
        cast[role] = people.get(username) or admit_person(
            username=username,
            first_name=first_name,
            last_name=last_name,
            roles=(role,),
            virtual=True,
            by=administrator,
            at=at,
        )
    return Cast(**cast)


def equip(cast: Cast, routing: Routing, at: datetime) -> Equipment:
    """Return virtual stations and gauges for every operation, and train who works there."""
    day = at.date()
    until = day + VALID_FOR
    stations: dict[str, Station] = {}
    gauges: dict[str, Gauge] = {}
    for operation in routing.operations.order_by("number").prefetch_related("characteristics"):
        kind = operation.station_kind
        stations[kind] = register_station(
            code=f"V-{kind}", kind=kind, virtual=True, by=cast.engineer, at=at
        )
        for gauge_kind in {c.gauge_kind for c in operation.characteristics.all()} - {"none"}:
            gauges[gauge_kind] = register_gauge(
                code=f"V-{gauge_kind}",
                kind=gauge_kind,
                calibrated_on=day,
                due_on=until,
                virtual=True,
                by=cast.engineer,
                at=at,
            )
        qualify_person(
            person=cast.at_operation(operation.code),
            operation_code=operation.code,
            granted_on=day,
            expires_on=until,
            by=cast.engineer,
            at=at,
        )
    return Equipment(stations, gauges)
