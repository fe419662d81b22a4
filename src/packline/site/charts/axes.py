"""The two axes that histogram and scatter share."""

from __future__ import annotations

from packline.site.charts.markup import line, text
from packline.site.charts.scale import Scale, tick_text

__all__ = ["bottom_axis", "left_axis"]


def bottom_axis(x: Scale, y: float, label: str) -> list[str]:
    """Draw the axis at the bottom with its ticks and its name below."""
    values = x.ticks(about=6)
    shapes = [line(x.start, y, x.end, y, class_="axis")]
    for value, said in zip(values, tick_text(values), strict=True):
        shapes += [
            line(x(value), y, x(value), y + 4, class_="axis"),
            text(x(value), y + 18, said, anchor="middle"),
        ]
    shapes.append(text(x.end, y + 36, label, anchor="end", class_="said"))
    return shapes


def left_axis(y: Scale, left: float, right: float, label: str) -> list[str]:
    """Draw the axis at the left: a faint line per tick, and its name on top."""
    values = y.ticks(about=4)
    shapes = []
    for value, said in zip(values, tick_text(values), strict=True):
        shapes += [
            line(left, y(value), right, y(value), class_="grid"),
            text(left - 8, y(value) + 4, said, anchor="end"),
        ]
    shapes.append(text(0, 12, label, class_="said"))
    return shapes
