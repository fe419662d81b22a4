"""What explains one point of a control chart: its limits, its rules, and what stands around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import numpy as np

from packcalc.stats.charts.chart import Chart, Panel
from packline.quality.calc.charts import ChartPoint, ControlFigure, Fired, neighbours
from packline.quality.models import Reaction
from packline.quality.queries.tools import NO_TOOLS, Tooling

__all__ = ["NAMES", "Address", "Against", "Around", "Why", "fired_on", "why"]

AROUND = 4  # readings of the same gauge and tool before and after a point
LISTED = 24  # values of a unit that are written out
NAMES = {
    "individual": "value",
    "moving range": "moving range",
    "mean": "mean",
    "range": "range",
    "sd": "standard deviation",
    "fraction": "share not good",
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a chart is: which stream and version it shows, as the end of an address."""

    station: str = ""
    gauge: str = ""
    limits: str = ""  # number of a version that is not the one in force

    def query(self, point: ChartPoint | None = None) -> str:
        """Write the end of the address of the chart, or of one of its points."""
        said = {"station": self.station, "gauge": self.gauge, "limits": self.limits}
        named = {"point": point.key} if point else {}
        return "?" + urlencode({**{k: v for k, v in said.items() if v}, **named})


@dataclass(frozen=True, slots=True)
class Against:
    """A plotted statistic of one point against its limits."""

    name: str
    value: float | None
    centre: float
    lower: float
    upper: float
    away: float | None  # sigmas from the centre, with sign


@dataclass(frozen=True, slots=True)
class Around:
    """A point as its neighbours' table shows it."""

    number: int
    point: ChartPoint
    value: float
    query: str
    codes: str


@dataclass(frozen=True, slots=True)
class Why:
    """Everything that explains one point."""

    number: int
    point: ChartPoint
    value: float
    against: list[Against]
    fired: list[tuple[str, Fired]]
    around: list[Around]
    values: tuple[float, ...]  # written out when they are few
    reactions: Sequence[Reaction]  # that a signal of this point is collected in
    tools: tuple[str, ...] = ()


def why(
    figure: ControlFigure,
    number: int,
    address: Address,
    reactions: Sequence[Reaction] = (),
    tooling: Tooling = NO_TOOLS,
) -> Why:
    """Explain a point, counted from 1."""
    values = figure.plotted()
    point = figure.points[number - 1]
    panels = figure.chart.panels if isinstance(figure.chart, Chart) else ()
    return Why(
        number,
        point,
        values[number - 1],
        [_against(panel, number - 1) for panel in panels],
        fired_on(figure, number),
        [
            Around(
                k,
                figure.points[k - 1],
                values[k - 1],
                address.query(figure.points[k - 1]),
                ", ".join(dict.fromkeys(fired.rule.code for fired in figure.fired(k))),
            )
            for k in neighbours(figure, number, around=AROUND, alike=tooling.same)
        ],
        point.values if 1 < len(point.values) <= LISTED else (),
        reactions,
        tooling.codes,
    )


def _against(panel: Panel, k: int) -> Against:
    value, sigma = float(panel.points[k]), float(panel.sigma[k])
    known = not np.isnan(value)
    return Against(
        NAMES[panel.statistic],
        value if known else None,
        float(panel.centre[k]),
        float(panel.lower[k]),
        float(panel.upper[k]),
        (value - float(panel.centre[k])) / sigma if known and sigma > 0 else None,
    )


def fired_on(figure: ControlFigure, number: int) -> list[tuple[str, Fired]]:
    """Return the rules that fire on a point, each with the name of what it fires on."""
    return [(NAMES[fired.panel], fired) for fired in figure.fired(number)]
