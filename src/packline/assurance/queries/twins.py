"""The simulations of a unit, and what was accepted of them, as facts of its record."""

from __future__ import annotations

from packline.assurance.calc.dhr import ResidualFact
from packline.assurance.calc.dhr_twin import TwinFact, TwinFigureFact
from packline.assurance.calc.moments import stored
from packline.assurance.queries.decisions import signed_by
from packline.production.calc.as_built_words import NAMES
from packline.production.models import Twin, TwinConcession, TwinFigure, Unit

__all__ = ["residuals_of", "twins_of"]


def twins_of(unit: Unit) -> tuple[TwinFact, ...]:
    """Return every simulation of a unit, the first one first."""
    rows = (
        Twin.objects.filter(unit=unit)
        .select_related("unit", "step")
        .prefetch_related("figures__twin__unit")
        .order_by("number")
    )
    return tuple(
        TwinFact(
            row=str(twin),
            stage=twin.stage,
            counts=twin.step is None or twin.step.state != "superseded",
            method=twin.method,
            model_version=twin.model_version,
            parameter_set=twin.parameter_set,
            parameter_sha256=twin.parameter_sha256,
            inputs_sha256=twin.inputs_sha256,
            coverage_ratio=twin.coverage_ratio,
            not_predicted=twin.not_predicted,
            passed=twin.passed,
            simulated_at=stored(twin.simulated_at),
            figures=tuple(
                _figure(row)
                for row in sorted(twin.figures.all(), key=lambda row: (row.code, row.position))
            ),
        )
        for twin in rows
    )


def _figure(row: TwinFigure) -> TwinFigureFact:
    return TwinFigureFact(
        row=str(row),
        code=row.code,
        name=NAMES.get(row.code, row.code),
        position=row.position,
        unit_code=row.unit_code,
        predicted=row.predicted,
        measured=row.measured,
        shift=row.shift,
        residual=row.residual,
        tolerance=row.tolerance,
        one_way=row.one_way,
        agrees=row.agrees,
        parts_text=row.parts_text,
    )


def residuals_of(unit: Unit) -> tuple[ResidualFact, ...]:
    """Return what was accepted by signature of the simulations of a unit."""
    rows = (
        TwinConcession.objects.filter(twin__unit=unit)
        .select_related("twin__unit", "signed_by")
        .order_by("twin__number")
    )
    return tuple(
        ResidualFact(
            row=str(row),
            reason=row.reason,
            signed=signed_by(row.signed_by, "accepted as it is", row.signed_at, row),
            expires_at=stored(row.expires_at),
        )
        for row in rows
    )
