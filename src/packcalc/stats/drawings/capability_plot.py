"""A capability study as a picture: histogram, limits, curves, indices with their bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.capability import Capability
from packcalc.stats.capability_nonnormal import PercentileCapability
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
from packcalc.stats.fitted_shape import fit_shape
from packcalc.stats.indices import Index
from packcalc.stats.limits import Limits
from packcalc.stats.no_data import NoData

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["capability_svg", "percentile_capability_svg"]


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
        heading(figure, title, f"{str(limits).strip()}; {study.convention}")
        axes, table = figure.subplots(1, 2, width_ratios=[3, 1])
        ends = _histogram(axes, x, limits)
        ends += [study.mean - 4 * study.overall.sigma, study.mean + 4 * study.overall.sigma]
        grid = np.linspace(min(ends), max(ends), 400)
        _curve(axes, grid, study.mean, study.overall.sigma, "-", "overall")
        if not isinstance(study.within, NoData):
            _curve(axes, grid, study.mean, study.within.sigma, "--", "within")
        if study.target is not None:
            _upright(axes, study.target, "target", GREEN)
        axes.legend(frameon=False, fontsize=8, loc="upper right")
        _table(table, study)
        return to_svg(figure, title)


def percentile_capability_svg(
    values: ArrayLike, study: PercentileCapability, limits: Limits, *, title: str
) -> str:
    """Draw a capability study of values that are not normal.

    Parameters
    ----------
    values : array_like, shape (...)
        The values studied. [unit]
    study : PercentileCapability
        The study of them. [unit]
    limits : Limits
        The limits it was made for. [unit]
    title : str
        What was studied. [-]

    Returns
    -------
    str
        SVG: histogram, fitted curve, limits, and the percentiles at 0.135, 50, 99.865 %. [-]

    References
    ----------
    .. [1] ISO 22514-4:2016, Process capability estimates and performance measures.

    Examples
    --------
    >>> from packcalc.stats.capability_nonnormal import capability_nonnormal
    >>> x, limits = np.exp(np.linspace(-1.5, 1.5, 30)), Limits(None, 20.0, "um")
    >>> study = capability_nonnormal(x, limits, method="lognormal")
    >>> "99.865 %" in percentile_capability_svg(x, study, limits, title="Runout")
    True
    """
    x = np.asarray(values, dtype=float).ravel()
    lam = dict(study.parameters).get("lambda", 0.0)
    fit = fit_shape(x, study.method, box_cox=lam)
    with look():
        figure = new_figure(9.0, 4.6)
        heading(figure, title, f"{str(limits).strip()}; {study.convention}")
        axes, table = figure.subplots(1, 2, width_ratios=[3, 1])
        ends = [*_histogram(axes, x, limits), study.percentiles[0], study.percentiles[2]]
        grid = np.linspace(min(ends), max(ends), 801)
        if study.method != "johnson":
            grid = grid[grid > 0]  # the other shapes have nothing below zero
        if not isinstance(fit, NoData):
            density = np.gradient(np.asarray(fit.below(grid)), grid)
            axes.plot(grid, density, color=INK, linewidth=1.2, label=study.method)
        for name, at in zip(("0.135 %", "50 %", "99.865 %"), study.percentiles, strict=True):
            axes.axvline(at, color=GREY, linewidth=1.0, linestyle="--")
            axes.annotate(name, xy=(at, 0.02), xycoords=("data", "axes fraction"), xytext=(2, 0),
                          textcoords="offset points", fontsize=7, rotation=90)  # fmt: skip
        axes.legend(frameon=False, fontsize=8, loc="upper right")
        found = study.indices
        lines = [f"n        {study.n}", *(f"{n:8} {v:.4g}" for n, v in study.parameters), ""]
        for name, index in (("Pp", found.pp), ("PpL", found.ppl), ("PpU", found.ppu)):
            lines.append(f"{name:4} " + (f"{index:5.2f}" if isinstance(index, float) else "    -"))
        lines += [f"Ppk  {found.ppk:5.2f}", ""]
        outside = study.observed_below + study.observed_above
        expected = [v for v in (study.ppm_below, study.ppm_above) if isinstance(v, float)]
        lines += [f"outside  {outside} of {study.n}", f"expected {sum(expected):.3g} ppm"]
        _text(table, lines)
        return to_svg(figure, title)


def _histogram(
    axes: Axes, x: np.ndarray[tuple[int, ...], np.dtype[np.float64]], limits: Limits
) -> list[float]:
    """Draw the values and the limits; give what the axis must reach."""
    bins = min(60, max(8, int(np.sqrt(x.size)) + 1))
    axes.hist(x, bins=bins, density=True, color=BLUE, alpha=0.35, edgecolor="white")
    for name, side in (("LSL", limits.low), ("USL", limits.high)):
        if side is not None:
            _upright(axes, side, name, RED)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(f"value [{limits.unit}]" if limits.unit else "value")
    ends = (limits.low, limits.high, float(x.min()), float(x.max()))
    return [v for v in ends if v is not None]


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


def _text(axes: Axes, lines: list[str]) -> None:
    axes.axis("off")
    # spaces of a table must not fold: browsers fold all but those that do not break
    text = "\n".join(lines).replace(" ", "\N{NO-BREAK SPACE}")
    axes.text(0, 1, text, va="top", family="monospace", fontsize=8, color=INK)


def _table(axes: Axes, study: Capability) -> None:
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
    _text(axes, lines)
