"""Bias of a gauge across its range."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.stats.msa.single_gauge import Bias, bias_of
from packcalc.stats.no_data import NoData

__all__ = ["Linearity", "linearity"]


@dataclass(frozen=True, slots=True)
class Linearity:
    """Line of bias over reference value, and the bias at each reference."""

    slope: float
    intercept: float
    slope_error: float
    intercept_error: float
    slope_t: float | NoData
    intercept_t: float | NoData
    slope_p: float | NoData
    intercept_p: float | NoData
    s: float
    r_squared: float
    linearity: float | NoData
    linearity_pct: float | NoData
    references: tuple[float, ...]
    biases: tuple[Bias, ...]
    convention: str

    def significant(self, level: float = 0.05) -> bool:
        """Say whether slope or intercept differ from zero at `level`."""
        found = [p for p in (self.slope_p, self.intercept_p) if not isinstance(p, NoData)]
        return any(p < level for p in found)


def linearity(
    readings: Mapping[float, ArrayLike],
    *,
    process_variation: float | None = None,
    confidence: float = 0.95,
    bias_sd: Literal["pooled", "own"] = "own",
) -> Linearity:
    """Fit bias over reference value across the range of a gauge.

    Parameters
    ----------
    readings : mapping of float to array_like, shape (reading,)
        Readings of each reference part, by its reference value. [unit]
    process_variation : float, optional
        Six sigma of the process, for linearity in its unit and in percent. [unit]
    confidence : float, optional
        Confidence of the intervals of the biases. [1]
    bias_sd : {"own", "pooled"}, optional
        Test each bias with the standard deviation of its own readings, or pooled over all. [-]

    Returns
    -------
    Linearity
        Line with t-tests, and the bias at each reference. [unit]

    Raises
    ------
    ValueError
        If there are fewer than two references or a reference has fewer than two readings.

    References
    ----------
    .. [1] AIAG, Measurement Systems Analysis, 4th ed., 2010, ch. III-B, Table III-B 4 and 5.

    Examples
    --------
    >>> found = linearity({2.0: [2.1, 2.2, 2.1], 4.0: [4.0, 4.1, 4.1], 6.0: [6.0, 5.9, 5.9]})
    >>> round(found.slope, 4), round(found.biases[0].bias, 4)
    (-0.05, 0.1333)
    """
    groups = {float(ref): np.asarray(x, dtype=float).ravel() for ref, x in readings.items()}
    if len(groups) < 2 or min(x.size for x in groups.values()) < 2:
        raise ValueError("linearity needs two references or more, each with two readings or more")
    references = tuple(sorted(groups))
    x = np.concatenate([np.full(groups[ref].size, ref) for ref in references])
    y = np.concatenate([groups[ref] - ref for ref in references])
    if not np.all(np.isfinite(y)):
        raise ValueError("a reading is not a finite number")
    n = y.size
    middle = x.mean()
    sxx = float(np.square(x - middle).sum())
    slope = float(((x - middle) * (y - y.mean())).sum()) / sxx
    intercept = float(y.mean()) - slope * float(middle)
    residual = float(np.square(y - intercept - slope * x).sum())
    total = float(np.square(y - y.mean()).sum())
    s = math.sqrt(residual / (n - 2))
    errors = (s / math.sqrt(sxx), s * math.sqrt(1 / n + float(middle) ** 2 / sxx))
    (slope_t, slope_p), (cut_t, cut_p) = (
        _t_test(value, error, n - 2)
        for value, error in zip((slope, intercept), errors, strict=True)
    )
    variation = process_variation
    nothing = NoData("no process variation was given")
    return Linearity(
        slope,
        intercept,
        errors[0],
        errors[1],
        slope_t,
        cut_t,
        slope_p,
        cut_p,
        s,
        1 - residual / total if total > 0 else 0.0,
        nothing if variation is None else abs(slope) * variation,
        nothing if variation is None else 100 * abs(slope),
        references,
        tuple(_biases(groups, references, confidence, bias_sd)),
        f"least squares on single biases; bias tests with {bias_sd} standard deviation",
    )


def _t_test(value: float, error: float, degrees: int) -> tuple[float | NoData, float | NoData]:
    if not error > 0:
        nothing = NoData("the readings lie on the line")
        return nothing, nothing
    from scipy.special import stdtr

    t = value / error
    return t, 2 * float(stdtr(degrees, -abs(t)))


def _biases(
    groups: Mapping[float, NDArray[np.float64]],
    references: tuple[float, ...],
    confidence: float,
    bias_sd: Literal["pooled", "own"],
) -> list[Bias]:
    found = []
    freedom = sum(groups[ref].size - 1 for ref in references)
    squares = sum(float(np.square(groups[r] - groups[r].mean()).sum()) for r in references)
    pooled = math.sqrt(squares / freedom)
    for ref in references:
        group = groups[ref]
        sd = float(group.std(ddof=1)) if bias_sd == "own" else pooled
        found.append(bias_of(float(group.mean()), sd, group.size, ref, confidence=confidence))
    return found
