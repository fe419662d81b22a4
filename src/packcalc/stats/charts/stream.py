"""A chart of any kind that grows point by point, on frozen limits: the same answer as the batch.

`monitor` is for millions of single values; here a point may be a subgroup or a count, every panel
of its chart is judged, and what a stream remembers is a few numbers whatever came before.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from packcalc.stats.charts import step
from packcalc.stats.charts.attributes import c_chart, np_chart, p_chart, u_chart
from packcalc.stats.charts.between import i_mr_s
from packcalc.stats.charts.chart import Baseline, Chart, Panel
from packcalc.stats.charts.conventions import Rule
from packcalc.stats.charts.individuals import i_mr
from packcalc.stats.charts.laney import laney_p, laney_u
from packcalc.stats.charts.shewhart import xbar_r, xbar_s

__all__ = ["KINDS", "ChartStream", "Judged", "judge_all"]

Point = float | Sequence[float]
Judge = Callable[..., Chart]

# kind: what makes its chart, from values, subgroups, or (count, size) pairs
VALUES: dict[str, Judge] = {"i_mr": i_mr, "short_run": i_mr, "c": c_chart}
SUBGROUPS: dict[str, Judge] = {"xbar_r": xbar_r, "xbar_s": xbar_s, "i_mr_s": i_mr_s}
COUNTS: dict[str, Judge] = {
    "p": p_chart, "np": np_chart, "u": u_chart, "laney_p": laney_p, "laney_u": laney_u,
}  # fmt: skip
KINDS = (*VALUES, *SUBGROUPS, *COUNTS)
BEFORE = "moving range"  # the one panel whose statistic needs the point before


@dataclass(frozen=True, slots=True)
class Judged:
    """One plotted statistic of one point: where it lies, and which rules it completes."""

    statistic: str
    value: float
    centre: float
    lower: float
    upper: float
    sigma: float
    fired: tuple[Rule, ...]


@dataclass(slots=True)
class _Past:
    """What a panel remembers: the last value, and five shift registers (see `step`)."""

    last: float
    registers: step.Past


def judge_all(
    baseline: Baseline,
    points: Sequence[Point],
    *,
    convention: str = "nelson",
    codes: Sequence[str] | None = None,
) -> Chart:
    """Judge points on a baseline by the chart of its kind: the batch that a stream must equal.

    Parameters
    ----------
    baseline : Baseline
        Limits; its kind says which chart. [unit]
    points : sequence
        Values, subgroups of values, or pairs of a count and the size of its sample. [unit]
    convention : {"nelson", "minitab", "western_electric"}, optional
        Run rules (see `rule_set`). [-]
    codes : sequence of str, optional
        Rules to apply to the first panel; left out, those usual for the kind. [-]

    Returns
    -------
    Chart
        The chart of all points on this baseline. [unit]

    Raises
    ------
    ValueError
        If the kind is unknown, or a point does not fit it.

    References
    ----------
    .. [1] ASTM E2587-16, Standard practice for use of control charts in statistical process
           control.

    Examples
    --------
    >>> base = Baseline("p", 0.02, 0.14, 50, 25, 3.0, "given", version="1")
    >>> judge_all(base, [(1, 50), (6, 50)]).panel("fraction").signals.points()
    [2]
    """
    more = {"baseline": baseline, "convention": convention, "codes": codes}
    if baseline.kind in VALUES:
        return VALUES[baseline.kind](points, **more)
    if baseline.kind in SUBGROUPS:
        return SUBGROUPS[baseline.kind](points, **more)
    if baseline.kind not in COUNTS:
        raise ValueError(f"no chart of kind {baseline.kind!r}; there are {', '.join(KINDS)}")
    pairs = np.asarray(points, dtype=float)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ValueError(f"a point of kind {baseline.kind} is a count and the size of its sample")
    size = baseline.subgroup_size if baseline.kind == "np" else pairs[:, 1]
    return COUNTS[baseline.kind](pairs[:, 0], size, **more)


class ChartStream:
    """A chart on frozen limits that takes one point at a time and keeps a fixed amount of state.

    Parameters
    ----------
    baseline : Baseline
        Frozen limits; the kind says what a point is (see `judge_all`). [unit]
    convention : str, optional
        Run rules (see `rule_set`). [-]
    codes : sequence of str, optional
        Rules to apply to the first panel. [-]

    Examples
    --------
    >>> base = Baseline("xbar_r", 10.0, 0.1, 2, 25, 3.0, "given", version="1")
    >>> stream = ChartStream(base)
    >>> [rule.code for rule in stream.push([10.3, 10.5])[0].fired]
    ['1']
    >>> again = ChartStream.restore(base, stream.save())
    >>> again.count
    1
    """

    __slots__ = ("_codes", "_convention", "_pasts", "baseline", "count")

    def __init__(
        self,
        baseline: Baseline,
        *,
        convention: str = "nelson",
        codes: Sequence[str] | None = None,
    ) -> None:
        if baseline.version is None:
            raise ValueError("a stream is judged on frozen limits; freeze the baseline first")
        self.baseline = baseline
        self._convention = convention
        self._codes = None if codes is None else tuple(codes)
        self._pasts: dict[str, _Past] = {}
        self.count = 0

    def push(self, point: Point) -> tuple[Judged, ...]:
        """Take one point; give every panel's statistic with the rules that it completes."""
        chart = judge_all(self.baseline, [point], convention=self._convention, codes=self._codes)
        self.count += 1
        first = chart.panels[0]
        before = self._pasts.get(first.statistic)
        judged = []
        for panel in chart.panels:
            value = float(panel.points[0])
            if panel.statistic == BEFORE:
                value = abs(float(first.points[0]) - before.last) if before else math.nan
            judged.append(self._judge(panel, value))
        return tuple(judged)

    def _judge(self, panel: Panel, value: float) -> Judged:
        past = self._pasts.get(panel.statistic) or _Past(math.nan, (0, 0, 0, 0, 0))
        centre, sigma = float(panel.centre[0]), float(panel.sigma[0])
        lower, upper = float(panel.lower[0]), float(panel.upper[0])
        rules = panel.signals.rules
        registers = step.shift_in(
            value,
            past.last,
            centre,
            centre + sigma,
            centre - sigma,
            centre + 2 * sigma,
            centre - 2 * sigma,
            *past.registers,
        )
        self._pasts[panel.statistic] = _Past(value, registers)
        mask, *windows = rules.parameters().tolist()
        beyond = int(value > upper or value < lower)
        fired = step.completed(beyond, *registers, *windows) & mask
        return Judged(panel.statistic, value, centre, lower, upper, sigma, rules.named(int(fired)))

    def save(self) -> str:
        """Write the state as JSON, every digit of it; whoever froze the limits keeps those."""
        pasts = {
            name: [None if math.isnan(past.last) else past.last, *past.registers]
            for name, past in self._pasts.items()
        }
        return json.dumps({"count": self.count, "pasts": pasts}, sort_keys=True)

    @classmethod
    def restore(
        cls,
        baseline: Baseline,
        saved: str,
        *,
        convention: str = "nelson",
        codes: Sequence[str] | None = None,
    ) -> ChartStream:
        """Continue a stream from what `save` wrote; an empty text is a stream that begins."""
        made = cls(baseline, convention=convention, codes=codes)
        if not saved:
            return made
        try:
            fields: Mapping[str, object] = json.loads(saved)
            made.count = int(str(fields["count"]))
            pasts = fields["pasts"]
            assert isinstance(pasts, dict)
            for name, (last, *registers) in pasts.items():
                side, slope, two, one, seen = (int(r) for r in registers)
                made._pasts[name] = _Past(
                    math.nan if last is None else float(last), (side, slope, two, one, seen)
                )
        except (AssertionError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not the state of a chart's stream: {error}") from error
        return made
