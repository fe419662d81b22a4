"""What a decision is signed about: the nonconformance as it stood, with what was out of limits."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC

from packline.foundation.events import canonical
from packline.production.queries.failed import failed_values
from packline.quality.models import Nonconformance

__all__ = ["decision_differences", "record_sha256"]


def record_sha256(nonconformance: Nonconformance) -> str:
    """Return the SHA-256 of what lies before whoever decides; nothing of it changes afterwards."""
    step = nonconformance.step
    out = []
    if step is not None:
        for characteristic in step.operation.characteristics.order_by("code"):
            values = failed_values(step, characteristic)
            if values:
                out.append({"characteristic": characteristic.code, "values": values})
    cells = nonconformance.cells.select_related("cell").order_by("cell__serial", "code")
    text = canonical(
        {
            "nonconformance": nonconformance.number,
            "about": str(nonconformance.unit or nonconformance.lot),
            "step": None if step is None else str(step),
            "defect": nonconformance.defect_code,
            "title": nonconformance.title,
            "cause": nonconformance.cause,
            "opened_at": nonconformance.opened_at.astimezone(UTC).isoformat(),
            "containment": nonconformance.containment,
            "out_of_limits": out,
            "cells": [
                {
                    "cell": str(c.cell),
                    "code": c.code,
                    "value": c.value,
                    "low": c.low,
                    "high": c.high,
                }
                for c in cells
            ],
        }
    )
    return hashlib.sha256(text.encode()).hexdigest()


def decision_differences(nonconformance: Nonconformance) -> list[tuple[str, str, str]]:
    """Return field, signed and found for everything that is no longer what was signed."""
    said = json.loads(nonconformance.statement)
    pairs = [
        ("disposition", said["meaning"], f"I decide: {nonconformance.disposition}"),
        ("justification", said["justification"], nonconformance.justification),
    ]
    if "record_sha256" in said:  # decisions before this was signed do not have it
        pairs.append(("record", said["record_sha256"], record_sha256(nonconformance)))
    return [pair for pair in pairs if pair[1] != pair[2]]
