"""The story of a unit: what happened to it, to its cells and to its problems, in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from packline.foundation.events import subject_of
from packline.foundation.listeners import facts
from packline.foundation.models import Event
from packline.production.models import Unit
from packline.quality.models import Nonconformance
from packline.supply.models import CellLot

__all__ = ["Moment", "story_of"]

# verb: (what it is called, tone). What is not named here is shown in the words of its verb.
TOLD: Mapping[str, tuple[str, str]] = {
    "supply.lot.received": ("Cells received", ""),
    "supply.lot.inspected": ("Cells inspected", "good"),
    "supply.lot.held": ("Lot put on hold", "bad"),
    "supply.lot.freed": ("Hold of the lot lifted", "good"),
    "production.unit.planned": ("Serial given", ""),
    "production.unit.matched": ("Cells matched", ""),
    "production.parts.installed": ("Parts installed", ""),
    "production.cell.swapped": ("Cell replaced", "warn"),
    "production.step.finished": ("Operation finished", ""),
    "production.readings.taken": ("Readings out of limits", "bad"),
    "production.joints.taken": ("Joints out of limits", "bad"),
    "production.unit.simulated": ("Not what its own cells and joints explain", "bad"),
    "production.residual.accepted": ("Residual accepted by signature", "warn"),
    "production.unit.held": ("Held", "bad"),
    "production.hold.lifted": ("Hold lifted", "good"),
    "production.deviation.signed": ("Concession signed", "warn"),
    "production.operation.reopened": ("Rework ordered", "warn"),
    "production.unit.set_aside": ("Set aside as scrap", "bad"),
    "production.unit.scrapped": ("Scrapped", "bad"),
    "production.unit.passed": ("All operations passed", "good"),
    "production.unit.released": ("Moved to released", "good"),
    "quality.nonconformance.opened": ("Nonconformance opened", "warn"),
    "quality.nonconformance.contained": ("Nonconformance contained", ""),
    "quality.nonconformance.dispositioned": ("Disposition signed", "warn"),
    "quality.nonconformance.closed": ("Nonconformance closed", "good"),
    "assurance.unit.judged": ("Judged against the requirements", ""),
    "assurance.unit.released": ("Released by signature", "good"),
    "assurance.document.issued": ("Document issued", ""),
}
# These matter only when something was out of limits; the readings have a section of their own.
ONLY_IF_FAILED = (
    "production.readings.taken",
    "production.joints.taken",
    "production.unit.simulated",
)
# A lot's chain also tells of the cells of all other packs: only what concerns every cell of it.
OF_A_LOT = ("supply.lot.received", "supply.lot.inspected", "supply.lot.held", "supply.lot.freed")
LEFT_OUT = ("production.step.started",)
SAID = ("reason", "because", "justification", "disposition", "outcome", "kind", "note", "step")


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened."""

    at: datetime
    by: str
    title: str
    tone: str
    detail: str
    record: str  # whose chain it is on, and its number there


def story_of(
    unit: Unit,
    *,
    lots: Sequence[CellLot],
    nonconformances: Sequence[Nonconformance],
    documents: Sequence[str],
    names: Mapping[str, str],
) -> list[Moment]:
    """Return the story of a unit from its cells on; its chains are told as one.

    `names` says what operations and characteristics are called.
    """
    subjects = [
        subject_of(unit),
        *(subject_of(nonconformance) for nonconformance in nonconformances),
        f"assurance.release:{unit}/release",
        *(f"assurance.document:{name}" for name in documents),
    ]
    events = (
        Event.objects.filter(
            Q(subject__in=subjects)
            | Q(subject__in=[subject_of(lot) for lot in lots], verb__in=OF_A_LOT)
        )
        .exclude(verb__in=LEFT_OUT)
        .select_related("by")
        .order_by("at", "pk")
    )
    moments = (_moment(event, names) for event in events)
    return [moment for moment in moments if moment is not None]


def _moment(event: Event, names: Mapping[str, str]) -> Moment | None:
    data = facts(event)
    if event.verb in ONLY_IF_FAILED and not data.get("failed"):
        return None
    title, tone = TOLD.get(event.verb, (_spoken(event.verb), ""))
    if event.verb == "production.step.finished":
        title, tone = _step(data, names)
    return Moment(
        at=event.at,
        by=event.by.shown_name,
        title=title,
        tone=tone,
        detail=_detail(event.verb, data, names),
        record=f"{event.subject.partition(':')[2]} #{event.seq}",
    )


def _step(data: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, str]:
    state = str(data.get("verdict", ""))
    operation, _, attempt = str(data.get("step", "")).rpartition("/")
    key = operation.rpartition("/")[2]
    said = f"{names.get(key, key)}:"
    again = f", attempt {attempt}" if attempt != "1" else ""
    tones = {"passed": "good", "conceded": "warn", "failed": "bad"}
    return f"{said} {state or 'finished'}{again}", tones.get(state, "")


def _detail(verb: str, data: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if verb in ONLY_IF_FAILED:
        return _failed(data["failed"], names)
    if verb == "production.cell.swapped":
        return f"{data.get('old')} taken out, {data.get('new')} put in: {data.get('reason', '')}"
    if verb == "assurance.unit.judged":
        verdicts = list(data.get("verdicts", {}).values())
        return f"{sum(v in ('pass', 'conceded') for v in verdicts)} of {len(verdicts)} verified"
    if verb == "production.step.finished":
        return ""
    said = [
        str(data[key]).replace("_", " ") if key != "step" else str(data[key])
        for key in SAID
        if data.get(key)
    ]
    return "; ".join(said)


def _failed(keys: Sequence[str], names: Mapping[str, str]) -> str:
    """Count the failed readings by characteristic; a key is serial/operation/attempt/code/..."""
    codes = Counter(key.split("/")[3 if key.count("/") > 2 else 0] for key in keys)
    said = [
        f"{names.get(code, code)}, {n}" if n > 1 else names.get(code, code)
        for code, n in codes.items()
    ]
    return "; ".join(said)


def _spoken(verb: str) -> str:
    words = verb.split(".")[1:]
    return " ".join(words).replace("_", " ").capitalize()
