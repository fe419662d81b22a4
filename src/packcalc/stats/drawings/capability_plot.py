"""A capability study as a picture: histogram, limits, curves, indices with their bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.capability import Capability
from packcalc.stats.drawings.canvas import (
    BLUE,
    GREEN,
    GREY,
    INK,
    RED,
    heading,
    look,
    new_figure,
    to_svg,
)
from packcalc.stats.indices import Index
from packcalc.stats.no_data import NoData

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["capability_svg"]


def capability_svg(values: ArrayLike, study: Capability, *, title: str) -> str:
    """Draw a capability study.

    Parameters
    ----------
    values : array_like, shape (...)
        The values studied. [unit]
    study : Capability
        The study of them. [unit]
    title : str
        What was studied. [-]

    Returns
    -------
    str
        SVG. [-]

    References
    ----------
    .. [1] AIAG, Production Part Approval Process (PPAP), 4th ed., 2006, sec. 2.2.11 (initial
           process studies).

    Examples
    --------
    >>> from packcalc.stats.capability import capability
    >>> from packcalc.stats.limits import Limits
    >>> x = [9.8, 10.1, 10.0, 9.9, 10.2, 10.0, 9.9, 10.1, 10.0, 10.0]
    >>> "Ppk" in capability_svg(x, capability(x, Limits(9.5, 10.5, "mm")), title="Width")
    True
    """
    x = np.asarray(values, dtype=float).ravel()
    limits = study.limits
    with look():
        figure = new_figure(9.0, 4.6)
        heading(figure, title, f"{limits}; {study.convention}")
        axes, table = figure.subplots(1, 2, width_ratios=[3, 1])
        bins = min(60, max(8, int(np.sqrt(x.size)) + 1))
        axes.hist(x, bins=bins, density=True, color=BLUE, alpha=0.35, edgecolor="white")
        ends = [
            v for v in (limits.low, limits.high, float(x.min()), float(x.max())) if v is not None
        ]
        ends += [study.mean - 4 * study.overall.sigma, study.mean + 4 * study.overall.sigma]
        grid = np.linspace(min(ends), max(ends), 400)
        _curve(axes, grid, study.mean, study.overall.sigma, "-", "overall")
        if not isinstance(study.within, NoData):
            _curve(axes, grid, study.mean, study.within.sigma, "--", "within")
        for name, side in (("LSL", limits.low), ("USL", limits.high)):
            if side is not None:
                _upright(axes, side, name, RED)
        if study.target is not None:
            _upright(axes, study.target, "target", GREEN)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(f"value [{limits.unit}]" if limits.unit else "value")
        axes.legend(frameon=False, fontsize=8, loc="upper right")
        _table(table, study)
        return to_svg(figure, title)


def _curve(
    axes: Axes,
    grid: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    mean: float,
    sigma: float,
    style: str,
    name: str,
) -> None:
    y = np.exp(-0.5 * np.square((grid - mean) / sigma)) / (sigma * np.sqrt(2 * np.pi))
    axes.plot(
        grid, y, color=INK if style == "-" else GREY, linestyle=style, linewidth=1.2, label=name
    )


def _upright(axes: Axes, at: float, name: str, colour: str) -> None:
    axes.axvline(at, color=colour, linewidth=1.2)
    axes.annotate(
        f"{name} {at:.6g}",
        xy=(at, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(2, 2),
        textcoords="offset points",
        fontsize=8,
        color=colour,
    )


def _table(axes: Axes, study: Capability) -> None:
    axes.axis("off")
    lines = [f"n        {study.n}", f"mean     {study.mean:.6g}"]
    lines.append(f"s        {study.overall.sigma:.4g}")
    if not isinstance(study.within, NoData):
        lines.append(f"s within {study.within.sigma:.4g}")
    lines.append("")
    for name, index in (
        ("Cp", study.cp),
        ("Cpk", study.cpk),
        ("Pp", study.pp),
        ("Ppk", study.ppk),
        ("Cpm", study.cpm),
    ):
        if isinstance(index, Index):
            lines.append(f"{name:4} {index.value:5.2f}  {index.low:.2f} to {index.high:.2f}")
        else:
            lines.append(f"{name:4} {'-':>5}")
    lines.append("")
    outside = study.observed_below + study.observed_above
    lines.append(f"outside  {outside} of {study.n}")
    expected = [
        ppm for ppm in (study.ppm_below_overall, study.ppm_above_overall) if isinstance(ppm, float)
    ]
    lines.append(f"expected {sum(expected):.3g} ppm")
    axes.text(0, 1, "\n".join(lines), va="top", family="monospace", fontsize=8, color=INK)
