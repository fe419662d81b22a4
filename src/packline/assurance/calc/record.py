"""The one JSON text of a device history, which is hashed, sealed and attached."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from packline.assurance.calc.dhr import DeviceHistory
from packline.foundation.chain import canonical

__all__ = ["FORMAT", "to_json", "to_record"]

FORMAT = "packline.device-history/1"


def to_record(history: DeviceHistory) -> dict[str, Any]:
    """Return the record as plain values: the format, then one entry per section."""
    return {"format": FORMAT, **asdict(history)}


def to_json(history: DeviceHistory) -> str:
    """Write the record as the one JSON text that is hashed and attached.

    The same history gives the same text on every machine: sorted keys, no spaces, numbers in
    their shortest exact form. A number that is not finite is refused with ValueError.
    """
    return canonical(to_record(history))
