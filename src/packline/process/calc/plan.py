"""The process plan of one design: operations, control plan rows and risks, worked out from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from packline.foundation.errors import Refused
from packline.process.calc.catalogue import (
    CharacteristicType,
    FailureType,
    characteristic_types,
    failure_types,
    operation_types,
    uncovered,
)
from packline.process.calc.limits import DesignRow, Limits, limits_of
from packline.process.calc.priority import action_priority, risk_priority_number

__all__ = [
    "DesignFacts",
    "PlannedCharacteristic",
    "PlannedFailure",
    "PlannedOperation",
    "plan_hash",
    "plan_operations",
]


@dataclass(frozen=True, slots=True)
class DesignFacts:
    """What a plan takes from a design."""

    name: str
    cell: str
    series: int
    parallel: int
    rows: Mapping[str, DesignRow]  # by code


@dataclass(frozen=True, slots=True)
class PlannedFailure:
    """One row of the process FMEA."""

    type: FailureType
    rpn: int
    ap: str


@dataclass(frozen=True, slots=True)
class PlannedCharacteristic:
    """One row of the control plan, with the failure modes that it controls."""

    type: CharacteristicType
    limits: Limits
    failures: tuple[PlannedFailure, ...]


@dataclass(frozen=True, slots=True)
class PlannedOperation:
    """One operation with its instruction and its checks."""

    number: int
    code: str
    title: str
    station_kind: str
    instruction: str
    characteristics: tuple[PlannedCharacteristic, ...]


def plan_operations(design: DesignFacts) -> tuple[PlannedOperation, ...]:
    """Work out the plan of a design.

    Raises
    ------
    Refused
        If the design lacks a limit that is always checked, states one in a unit that measures
        something else, or if a check and a risk do not fit together.
    """
    faults = uncovered(characteristic_types(), failure_types())
    limits: dict[str, Limits] = {}
    for kind in characteristic_types().values():
        try:
            found = limits_of(kind, design.rows)
        except ValueError as error:
            faults.append(str(error))
            continue
        if found is not None:
            limits[kind.code] = found
    faults += _resistance_faults(limits)
    if faults:
        raise Refused("\n  ".join([f"{design.name} cannot be planned:", *faults]))
    words = {
        "cell": design.cell,
        "series": design.series,
        "parallel": design.parallel,
        "cell_count": design.series * design.parallel,
    }
    return tuple(
        PlannedOperation(
            number=operation.number,
            code=operation.code,
            title=operation.title,
            station_kind=operation.station_kind,
            instruction=operation.instruction.format(**words),
            characteristics=tuple(
                PlannedCharacteristic(kind, limits[kind.code], _failures(kind.code))
                for kind in characteristic_types().values()
                if kind.operation == operation.code and kind.code in limits
            ),
        )
        for operation in operation_types().values()
    )


def _resistance_faults(limits: Mapping[str, Limits]) -> list[str]:
    """AC and DC resistance are different quantities: a cell is judged by one of them."""
    both = [code for code in ("cell_ac_ir", "cell_dc_resistance") if code in limits]
    if len(both) == 1:
        return []
    found = "both" if both else "neither"
    return [f"the design limits {found} of cell_ac_ir and cell_dc_resistance; allowed: one"]


def _failures(code: str) -> tuple[PlannedFailure, ...]:
    return tuple(
        PlannedFailure(
            row, risk_priority_number(row.s, row.o, row.d), action_priority(row.s, row.o, row.d)
        )
        for row in failure_types()
        if row.characteristic == code
    )


def plan_hash(plan: Sequence[PlannedOperation]) -> str:
    """Return the SHA-256 of a plan: two plans with one hash are the same in every word."""
    text = json.dumps(
        [asdict(operation) for operation in plan],
        sort_keys=True,
        ensure_ascii=False,
        allow_nan=False,
    )
    return hashlib.sha256(text.encode()).hexdigest()
