"""Where within its limits a reading lies."""

from __future__ import annotations

from packline.site.charts.markup import element, line, picture, rect
from packline.site.charts.scale import Scale, span

__all__ = ["bullet"]

WIDTH, HEIGHT = 180.0, 20.0
EDGE = 6.0


def bullet(
    value: float,
    *,
    low: float | None,
    high: float | None,
    name: str,
    limits: str,
    passed: bool,
    accepted: tuple[float | None, float | None] = (None, None),
) -> str:
    """Draw a rail with the allowed band and a mark at the value.

    Where a guard band moved the limits inside (`accepted`), a fine line says where to.

    A value beyond the rail is drawn at its end: the place of the limits must not move with it.
    """
    left, right = _range(value, low, high)
    x = Scale(left, right, EDGE, WIDTH - EDGE)
    start = x(low) if low is not None else 0
    end = x(high) if high is not None else WIDTH
    middle = HEIGHT / 2
    shapes = [
        rect(0, middle - 5, WIDTH, 10, class_="rail", rx=5),
        rect(start, middle - 5, end - start, 10, class_="band"),
    ]
    shapes += [
        line(x(limit), middle - 8, x(limit), middle + 8, class_="limit-edge axis")
        for limit in (low, high)
        if limit is not None
    ]
    shapes += [
        element(
            "line",
            x1=x(limit),
            y1=middle - 5,
            x2=x(limit),
            y2=middle + 5,
            class_="limit-edge axis",
            stroke_dasharray="2",
        )
        for limit in accepted
        if limit is not None
    ]
    at = min(max(x(value), EDGE), WIDTH - EDGE)
    if passed:
        shapes.append(element("circle", cx=at, cy=middle, r=6, class_="mark"))
    else:  # another shape, so that it does not take a colour to see it
        points = f"{at - 7},{middle} {at},{middle - 7} {at + 7},{middle} {at},{middle + 7}"
        shapes.append(element("polygon", points=points, class_="mark out"))
    said = "within" if passed else "outside"
    return picture(
        WIDTH,
        HEIGHT,
        shapes,
        title=f"{name} {value:.6g}",
        description=f"{said} {limits}",
        class_="small",
    )


def _range(value: float, low: float | None, high: float | None) -> tuple[float, float]:
    if low is not None and high is not None and low != high:
        width = high - low
        # A value far outside stays at the rail's end: the band must keep its size.
        return low - 0.3 * width, high + 0.3 * width
    if high is not None and high > 0 and value >= 0:
        return 0.0, 1.3 * high  # what cannot be negative begins at nothing
    if low is not None and low != 0:
        return low - 0.3 * abs(low), low + 0.7 * abs(low)
    return span([value, low, high], margin=0.3)
