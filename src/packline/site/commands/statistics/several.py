"""Charts of several columns together, for `packline spc`: Hotelling's T2 and the MEWMA."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from packline.foundation.columns import Columns
from packline.foundation.errors import InputError, Problem
from packline.site.commands.statistics.options import usable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from packcalc.stats.charts.chart import Chart

__all__ = ["chart_several"]


def chart_several(
    table: Columns,
    kind: str,
    *,
    columns: str | None,
    subgroup: str | None,
    weight: float | None,
    run_length: float,
) -> tuple[Chart, tuple[str, ...]]:
    """Chart T2 or MEWMA of the columns named, and say which of them is behind a signal."""
    from packcalc.stats.charts.chart import Baseline
    from packcalc.stats.charts.mewma_limit import mewma_limit
    from packcalc.stats.charts.multivariate import T2Chart, mewma, t2_individuals, t2_subgroups
    from packcalc.stats.charts.plotted import plotted

    names = [name.strip() for name in (columns or "").split(",") if name.strip()]
    if len(names) < 2:
        message = "needs two columns or more, with commas between"
        raise InputError([Problem("", "--column", columns or "", message)])
    rows = np.column_stack([table.numbers(name) for name in names])
    weight = 0.1 if weight is None else weight
    found: Any
    if kind == "t2":
        found = usable(
            table.file,
            lambda: (
                t2_subgroups(_blocks(table, rows, subgroup)) if subgroup else t2_individuals(rows)
            ),
        )
    else:
        if subgroup:
            raise InputError([Problem("--subgroup", message="a MEWMA takes single rows")])
        limit = usable(
            "--weight",
            lambda: mewma_limit(len(names), weight=weight, arl=run_length),
        )
        found = usable(
            table.file,
            lambda: mewma(
                rows,
                centre=rows.mean(axis=0),
                covariance=np.cov(rows, rowvar=False),
                weight=weight,
                limits="steady",
                limit=limit,
            ),
        )
    said = [f"Charted together: {', '.join(names)}."]
    if isinstance(found, T2Chart):
        said.append(
            f"Limit for new points (Phase II): {found.prediction_limit:.6g}; "
            f"for these (Phase I): {found.limit:.6g}."
        )
        for point in found.signals[:25]:
            most = int(np.argmax(found.contributions[point - 1]))
            said.append(f"Point {point}: most of it comes from {names[most]}.")
    else:
        said.append(f"The limit gives a run of {run_length:g} points without a shift.")
    nothing = float("nan")  # several centres and a matrix, which no one number stands for
    baseline = Baseline(
        kind, nothing, nothing, 1, len(rows), nothing, found.convention
    )  # fmt: skip
    return plotted(found, baseline), tuple(said)


def _blocks(table: Columns, rows: NDArray[np.float64], subgroup: str) -> NDArray[np.float64]:
    if subgroup.isdecimal() and subgroup not in table.names:
        size = int(subgroup)
        if size < 1 or len(rows) % size:
            raise ValueError(f"{len(rows)} rows do not fall into subgroups of {subgroup}")
        return rows.reshape(-1, size, rows.shape[1])
    labels = table.texts(subgroup, "--subgroup")
    groups = {name: [k for k, label in enumerate(labels) if label == name] for name in labels}
    if len({len(where) for where in groups.values()}) != 1:
        raise ValueError("subgroups of T2 must all have the same size")
    return np.stack([rows[where] for where in groups.values()])
