"""What the pages of a device history record show: the record's facts as text, in reading order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from packline.assurance.calc.dhr import (
    CellFact,
    DeviceHistory,
    NonconformanceFact,
    ReadingFact,
    SignatureFact,
    StepFact,
)
from packline.assurance.calc.view_joints import joints_view
from packline.assurance.calc.view_twins import twin_view
from packline.assurance.calc.wording import (
    aligned,
    allowed,
    breakable,
    figure,
    is_attribute,
    moment,
    observed,
    verdict,
)
from packline.production.calc.quantities import in_words

__all__ = ["NOT_FOR_SHIPMENT", "history_view"]

NOT_FOR_SHIPMENT = "VIRTUAL – NOT FOR SHIPMENT"


def history_view(history: DeviceHistory, *, key_id: str) -> dict[str, Any]:
    """Return the texts of the pages by section."""
    head = history.header
    return {
        "serial": head.serial,
        "title": head.title,
        "banner": NOT_FOR_SHIPMENT if head.virtual else "",
        "state": head.state,
        "good": head.released and not head.virtual,
        "issued": moment(head.issued_at),
        "key_id": key_id,
        "facts": _facts(history),
        "figures": _figures(history),
        "release": _release(history),
        "resistance": _resistance_label(history),
        "cells": _cells(history),
        "removed": [
            [*row, moment(cell.removed_at)]
            for cell, row in zip(history.removed, _cell_rows(history.removed), strict=True)
        ],
        "parts": [
            [
                p.kind,
                breakable(p.serial, 30),
                str(p.position),
                in_words(p.quantity, p.unit_code),
                moment(p.installed_at),
            ]
            for p in history.parts
        ],
        "steps": [_step(step) for step in history.steps],
        "joints": [joints_view(joints, n) for n, joints in enumerate(history.joints)],
        "twin": twin_view(history.twins),
        "residuals": [
            {
                "title": f"Residual of {breakable(r.row)}",
                "rows": [["Reason", breakable(r.reason)], ["Valid until", moment(r.expires_at)]],
                "signatures": [_signature(r.signed)],
            }
            for r in history.residuals
        ],
        "holds": [
            [
                breakable(h.reason),
                f"{breakable(h.placed_by)}, {moment(h.placed_at)}",
                f"{breakable(h.lifted_because)}, {moment(h.lifted_at)}" if h.lifted_at else "open",
            ]
            for h in history.holds
        ],
        "deviations": [
            {
                "title": breakable(d.name),
                "rows": [
                    ["Step", _wide(d.row)],
                    ["Reason", breakable(d.reason)],
                    ["Valid until", moment(d.expires_at)],
                ],
                "signatures": [_signature(d.signed)],
            }
            for d in history.deviations
        ],
        "nonconformances": [_nonconformance(n) for n in history.nonconformances],
        "verification": [
            {
                "row": [
                    breakable(v.requirement),
                    breakable(v.statement),
                    breakable(v.method),
                    breakable(v.acceptance),
                    breakable(v.observed),
                    breakable(v.evidence),
                ],
                "verdict": v.verdict + (" (sample)" if v.sample else ""),
                "good": v.verdict in ("pass", "conceded"),
            }
            for v in history.verification
        ],
        "identification": _identification(history),
        "chain": [
            [str(e.seq), moment(e.at), breakable(e.by), breakable(e.verb, 40), e.hash[:16]]
            for e in history.chain
        ],
        "head": {
            "seq": str(history.chain[-1].seq) if history.chain else "0",
            "hash": history.chain[-1].hash if history.chain else "",
        },
    }


def _facts(history: DeviceHistory) -> list[list[str]]:
    head = history.header
    return [
        ["Serial number", head.serial],
        ["Product", _wide(head.title)],
        ["Customer", _wide(head.customer)],
        ["Program", _wide(f"{head.program}, revision {head.program_revision}")],
        ["Application", head.playbook],
        ["Design", f"revision {head.design_revision}, {head.topology}"],
        ["Cell", _wide(head.cell)],
        ["Routing", f"revision {head.routing_revision}"],
        ["Order", _wide(head.order)],
        ["Firmware", _wide(history.identification.firmware_version or "none")],
        ["Made", f"{moment(head.made_from)} to {moment(head.made_to)}"],
        ["Label", _wide(head.gs1)],
    ]


def _wide(text: str) -> str:
    return breakable(text, longest=60)


def _figures(history: DeviceHistory) -> list[list[str]]:
    readings = [r for step in history.steps for r in step.readings]
    failed = sum(not r.passed for r in readings) + sum(j.n_failed for j in history.joints)
    return [
        [str(sum(len(g.cells) for g in history.groups)), "cells"],
        [str(sum(j.n for j in history.joints)), "joint values"],
        [str(len(readings)), "readings"],
        [str(failed), "out of limits"],
        [str(len(history.nonconformances)), "nonconformances"],
        [str(len(history.verification)), "requirements"],
        [str(len(history.chain)), "chained events"],
    ]


def _release(history: DeviceHistory) -> dict[str, Any]:
    release = history.release
    return {
        "outcome": release.outcome,
        "signature": _signature(release.signature),
        "checklist": list(release.checklist),
        "seq": str(release.head_seq),
        "hash": release.head_hash,
        "head_signature": release.head_signature,
    }


def _signature(signature: SignatureFact) -> dict[str, str]:
    return {
        "name": signature.name,
        "person": signature.person,
        "role": signature.role,
        "meaning": signature.meaning,
        "at": moment(signature.at)
        + (f", signature {signature.signature[:16]}" if signature.signature else ""),
    }


def _resistance_label(history: DeviceHistory) -> str:
    cells = [c for g in history.groups for c in g.cells]
    if any(c.dc_resistance_mohm is not None for c in cells):
        return "DC resistance / mΩ"
    return "AC IR / mΩ"


def _cells(history: DeviceHistory) -> list[dict[str, Any]]:
    """One row per cell in place; the first of each group is marked."""
    firsts = {group.cells[0] for group in history.groups if group.cells}
    cells = [cell for group in history.groups for cell in group.cells]
    return [
        {"row": row, "first": cell in firsts}
        for cell, row in zip(cells, _cell_rows(cells), strict=True)
    ]


def _cell_rows(cells: Sequence[CellFact]) -> list[list[str]]:
    """Figures are aligned down the whole column, so that an outsider shows."""
    resistances = [
        c.ac_ir_mohm if c.dc_resistance_mohm is None else c.dc_resistance_mohm for c in cells
    ]
    columns = (
        [c.position for c in cells],
        [breakable(c.serial, 24) for c in cells],
        [breakable(c.lot, 24) for c in cells],
        aligned([c.capacity_ah for c in cells]),
        aligned([c.ocv_v for c in cells]),
        aligned(resistances),
    )
    return [list(row) for row in zip(*columns, strict=True)]


def _step(step: StepFact) -> dict[str, Any]:
    return {
        "title": f"{step.operation}  {step.title}",
        "attempt": f"attempt {step.attempt}" if step.attempt > 1 else "",
        "state": step.state,
        "tone": {"failed": "bad", "superseded": "quiet"}.get(step.state, "good"),
        "by": f"{step.operator_name} at {step.station}",
        "times": f"{moment(step.started_at)} to {moment(step.finished_at)}",
        "characteristics": [
            _characteristic(list(readings))
            for _, readings in groupby(step.readings, key=lambda r: r.characteristic)
        ],
    }


def _characteristic(readings: Sequence[ReadingFact]) -> dict[str, Any]:
    """One line per characteristic; where it was read at many places, every place is named."""
    first = readings[0]
    bounds = {(r.low, r.high, r.accept_low, r.accept_high) for r in readings}
    worst = all(r.passed for r in readings)
    values = [r.value for r in readings]
    if len(readings) == 1:
        summary = _value(first)
    elif is_attribute(first.low, first.high, first.unit_code):
        summary = f"{sum(r.passed for r in readings)} of {len(readings)} good"
    else:
        smallest, largest = figure(min(values)), figure(max(values), first.unit_code)
        summary = f"{len(readings)} × {smallest} to {largest}"
    return {
        "name": first.name,
        "limits": _allowed(first) if len(bounds) == 1 else "by place",
        "value": summary,
        "gauge": breakable(first.gauge or "–")
        + (" (virtual)" if any(r.virtual for r in readings) else ""),
        "verdict": verdict(worst),
        "good": worst,
        "places": _places(readings, bounded=len(bounds) > 1) if len(readings) > 1 else [],
        "place": _where(first) if len(readings) == 1 else "",
    }


def _where(reading: ReadingFact) -> str:
    return f"{reading.per} {reading.position}" if reading.position else ""


def _allowed(reading: ReadingFact) -> str:
    return allowed(
        reading.low, reading.high, reading.unit_code, reading.accept_low, reading.accept_high
    )


def _value(reading: ReadingFact) -> str:
    return observed(reading.value, reading.low, reading.high, reading.unit_code)


def _places(readings: Sequence[ReadingFact], *, bounded: bool) -> list[dict[str, Any]]:
    texts = aligned([r.value for r in readings])
    return [
        {
            "place": _where(r),
            "value": f"{text} ({_allowed(r)})" if bounded else text,
            "good": r.passed,
        }
        for r, text in zip(readings, texts, strict=True)
    ]


def _nonconformance(fact: NonconformanceFact) -> dict[str, Any]:
    return {
        "number": fact.number,
        "title": breakable(fact.title),
        "rows": [
            ["Defect", fact.defect],
            ["Cause", _wide(fact.cause)],
            ["Opened", moment(fact.opened_at)],
            ["Disposition", fact.disposition or "none"],
            ["Reason", breakable(fact.justification) or "–"],
            ["State", fact.state],
        ],
        "signatures": _signatures(fact.signatures),
    }


def _signatures(signatures: Iterable[SignatureFact]) -> list[dict[str, str]]:
    return [_signature(s) for s in signatures]


def _identification(history: DeviceHistory) -> list[list[str]]:
    carried = history.identification
    return [
        ["Label (GS1)", _wide(carried.label)],
        ["Firmware version", _wide(carried.firmware_version or "none")],
        ["Firmware SHA-256", carried.firmware_sha256 or "–"],
    ]
