"""The process plan of one design: operations, control plan rows and risks, worked out from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType

from packline.foundation.errors import Refused
from packline.process.calc.catalogue import (
    CharacteristicType,
    FailureType,
    OperationType,
    characteristic_types,
    failure_types,
    operation_types,
    uncovered,
)
from packline.process.calc.limits import DesignRow, Limits, limits_of
from packline.process.calc.priority import action_priority, risk_priority_number

__all__ = [
    "WORDS",
    "DesignFacts",
    "InForce",
    "PlannedCharacteristic",
    "PlannedFailure",
    "PlannedOperation",
    "plan_hash",
    "plan_operations",
]


WORDS = ("cell", "series", "parallel", "cell_count")  # figures that an instruction may name


@dataclass(frozen=True, slots=True)
class InForce:
    """The instruction that an operation is planned with."""

    text: str
    revision: int
    trained_from: int


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
    instruction_revision: int
    trained_from: int  # the first revision that a training may be on
    tool_kind: str
    recipe_code: str
    cells_go_in: bool
    characteristics: tuple[PlannedCharacteristic, ...]


def plan_operations(
    design: DesignFacts, revised: Mapping[str, InForce] = MappingProxyType({})
) -> tuple[PlannedOperation, ...]:
    """Work out the plan of a design; `revised` are the instructions that have been revised.

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
    figures = (design.cell, design.series, design.parallel, design.series * design.parallel)
    words = dict(zip(WORDS, figures, strict=True))
    return tuple(
        _planned(operation, revised.get(operation.code), words, limits)
        for operation in operation_types().values()
    )


def _planned(
    operation: OperationType,
    revised: InForce | None,
    words: Mapping[str, object],
    limits: Mapping[str, Limits],
) -> PlannedOperation:
    instruction = revised or InForce(operation.instruction, 1, 1)
    return PlannedOperation(
        number=operation.number,
        code=operation.code,
        title=operation.title,
        station_kind=operation.station_kind,
        instruction=instruction.text.format(**words),
        instruction_revision=instruction.revision,
        trained_from=instruction.trained_from,
        tool_kind=operation.tool_kind,
        recipe_code=operation.recipe_code,
        cells_go_in=operation.cells_go_in,
        characteristics=tuple(
            PlannedCharacteristic(kind, limits[kind.code], _failures(kind.code))
            for kind in characteristic_types().values()
            if kind.operation == operation.code and kind.code in limits
        ),
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
