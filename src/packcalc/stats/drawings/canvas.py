"""One look for all pictures, and the way from a figure to SVG text."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__: list[str] = []

BLUE, GREEN, RED, GREY, INK = "#1f5a96", "#2e7d32", "#c62828", "#9e9e9e", "#222222"
LOOK = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Arial", "Helvetica"],
    "font.size": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.titlesize": 10.0,
    "axes.titlelocation": "left",
    "xtick.color": INK,
    "ytick.color": INK,
    "svg.fonttype": "none",  # text stays text: it can be searched and read aloud
    "svg.hashsalt": "packline",
    "path.simplify": True,
}


@contextmanager
def look() -> Iterator[None]:
    """Draw within the house's look, and leave the caller's settings alone."""
    import matplotlib as mpl

    with mpl.rc_context(LOOK):  # type: ignore[arg-type]
        yield


def new_figure(width: float, height: float) -> Figure:
    """Make a figure without any window system."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasSVG(figure)
    return figure


def to_svg(figure: Figure, title: str) -> str:
    """Write a figure as SVG; the same figure is the same text, whenever it is drawn."""
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Title": title})
    return text.getvalue()


def heading(figure: Figure, title: str, subtitle: str) -> None:
    """Write a title, and under it in grey what the picture stands on."""
    width, height = figure.get_size_inches()
    lines = textwrap.wrap(subtitle, int(14.5 * width))
    room = "\n" * (len(lines) + 1)  # the title holds the place of what stands under it
    figure.suptitle(
        title + room,
        x=0.01,
        ha="left",
        fontsize=12,
        fontweight="bold",
        color=INK,
        linespacing=0.95,
    )
    figure.text(
        0.01, 1 - 0.33 / height, "\n".join(lines), ha="left", va="top", fontsize=8, color="#555555"
    )


def level(axes: Axes, y: float, name: str, colour: str, style: str = "-") -> None:
    """Draw a horizontal line and name it with its value at the right."""
    axes.axhline(y, color=colour, linewidth=1.0, linestyle=style, zorder=1)
    name_line(axes, y, name, colour)


def name_line(axes: Axes, y: float, name: str, colour: str) -> None:
    """Name a line at the right, at the height where it ends."""
    axes.annotate(
        f"{name} {y:.5g}",
        xy=(1.0, y),
        xycoords=("axes fraction", "data"),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
        color=colour,
        annotation_clip=False,
    )
