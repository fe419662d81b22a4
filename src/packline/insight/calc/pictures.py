"""Pictures of an order's figures, as SVG that stands alone in a page or a report."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from packcalc.stats.no_data import NoData
from packline.insight.calc.kpis import CtqFigure, DefectFigure, StepFigure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["capability_picture", "pareto_picture", "yield_picture"]

INK, SOFT, GOOD, BAD = "#1f2933", "#9aa5b1", "#2f6f4f", "#b3362b"
STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "packline",  # the same picture is the same file
    "svg.fonttype": "path",
}


def yield_picture(steps: Sequence[StepFigure]) -> str:
    """Draw the first-pass yield of each operation with its interval."""

    def draw(axes: Axes) -> None:
        known = [s for s in steps if not isinstance(s.value, NoData)]
        for row, step in enumerate(reversed(known)):
            assert not isinstance(step.value, NoData)
            share = step.value.value * 100
            axes.barh(row, share, color=GOOD if share == 100 else "#7a9e87", height=0.6)
            axes.plot([step.value.low * 100, step.value.high * 100], [row, row], color=INK, lw=1.2)
            axes.text(1, row, f"{share:.1f} %", va="center", color="white", fontsize=8)
        axes.set_yticks(range(len(known)), [s.name for s in reversed(known)])
        axes.set_xlim(0, 100)
        axes.set_xlabel("first-pass yield with 95 % interval [%]")

    return _svg(draw, 6.6, 0.36 * len(steps) + 0.9)


def pareto_picture(defects: Sequence[DefectFigure]) -> str:
    """Draw the defects by how many units had them, with the cumulative share."""

    def draw(axes: Axes) -> None:
        place = np.arange(len(defects))
        axes.bar(place, [d.row.count for d in defects], color=BAD, width=0.6)
        axes.set_xticks(place, [d.row.cause.replace("_", "\n") for d in defects], fontsize=8)
        axes.set_ylabel("units")
        _count_whole(axes)
        share = axes.twinx()
        share.plot(place, [d.row.cumulative_ratio * 100 for d in defects], color=INK, marker="o")
        share.set_ylim(0, 105)
        share.set_ylabel("cumulative [%]")

    return _svg(draw, 6.6, 2.8)


def capability_picture(ctq: CtqFigure) -> str:
    """Draw the values of a characteristic with its limits."""

    def draw(axes: Axes) -> None:
        values = np.concatenate([np.asarray(v) for v in ctq.values])
        axes.hist(values, bins=min(30, max(8, int(np.sqrt(len(values))))), color="#5b7fa6")
        for limit in (ctq.low, ctq.high):
            if limit is not None:
                axes.axvline(limit, color=BAD, lw=1.4)
        axes.set_xlabel(f"{ctq.name} [{ctq.unit_code}]")
        axes.set_ylabel("readings")
        _count_whole(axes)

    return _svg(draw, 3.3, 2.1, margins={"left": 0.15, "right": 0.97, "bottom": 0.23, "top": 0.95})


def _count_whole(axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(integer=True))


def _svg(
    draw: Callable[[Axes], None],
    width: float,
    height: float,
    *,
    margins: Mapping[str, float] | None = None,
) -> str:
    """Draw one picture; with its `margins` given, nobody has to measure every label first."""
    import matplotlib as mpl  # here: most commands draw nothing, and would wait for it to load
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout=None if margins else "constrained")
        if margins is not None:
            figure.subplots_adjust(**margins)
        draw(figure.subplots())
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]
