"""The control chart of a characteristic: its kind, its limits, and why a point is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from scipy.special import fdtrc

from packcalc.stats.charts.chart import Baseline, Chart
from packcalc.stats.charts.conventions import Rule, RuleSet
from packcalc.stats.charts.run_rules import Signals
from packcalc.stats.charts.stream import judge_all
from packcalc.stats.no_data import NoData
from packline.quality.calc.phase_one import find_limits

__all__ = [
    "ASKING_RULES",
    "CONVENTION",
    "KINDS",
    "ChartPoint",
    "ControlFigure",
    "Fired",
    "Frozen",
    "chart_points",
    "kind_of",
    "neighbours",
    "plotted_point",
    "rules_of",
    "usual_points",
]

KINDS = {
    "i_mr": "individual values and moving ranges (I-MR)",
    "xbar_r": "means and ranges (Xbar-R)",
    "xbar_s": "means and standard deviations (Xbar-S)",
    "i_mr_s": "means from unit to unit, and the scatter within a unit (I-MR-S)",
    "p": "share that is not good (p)",
}
CONVENTION = "nelson"
LEAST_POINTS = 2  # below it there is no scatter to make limits of
LARGE = 10  # a range says little of more values than this
ENOUGH_UNITS = 8  # to say that units differ by more than their values scatter
UNLIKELY = 0.001  # chance at which they are said to
# One unit is a sample of one: a row of good units is what is wanted, and no signal.
COUNTED_RULES = ("1",)
# Of the eight rules together one point in 74 of a quiet process is the first to fire, of these
# three one in 158, and a shift of one sigma is still seen after 13 points (simulated, 1,500 runs).
ASKING_RULES = ("1", "2", "5")
SUBGROUPED = ("xbar_r", "xbar_s", "i_mr_s")


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
    order: str = ""
    finished: bool = True

    @property
    def key(self) -> str:
        """Name the point for ever: readings that come later do not change it."""
        return f"{self.serial}/{self.attempt}"


@dataclass(frozen=True, slots=True)
class Frozen:
    """Limits of Phase II as they were frozen: whose stream, which version, since when."""

    number: str
    version: int
    station: str  # empty: every one without a stream of its own
    gauge: str
    since: datetime
    baseline: Baseline
    superseded: bool = False
    rules: tuple[str, ...] = ASKING_RULES

    def asks(self, statistic: str, codes: Iterable[str]) -> bool:
        """Say whether what fires on a panel asks for a reaction.

        A moving range alone does not: it repeats what the values say, and twice over.
        """
        if statistic == "moving range":
            return False
        chosen = self.rules if statistic in ("individual", "mean", "fraction") else ("1",)
        return not set(codes).isdisjoint(chosen)


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
    frozen: Frozen | None = None
    judged_from: int = 1  # the point with which the judgement of the frozen limits begins

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
            Fired(
                panel.statistic,
                rule,
                *_looked_at(panel.signals.rules, rule, number, self._begins(number)),
            )
            for panel in self.chart.panels
            for rule in panel.signals.at(number)
        ]

    def _begins(self, number: int) -> int:
        """Return the point before which no rule looks: runs do not reach over the freezing."""
        return self.judged_from if number >= self.judged_from else 1

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
    frozen: Frozen | None = None,
) -> ControlFigure:
    """Chart a characteristic: by what it is and by how many values a unit has.

    On frozen limits every point is judged by them; what was read before they were frozen is
    judged by itself, so that no run reaches over that moment, as in the stream. Without, limits
    are trial limits (Phase I) of first attempts within what is allowed. A later attempt, and one
    out of its limits, has a cause of its own that is on record; both are judged by limits that
    they did not widen.
    """
    kind = frozen.baseline.kind if frozen else kind_of(points, unit_code)
    least = 2 if kind in SUBGROUPED else 1
    kept = tuple(p for p in points if len(p.values) >= least)
    chart, judged_from = _judged(kind, kept, frozen)
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
        chart=chart,
        damaged=tuple(damaged),
        frozen=frozen,
        judged_from=judged_from,
    )


def neighbours(
    figure: ControlFigure,
    number: int,
    *,
    around: int,
    alike: Callable[[ChartPoint], bool] = lambda _: True,
) -> list[int]:
    """Return the points that the same gauge gave before and after a point, itself among them.

    `alike` may ask for more: the same tool, the same station.
    """
    gauge = figure.points[number - 1].gauge
    same = [
        k
        for k, p in enumerate(figure.points, start=1)
        if k == number or (p.gauge == gauge and alike(p))
    ]
    place = same.index(number)
    return same[max(0, place - around) : place + around + 1]


def kind_of(points: Sequence[ChartPoint], unit_code: str) -> str:
    """Choose the kind of chart by what the points are."""
    if unit_code == "1":
        return "p"
    sizes = {len(p.values) for p in points}
    if max(sizes, default=1) < 2:
        return "i_mr"
    if _units_differ([p.values for p in usual_points(points) if len(p.values) > 1]):
        return "i_mr_s"
    # A range is compared with others of its size only; deviations may differ in size.
    return "xbar_r" if len(sizes - {1}) == 1 and max(sizes) <= LARGE else "xbar_s"


def usual_points(points: Sequence[ChartPoint]) -> list[ChartPoint]:
    """Return those that limits may be found from: first attempts within what is allowed."""
    return [p for p in points if p.attempt == 1 and p.n_failed == 0]


def plotted_point(kind: str, point: ChartPoint) -> float | tuple[float, ...]:
    """Return a point as the chart of its kind takes it: a value, a subgroup, count and size."""
    if kind == "p":
        return (float(point.n_failed), float(len(point.values)))
    return point.values if kind in SUBGROUPED else point.values[0]


def rules_of(kind: str) -> tuple[str, ...] | None:
    """Return the rules that a kind of chart is judged by; None: all of its convention."""
    return COUNTED_RULES if kind == "p" else None


def _units_differ(groups: Sequence[tuple[float, ...]]) -> bool:
    """Say whether means differ by more than the scatter within explains (one-way ANOVA)."""
    if len(groups) < ENOUGH_UNITS:
        return False
    sizes = np.array([len(g) for g in groups])
    means = np.array([np.mean(g) for g in groups])
    within = sum(
        float(np.square(np.subtract(g, m)).sum()) for g, m in zip(groups, means, strict=True)
    )
    between = float(np.sum(sizes * np.square(means - np.average(means, weights=sizes))))
    free, rest = len(groups) - 1, int(sizes.sum()) - len(groups)
    if within <= 0:
        return between > 0
    return bool(fdtrc(free, rest, (between / free) / (within / rest)) < UNLIKELY)


def _judged(
    kind: str, points: Sequence[ChartPoint], frozen: Frozen | None
) -> tuple[Chart | NoData, int]:
    """Judge every point; say with which one the judgement of frozen limits begins."""
    plotted = [plotted_point(kind, p) for p in points]
    if frozen is not None:
        begins = sum(p.taken_at <= frozen.since for p in points)
        parts = [
            judge_all(frozen.baseline, part, convention=CONVENTION, codes=rules_of(kind))
            for part in (plotted[:begins], plotted[begins:])
            if part
        ]
        return _joined(parts) if parts else NoData("no reading yet"), begins + 1
    found = trial_limits(kind, points)
    if isinstance(found, NoData):
        return found, 1
    return judge_all(found, plotted, convention=CONVENTION, codes=rules_of(kind)), 1


def trial_limits(kind: str, points: Sequence[ChartPoint]) -> Baseline | NoData:
    """Find the limits of Phase I; of shares all first attempts count, the bad ones too."""
    if kind == "p":
        counting, what = [p for p in points if p.attempt == 1], "first attempts"
    else:
        counting, what = usual_points(points), "first attempts within what is allowed"
    if len(counting) < LEAST_POINTS:
        return NoData(f"{what}: {len(counting)}; limits need at least {LEAST_POINTS}")
    return find_limits(kind, [plotted_point(kind, p) for p in counting])


def _joined(parts: Sequence[Chart]) -> Chart:
    """Lay charts of one baseline end to end."""
    if len(parts) == 1:
        return parts[0]
    panels = tuple(
        replace(
            first,
            **{
                name: np.concatenate([getattr(panel, name) for panel in (first, *rest)])
                for name in ("points", "centre", "lower", "upper", "sigma")
            },
            signals=Signals(
                first.signals.rules,
                np.concatenate([panel.signals.flags for panel in (first, *rest)]),
            ),
        )
        for first, *rest in zip(*(part.panels for part in parts), strict=True)
    )
    return Chart(parts[0].baseline, panels)


def _looked_at(rules: RuleSet, rule: Rule, number: int, begins: int) -> tuple[int, int]:
    """Return first and last of the points that a rule counts when it fires on a point."""
    lengths = (1, rules.same_side, rules.trend, rules.alternating, 3, 5, rules.inside)
    length = (*lengths, rules.outside)[rule.bit]
    return max(begins, number - length + 1), number
