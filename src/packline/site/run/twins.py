"""What a run says of its units against their own simulations."""

from __future__ import annotations

from typing import Any

from packline.production.models import Order, Twin, TwinFigure
from packline.production.queries.twins import twins_of_order

__all__ = ["twin_facts", "twin_notes"]

MOST_NAMED = 5  # units; of more only the worst is named
GROUP = "group_dc_resistance"
SHOWN = (
    ("baseline_capacity", "Ah"),
    ("pack_dc_resistance", "mΩ"),
    ("group_ocv_delta", "mV apart"),
)


def _released(order: Order) -> list[Twin]:
    found = twins_of_order(order)
    units = order.units.filter(state="released").order_by("number").values_list("pk", flat=True)
    return [found[unit] for unit in units if unit in found]


def twin_notes(order: Order) -> tuple[str, ...]:
    """Say of each released unit what was measured against what was predicted, or of the worst."""
    twins = _released(order)
    if not twins:
        return ()
    explained = sum(twin.passed for twin in twins)
    first = (
        f"measured against predicted: {explained} of {len(twins)} "
        "explained by their own cells and joints"
    )
    ordered = sorted(twins, key=lambda twin: -(_share(_worst(twin)) or 0.0))
    named = twins if len(twins) <= MOST_NAMED else ordered[:1]
    return (first, *map(_said, named))


def twin_facts(order: Order) -> list[dict[str, Any]]:
    """Return of each released unit what was measured, predicted and left between."""
    return [
        {
            "serial": twin.unit.serial,
            "explained": twin.passed,
            "figures": [
                {
                    "code": row.code,
                    "position": row.position,
                    "unit": row.unit_code,
                    "predicted": row.predicted,
                    "measured": row.measured,
                    "residual": row.residual,
                    "tolerance": row.tolerance,
                }
                for row in sorted(twin.figures.all(), key=lambda row: (row.code, row.position))
            ],
        }
        for twin in _released(order)
    ]


def _worst(twin: Twin) -> TwinFigure | None:
    groups = [row for row in twin.figures.all() if row.code == GROUP and row.tolerance]
    return max(groups, key=lambda row: _share(row) or 0.0, default=None)


def _share(row: TwinFigure | None) -> float | None:
    if row is None or row.residual is None or not row.tolerance:
        return None
    return abs(row.residual) / row.tolerance


def _said(twin: Twin) -> str:
    rows = {row.code: row for row in twin.figures.all() if row.position == 0}
    parts = [_one(rows[code], unit) for code, unit in SHOWN if code in rows]
    worst = _worst(twin)
    share = _share(worst)
    if worst is not None and share is not None:
        parts.append(f"group {worst.position} takes {share:.0%} of its tolerance, the most")
    return f"{twin.unit.serial}: {'; '.join(part for part in parts if part)}"


def _one(row: TwinFigure, unit: str) -> str:
    if row.measured is None or row.tolerance is None:
        return ""
    own = f"predicted {row.predicted:.4g}"
    by_groups = f", by its groups {row.expected:.4g}" if row.shift else ""
    return f"{row.measured:.4g} {unit} ({own}{by_groups} ± {row.tolerance:.2g})"
