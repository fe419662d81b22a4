"""Which defects occur most."""

from __future__ import annotations

from collections.abc import Sequence

from packline.site.charts.markup import picture, rect, text

__all__ = ["pareto"]

WIDTH, ROW = 520.0, 48.0


def pareto(counts: Sequence[tuple[str, int]], *, title: str) -> str:
    """Draw one bar per name, in the order given."""
    if not counts:
        return ""
    most = max(count for _, count in counts)
    total = sum(count for _, count in counts)
    shapes = []
    for k, (name, count) in enumerate(counts):
        top = k * ROW
        width = (WIDTH - 60) * count / most
        shapes += [
            text(0, top + 14, name, class_="said"),
            rect(0, top + 20, width, 18, class_="bar", rx=3),
            text(width + 8, top + 34, str(count)),
        ]
    said = "; ".join(f"{name}: {count}" for name, count in counts)
    return picture(
        WIDTH,
        ROW * len(counts),
        shapes,
        title=title,
        description=f"{said}. {total} in all.",
        class_="limited",
    )
