"""The map of a unit's joints: one square each, the darker the greater, the worst one framed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil, sqrt

from packline.site.charts.markup import element, picture, rect, text

__all__ = ["joint_map"]

SIDE = 22.0
GAP = 4.0
LEFT = 48.0


def joint_map(
    values: Sequence[float],
    *,
    name: str,
    unit: str,
    low: float | None,
    high: float | None,
    worst: int,
    places: Sequence[tuple[int, int, str]] = (),
    row_name: str = "",
) -> str:
    """Draw the joints of one quantity.

    `places` are row, column and words of each joint; without them the joints are laid in reading
    order. `worst` is the number of the joint nearest to a limit, from 1.
    """
    if not values:
        return ""
    laid = list(places) or _in_reading_order(len(values))
    columns = max(column for _, column, _ in laid) + 1
    rows = max(row for row, _, _ in laid) + 1
    least, greatest = min(values), max(values)
    shapes = []
    if row_name:
        shapes += [
            text(LEFT - 10, r * (SIDE + GAP) + 16, f"{row_name}{r + 1}", anchor="end")
            for r in sorted({row for row, _, _ in laid})
        ]
    for number, (value, (row, column, words)) in enumerate(
        zip(values, laid, strict=True), start=1
    ):
        out = (low is not None and value < low) or (high is not None and value > high)
        share = (value - least) / (greatest - least) if greatest > least else 0
        classes = ["cell", f"heat-{min(int(share * 5), 4)}"]
        classes += ["out"] * out + ["worst"] * (number == worst)
        shapes.append(
            rect(
                (LEFT if row_name else 2) + column * (SIDE + GAP),
                2 + row * (SIDE + GAP),
                SIDE,
                SIDE,
                element("title", _words(number, words, value, unit, out, number == worst)),
                class_=" ".join(classes),
                rx=4,
            )
        )
    return picture(
        (LEFT if row_name else 2) + columns * (SIDE + GAP) + 2,
        rows * (SIDE + GAP) + 2,
        shapes,
        title=f"{name} of {len(values)} joints",
        description=(
            f"From {least:.4g} to {greatest:.4g} {unit}; nearest to a limit is joint {worst} "
            f"with {values[worst - 1]:.4g} {unit}."
        ),
        class_="joints",
    )


def _in_reading_order(count: int) -> list[tuple[int, int, str]]:
    columns = min(26, max(1, ceil(sqrt(count * 2))))
    return [(k // columns, k % columns, "") for k in range(count)]


def _words(number: int, words: str, value: float, unit: str, out: bool, worst: bool) -> str:
    said = f"joint {number}{' ' + words if words else ''}: {value:.4g} {unit}"
    said += ", out of limits" if out else ""
    return escape(said + (", nearest to a limit" if worst else ""))
