"""Pictures of a matching as SVG text: the groups of a pack, and the stock they came from."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from packcalc.matching.result import Matching

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_matching", "draw_pack"]

USED, LIMITING, OTHER = "#2b6ca3", "#c0392b", "#9aa5ad"
MOST_POINTS = 4000


def draw_pack(found: Matching, pack: int) -> str:
    """Draw the groups of one pack: by how much capacity and resistance leave their means.

    Parameters
    ----------
    found : Matching
        A matching. [units of the readings]
    pack : int
        Which pack, from 0. [1]

    Returns
    -------
    str
        SVG text. The limiting group is red. [1]

    Derivation
    ----------
    Deviations are (group - mean of the groups) / mean of the groups.

    Examples
    --------
    >>> from packcalc.matching import CellArrays, Topology, match
    >>> draw_pack(match(CellArrays(np.array([5.0, 4.9])), Topology(2, 1)), 0).startswith("<?xml")
    True
    """
    from matplotlib.figure import Figure

    known = found.cells.resistance is not None
    figure = Figure(figsize=(7.2, 4.6 if known else 2.9), layout="constrained")
    axes = figure.subplots(2 if known else 1, 1, squeeze=False, sharex=True)[:, 0]
    capacity = found.groups.capacity[pack]
    _bars(axes[0], 1e6 * (capacity / capacity.mean() - 1), int(found.packs.limiting_group[pack]))
    axes[0].set_ylabel("capacity [ppm]")
    axes[0].set_title(
        f"Pack {pack + 1}, {found.topology}: groups against their mean, limiting group red",
        fontsize=10,
    )
    if known:
        resistance = found.groups.resistance[pack]
        _bars(axes[1], 100 * (resistance / resistance.mean() - 1), -1)
        axes[1].set_ylabel("resistance [%]")
    axes[-1].set_xlabel("group")
    return _svg(figure)


def draw_matching(found: Matching) -> str:
    """Draw the stock, with what was used, left over and rejected, and the spread of every pack.

    Parameters
    ----------
    found : Matching
        A matching. [units of the readings]

    Returns
    -------
    str
        SVG text. [1]

    Derivation
    ----------
    Of a large stock every n-th cell is drawn, so that the picture stays small.

    Examples
    --------
    >>> from packcalc.matching import CellArrays, Topology, match
    >>> draw_matching(match(CellArrays(np.array([5.0, 4.9])), Topology(2, 1))).startswith("<?xml")
    True
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.6, 4.0), layout="constrained")
    stock, packs = figure.subplots(1, 2, width_ratios=(3, 2))
    _draw_stock(stock, found)
    spread = np.sort(found.packs.capacity_spread_ppm)
    packs.step(np.arange(1, len(spread) + 1), spread, where="mid", color=USED)
    packs.axhline(1e6 * found.floor_ratio, color=OTHER, linestyle="--", linewidth=1)
    packs.annotate(
        "loss that measuring cannot resolve",
        (0.02, 1e6 * found.floor_ratio),
        xycoords=("axes fraction", "data"),
        xytext=(0, 3),
        textcoords="offset points",
        fontsize=8,
        color="#5b6770",
    )
    packs.set_ylim(bottom=0)
    packs.set_xlabel("pack, most equal first")
    packs.set_ylabel("spread of group capacities [ppm]")
    packs.set_title(f"{len(spread)} packs {found.topology}", fontsize=10)
    return _svg(figure)


def _draw_stock(axes: Axes, found: Matching) -> None:
    cells = found.cells
    known = cells.resistance is not None
    other = cells.resistance if cells.resistance is not None else np.arange(len(cells))
    kinds = (
        ("used", found.assignment.ravel(), USED, "o"),
        ("left over", found.leftover, "#e0a030", "s"),
        ("rejected", found.rejected, LIMITING, "x"),
    )
    for label, which, colour, mark in kinds:
        finite = np.isfinite(cells.capacity[which]) & np.isfinite(other[which])
        shown = which[finite]
        shown = shown[:: max(1, len(shown) // MOST_POINTS)]
        name = f"{label} ({len(which)})"
        axes.plot(cells.capacity[shown], other[shown], mark, ms=2.5, color=colour, label=name)
    axes.set_xlabel("capacity, as read")
    axes.set_ylabel("resistance, as read" if known else "row")
    axes.legend(fontsize=8, loc="best")
    axes.set_title("The stock", fontsize=10)


def _bars(axes: Axes, values: np.ndarray[tuple[int], np.dtype[np.float64]], marked: int) -> None:
    colours = [LIMITING if i == marked else USED for i in range(len(values))]
    axes.bar(np.arange(1, len(values) + 1), values, color=colours)
    axes.axhline(0, color="black", linewidth=0.6)


def _svg(figure: Figure) -> str:
    """The same picture gives the same text: no date, no random names."""
    from matplotlib import rc_context

    with rc_context({"svg.hashsalt": "packline", "svg.fonttype": "none"}):
        held = io.StringIO()
        figure.savefig(held, format="svg", metadata={"Date": None})
    return held.getvalue()
