"""How long a chart runs before it signals: exact for zone rules, EWMA and CUSUM."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packcalc.stats.charts import step
from packcalc.stats.charts.conventions import rule_set

__all__ = ["RunLength", "cusum_arl", "ewma_arl", "shewhart_arl"]

Floats = NDArray[np.float64]
NODES = 64  # of the quadrature; more change nothing in the ninth digit


@dataclass(frozen=True, slots=True)
class RunLength:
    """Mean and standard deviation of the number of points to the first signal."""

    mean: float
    sd: float


def shewhart_arl(
    shift: float, *, convention: str = "nelson", codes: Sequence[str] | None = None
) -> RunLength:
    """Compute the run length of a Shewhart chart with zone rules on normal points.

    The states that the rules can tell apart form a Markov chain; it is built by the same code
    that judges real points, so this also checks that code.

    Parameters
    ----------
    shift : float
        Shift of the mean in standard deviations of a plotted point. [1]
    convention : {"nelson", "minitab", "western_electric"}, optional
        Whose rules (see `rule_set`). [-]
    codes : sequence of str, optional
        Rules in use. Rules 3 and 4 compare points with one another, not with zones, and
        have no finite chain; left out: all others. [-]

    Returns
    -------
    RunLength
        Mean and standard deviation. [1]

    Raises
    ------
    ValueError
        If rule 3 or 4 is asked for.

    References
    ----------
    .. [1] C. W. Champ and W. H. Woodall, "Exact results for Shewhart control charts with
           supplementary runs rules," Technometrics, vol. 29, pp. 393-399, 1987.

    Examples
    --------
    >>> round(shewhart_arl(0.0, codes=["1"]).mean, 1)
    370.4
    """
    rules = rule_set(convention, codes)
    if codes is None:
        keep = [rule.code for rule in rules.rules if rule.bit not in (2, 3)]
        rules = rule_set(convention, keep)
    if any(rule.bit in (2, 3) for rule in rules.rules):
        raise ValueError("rules on rising or alternating points have no finite chain of zones")
    edges = np.array([-math.inf, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, math.inf])
    inside = [-4.0, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 4.0]
    below = np.array([0.5 * math.erfc((shift - edge) / math.sqrt(2)) for edge in edges])
    chances = np.diff(below)
    return _run_length(_chain(inside, rules.parameters().tolist()), chances)


def ewma_arl(shift: float, *, weight: float, width: float) -> float:
    """Compute the mean run length of a two-sided EWMA with steady limits.

    Parameters
    ----------
    shift : float
        Shift of the mean in standard deviations of a value. [1]
    weight : float
        Weight of the newest value, above 0 and at most 1. [1]
    width : float
        Half-width of the limits in standard deviations of the average. [1]

    Returns
    -------
    float
        Mean number of points to the first signal, starting at the centre. [1]

    Raises
    ------
    ValueError
        If the weight is not within 0 and 1 or the width not positive.

    References
    ----------
    .. [1] S. V. Crowder, "A simple method for studying run-length distributions of
           exponentially weighted moving average charts," Technometrics, vol. 29, pp. 401-407,
           1987.

    Examples
    --------
    >>> round(ewma_arl(0.0, weight=0.5, width=2.0), 2)
    26.45
    """
    if not (0 < weight <= 1 and width > 0):
        raise ValueError(f"weight {weight:g} must be above 0, at most 1; width {width:g} positive")
    reach = width * math.sqrt(weight / (2 - weight))
    y, w = np.polynomial.legendre.leggauss(NODES)
    y, w = y * reach, w * reach

    def kernel(start: Floats) -> Floats:
        return w / weight * _density((y[None, :] - (1 - weight) * start[:, None]) / weight - shift)

    at_nodes = np.linalg.solve(np.eye(NODES) - kernel(y), np.ones(NODES))
    return float(1 + (kernel(np.zeros(1)) @ at_nodes)[0])


def cusum_arl(
    shift: float,
    *,
    slack: float,
    interval: float,
    head_start: float = 0.0,
    two_sided: bool = True,
) -> float:
    """Compute the mean run length of a tabular CUSUM on normal points.

    Parameters
    ----------
    shift : float
        Shift of the mean in standard deviations of a point. [1]
    slack : float
        Reference value k in standard deviations. [1]
    interval : float
        Decision interval h in standard deviations. [1]
    head_start : float, optional
        Sum to begin with, on each side. [1]
    two_sided : bool, optional
        Both sides, or the upper one only. [-]

    Returns
    -------
    float
        Mean number of points to the first signal. [1]

    Raises
    ------
    ValueError
        If the head start is not within 0 and the interval.

    References
    ----------
    .. [1] E. S. Page, Biometrika, vol. 41, pp. 100-115, 1954 (the integral equation).
    .. [2] J. M. Lucas and R. B. Crosier, "Fast initial response for CUSUM quality-control
           schemes," Technometrics, vol. 24, pp. 199-205, 1982.

    Examples
    --------
    >>> round(cusum_arl(1.0, slack=0.5, interval=4.0), 2)
    8.38
    """
    if not 0 <= head_start <= interval:
        raise ValueError(f"the head start must be within 0 and {interval:g}; it is {head_start:g}")
    up_zero, up = _one_sided(shift, slack, interval, head_start)
    if not two_sided:
        return up
    down_zero, down = _one_sided(-shift, slack, interval, head_start)
    return (up * down_zero + down * up_zero - up_zero * down_zero) / (up_zero + down_zero)


def _one_sided(shift: float, slack: float, interval: float, start: float) -> tuple[float, float]:
    """Mean run length of the upper sum from zero, and from the head start."""
    y, w = np.polynomial.legendre.leggauss(NODES)
    y, w = (y + 1) * interval / 2, w * interval / 2
    begins = np.concatenate([[0.0], y])
    step_to = y[None, :] + slack - begins[:, None] - shift
    matrix = np.empty((NODES + 1, NODES + 1))
    matrix[:, 0] = [0.5 * math.erfc((b + shift - slack) / math.sqrt(2)) for b in begins]
    matrix[:, 1:] = w * _density(step_to)
    solved = np.linalg.solve(np.eye(NODES + 1) - matrix, np.ones(NODES + 1))
    zero = 0.5 * math.erfc((start + shift - slack) / math.sqrt(2))
    there = w * _density(y + slack - start - shift)
    return float(solved[0]), float(1 + zero * solved[0] + there @ solved[1:])


def _density(z: Floats) -> Floats:
    return np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)


def _chain(inside: list[float], parameters: list[int]) -> list[list[int]]:
    """For each state, the state that a point in each zone leads to; -1 is a signal."""
    mask, *windows = parameters
    number: dict[step.Past, int] = {(0, 0, 0, 0, 0): 0}
    follow: list[list[int]] = []
    waiting = deque([(0, 0, 0, 0, 0)])
    while waiting:
        past = waiting.popleft()
        row = []
        for x in inside:
            moved = step.shift_in(x, 0.0, 0.0, 1.0, -1.0, 2.0, -2.0, *past)
            if step.completed(int(abs(x) > 3), *moved, *windows) & mask:
                row.append(-1)
                continue
            state = _canonical(moved, mask, windows)
            if state not in number:
                number[state] = len(number)
                waiting.append(state)
            row.append(number[state])
        follow.append(row)
    return follow


def _canonical(past: step.Past, mask: int, windows: list[int]) -> step.Past:
    """Forget what no rule in use can still see, so that equal futures are one state."""
    side, _, two, one, seen = past
    run, inside, outside = windows[0], windows[3], windows[4]
    side = _trailing(side & step.HALF, run) | _trailing(side >> 32, run) << 32
    two &= 3 << 32 | 3
    away = one | one >> 32
    window = 15 if mask & 32 else 0
    if mask & 128:  # the run of points away, with their sides
        window |= _trailing(away & step.HALF, outside)
    calm = _trailing(seen & ~away, inside) if mask & 64 else 0
    if mask & 64 and calm > window:  # one's zeros and seen's ones are the run within one sigma
        window = calm
    return (
        side if mask & 2 else 0,
        0,
        two if mask & 16 else 0,
        one & (window << 32 | window),
        calm,
    )


def _trailing(bits: int, window: int) -> int:
    """Keep the run of ones that ends at the newest point, no longer than a rule looks."""
    run = 0
    while bits >> run & 1 and run < window.bit_length():
        run += 1
    return (1 << run) - 1


def _run_length(follow: list[list[int]], chances: Floats) -> RunLength:
    size = len(follow)
    moves = np.zeros((size, size))
    for state, row in enumerate(follow):
        for zone, to in enumerate(row):
            if to >= 0:
                moves[state, to] += chances[zone]
    left = np.eye(size) - moves
    mean = np.linalg.solve(left, np.ones(size))
    second = np.linalg.solve(left, moves @ mean)  # E[N (N - 1)] / 2
    m = float(mean[0])
    return RunLength(m, math.sqrt(max(0.0, 2 * float(second[0]) + m - m * m)))
