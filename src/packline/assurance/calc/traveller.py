"""The traveller: what goes with a unit along the line, to be read and ticked at each station."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from packline.assurance.calc.pictures import qr_code
from packline.assurance.calc.typeset import typeset
from packline.assurance.calc.view import NOT_FOR_SHIPMENT
from packline.assurance.calc.wording import breakable, limits, moment

__all__ = ["Check", "Task", "Traveller", "make_traveller"]


@dataclass(frozen=True, slots=True)
class Check:
    """One characteristic to be measured, within its limits."""

    name: str
    per: str
    low: float | None
    high: float | None
    unit_code: str
    gauge: str
    ctq: bool


@dataclass(frozen=True, slots=True)
class Task:
    """One operation."""

    number: int
    title: str
    instruction: str
    station: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Traveller:
    """Which unit, and what is to be done with it."""

    serial: str
    gs1: str
    title: str
    customer: str
    order: str
    design: str
    cell: str
    routing: str
    firmware: str
    virtual: bool
    issued_at: str
    tasks: tuple[Task, ...]


def make_traveller(traveller: Traveller) -> bytes:
    """Return the traveller as PDF/A-3b; the same traveller gives the same bytes."""
    return typeset(
        "traveller.typ",
        _view(traveller),
        at=datetime.fromisoformat(traveller.issued_at),
        pictures={"code": qr_code(traveller.gs1 or traveller.serial)},
    )


def _view(traveller: Traveller) -> dict[str, Any]:
    return {
        "serial": traveller.serial,
        "banner": NOT_FOR_SHIPMENT if traveller.virtual else "",
        "issued": moment(traveller.issued_at),
        "facts": [
            ["Product", breakable(traveller.title, 50)],
            ["Customer", breakable(traveller.customer, 50)],
            ["Order", breakable(traveller.order, 50)],
            ["Design", f"{traveller.design}, routing revision {traveller.routing}"],
            ["Cell", breakable(traveller.cell, 50)],
            ["Firmware", breakable(traveller.firmware or "none", 50)],
        ],
        "tasks": [_task(task) for task in traveller.tasks],
    }


def _task(task: Task) -> dict[str, Any]:
    return {
        "number": str(task.number),
        "title": task.title,
        "instruction": task.instruction,
        "station": task.station.replace("_", " "),
        "checks": [
            {
                "name": check.name,
                "per": f"per {check.per}",
                "limits": limits(check.low, check.high, check.unit_code),
                "gauge": "" if check.gauge == "none" else check.gauge.replace("_", " "),
                "ctq": check.ctq,
            }
            for check in task.checks
        ],
    }
