"""Studies of one gauge on one reference: type 1 and bias."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.describe import describe
from packcalc.stats.no_data import NoData

__all__ = ["Bias", "Type1", "bias", "bias_of", "type1"]


@dataclass(frozen=True, slots=True)
class Bias:
    """Mean deviation from a reference, its interval, and whether zero is outside."""

    n: int
    mean: float
    sd: float
    bias: float
    t: float | NoData
    p: float | NoData
    low: float
    high: float
    significant: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class Type1:
    """Type-1 study: Cg (spread alone), Cgk (with bias), and the bias test.

    `repeatability_pct` and `total_pct` are the shares of the tolerance that spread, and spread
    with bias, would use at Cg = 1.
    """

    bias: Bias
    cg: float
    cgk: float
    repeatability_pct: float
    total_pct: float
    capable: bool
    convention: str


def bias(values: ArrayLike, reference: float, *, confidence: float = 0.95) -> Bias | NoData:
    """Test whether repeated readings of a reference are off.

    Parameters
    ----------
    values : array_like, shape (reading,)
        Readings of one part. [unit]
    reference : float
        Its reference value. [unit]
    confidence : float, optional
        Confidence of the interval, one minus the risk of the test. [1]

    Returns
    -------
    Bias or NoData
        Bias, t-test and interval; no data with fewer than two readings. [unit]

    References
    ----------
    .. [1] AIAG, Measurement Systems Analysis, 4th ed., 2010, ch. III-B (independent sample
           method).

    Examples
    --------
    >>> found = bias([5.8, 5.7, 5.9, 5.9, 6.0, 6.1, 6.0, 6.1, 6.4, 6.3, 6.0, 6.1, 6.2, 5.6, 6.0],
    ...              6.0)
    >>> round(found.bias, 4), round(found.low, 4), found.significant
    (0.0067, -0.1107, False)
    """
    x = np.asarray(values, dtype=float).ravel()
    moments = describe(x)
    if isinstance(moments, NoData) or isinstance(moments.sd, NoData):
        return NoData(f"{x.size} readings; two are needed")
    return bias_of(moments.mean, moments.sd, moments.n, reference, confidence=confidence)


def bias_of(mean: float, sd: float, n: int, reference: float, *, confidence: float = 0.95) -> Bias:
    """Test a bias from the summary of a study.

    Parameters
    ----------
    mean : float
        Mean of the readings. [unit]
    sd : float
        Their standard deviation. [unit]
    n : int
        Their number, at least 2. [1]
    reference : float
        Reference value. [unit]
    confidence : float, optional
        Confidence of the interval. [1]

    Returns
    -------
    Bias
        Bias, t-test and interval. [unit]

    Raises
    ------
    ValueError
        If there are fewer than two readings or the standard deviation is negative.

    References
    ----------
    .. [1] AIAG, Measurement Systems Analysis, 4th ed., 2010, ch. III-B.

    Examples
    --------
    >>> found = bias_of(99.55, 0.542115, 10, 100)
    >>> round(found.low, 3), round(found.high, 3), found.significant
    (-0.838, -0.062, True)
    """
    if n < 2 or not sd >= 0:
        raise ValueError(f"a bias needs two readings and a standard deviation; n {n}, s {sd}")
    from scipy.special import stdtr, stdtrit

    off = mean - reference
    error = sd / math.sqrt(n)
    reach = float(stdtrit(n - 1, (1 + confidence) / 2)) * error
    t: float | NoData = NoData("the readings do not vary")
    p: float | NoData = t
    if error > 0:
        t = off / error
        p = 2 * float(stdtr(n - 1, -abs(t)))
    low, high = off - reach, off + reach
    return Bias(n, mean, sd, off, t, p, low, high, not low <= 0 <= high, confidence)


def type1(
    values: ArrayLike,
    reference: float,
    tolerance: float,
    *,
    percent: float = 20.0,
    multiple: float = 6.0,
    required: float = 1.33,
    confidence: float = 0.95,
) -> Type1 | NoData:
    """Study a gauge alone on a reference: type 1, Cg and Cgk.

    Parameters
    ----------
    values : array_like, shape (reading,)
        Repeated readings of the reference. [unit]
    reference : float
        Reference value. [unit]
    tolerance : float
        Width of the tolerance. [unit]
    percent : float, optional
        Share of the tolerance the gauge may use: 20 (Bosch, Minitab), 15 (Ford). [%]
    multiple : float, optional
        Standard deviations of the gauge that must fit into it: 6, or 4. [1]
    required : float, optional
        Smallest Cg and Cgk of a capable gauge. [1]
    confidence : float, optional
        Confidence of the bias interval. [1]

    Returns
    -------
    Type1 or NoData
        Indices and bias test; no data with fewer than two readings or none that differ. [1]

    Raises
    ------
    ValueError
        If the tolerance is not positive.

    References
    ----------
    .. [1] Robert Bosch GmbH, Booklet 10, Capability of Measurement and Test Processes, 2019.
    .. [2] VDA Volume 5, Capability of Measurement Processes, 2nd ed., 2010.

    Examples
    --------
    >>> found = type1([10.01, 9.99, 10.00, 10.02, 9.98], 10.0, 1.0)
    >>> round(found.cg, 3), round(found.cgk, 3)
    (2.108, 2.108)
    """
    if not tolerance > 0:
        raise ValueError(f"the tolerance must be positive; it is {tolerance:g}")
    off = bias(values, reference, confidence=confidence)
    if isinstance(off, NoData):
        return off
    if off.sd <= 0:
        return NoData("the readings do not vary; the gauge may not resolve them")
    allowed = percent / 100 * tolerance
    cg = allowed / (multiple * off.sd)
    cgk = (allowed / 2 - abs(off.bias)) / (multiple / 2 * off.sd)
    return Type1(
        off,
        cg,
        cgk,
        percent / cg,
        percent / cgk if cgk > 0 else math.inf,
        cg >= required and cgk >= required,
        f"{percent:g} % of the tolerance over {multiple:g} s, capable from {required:g}",
    )
