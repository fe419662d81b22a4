"""The story of a unit as EPCIS 2.0 events in JSON-LD, for who asks in that language.

Kinds of event, required fields, business steps and dispositions are those of GS1 EPCIS 2.0 and
CBV 2.0 as their JSON Schema states them (github.com/gs1/EPCIS, JSON-Schema). What can be taken
out again is an association, what is used up in making something a transformation, what is packed
an aggregation, and what happens to the unit itself an object event. A unit with a GTIN is named
by its GS1 Digital Link; what has no GS1 key is named by a URN of ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from packline.foundation.chain import canonical

__all__ = ["Moved", "epc_of", "epcis_document", "movement", "observed"]

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
# UN/ECE Recommendation 20 codes of the base units; pieces have none.
UNIT_CODES = {"mm": "MMT", "mg": "MGM", "mm3": "MMQ"}
USED_UP = ("nickel", "adhesive", "potting", "solder", "tape", "paste")  # never taken out again
BOXES = ("box", "pallet")

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Moved:
    """Parts of one assembly that went in, or came out, at one moment."""

    at: datetime
    parent: str
    parent_kind: str
    into: bool
    pieces: Sequence[str] = ()
    quantities: Sequence[tuple[str, int, str]] = ()  # class, quantity, base unit
    used_up: Sequence[tuple[str, int, str]] = field(default=())


def epc_of(kind: str, number: str, gtin: str = "") -> str:
    """Name a part by a URI: a Digital Link if it has a GTIN, else a URN of ours."""
    if gtin:
        return f"https://id.gs1.org/01/{gtin}/21/{quote(number, safe='')}"
    return f"urn:x-packline:{quote(kind, safe='')}:{quote(number, safe='')}"


def observed(
    epc: str,
    at: datetime,
    *,
    step: str,
    disposition: str,
    action: str = "OBSERVE",
    station: str = "",
) -> Event:
    """Return what happened to one object as an object event."""
    event: Event = {
        "type": "ObjectEvent",
        **_time(at),
        "epcList": [epc],
        "action": action,
        "bizStep": step,
        "disposition": disposition,
    }
    if station:
        event["readPoint"] = {"id": epc_of("station", station)}
    return event


def movement(moved: Moved) -> list[Event]:
    """Return parts that went in or came out as association, aggregation or transformation."""
    events: list[Event] = []
    if moved.pieces or moved.quantities:
        packing = moved.parent_kind in BOXES
        steps = ("packing", "unpacking") if packing else ("assembling", "disassembling")
        event: Event = {
            "type": "AggregationEvent" if packing else "AssociationEvent",
            **_time(moved.at),
            "parentID": moved.parent,
            "action": "ADD" if moved.into else "DELETE",
            "bizStep": steps[0] if moved.into else steps[1],
        }
        if moved.pieces:
            event["childEPCs"] = list(moved.pieces)
        if moved.quantities:
            event["childQuantityList"] = [_quantity(*q) for q in moved.quantities]
        events.append(event)
    if moved.used_up and moved.into:
        made = moved.parent
        events.append(
            {
                "type": "TransformationEvent",
                **_time(moved.at),
                "inputQuantityList": [_quantity(*q) for q in moved.used_up],
                "outputEPCList": [made],
                "bizStep": "assembling",
            }
        )
    return events


def epcis_document(events: Iterable[Event], *, at: datetime) -> dict[str, Any]:
    """Return the document of these events in the order of their times, each named by content."""
    told = sorted(events, key=lambda event: (event["eventTime"], event["type"], canonical(event)))
    return {
        "@context": [CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": _stamp(at),
        "epcisBody": {
            "eventList": [
                {
                    "eventID": "urn:x-packline:event:"
                    + hashlib.sha256(canonical(event).encode()).hexdigest(),
                    **event,
                }
                for event in told
            ]
        },
    }


def _time(at: datetime) -> Event:
    return {"eventTime": _stamp(at), "eventTimeZoneOffset": "+00:00"}


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _quantity(kind: str, quantity: int, unit_code: str) -> Event:
    """Return an exact quantity; the unit is left out for pieces."""
    said: Event = {"epcClass": kind, "quantity": quantity}
    if unit_code in UNIT_CODES:
        said["uom"] = UNIT_CODES[unit_code]
    return said
