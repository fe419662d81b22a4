"""Which program and unit an event belongs to: who may be told of it, and after what."""

from __future__ import annotations

from collections.abc import Callable

from packline.foundation.models import Event
from packline.production.models import Order, Unit
from packline.quality.models import ControlLimits, Nonconformance, Reaction

__all__ = ["OF_NO_PROGRAM", "PROGRAM_OF", "program_of", "stream_of"]

CHART = "characteristic__operation__routing__design__program__code"


def _before(mark: str) -> Callable[[str], str | None]:
    """Return what finds a program whose code begins the key, up to a mark."""
    return lambda key: key.partition(mark)[0] if mark in key else None


def _order(number: str) -> str | None:
    found = Order.objects.filter(number=number).values_list("program__code", flat=True)
    return found.first()


def _unit(serial: str) -> str | None:
    found = Unit.objects.filter(serial=serial).values_list("order__program__code", flat=True)
    return found.first()


def _released(key: str) -> str | None:
    return _unit(key.rpartition("/release")[0])


def _issued(key: str) -> str | None:
    return _unit(key.rsplit("/", 2)[0])


def _nonconformance(number: str) -> str | None:
    found = Nonconformance.objects.filter(number=number)
    return found.values_list("unit__order__program__code", flat=True).first()


def _limits(number: str) -> str | None:
    return ControlLimits.objects.filter(number=number).values_list(CHART, flat=True).first()


def _reaction(number: str) -> str | None:
    found = Reaction.objects.filter(number=number)
    return found.values_list(f"limits__{CHART}", flat=True).first()


# The table of a subject: how its key leads to the code of a program.
PROGRAM_OF: dict[str, Callable[[str], str | None]] = {
    "requirements.program": lambda code: code,
    "design.study": _before("/study/"),
    "design.design": _before("/design/"),
    "process.routing": _before("/design/"),
    "process.effectivity": _before("/design/"),
    "assurance.evidence": _before("/evidence/"),
    "production.order": _order,
    "production.unit": _unit,
    "assurance.release": _released,
    "assurance.document": _issued,
    "insight.report": lambda key: _order(key.rpartition("/report/")[0]),
    "quality.nonconformance": _nonconformance,
    "quality.controllimits": _limits,
    "quality.reaction": _reaction,
}
# What belongs to the house: only who sees everything is told of it.
OF_NO_PROGRAM = frozenset(
    {
        "assurance.seal",
        "catalog.cell",
        "foundation.person",
        "foundation.storedfile",
        "insight.subscription",
        "process.instruction",
        "process.instructionpicture",
        "process.recipe",
        "production.part",
        "production.parthold",
        "production.permit",
        "resources.controlleddocument",
        "resources.gauge",
        "resources.maintenanceplan",
        "resources.qualification",
        "resources.station",
        "resources.stationtoken",
        "resources.tool",
        "supply.cell",
        "supply.celllot",
        "supply.lotsample",
        "supply.samplingscheme",
    }
)


def program_of(event: Event) -> str | None:
    """Return the code of the program that an event belongs to; None for what is of the house."""
    table, _, key = event.subject.partition(":")
    find = PROGRAM_OF.get(table)
    return find(key) if find is not None else None


def stream_of(event: Event) -> str:
    """Return what an event is told in order with: the unit it is about, else its subject."""
    table, _, key = event.subject.partition(":")
    serial: str | None = None
    if table == "assurance.release":
        serial = key.rpartition("/release")[0]
    elif table == "assurance.document":
        serial = key.rsplit("/", 2)[0]
    elif table == "quality.nonconformance":
        found = Nonconformance.objects.filter(number=key)
        serial = found.values_list("unit__serial", flat=True).first()
    return event.subject if serial is None else f"production.unit:{serial}"
