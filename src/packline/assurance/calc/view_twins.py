"""What the pages show of a pack against its own simulation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from packline.assurance.calc.dhr_twin import TwinFact, TwinFigureFact
from packline.assurance.calc.wording import (
    aligned,
    breakable,
    figure,
    moment,
    unit_symbol,
    verdict,
)

__all__ = ["twin_view"]


def twin_view(twins: Sequence[TwinFact]) -> dict[str, Any]:
    """Return the last simulation against a test; nothing if there is none."""
    tested = [twin for twin in twins if twin.stage == "tested" and twin.counts]
    if not tested:
        return {}
    twin = tested[-1]
    rows = [f for f in twin.figures if f.position == 0] + [f for f in twin.figures if f.position]
    return {
        "good": twin.passed,
        "verdict": "explained" if twin.passed else "not explained",
        "facts": [
            ["Made by", _made(twin)],
            ["Made at", moment(twin.simulated_at)],
            ["Model", breakable(twin.model_version)],
            ["Made from", breakable(twin.inputs_sha256, 64)],
            *(["Not predicted", breakable(text)] for text in twin.not_predicted.splitlines()),
        ],
        "rows": [_row(row) for row in rows],
    }


def _made(twin: TwinFact) -> str:
    if twin.method == "simulator":
        return f"the pack simulator with the identified cell {breakable(twin.parameter_set)}"
    return "a circuit of sources and resistances"


def _row(row: TwinFigureFact) -> dict[str, Any]:
    unit = unit_symbol(row.unit_code)
    name = f"group {row.position}" if row.position else breakable(row.name, 40)
    compared = row.residual is not None and row.tolerance is not None
    expected = row.predicted + (row.shift or 0.0)
    shown = aligned([_short(expected), _short(row.measured)])
    return {
        "name": f"{name} / {unit}",
        "expected": ("≤ " if row.one_way else "") + shown[0],
        "measured": shown[1],
        "residual": f"{row.residual:+.2g}" if row.residual is not None else "–",
        "tolerance": f"± {row.tolerance:.2g}" if row.tolerance is not None else "–",
        "share": _share(row) if compared else 0.0,
        "compared": compared,
        "good": row.agrees is not False,
        "verdict": verdict(row.agrees) if row.agrees is not None else figure(None),
    }


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def _share(row: TwinFigureFact) -> float:
    """Where on its rail the mark lies: 1 is the tolerance; beyond 1.2 it stays at the end."""
    assert row.residual is not None
    assert row.tolerance is not None
    return max(-1.2, min(1.2, row.residual / row.tolerance))
