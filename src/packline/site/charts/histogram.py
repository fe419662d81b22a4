"""How measured values are distributed, and where their limits are."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt

from packline.site.charts.axes import bottom_axis, left_axis
from packline.site.charts.markup import element, line, picture, rect, text
from packline.site.charts.scale import Scale, finite, span, ticks

__all__ = ["histogram"]

ALIKE = 1e-9  # values that differ by less are one value
LEAST = 3.0  # height of a bar: a single outsider must be seen beside thousands
FAR = 3.0  # times the width of all bars
WIDTH, HEIGHT = 520.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 12.0, 40.0, 44.0


def histogram(
    values: Sequence[float | None],
    *,
    name: str,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    counted: str = "cells",
) -> str:
    """Draw how often values occur; bars outside the limits stand out."""
    found = finite(values)
    if not found:
        return ""
    edges, counts = _bins(found, low, high)
    near = [limit for limit in (low, high) if limit is not None and _is_near(limit, edges)]
    x = Scale(*span([edges[0], edges[-1], *near], margin=0.03), LEFT, WIDTH - RIGHT)
    y = Scale(0, max(counts) * 1.05, HEIGHT - BOTTOM, TOP)
    shapes = left_axis(y, LEFT, WIDTH - RIGHT, counted)
    for start, end, count in zip(edges[:-1], edges[1:], counts, strict=True):
        if count:
            middle = (start + end) / 2
            out = (low is not None and middle < low) or (high is not None and middle > high)
            shapes.append(
                rect(
                    x(start) + 0.5,
                    min(y(count), y(0) - LEAST),
                    x(end) - x(start) - 1,
                    max(y(0) - y(count), LEAST),
                    element("title", f"{start:.6g} to {end:.6g}: {count}"),
                    class_="bar out" if out else "bar",
                )
            )
    shapes += bottom_axis(x, HEIGHT - BOTTOM, f"{name} / {unit}" if unit else name)
    shapes += _limit(x, low, "low", low in near) + _limit(x, high, "high", high in near)
    return picture(
        WIDTH,
        HEIGHT,
        shapes,
        title=f"Distribution of {name}",
        description=_said(found, unit, low, high),
    )


def _is_near(limit: float, edges: Sequence[float]) -> bool:
    """Say whether a limit fits into the picture without crushing the bars."""
    away = max(edges[0] - limit, limit - edges[-1])
    return away <= FAR * (edges[-1] - edges[0])


def _limit(x: Scale, limit: float | None, name: str, near: bool) -> list[str]:
    """Draw a limit as a line; one that is far away is named at the edge, with an arrow."""
    if limit is None:
        return []
    words = f"{name} {limit:.6g}"
    if not near:
        left = limit < x.low
        words = f"\u2190 {words}" if left else f"{words} \u2192"
        place, anchor = (x.start, "start") if left else (x.end, "end")
        return [text(place, TOP - 6, words, anchor=anchor, class_="limit-name")]
    to_the_right = x(limit) < (x.start + x.end) / 2
    return [
        line(x(limit), TOP - 14, x(limit), HEIGHT - BOTTOM, class_="limit"),
        text(
            x(limit) + (5 if to_the_right else -5),
            TOP - 6,
            words,
            anchor="start" if to_the_right else "end",
            class_="limit-name",
        ),
    ]


def _bins(
    values: list[float], low: float | None, high: float | None
) -> tuple[list[float], list[int]]:
    """Cut the range into round bins; a limit is always an edge, so that no bar straddles it."""
    start, end = min(values), max(values)
    if end - start <= ALIKE * max(abs(start), abs(end)):
        start, end = span([start])
    wanted = min(40, max(8, ceil(2 * sqrt(len(values)))))
    regular = ticks(start, end, about=wanted)
    step = regular[1] - regular[0] if len(regular) > 1 else end - start
    edges = sorted(
        {regular[0] - step, *regular, regular[-1] + step}
        | {b for b in (low, high) if b is not None and start <= b <= end}
    )
    counts = [0] * (len(edges) - 1)
    for value in values:
        place = sum(edge <= value for edge in edges[1:-1])
        if high is not None and value == high and place and edges[place] == high:
            place -= 1  # a value on its limit is within it
        counts[place] += 1
    return edges, counts


def _said(values: list[float], unit: str, low: float | None, high: float | None) -> str:
    tail = f" {unit}" if unit else ""
    below = sum(low is not None and v < low for v in values)
    above = sum(high is not None and v > high for v in values)
    return (
        f"{len(values)} values from {min(values):.6g} to {max(values):.6g}{tail}; "
        f"{below} below the low limit, {above} above the high limit."
    )
