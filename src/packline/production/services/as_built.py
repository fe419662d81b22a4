"""Simulating units as they are built, and accepting by signature what that cannot explain."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from packline.foundation.commands import command
from packline.foundation.errors import DomainError, Refused
from packline.foundation.events import canonical, record
from packline.foundation.keys import key_id, sign
from packline.foundation.models import Person
from packline.production.calc.as_built import Figure
from packline.production.calc.as_built import Twin as Simulation
from packline.production.calc.as_built_predict import predict, predict_all
from packline.production.calc.as_built_words import reason_of
from packline.production.models import Step, Twin, TwinConcession, TwinFigure, Unit
from packline.production.queries.as_built import built_unit, built_units
from packline.production.services.hold import place_hold

JOINTS = "joint_resistance"  # an operation that measures it has made the joints
TESTED = ("group_dc_resistance", "pack_dc_resistance")  # one that measures these tests the pack


def simulate_planned(units: Sequence[Unit], *, by: Person, at: datetime) -> list[Twin]:
    """Simulate units in one batch with the cells that the match gave them."""
    by_serial = {unit.serial: unit for unit in units}
    built = built_units(units, planned=True)
    return [
        _write(by_serial[facts.serial], found, "matched", None, by=by, at=at)
        for facts, found in zip(built, predict_all(built), strict=True)
    ]


def simulate_after(step: Step, *, by: Person, at: datetime) -> Twin | None:
    """Simulate a unit at the end of a step that made its joints or tested it.

    A residual out of its tolerance holds the unit, whatever the limits of the readings say.
    """
    stage = _stage(step)
    if stage is None:
        return None
    facts = built_unit(step.unit)
    if facts is None:
        return None
    found = predict(facts)
    twin = _write(step.unit, found, stage, step, by=by, at=at)
    if found.out:
        place_hold(step.unit, reason=reason_of(found.out), cause=str(twin), by=by, at=at)
    return twin


@command("production.sign_deviation")
def accept_residual(
    *, twin: Twin, reason: str, expires_at: datetime, by: Person, at: datetime
) -> TwinConcession:
    """Accept by signature what a simulation could not explain; nobody signs off their own work."""
    if twin.passed:
        raise DomainError(f"{twin} has no residual out of its tolerance")
    if twin.step is not None and twin.step.operator == by:
        raise Refused(f"{by} did {twin.step} and so cannot accept what it does not explain")
    statement = canonical(
        {
            "meaning": "I accept the use of this unit as it is, with these residuals",
            "unit": str(twin.unit),
            "twin": str(twin),
            "values": [
                {
                    "code": row.code,
                    "position": row.position,
                    "predicted": row.predicted,
                    "measured": row.measured,
                    "residual": row.residual,
                    "tolerance": row.tolerance,
                    "unit": row.unit_code,
                }
                for row in twin.figures.filter(agrees=False).order_by("code", "position")
            ],
            "reason": reason,
            "signed_by": by.shown_name,
            "signed_at": at.isoformat(),
            "expires_at": expires_at.isoformat(),
        }
    )
    concession = TwinConcession.objects.create(
        twin=twin,
        reason=reason[:500],
        signed_by=by,
        signed_at=at,
        expires_at=expires_at,
        statement=statement,
        signature=sign(statement.encode()).hex(),
        key_id=key_id(),
    )
    record(
        "production.residual.accepted",
        twin.unit,
        by=by,
        at=at,
        rows=[concession],
        twin=str(twin),
        reason=concession.reason,
    )
    return concession


def _stage(step: Step) -> str | None:
    codes = {c.code for c in step.operation.characteristics.all()}
    if codes & set(TESTED):
        return "tested"
    return "welded" if JOINTS in codes else None


def _write(
    unit: Unit, found: Simulation, stage: str, step: Step | None, *, by: Person, at: datetime
) -> Twin:
    last = unit.twins.order_by("-number").values_list("number", flat=True).first()
    twin = Twin.objects.create(
        unit=unit,
        number=(last or 0) + 1,
        stage=stage,
        step=step,
        method=found.method,
        model_version=found.model_version,
        parameter_set=found.parameter_set,
        parameter_sha256=found.parameters_sha256,
        inputs_sha256=found.inputs_sha256,
        coverage_ratio=found.coverage,
        not_predicted="\n".join(found.not_predicted),
        passed=not found.out,
        simulated_at=at,
    )
    figures = TwinFigure.objects.bulk_create([_row(twin, figure) for figure in found.figures])
    record(
        "production.unit.simulated",
        unit,
        by=by,
        at=at,
        rows=[twin, *figures],
        stage=stage,
        method=found.method,
        failed=[f"{figure.code}/{figure.position}" for figure in found.out],
    )
    return twin


def _row(twin: Twin, figure: Figure) -> TwinFigure:
    return TwinFigure(
        twin=twin,
        code=figure.code,
        position=figure.position,
        unit_code=figure.unit_code,
        predicted=_digits(figure.predicted),
        measured=figure.measured,
        shift=None if figure.shift is None else _digits(figure.shift),
        residual=None if figure.residual is None else _digits(figure.residual),
        tolerance=None if figure.tolerance is None else _digits(figure.tolerance),
        one_way=figure.one_way,
        agrees=figure.agrees,
        parts_text=_parts(figure),
    )


def _parts(figure: Figure) -> str:
    if not figure.parts:
        return ""
    parts = {name: float(f"{u:.3g}") for name, u in figure.parts.items()}
    return json.dumps(parts, sort_keys=True, separators=(",", ":"))


def _digits(value: float) -> float:
    """Keep as many digits as anybody reads; the judgement was made with all of them."""
    return float(f"{value:.8g}")
