"""How well a normal process fits its limits, and how surely that is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.indices import (
    NO_TARGET,
    ONE_SIDED,
    Index,
    cp_interval,
    cpk_interval,
    cpm_interval,
    indices,
)
from packcalc.stats.limits import Limits
from packcalc.stats.no_data import NoData
from packcalc.stats.spread import Spread, Within, as_groups, within_subgroups

__all__ = ["Capability", "capability"]

CpmSpread = Literal["deviations", "overall", "within"]
Degrees = Literal["effective", "n-1"]


@dataclass(frozen=True, slots=True)
class Capability:
    """A capability study: estimates, indices within (c) and overall (p), expected rejects.

    `ppm_*` are expected parts per million beyond a limit of a normal process; `observed_*` were
    counted. `convention` says in words what was computed.
    """

    n: int
    subgroups: int
    mean: float
    within: Spread | NoData
    overall: Spread
    limits: Limits
    target: float | None
    cp: Index | NoData
    cpl: Index | NoData
    cpu: Index | NoData
    cpk: Index | NoData
    pp: Index | NoData
    ppl: Index | NoData
    ppu: Index | NoData
    ppk: Index | NoData
    cpm: Index | NoData
    ppm_below_within: float | NoData
    ppm_above_within: float | NoData
    ppm_below_overall: float | NoData
    ppm_above_overall: float | NoData
    observed_below: int
    observed_above: int
    convention: str


def capability(
    values: Sequence[ArrayLike] | ArrayLike,
    limits: Limits,
    *,
    target: float | None = None,
    within: Within | None = None,
    degrees: Degrees = "effective",
    cpm_spread: CpmSpread = "deviations",
    side_bounds: Literal["two", "one"] = "two",
    confidence: float = 0.95,
    minimum: int = 10,
) -> Capability | NoData:
    """Study the capability of a process whose values are normal.

    Parameters
    ----------
    values : sequence of array_like, shape (subgroup, value), or array_like, shape (value,)
        Subgroups, of equal or different size, or individual values in time order. [unit]
    limits : Limits
        Specification, one- or two-sided. [unit]
    target : float, optional
        Aim of the process, for Cpm. [unit]
    within : {"pooled", "rbar", "sbar", "moving_range", "median_moving_range"}, optional
        How the standard deviation within subgroups is estimated (see `within_subgroups`). [-]
    degrees : {"effective", "n-1"}, optional
        Degrees of freedom behind the bounds of Cp and Cpk: those the estimate really has, or
        all values less one (as R's qcc and Montgomery's examples do). [-]
    cpm_spread : {"deviations", "overall", "within"}, optional
        Root of Cpm: mean squared deviation from the target, or that made of the bias and the
        overall or the within standard deviation (qcc). [-]
    side_bounds : {"two", "one"}, optional
        Bounds of Cpl, Cpu, Ppl, Ppu: two-sided, or each one-sided at the confidence (qcc). [-]
    confidence : float, optional
        Confidence of the bounds. [1]
    minimum : int, optional
        Fewest values that are worth an answer. [1]

    Returns
    -------
    Capability or NoData
        The study; no data with fewer values than `minimum` or when all values are equal. [1]

    Raises
    ------
    ValueError
        If a value is not finite.

    References
    ----------
    .. [1] AIAG, Statistical Process Control (SPC) Reference Manual, 2nd ed., 2005, ch. IV.
    .. [2] D. C. Montgomery, Introduction to Statistical Quality Control, 6th ed., ch. 8.

    Examples
    --------
    >>> study = capability([9.8, 10.1, 10.0, 9.9, 10.2, 10.0, 9.9, 10.1, 10.0, 10.0],
    ...                    Limits(9.5, 10.5, "mm"))
    >>> round(study.ppk.value, 2), study.ppk.low < 1.33 < study.ppk.high
    (1.44, True)
    >>> str(capability([9.8, 10.1], Limits(9.5, 10.5, "mm")))
    'no data: 2 values; at least 10 are needed'
    """
    groups, individual = as_groups(values)
    x = np.concatenate(groups) if groups else np.empty(0)
    n = int(x.size)
    if n < max(minimum, 2):
        return NoData(f"{n} values; at least {max(minimum, 2)} are needed")
    mean = float(x.mean())
    mean += float((x - mean).mean())  # the second pass removes what rounding left
    overall = Spread(float(np.std(x - mean, ddof=1)), n - 1, "sample standard deviation")
    if overall.sigma <= 0:
        return NoData("all values are equal; the gauge may not resolve the variation")
    inner = within_subgroups(x if individual else groups, method=within)
    if isinstance(inner, Spread) and inner.sigma <= 0:
        inner = NoData("values within subgroups are equal")
    bounds = _Bounds(n, confidence, side_bounds)
    p = _bounded(bounds, mean, overall, limits, n - 1)
    c: _Four | NoData = (
        inner
        if isinstance(inner, NoData)
        else _bounded(
            bounds, mean, inner, limits, inner.degrees if degrees == "effective" else n - 1
        )
    )
    c = c if isinstance(c, _Four) else _Four(c, c, c, c, c, c)
    degrees_text = "their effective" if degrees == "effective" else "n - 1"
    return Capability(
        n=n,
        subgroups=n if individual else len(groups),
        mean=mean,
        within=inner,
        overall=overall,
        limits=limits,
        target=target,
        cp=c.cp,
        cpl=c.low,
        cpu=c.high,
        cpk=c.k,
        pp=p.cp,
        ppl=p.low,
        ppu=p.high,
        ppk=p.k,
        cpm=_cpm(x, mean, overall, inner, limits, target, cpm_spread, confidence),
        ppm_below_within=c.ppm_below,
        ppm_above_within=c.ppm_above,
        ppm_below_overall=p.ppm_below,
        ppm_above_overall=p.ppm_above,
        observed_below=0 if limits.low is None else int((x < limits.low).sum()),
        observed_above=0 if limits.high is None else int((x > limits.high).sum()),
        convention=(
            f"normal; within: {getattr(inner, 'convention', inner)}; overall: "
            f"{overall.convention}; Cp, Pp bounds: chi-square, Cpk, Ppk bounds: Bissell; Cp, Cpk"
            f" with {degrees_text} degrees of freedom; confidence {confidence:g}"
        ),
    )


@dataclass(frozen=True, slots=True)
class _Bounds:
    n: int
    confidence: float
    sides: Literal["two", "one"]


@dataclass(frozen=True, slots=True)
class _Four:
    cp: Index | NoData
    low: Index | NoData
    high: Index | NoData
    k: Index | NoData
    ppm_below: float | NoData
    ppm_above: float | NoData


def _bounded(
    bounds: _Bounds, mean: float, spread: Spread, limits: Limits, degrees: float
) -> _Four:
    """Bound the indices that one estimate of sigma gives, and what it expects beyond."""
    n, confidence = bounds.n, bounds.confidence
    bare = indices(mean, spread.sigma, limits)

    def side(value: float | NoData) -> Index | NoData:
        if isinstance(value, NoData):
            return value
        return cpk_interval(value, n, degrees=degrees, confidence=confidence, sides=bounds.sides)

    def tail(value: float | NoData) -> float | NoData:
        return value if isinstance(value, NoData) else 0.5e6 * math.erfc(3 * value / math.sqrt(2))

    cp = bare.cp
    return _Four(
        cp if isinstance(cp, NoData) else cp_interval(cp, degrees, confidence=confidence),
        side(bare.cpl),
        side(bare.cpu),
        cpk_interval(bare.cpk, n, degrees=degrees, confidence=confidence),
        tail(bare.cpl),
        tail(bare.cpu),
    )


def _cpm(
    x: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    mean: float,
    overall: Spread,
    inner: Spread | NoData,
    limits: Limits,
    target: float | None,
    spread: CpmSpread,
    confidence: float,
) -> Index | NoData:
    if target is None:
        return NO_TARGET
    if limits.width is None:
        return ONE_SIDED
    if spread == "deviations":
        sigma = float(np.std(x - mean))
    elif spread == "overall":
        sigma = overall.sigma
    elif isinstance(inner, NoData):
        return inner
    else:
        sigma = inner.sigma
    value = limits.width / (6 * math.hypot(sigma, mean - target))
    return cpm_interval(value, x.size, (mean - target) / sigma, confidence=confidence)
