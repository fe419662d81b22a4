"""A few curves over the same axis: discharges, temperatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from packline.site.charts.axes import bottom_axis, left_axis
from packline.site.charts.markup import element, line, picture, text
from packline.site.charts.scale import Scale, span

__all__ = ["Curve", "lines"]

WIDTH, HEIGHT = 720.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 150.0, 28.0, 44.0
DASHES = (None, "7 4", "2 4", "10 3 2 3")
APART = 15.0  # least distance of two names


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve with its name; where `y` is None it is not drawn."""

    name: str
    x: Sequence[float | None]
    y: Sequence[float | None]

    def points(self) -> list[tuple[float, float]]:
        """The points that are there."""
        pairs = zip(self.x, self.y, strict=True)
        return [(x, y) for x, y in pairs if x is not None and y is not None]


def lines(
    curves: Sequence[Curve],
    *,
    title: str,
    x_label: str,
    y_label: str,
    limit: tuple[str, float] | None = None,
) -> str:
    """Draw curves that are told apart by their dashes and named at their ends.

    `limit` is a level that must not be passed, with its name.
    """
    drawn = [(c, c.points()) for c in curves]
    drawn = [(c, points) for c, points in drawn if points]
    if not drawn:
        return ""
    values = [y for _, points in drawn for _, y in points] + ([limit[1]] if limit else [])
    x = Scale(*span([p[0] for _, points in drawn for p in points]), LEFT, WIDTH - RIGHT)
    y = Scale(*span(values), HEIGHT - BOTTOM, TOP)
    shapes = left_axis(y, LEFT, WIDTH - RIGHT, y_label)
    shapes += bottom_axis(x, HEIGHT - BOTTOM, x_label)
    if limit is not None:
        shapes.append(line(LEFT, y(limit[1]), WIDTH - RIGHT, y(limit[1]), class_="limit"))
        shapes.append(
            text(LEFT + 4, y(limit[1]) - 5, f"{limit[0]} {limit[1]:.4g}", class_="limit-name")
        )
    places = _apart([y(points[-1][1]) for _, points in drawn])
    for k, ((curve, points), place) in enumerate(zip(drawn, places, strict=True)):
        shapes.append(
            element(
                "polyline",
                element("title", escape(curve.name)),
                points=" ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in points),
                stroke_dasharray=DASHES[k % len(DASHES)],
                class_="curve",
            )
        )
        shapes.append(text(x(points[-1][0]) + 6, place + 4, curve.name, class_="said"))
    said = "; ".join(f"{c.name} ends at {p[-1][0]:.4g}, {p[-1][1]:.4g}" for c, p in drawn)
    return picture(
        WIDTH, HEIGHT, shapes, title=title, description=f"{y_label} over {x_label}: {said}."
    )


def _apart(places: Sequence[float]) -> list[float]:
    """Move names apart that would stand on each other, keeping their order."""
    order = sorted(range(len(places)), key=lambda k: places[k])
    moved = list(places)
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + APART)
    return moved
