"""Groups of a unit: what each must show with its tolerance, and what it showed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from packline.site.charts.axes import left_axis
from packline.site.charts.markup import element, line, picture, rect, text
from packline.site.charts.scale import Scale, span

__all__ = ["Expected", "expected_groups"]

HEIGHT = 250.0
LEFT, RIGHT, TOP, BOTTOM = 58.0, 12.0, 28.0, 44.0
STEP, WIDEST, NARROWEST = 34.0, 900.0, 320.0
SIZE = 6.0


@dataclass(frozen=True, slots=True)
class Expected:
    """One place: what is to be expected there, and what was measured, if it was."""

    place: str
    expected: float
    tolerance: float | None = None
    measured: float | None = None
    agrees: bool = True


def expected_groups(rows: Sequence[Expected], *, name: str, unit: str) -> str:
    """Draw a bar per place that spans the tolerance, a line where it is to be, a mark it is at."""
    if not rows:
        return ""
    ends = [r.expected + sign * (r.tolerance or 0.0) for r in rows for sign in (-1, 1)]
    width = min(max(LEFT + RIGHT + STEP * len(rows), NARROWEST), WIDEST)
    x = Scale(0, len(rows), LEFT, width - RIGHT)
    y = Scale(*span([*ends, *(r.measured for r in rows)], margin=0.08), HEIGHT - BOTTOM, TOP)
    shapes = left_axis(y, LEFT, width - RIGHT, f"{name} / {unit}")
    every = -(-len(rows) // 24)
    for k, row in enumerate(rows):
        shapes += _place(row, x(k), x(k + 1), y, unit)
        if k % every == 0:
            shapes.append(text(x(k + 0.5), HEIGHT - BOTTOM + 18, row.place, anchor="middle"))
    shapes.append(text(width - RIGHT, HEIGHT - 8, "group", anchor="end", class_="said"))
    measured = sum(r.measured is not None for r in rows)
    out = [r.place for r in rows if not r.agrees]
    said = f"outside: group {', '.join(out)}" if out else "all within"
    return picture(
        width,
        HEIGHT,
        shapes,
        title=f"{name}, measured against predicted",
        description=f"{measured} of {len(rows)} groups measured; {said}.",
    )


def _place(row: Expected, left: float, right: float, y: Scale, unit: str) -> list[str]:
    middle, wide = (left + right) / 2, (right - left) * 0.62
    span_ = row.tolerance or 0.0
    words = f"group {row.place}: expected {row.expected:.4g}"
    words += f" ± {span_:.2g}" if row.tolerance is not None else ""
    words += f", measured {row.measured:.4g}" if row.measured is not None else ""
    shown = element("title", escape(f"{words} {unit}"))
    top, bottom = y(row.expected + span_), y(row.expected - span_)
    shapes = []
    if row.tolerance is not None:
        shapes.append(rect(middle - wide / 2, top, wide, bottom - top, shown, class_="band"))
    at = y(row.expected)
    shapes.append(line(middle - wide / 2, at, middle + wide / 2, at, class_="whisker"))
    if row.measured is None:
        return shapes
    here = y(row.measured)
    if row.agrees:
        shapes.append(element("circle", shown, cx=middle, cy=here, r=SIZE - 1, class_="mark"))
    else:  # another shape, so that it does not take a colour to see it
        r = SIZE + 1
        points = f"{middle - r},{here} {middle},{here - r} {middle + r},{here} {middle},{here + r}"
        shapes.append(element("polygon", shown, points=points, class_="mark out"))
    return shapes
