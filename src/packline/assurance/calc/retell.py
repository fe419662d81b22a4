"""Comparing the facts of a record with what its own events said when they happened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from packline.assurance.calc.verdict import Finding
from packline.foundation.chain import canonical

__all__ = ["fact_differences"]

# What is compared: facts of the record that have the same name in the row that an event told.
_LIMITED = (
    "unit_code",
    "low",
    "high",
    "accept_low",
    "accept_high",
    "gauge",
    "guard_study",
    "taken_at",
    "virtual",
)
_FIELDS: dict[str, tuple[str, ...]] = {
    "reading": (
        "value",
        "passed",
        "position",
        "characteristic_revision",
        "program_version",
        *_LIMITED,
    ),
    "step": ("attempt", "state", "started_at", "finished_at", "operator", "station"),
    "jointset": (
        "n",
        "n_failed",
        "least_value",
        "median_value",
        "greatest_value",
        "worst_position",
        "file",
        *_LIMITED,
    ),
    "link": ("child", "quantity", "installed_at", "removed_at"),
    "hold": ("reason", "cause", "placed_at", "placed_by", "lifted_at", "lifted_because"),
    "deviation": ("reason", "expires_at"),
    "twin": (
        "stage",
        "method",
        "model_version",
        "parameter_set",
        "parameter_sha256",
        "inputs_sha256",
        "coverage_ratio",
        "not_predicted",
        "passed",
        "simulated_at",
    ),
    "twinfigure": (
        "code",
        "position",
        "unit_code",
        "predicted",
        "measured",
        "shift",
        "residual",
        "tolerance",
        "one_way",
        "agrees",
        "parts_text",
    ),
    "twinconcession": ("reason", "expires_at"),
    "verdict": ("verdict", "observed", "evidence", "sample"),
}
_STAGES = {"verdict": "assurance"}  # the others are production's


def fact_differences(record: dict[str, Any]) -> Iterator[Finding]:
    """Yield each reading, step, hold ... that is not what the chain says, made up or left out."""
    told = _told(record["chain"])
    facts = {
        "reading": [reading for step in record["steps"] for reading in step["readings"]],
        "step": record["steps"],
        "jointset": record["joints"],
        "link": list(_links(record)),
        "hold": record["holds"],
        "deviation": record["deviations"],
        # Records issued before units were simulated have none, and their chains tell of none.
        "twin": record.get("twins", []),
        "twinfigure": [f for twin in record.get("twins", []) for f in twin["figures"]],
        "twinconcession": record.get("residuals", []),
        "verdict": record["verification"],
    }
    for kind, items in facts.items():
        rows = {item["row"]: item for item in items}
        table = f"{_STAGES.get(kind, 'production')}.{kind}"
        yield from _differences(kind, told.get(table, {}), rows, _FIELDS[kind])


def _links(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield everything built in, under the names that a link has."""
    cells = [cell for group in record["groups"] for cell in group["cells"]]
    for kind, parts in (
        ("group", record["groups"]),
        ("cell", [*cells, *record["removed"]]),
        ("", record["parts"]),
    ):
        for part in parts:
            named = kind or part["kind"] + ("-lot" if part["is_lot"] else "")
            yield {
                "quantity": 1,
                **part,
                "child": f"{named}:{part['serial']}",
                "removed_at": part.get("removed_at"),
            }


def _told(chain: list[dict[str, Any]]) -> dict[str, dict[str, tuple[str, dict[str, Any]]]]:
    """Return by table and key the last state that the events told, and which event did."""
    told: dict[str, dict[str, tuple[str, dict[str, Any]]]] = {}
    for event in chain:
        for row in json.loads(event["text"])["rows"]:
            name = f"event {event['seq']} {event['verb']}"
            told.setdefault(row["table"], {})[row["key"]] = (name, row["fields"])
    return told


def _differences(
    kind: str,
    told: dict[str, tuple[str, dict[str, Any]]],
    facts: dict[str, dict[str, Any]],
    fields: tuple[str, ...],
) -> Iterator[Finding]:
    for key, fact in facts.items():
        if key not in told:
            yield Finding(f"{kind} {key}", "no event of the chain tells of it")
            continue
        event, row = told[key]
        for field in fields:
            if field in row and canonical(row[field]) != canonical(fact.get(field)):
                yield Finding(
                    f"{kind} {key}",
                    f"differs from {event};",
                    field,
                    canonical(row[field]),
                    canonical(fact.get(field)),
                )
    for key in sorted(told.keys() - facts.keys()):
        yield Finding(f"{kind} {key}", f"told by {told[key][0]}, but left out of the record")
