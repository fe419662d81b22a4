"""A crossed gauge study as a picture: components, ranges, parts, operators."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

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
from packcalc.stats.no_data import NoData

__all__ = ["gauge_svg"]


def gauge_svg(
    values: ArrayLike,
    study: CrossedStudy,
    *,
    title: str,
    parts: Sequence[str] | None = None,
    operators: Sequence[str] | None = None,
    unit: str = "",
) -> str:
    """Draw a crossed gauge study.

    Parameters
    ----------
    values : array_like, shape (part, operator, trial)
        The readings studied. [unit]
    study : CrossedStudy
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
    n_parts, n_operators, trials = y.shape
    names = list(operators or [f"operator {i + 1}" for i in range(n_operators)])
    labels = list(parts or [str(i + 1) for i in range(n_parts)])
    result = study.result
    with look():
        figure = new_figure(10.0, 6.6)
        heading(figure, title, f"{result.verdict}; ndc {result.ndc}; {study.convention}")
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

        flat = y.reshape(n_parts, -1)
        for i in range(n_parts):
            by_part.plot(np.full(flat.shape[1], i), flat[i], "o", color=GREY, markersize=2.5)
        by_part.plot(range(n_parts), flat.mean(axis=1), color=BLUE, marker="o", markersize=4)
        by_part.set_title("readings by part")

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

        for j in range(n_operators):
            crossing.plot(
                range(n_parts), y[:, j].mean(axis=1), marker="o", markersize=3, label=names[j]
            )
        crossing.set_title("operator by part (means)")
        crossing.legend(frameon=False, fontsize=8)
        for axes in (by_part, crossing):
            axes.set_xticks(range(n_parts), labels, fontsize=8)
            axes.set_ylabel(f"[{unit}]" if unit else "")
        return to_svg(figure, title)
