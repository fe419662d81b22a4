"""Two figures of many candidates against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from packline.site.charts.axes import bottom_axis, left_axis
from packline.site.charts.markup import element, picture
from packline.site.charts.scale import Scale, span, span_by_ratio

__all__ = ["Point", "scatter"]

WIDTH, HEIGHT = 720.0, 360.0
FAR_APART = 10.0  # greatest by least
LEFT, RIGHT, TOP, BOTTOM = 52.0, 16.0, 28.0, 44.0


@dataclass(frozen=True, slots=True)
class Point:
    """One candidate; `kind` is feasible, rejected or chosen."""

    x: float
    y: float
    name: str
    kind: str


def _scale(values: Sequence[float], start: float, end: float) -> Scale:
    """Candidates may differ a hundredfold: then equal ratios take equal room."""
    if min(values) > 0 and max(values) / min(values) > FAR_APART:
        return Scale(*span_by_ratio(values), start, end, by_ratio=True)
    return Scale(*span(values), start, end)


def scatter(points: Sequence[Point], *, title: str, x_label: str, y_label: str) -> str:
    """Draw the points, the chosen one last and largest; each tells its name when pointed at."""
    if not points:
        return ""
    x = _scale([p.x for p in points], LEFT, WIDTH - RIGHT)
    y = _scale([p.y for p in points], HEIGHT - BOTTOM, TOP)
    shapes = left_axis(y, LEFT, WIDTH - RIGHT, y_label)
    shapes += bottom_axis(x, HEIGHT - BOTTOM, x_label)
    order = {"rejected": 0, "feasible": 1, "chosen": 2}
    for point in sorted(points, key=lambda p: order[p.kind]):
        shapes.append(
            element(
                "circle",
                element("title", escape(f"{point.name}: {point.x:.5g}, {point.y:.5g}")),
                cx=x(point.x),
                cy=y(point.y),
                r=8 if point.kind == "chosen" else 5,
                class_=f"dot {point.kind}",
            )
        )
    counts = {kind: sum(p.kind == kind for p in points) for kind in order}
    said = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    return picture(
        WIDTH, HEIGHT, shapes, title=title, description=f"{y_label} against {x_label}: {said}."
    )
