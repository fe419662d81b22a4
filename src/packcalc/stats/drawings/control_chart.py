"""Control charts as pictures: points, limits, zones, and every signal with its rule."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from packcalc.stats.charts.chart import Chart, Panel
from packcalc.stats.drawings.canvas import (
    BLUE,
    GREEN,
    GREY,
    INK,
    RED,
    heading,
    level,
    look,
    name_line,
    new_figure,
    to_svg,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["control_chart_svg"]

MARKED = 400  # points up to which each one gets a marker
COLUMNS = 2_000  # drawn points of a long chart: least and greatest of each column
NAMED = 40  # signals whose rules are written beside them


def control_chart_svg(chart: Chart, *, title: str, unit: str = "", of: str = "point") -> str:
    """Draw a control chart.

    Parameters
    ----------
    chart : Chart
        The chart, from any function of `packcalc.stats.charts`. [unit]
    title : str
        What is charted. [-]
    unit : str, optional
        Unit of the values, for the axis. [-]
    of : str, optional
        What one point is: point, subgroup, sample. [-]

    Returns
    -------
    str
        SVG. Signals are red squares with the codes of all rules that fire; excluded points are
        crosses. [-]

    References
    ----------
    .. [1] AIAG, Statistical Process Control (SPC) Reference Manual, 2nd ed., 2005 (what a chart
           must show).

    Examples
    --------
    >>> from packcalc.stats.charts.individuals import i_mr
    >>> svg = control_chart_svg(i_mr([3.60, 3.61, 3.59, 3.60, 3.62]), title="OCV", unit="V")
    >>> svg.startswith("<?xml"), "UCL" in svg
    (True, True)
    """
    with look():
        figure = new_figure(9.0, 1.0 + 2.5 * len(chart.panels))
        grid = figure.subplots(len(chart.panels), 1, sharex=True, squeeze=False)
        found = chart.baseline
        state = f"limits {found.version}" if found.version else "trial limits (Phase I)"
        heading(
            figure,
            title,
            f"{state}, found on {found.points}; {found.convention}; rules: "
            f"{chart.panels[0].signals.rules.convention}",
        )
        excluded = {number for number, _ in found.excluded}
        for axes, panel in zip(grid[:, 0], chart.panels, strict=True):
            _draw(axes, panel, excluded)
            label = panel.statistic + (f" [{unit}]" if unit else "")
            axes.set_ylabel(label)
        grid[-1, 0].set_xlabel(of)
        return to_svg(figure, title)


def _draw(axes: Axes, panel: Panel, excluded: set[int]) -> None:
    x = np.arange(1, panel.points.size + 1)
    y = panel.points
    _lines(axes, x, panel)
    shown = _thinned(y)
    many = y.size > MARKED
    axes.plot(
        x[shown],
        y[shown],
        color=BLUE,
        linewidth=0.6 if many else 1.0,
        marker=None if many else "o",
        markersize=3,
        zorder=3,
    )
    signals = np.array([p for p in panel.signals.points() if p not in excluded], dtype=int)
    if signals.size:
        axes.plot(
            signals,
            y[signals - 1],
            linestyle="none",
            marker="s",
            markersize=5,
            color=RED,
            zorder=4,
        )
    for point in signals[:NAMED] if len(panel.signals.rules.rules) > 1 else ():
        codes = ",".join(rule.code for rule in panel.signals.at(int(point)))
        axes.annotate(
            codes,
            (float(point), float(y[point - 1])),
            xytext=(0, 5),
            textcoords="offset points",
            ha="center",
            fontsize=7,
            color=RED,
        )
    for point in excluded:
        if point <= y.size:
            axes.plot([point], [y[point - 1]], marker="x", markersize=7, color=INK, zorder=5)
    axes.margins(x=0.01)


def _lines(axes: Axes, x: np.ndarray[tuple[int, ...], np.dtype[np.int64]], panel: Panel) -> None:
    """Draw zones and lines; those that step with the sample size are named by their last value.

    A line that is not there (infinite, or not a number) is left out.
    """
    zones = panel.centre + np.multiply.outer((-2, -1, 1, 2), panel.sigma)
    for zone in zones:
        inside = (zone > panel.lower) & (zone < panel.upper)
        if inside.any():
            y = np.where(inside, zone, np.nan)
            axes.plot(x, y, color=GREY, linewidth=0.4, linestyle=":", zorder=0)
    for line, name, colour, style in (
        (panel.centre, "CL", GREEN, "-"),
        (panel.upper, "UCL", RED, "--"),
        (panel.lower, "LCL", RED, "--"),
    ):
        if not np.isfinite(line).all():
            continue
        if np.ptp(line) == 0:
            level(axes, float(line[0]), name, colour, style)
        else:
            axes.step(x, line, where="mid", color=colour, linewidth=1.0, linestyle=style)
            name_line(axes, float(line[-1]), name, colour)


def _thinned(
    y: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Indices to draw: all, or of each column of a long chart its least and greatest point."""
    if y.size <= 2 * COLUMNS:
        return np.arange(y.size)
    edges = np.linspace(0, y.size, COLUMNS + 1).astype(int)
    kept = []
    filled = np.where(np.isnan(y), np.nanmean(y), y)
    for start, stop in pairwise(edges.tolist()):
        part = filled[start:stop]
        kept += sorted({start + int(part.argmin()), start + int(part.argmax())})
    return np.array(kept)
