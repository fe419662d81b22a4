"""Groups of a pack against their mean, and the stock that packs were made of."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from packline.site.charts.axes import bottom_axis, left_axis
from packline.site.charts.markup import element, line, picture, rect, text
from packline.site.charts.scale import Scale, finite, span

__all__ = ["group_deviations", "stock"]

WIDTH, HEIGHT = 520.0, 230.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 12.0, 28.0, 30.0
LEAST = 1.5  # height of a bar: a group at the mean must be seen too


def group_deviations(
    values: Sequence[float], *, name: str, unit: str, marked: int | None = None
) -> str:
    """Draw one bar per group, up or down from the mean; `marked` counts from 0 and is red."""
    if not values:
        return ""
    x = Scale(0, len(values), LEFT, WIDTH - RIGHT)
    y = Scale(*span([*values, 0.0], margin=0.1), HEIGHT - BOTTOM, TOP)
    shapes = left_axis(y, LEFT, WIDTH - RIGHT, f"{name} / {unit}")
    every = -(-len(values) // 24)
    for k, value in enumerate(values):
        top = min(y(value), y(0))
        shapes.append(
            rect(
                x(k + 0.15),
                top,
                x(0.7) - x(0),
                max(abs(y(value) - y(0)), LEAST),
                element("title", f"group {k + 1}: {value:+.3g} {escape(unit)}"),
                class_="bar out" if k == marked else "bar",
            )
        )
        if k % every == 0:
            shapes.append(text(x(k + 0.5), HEIGHT - BOTTOM + 18, str(k + 1), anchor="middle"))
    shapes.append(line(LEFT, y(0), WIDTH - RIGHT, y(0), class_="axis"))
    limiting = "" if marked is None else f"; group {marked + 1} limits"
    return picture(
        WIDTH,
        HEIGHT,
        shapes,
        title=f"{name}, {len(values)} groups against their mean",
        description=f"from {min(values):+.3g} to {max(values):+.3g} {unit}{limiting}.",
    )


def stock(
    used: Sequence[tuple[float, float]],
    left: Sequence[tuple[float, float]],
    *,
    x_label: str,
    y_label: str,
) -> str:
    """Draw cells as dots: those built in filled, those left over hollow."""
    points = [*used, *left]
    if not finite([p[0] for p in points]):
        return ""
    height = 250.0
    x = Scale(*span([p[0] for p in points]), LEFT, WIDTH - RIGHT)
    y = Scale(*span([p[1] for p in points]), height - 44, TOP)
    shapes = left_axis(y, LEFT, WIDTH - RIGHT, y_label)
    shapes += bottom_axis(x, height - 44, x_label)
    for cells, kind in ((left, "dot rejected"), (used, "dot")):
        shapes += [element("circle", cx=x(a), cy=y(b), r=2.5, class_=kind) for a, b in cells]
    return picture(
        WIDTH,
        height,
        shapes,
        title="Cells used and left over",
        description=f"{y_label} against {x_label}: {len(used)} used, {len(left)} left over.",
    )
