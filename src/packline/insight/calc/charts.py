"""The control chart of a characteristic: its kind, its limits, and why a point is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from packcalc.stats.capability import Capability
from packcalc.stats.charts.attributes import p_chart
from packcalc.stats.charts.chart import Chart
from packcalc.stats.charts.conventions import Rule, RuleSet
from packcalc.stats.charts.individuals import i_mr
from packcalc.stats.charts.shewhart import xbar_r, xbar_s
from packcalc.stats.no_data import NoData
from packline.insight.calc.kpis import study_ctq

__all__ = [
    "KINDS",
    "ChartPoint",
    "ControlFigure",
    "Fired",
    "capability_of",
    "chart_points",
    "neighbours",
]

KINDS = {
    "i_mr": "individual values and moving ranges (I-MR)",
    "xbar_r": "means and ranges (Xbar-R)",
    "xbar_s": "means and standard deviations (Xbar-S)",
    "p": "share that is not good (p)",
}
CONVENTION = "nelson"
LEAST_POINTS = 2  # below it there is no scatter to make limits of
LARGE = 10  # a range says little of more values than this
# One unit is a sample of one: a row of good units is what is wanted, and no signal.
COUNTED_RULES = ("1",)


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """What one attempt at one unit gave for one characteristic, and how it came about."""

    serial: str
    attempt: int
    step: str
    operator: str
    station: str
    gauge: str  # empty: worked out, or seen
    taken_at: datetime
    virtual: bool
    values: tuple[float, ...]
    n_failed: int

    @property
    def key(self) -> str:
        """Name the point for ever: readings that come later do not change it."""
        return f"{self.serial}/{self.attempt}"


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fires on a point: in which panel, in words, and on which points it looked."""

    panel: str
    rule: Rule
    first: int
    last: int


@dataclass(frozen=True, slots=True, eq=False)
class ControlFigure:
    """A characteristic of an order with its points in the order of time."""

    code: str
    name: str
    operation: str
    per: str
    unit_code: str
    low: float | None
    high: float | None
    kind: str  # of KINDS
    points: tuple[ChartPoint, ...]
    left_out: tuple[ChartPoint, ...]  # too few values for a point of this kind
    chart: Chart | NoData
    damaged: tuple[str, ...]  # files that could not be read, and so are no points

    @property
    def kind_in_words(self) -> str:
        """What is plotted."""
        return KINDS[self.kind]

    def plotted(self) -> list[float]:
        """Return what the first panel shows, limits or not."""
        if self.kind == "p":
            return [p.n_failed / len(p.values) for p in self.points]
        return [float(np.mean(p.values)) for p in self.points]

    def fired(self, number: int) -> list[Fired]:
        """Return every rule that fires on a point, counted from 1."""
        if isinstance(self.chart, NoData):
            return []
        return [
            Fired(panel.statistic, rule, *_looked_at(panel.signals.rules, rule, number))
            for panel in self.chart.panels
            for rule in panel.signals.at(number)
        ]

    def signals(self) -> list[int]:
        """Return the numbers of the points on which any rule fires."""
        if isinstance(self.chart, NoData):
            return []
        return sorted({n for panel in self.chart.panels for n in panel.signals.points()})


def chart_points(
    points: Sequence[ChartPoint],
    *,
    code: str,
    name: str,
    operation: str,
    per: str,
    unit_code: str,
    low: float | None,
    high: float | None,
    damaged: Sequence[str] = (),
) -> ControlFigure:
    """Chart a characteristic: by what it is and by how many values a unit has.

    Limits are trial limits (Phase I) of first attempts within what is allowed. A later attempt,
    and one out of its limits, has a cause of its own that is on record; both are judged by limits
    that they did not widen.
    """
    kind = _kind(points, unit_code)
    least = 2 if kind.startswith("xbar") else 1
    kept = tuple(p for p in points if len(p.values) >= least)
    return ControlFigure(
        code=code,
        name=name,
        operation=operation,
        per=per,
        unit_code=unit_code,
        low=low,
        high=high,
        kind=kind,
        points=kept,
        left_out=tuple(p for p in points if len(p.values) < least),
        chart=_chart(kind, kept),
        damaged=tuple(damaged),
    )


def capability_of(figure: ControlFigure) -> Capability | NoData:
    """Study the capability on first attempts, as the key figures do."""
    if figure.kind == "p":
        return NoData("good or not good is counted, not measured")
    return study_ctq(
        code=figure.code,
        name=figure.name,
        unit_code=figure.unit_code,
        low=figure.low,
        high=figure.high,
        values=[p.values for p in figure.points if p.attempt == 1],
    ).study


def neighbours(figure: ControlFigure, number: int, *, around: int) -> list[int]:
    """Return the points that the same gauge gave before and after a point, itself among them."""
    gauge = figure.points[number - 1].gauge
    same = [k for k, p in enumerate(figure.points, start=1) if p.gauge == gauge]
    place = same.index(number)
    return same[max(0, place - around) : place + around + 1]


def _kind(points: Sequence[ChartPoint], unit_code: str) -> str:
    if unit_code == "1":
        return "p"
    sizes = {len(p.values) for p in points}
    if max(sizes, default=1) < 2:
        return "i_mr"
    # A range is compared with others of its size only; deviations may differ in size.
    return "xbar_r" if len(sizes - {1}) == 1 and max(sizes) <= LARGE else "xbar_s"


def _chart(kind: str, points: Sequence[ChartPoint]) -> Chart | NoData:
    """Find the limits on the points that count for them, and judge every point."""
    if kind == "p":
        count, size = _counts(points)
        first = _counts([p for p in points if p.attempt == 1])
        if len(first[0]) < LEAST_POINTS:
            return _too_few(first[0], "first attempts")
        rate = p_chart(*first).baseline
        return p_chart(count, size, baseline=rate, convention=CONVENTION, codes=COUNTED_RULES)
    usual = [p.values for p in points if p.attempt == 1 and p.n_failed == 0]
    if len(usual) < LEAST_POINTS:
        return _too_few(usual, "first attempts within what is allowed")
    if kind == "i_mr":
        baseline = i_mr([v[0] for v in usual]).baseline
        return i_mr([p.values[0] for p in points], baseline=baseline, convention=CONVENTION)
    xbar = xbar_r if kind == "xbar_r" else xbar_s
    baseline = xbar(usual).baseline
    return xbar([p.values for p in points], baseline=baseline, convention=CONVENTION)


def _too_few(found: Sequence[object], what: str) -> NoData:
    return NoData(f"{what}: {len(found)}; limits need at least {LEAST_POINTS}")


def _counts(points: Sequence[ChartPoint]) -> tuple[list[int], list[int]]:
    return [p.n_failed for p in points], [len(p.values) for p in points]


def _looked_at(rules: RuleSet, rule: Rule, number: int) -> tuple[int, int]:
    """Return first and last of the points that a rule counts when it fires on a point."""
    lengths = (1, rules.same_side, rules.trend, rules.alternating, 3, 5, rules.inside)
    length = (*lengths, rules.outside)[rule.bit]
    return max(1, number - length + 1), number
