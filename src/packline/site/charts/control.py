"""A control chart whose points are links: values in the order of time, limits, signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from packline.site.charts.axes import left_axis
from packline.site.charts.markup import element, line, picture, rect, text
from packline.site.charts.scale import Scale, span, tick_text

__all__ = ["Mark", "Strip", "control"]

LEAST_WIDTH = 560.0
STEP = 12.0  # between points: a chart of many grows to the side
LEFT, RIGHT, BOTTOM = 56.0, 92.0, 40.0
HEIGHTS = (220.0, 130.0)  # of the first strip, and of one below
ABOVE = 34.0  # room over a strip for its name and the codes of its signals
TOUCH = 12.0  # from a point to the edge of what answers to a finger, or half way to the next


@dataclass(frozen=True, slots=True)
class Mark:
    """One point, as every strip shows it: its number, its name, and where it leads."""

    number: int
    name: str
    href: str
    repeated: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """One plotted statistic; lines are empty while there are no limits, a value may be missing."""

    label: str
    values: Sequence[float | None]
    codes: Sequence[Sequence[str]]  # of the rules that fire on each point
    centre: Sequence[float] = ()
    lower: Sequence[float] = ()
    upper: Sequence[float] = ()
    sigma: float | None = None  # where it is the same everywhere: the zones are drawn
    bounds: tuple[float, float] | None = None  # of the axis; left out: what there is to show


def control(
    marks: Sequence[Mark],
    strips: Sequence[Strip],
    *,
    title: str,
    description: str,
    target: str,
    begins: int | None = None,
) -> str:
    """Draw strips one above the other on one axis of points.

    `begins` is the number of the first point after the limits were frozen: a line stands there.

    Each point is a link, loaded into the element `target`, if there is one, where scripts run.
    The keyboard walks the points of the first strip; those of the others lead to the same places.
    """
    width = max(LEAST_WIDTH, LEFT + RIGHT + STEP * len(marks))
    x = Scale(0.0, len(marks) + 1.0, LEFT, width - RIGHT)
    shapes: list[str] = []
    top = 0.0
    for row, strip in enumerate(strips):
        bottom = top + ABOVE + HEIGHTS[min(row, 1)]
        shapes += _strip(strip, marks, x, top, bottom, width, target, row == 0)
        top = bottom + 8
    shapes += _frozen(marks, x, top - 8, begins)
    shapes += _numbers(marks, x, top - 8)
    return picture(
        width,
        top - 8 + BOTTOM,
        shapes,
        title=title,
        description=description,
        class_="control",
        role="group",  # a picture of role "img" would hide its links
    )


def _strip(
    strip: Strip,
    marks: Sequence[Mark],
    x: Scale,
    top: float,
    bottom: float,
    width: float,
    target: str,
    by_keyboard: bool,
) -> list[str]:
    known = strip.bounds or [*strip.values, *strip.lower, *strip.upper]
    y = Scale(*span(known, margin=0.08), bottom, top + ABOVE)
    axis = left_axis(y, LEFT, width - RIGHT, "")[:-1]
    shapes = [*axis, text(0, top + 14, strip.label, class_="said")]
    shapes += _lines(strip, x, y)
    shapes += _path(strip.values, x, y)
    for place, (mark, value, codes) in enumerate(
        zip(marks, strip.values, strip.codes, strict=True), start=1
    ):
        if value is not None:
            beside = min(TOUCH, (x(2) - x(1)) / 2)
            said = "" if by_keyboard else f"; {strip.label} {value:.5g}"
            said += f"; signal, rule {', '.join(codes)}" if codes else ""
            at = (x(place), y(value), beside)
            shapes.append(_point(mark, mark.name + said, *at, codes, target, by_keyboard))
    return shapes


def _lines(strip: Strip, x: Scale, y: Scale) -> list[str]:
    if not strip.centre:
        return []
    shapes = _zones(strip, x, y)
    named = (
        ("CL", strip.centre, "centre"),
        ("UCL", strip.upper, "limit"),
        ("LCL", strip.lower, "limit"),
    )
    written: list[float] = []
    for name, values, class_ in named:
        points = " ".join(
            f"{x(k + side):.2f},{y(value):.2f}"
            for k, value in enumerate(values, start=1)
            for side in (-0.5, 0.5)
        )
        shapes.append(element("polyline", points=points, class_=class_))
        at = y(values[-1])
        if all(abs(at - other) >= 13 for other in written):  # words never lie on words
            written.append(at)
            said = f"{name} {values[-1]:.5g}"
            shapes.append(text(x.end + 6, at + 4, said, class_=f"{class_}-name"))
    return shapes


def _zones(strip: Strip, x: Scale, y: Scale) -> list[str]:
    """Draw one and two sigma, where the lines are the same everywhere and within the limits."""
    if not strip.sigma:
        return []
    middle = strip.centre[0]
    found = [middle + k * strip.sigma for k in (-2, -1, 1, 2)]
    return [
        line(x.start, y(value), x.end, y(value), class_="zone")
        for value in found
        if strip.lower[0] < value < strip.upper[0]
    ]


def _path(values: Sequence[float | None], x: Scale, y: Scale) -> list[str]:
    points = " ".join(
        f"{x(k):.2f},{y(value):.2f}"
        for k, value in enumerate(values, start=1)
        if value is not None
    )
    return [element("polyline", points=points, class_="path")]


def _point(
    mark: Mark,
    said: str,
    at: float,
    height: float,
    beside: float,
    codes: Sequence[str],
    target: str,
    by_keyboard: bool,
) -> str:
    """Draw a point: a dot, a hollow one for a repeated attempt, a square for a signal.

    There is room for one code beside it, the first; all of them stand in its name.
    """
    classes = "mark" + " out" * bool(codes) + " repeated" * mark.repeated
    if codes:
        shape = rect(at - 5, height - 5, 10, 10, class_=classes)
        shape += text(at, height - 10, codes[0], anchor="middle", class_="limit-name")
    else:
        shape = element("circle", cx=at, cy=height, r=4.5, class_=classes)
    return element(
        "a",
        element("title", escape(said)),
        rect(at - beside, height - TOUCH, 2 * beside, 2 * TOUCH, class_="touch", rx=4),
        shape,
        href=mark.href,
        hx_get=mark.href if target else None,
        hx_target=target or None,
        hx_swap="innerHTML" if target else None,
        aria_label=said,
        aria_current="true" if mark.chosen else None,
        tabindex=None if by_keyboard else "-1",
        class_="point",
    )


def _frozen(marks: Sequence[Mark], x: Scale, bottom: float, begins: int | None) -> list[str]:
    """Draw the moment at which the limits were frozen between the points before and after."""
    if begins is None or not marks or not marks[0].number < begins <= marks[-1].number + 1:
        return []
    at = x(begins - marks[0].number + 0.5)
    return [
        line(at, ABOVE - 12, at, bottom, class_="frozen"),
        text(at + 4, ABOVE - 4, "frozen", class_="said"),
    ]


def _numbers(marks: Sequence[Mark], x: Scale, y: float) -> list[str]:
    """Number the points: every one, or every fifth, tenth ... as they fit."""
    shapes = [line(x.start, y, x.end, y, class_="axis")]
    room = x(2) - x(1)
    every = next(n for n in (1, 2, 5, 10, 20, 50) if n * room >= 24 or n == 50)
    for place, mark in enumerate(marks, start=1):
        if mark.number % every == 0 or (place == 1 and len(marks) < every):
            shapes += [
                line(x(place), y, x(place), y + 4, class_="axis"),
                text(x(place), y + 18, tick_text([float(mark.number)])[0], anchor="middle"),
            ]
    shapes.append(text(x.end, y + 34, "point, in the order of time", anchor="end", class_="said"))
    return shapes
