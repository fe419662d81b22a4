"""How a station spent a day, as a band of its states."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from packline.site.charts.markup import element, line, picture, rect, text

__all__ = ["timeline"]

WIDTH, HEIGHT, TOP = 720.0, 54.0, 8.0
LABEL = 46.0
TALL = {"running": 26.0, "setup": 19.0, "maintenance": 19.0, "idle": 8.0, "down": 26.0}


def timeline(spans: Sequence[tuple[str, float, float, str]], *, title: str) -> str:
    """Draw the states of a day; each span is state, begin and end in hours, and what is said.

    A state is told by its height and its pattern as well as by its colour.
    """

    def x(hour: float) -> float:
        return LABEL + (WIDTH - LABEL - 6) * hour / 24

    shapes = [rect(x(0), TOP, x(24) - x(0), 26, class_="rail")]
    for state, begin, end, said in spans:
        tall = TALL.get(state, 12.0)
        shapes.append(
            rect(
                x(begin),
                TOP + 26 - tall,
                max(x(end) - x(begin), 1.0),
                tall,
                element("title", escape(said)),
                class_=f"span {state}",
            )
        )
    for hour in range(0, 25, 4):
        shapes += [
            line(x(hour), TOP + 26, x(hour), TOP + 30, class_="axis"),
            text(x(hour) - 8, TOP + 43, f"{hour:02d}"),
        ]
    told = "; ".join(said for *_, said in spans) or "nothing was logged"
    return picture(WIDTH, HEIGHT, shapes, title=title, description=told, class_="wide")
