"""A share with its confidence interval."""

from __future__ import annotations

from packline.site.charts.markup import element, line, picture, rect, text
from packline.site.charts.scale import Scale

__all__ = ["interval"]

WIDTH, HEIGHT = 260.0, 44.0


def interval(share: float, *, low: float, high: float, name: str) -> str:
    """Draw a share between 0 and 1 as a dot, its interval as a whisker on the whole scale."""
    x = Scale(0, 1, 8, WIDTH - 8)
    y = 14.0
    shapes = [
        rect(8, y - 4, WIDTH - 16, 8, class_="rail", rx=4),
        line(x(low), y, x(high), y, class_="whisker"),
        line(x(low), y - 6, x(low), y + 6, class_="whisker"),
        line(x(high), y - 6, x(high), y + 6, class_="whisker"),
        element("circle", cx=x(share), cy=y, r=6, class_="mark"),
        text(8, 38, "0 %"),
        text(WIDTH - 8, 38, "100 %", anchor="end"),
    ]
    return picture(
        WIDTH,
        HEIGHT,
        shapes,
        title=f"{name} {share:.1%}",
        description=f"between {low:.1%} and {high:.1%}",
        class_="limited",
    )
