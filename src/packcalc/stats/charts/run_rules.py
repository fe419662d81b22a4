"""Run rules over a whole chart: every rule that fires on every point is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.stats.charts.conventions import Rule, RuleSet, rule_set

__all__ = ["Engine", "Signals", "run_rules"]

Engine = Literal["auto", "numba", "numpy"]
Flags = NDArray[np.uint16]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
WORTH_COMPILING = 20_000  # points; below, loading numba costs more than it saves


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """Which rules fire on which points: `flags` has one bit per rule and one number per point."""

    rules: RuleSet
    flags: Flags

    def by_rule(self) -> dict[str, list[int]]:
        """Give for each rule code the points (counted from 1) on which it fires."""
        return {
            rule.code: (np.flatnonzero(self.flags >> rule.bit & 1) + 1).tolist()
            for rule in self.rules.rules
        }

    def at(self, point: int) -> tuple[Rule, ...]:
        """Give the rules that fire on `point`, counted from 1."""
        return self.rules.named(int(self.flags[point - 1]))

    def points(self) -> list[int]:
        """Give the points (counted from 1) on which any rule fires."""
        found: list[int] = (np.flatnonzero(self.flags) + 1).tolist()
        return found


def run_rules(
    points: ArrayLike,
    centre: ArrayLike,
    sigma: ArrayLike,
    *,
    lower: ArrayLike | None = None,
    upper: ArrayLike | None = None,
    convention: str = "nelson",
    codes: Sequence[str] | None = None,
    engine: Engine = "auto",
) -> Signals:
    """Find every run rule that fires on every point of a chart.

    A value exactly on a line is not beyond it; on the centre line it ends a run on one side. A
    rule may fire as soon as its points exist (4 of 5 after four points) and goes on firing while
    the pattern lasts; 2 of 3 and 4 of 5 fire only on a point that is itself beyond. A point that
    is not a number breaks every run. The answer for a prefix is the prefix of the answer.

    Parameters
    ----------
    points : array_like, shape (point,)
        Plotted values in time order. [unit]
    centre : array_like, shape () or (point,)
        Centre line. [unit]
    sigma : array_like, shape () or (point,)
        Standard deviation of a plotted value: a third of the distance to the limit. [unit]
    lower, upper : array_like, shape () or (point,), optional
        Limits of the first rule where they are not centre -+ 3 sigma (floored at zero, other
        width). [unit]
    convention : {"nelson", "minitab", "western_electric"}, optional
        Whose way of counting (see `rule_set`). [-]
    codes : sequence of str, optional
        Rules to apply; all of the convention when left out. [-]
    engine : {"auto", "numba", "numpy"}, optional
        Which of the two equal implementations; ``auto`` compiles for long charts. [-]

    Returns
    -------
    Signals
        Rules, and one flag word per point. [-]

    Raises
    ------
    ValueError
        If sigma is negative, or the convention or a code is unknown.

    References
    ----------
    .. [1] L. S. Nelson, "The Shewhart control chart: tests for special causes," J. Quality
           Technology, vol. 16, no. 4, pp. 237-239, 1984.
    .. [2] Western Electric Co., Statistical Quality Control Handbook, 1956, pp. 23-28.

    Examples
    --------
    >>> run_rules([2.1, 0.0, 2.1], 0.0, 1.0).by_rule()["5"]
    [3]
    >>> [rule.code for rule in run_rules([0.0, 3.1], 0.0, 1.0).at(2)]
    ['1']
    """
    rules = rule_set(convention, codes)
    x = np.ascontiguousarray(points, dtype=float)
    if x.ndim != 1:
        raise ValueError(f"points need one dimension; these have {x.ndim}")
    levels = zone_levels(centre, sigma, lower, upper, x.size)
    return Signals(rules, flag_runs(x, levels, rules, engine))


def zone_levels(
    centre: ArrayLike,
    sigma: ArrayLike,
    lower: ArrayLike | None,
    upper: ArrayLike | None,
    size: int,
) -> Floats:
    """Lines of the zones: centre, +-1, +-2, upper, lower; one row, or one row per point."""
    c, s = np.asarray(centre, dtype=float), np.asarray(sigma, dtype=float)
    if np.any(s < 0):
        raise ValueError(f"sigma must not be negative; it is {s.min():g}")
    top = c + 3 * s if upper is None else np.asarray(upper, dtype=float)
    bottom = c - 3 * s if lower is None else np.asarray(lower, dtype=float)
    lines = (c, c + s, c - s, c + 2 * s, c - 2 * s, top, bottom)
    if all(line.ndim == 0 for line in lines):
        return np.array([float(line) for line in lines])
    return np.stack([np.broadcast_to(line, (size,)) for line in lines], axis=1)


def flag_runs(x: Floats, levels: Floats, rules: RuleSet, engine: Engine = "auto") -> Flags:
    """Flag the points by the compiled loop or by its NumPy twin."""
    if rules.mask() == 1:  # one comparison per point needs no loop
        return _flag_runs_numpy(x, levels, rules)
    if engine == "numba" or (engine == "auto" and x.size >= WORTH_COMPILING):
        from packcalc.stats.charts import kernels

        out = np.empty(x.size, np.uint16)
        loop = kernels.flag_constant if levels.ndim == 1 else kernels.flag_varying
        loop(x, levels, rules.parameters(), out)
        return out
    return _flag_runs_numpy(x, levels, rules)


def _flag_runs_numpy(x: Floats, levels: Floats, rules: RuleSet) -> Flags:
    """Twin of the compiled loop: whole-array logic on shifted truth values."""
    centre, up1, low1, up2, low2, upper, lower = (levels[..., i] for i in range(7))
    wanted = {rule.bit for rule in rules.rules}
    flags = np.zeros(x.size, np.uint16)

    def mark(bit: int, fired: Bools) -> None:
        if fired.any():
            flags[fired] |= np.uint16(1 << bit)

    if 0 in wanted:
        mark(0, (x > upper) | (x < lower))
    if 1 in wanted:
        mark(1, _in_a_row(x > centre, rules.same_side) | _in_a_row(x < centre, rules.same_side))
    if wanted & {2, 3}:
        rising, falling = np.zeros(x.size, bool), np.zeros(x.size, bool)
        np.greater(x[1:], x[:-1], out=rising[1:])
        np.less(x[1:], x[:-1], out=falling[1:])
        steps = rules.trend - 1
        if 2 in wanted:
            mark(2, _in_a_row(rising, steps) | _in_a_row(falling, steps))
        if 3 in wanted:
            turns = (rising & _before(falling, 1)) | (falling & _before(rising, 1))
            mark(3, _in_a_row(turns, rules.alternating - 2))
    gap = np.isnan(x) if wanted & {4, 5} else None
    gap = gap if gap is not None and gap.any() else None
    if 4 in wanted:
        mark(4, _two_of_three(x > up2, gap) | _two_of_three(x < low2, gap))
    if wanted & {5, 6, 7}:
        above, below = x > up1, x < low1
        if 5 in wanted:
            mark(5, _four_of_five(above, gap) | _four_of_five(below, gap))
        if 6 in wanted:
            mark(6, _in_a_row(~(above | below) & ~np.isnan(x), rules.inside))
        if 7 in wanted:
            away = _in_a_row(above | below, rules.outside)
            if rules.both_sides and away.any():
                away &= ~(_in_a_row(above, rules.outside) | _in_a_row(below, rules.outside))
            mark(7, away)
    return flags


def _before(truth: Bools, by: int) -> Bools:
    """What was true `by` points earlier; before the start nothing was."""
    earlier = np.zeros_like(truth)
    earlier[by:] = truth[: truth.size - by] if by < truth.size else truth[:0]
    return earlier


def _in_a_row(truth: Bools, length: int) -> Bools:
    """True where the last `length` values are all true, by doubling the window."""
    run, have = truth, 1
    while have < length:
        by = min(have, length - have)
        run = run & _before(run, by)
        have += by
    return run


def _recent(truth: Bools, gap: Bools | None, most: int) -> list[Bools]:
    """What was true 1 to `most` points earlier, as long as no gap lies between."""
    earlier = [_before(truth, by) for by in range(1, most + 1)]
    if gap is not None:
        open_since = np.ones_like(truth)
        for by, was in enumerate(earlier, start=1):
            open_since = open_since & ~_before(gap, by)
            was &= open_since
    return earlier


def _two_of_three(beyond: Bools, gap: Bools | None) -> Bools:
    one, two = _recent(beyond, gap, 2)
    return beyond & (one | two)


def _four_of_five(beyond: Bools, gap: Bools | None) -> Bools:
    one, two, three, four = _recent(beyond, gap, 4)
    return beyond & ((one & two & (three | four)) | (three & four & (one | two)))
