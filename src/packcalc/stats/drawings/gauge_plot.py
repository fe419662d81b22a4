"""A gauge R&R study as a picture: components, ranges, parts, operators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.stats.constants import chart_constants
from packcalc.stats.drawings.canvas import (
    BLUE,
    GREY,
    RED,
    heading,
    level,
    look,
    new_figure,
    to_svg,
)
from packcalc.stats.msa.crossed import CrossedStudy
from packcalc.stats.msa.nested import NestedStudy
from packcalc.stats.msa.range_method import RangeStudy
from packcalc.stats.no_data import NoData

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["gauge_svg"]

Floats = NDArray[np.float64]


def gauge_svg(
    values: ArrayLike,
    study: CrossedStudy | RangeStudy | NestedStudy,
    *,
    title: str,
    parts: Sequence[str] | None = None,
    operators: Sequence[str] | None = None,
    unit: str = "",
) -> str:
    """Draw a gauge R&R study: crossed (by ANOVA or range) or nested.

    Parameters
    ----------
    values : array_like, shape (part, operator, trial)
        The readings studied; of a nested study (operator, part, trial). [unit]
    study : CrossedStudy, RangeStudy or NestedStudy
        The study of them. [unit]
    title : str
        Which gauge was studied. [-]
    parts, operators : sequence of str, optional
        Their names. [-]
    unit : str, optional
        Unit of the readings. [-]

    Returns
    -------
    str
        SVG with four panels. [-]

    References
    ----------
    .. [1] AIAG, Measurement Systems Analysis, 4th ed., 2010, ch. III-B (graphical analysis).

    Examples
    --------
    >>> from packcalc.stats.msa.crossed import crossed_anova
    >>> y = [[[1.0, 1.1], [1.0, 0.9]], [[2.0, 2.1], [2.2, 2.0]]]
    >>> "Gauge 7" in gauge_svg(y, crossed_anova(y), title="Gauge 7")
    True
    """
    y = np.asarray(values, dtype=float)
    nested = isinstance(study, NestedStudy)
    y = y.swapaxes(0, 1) if nested else y
    n_parts, n_operators, trials = y.shape
    names = list(operators or [f"operator {i + 1}" for i in range(n_operators)])
    labels = list(parts or [])
    if nested or len(labels) != n_parts:  # part 1 of one operator is not part 1 of another
        labels = [str(i + 1) for i in range(n_parts)]
    result = study.result
    with look():
        figure = new_figure(10.0, 6.6)
        heading(figure, title, f"{result.verdict}; ndc {result.ndc}; {_convention(study)}")
        (bars, by_part), (ranges, crossing) = figure.subplots(2, 2)

        sources = (result.grr, result.repeatability, result.reproducibility, result.part)
        at = np.arange(len(sources))
        shares = [
            [0.0 if isinstance(v, NoData) else v for v in (c.contribution_pct, c.study_pct)]
            for c in sources
        ]
        bars.bar(at - 0.2, [s[0] for s in shares], 0.38, color=GREY, label="% of variance")
        bars.bar(at + 0.2, [s[1] for s in shares], 0.38, color=BLUE, label="% of study variation")
        bars.set_xticks(at, [c.name for c in sources], fontsize=8)
        bars.axhline(10, color=RED, linewidth=0.6, linestyle=":")
        bars.axhline(30, color=RED, linewidth=0.8, linestyle="--")
        bars.set_title("components of variation")
        bars.legend(frameon=False, fontsize=8)

        _by_part(by_part, y, names, nested=nested)

        spread = np.ptp(y, axis=2)
        for j in range(n_operators):
            x = j * (n_parts + 1) + np.arange(n_parts)
            ranges.plot(x, spread[:, j], marker="o", markersize=3, linewidth=0.8, color=BLUE)
            ranges.text(x.mean(), 0, names[j], ha="center", va="top", fontsize=8)
        mean_range = float(spread.mean())
        level(ranges, chart_constants(trials).D4 * mean_range, "UCL", RED, "--")
        level(ranges, mean_range, "CL", "#2e7d32")
        ranges.set_xticks([])
        ranges.set_title("range of trials by operator")

        _by_operator(crossing, y, names, nested=nested)
        for axes in (by_part, crossing):
            axes.set_ylabel(f"[{unit}]" if unit else "")
        if not nested:
            for axes in (by_part, crossing):
                axes.set_xticks(range(n_parts), labels, fontsize=8)
        return to_svg(figure, title)


def _convention(study: CrossedStudy | RangeStudy | NestedStudy) -> str:
    return study.convention if isinstance(study, CrossedStudy) else study.result.convention


def _by_part(axes: Axes, y: Floats, names: list[str], *, nested: bool) -> None:
    """Draw every reading, and the mean of each part; nested parts stand beside their operator."""
    n_parts, n_operators, trials = y.shape
    axes.set_title("readings by part")
    if not nested:
        flat = y.reshape(n_parts, -1)
        for i in range(n_parts):
            axes.plot(np.full(flat.shape[1], i), flat[i], "o", color=GREY, markersize=2.5)
        axes.plot(range(n_parts), flat.mean(axis=1), color=BLUE, marker="o", markersize=4)
        return
    for j in range(n_operators):
        x = j * (n_parts + 1) + np.arange(n_parts)
        for k in range(trials):
            axes.plot(x, y[:, j, k], "o", color=GREY, markersize=2.5)
        axes.plot(x, y[:, j].mean(axis=1), color=BLUE, marker="o", markersize=4)
    middles = [j * (n_parts + 1) + (n_parts - 1) / 2 for j in range(n_operators)]
    axes.set_xticks(middles, names, fontsize=8)


def _by_operator(axes: Axes, y: Floats, names: list[str], *, nested: bool) -> None:
    """Draw the means of each operator over the parts; of nested parts, what each one read."""
    n_parts, n_operators, _ = y.shape
    if nested:
        axes.set_title("readings by operator")
        for j in range(n_operators):
            axes.plot(np.full(y[:, j].size, j), y[:, j].ravel(), "o", color=GREY, markersize=2.5)
        means = y.mean(axis=(0, 2))
        axes.plot(range(n_operators), means, color=BLUE, marker="o", markersize=4)
        axes.set_xticks(range(n_operators), names, fontsize=8)
        axes.set_xlim(-0.5, n_operators - 0.5)
        return
    axes.set_title("operator by part (means)")
    for j in range(n_operators):
        axes.plot(range(n_parts), y[:, j].mean(axis=1), marker="o", markersize=3, label=names[j])
    axes.legend(frameon=False, fontsize=8)
