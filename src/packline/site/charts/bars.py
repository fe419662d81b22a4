"""Which defects occur most."""

from __future__ import annotations

from collections.abc import Sequence

from packline.site.charts.markup import picture, rect, text

__all__ = ["pareto"]

WIDTH, ROW, NAME = 520.0, 36.0, 200.0


def pareto(counts: Sequence[tuple[str, int]], *, title: str) -> str:
    """Draw one bar per name, in the order given."""
    if not counts:
        return ""
    most = max(count for _, count in counts)
    total = sum(count for _, count in counts)
    shapes = []
    for k, (name, count) in enumerate(counts):
        top = k * ROW
        width = (WIDTH - NAME - 60) * count / most
        shapes += [
            text(NAME - 10, top + 22, name, anchor="end", class_="said"),
            rect(NAME, top + 6, width, ROW - 12, class_="bar", rx=3),
            text(NAME + width + 8, top + 22, str(count)),
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
