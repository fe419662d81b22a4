"""What a test time with few failures says about a constant failure rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from packcalc.stats.no_data import NoData

__all__ = ["MtbfBounds", "mtbf_bounds"]


@dataclass(frozen=True, slots=True)
class MtbfBounds:
    """Mean time between failures with chi-square bounds; no estimate without a failure."""

    mtbf: float | NoData
    low: float
    high: float | NoData
    convention: str


def mtbf_bounds(
    time: float,
    failures: int,
    *,
    confidence: float = 0.90,
    terminated_by: Literal["time", "failure"] = "time",
    sides: Literal["two", "lower"] = "two",
) -> MtbfBounds:
    """Bound the mean time between failures of a constant-rate process.

    Parameters
    ----------
    time : float
        Total time on test of all units. [time]
    failures : int
        Failures in it. [1]
    confidence : float, optional
        Confidence of the interval (or of the lower bound alone). [1]
    terminated_by : {"time", "failure"}, optional
        Whether the test ended at a set time (2 r + 2 degrees of freedom below) or at its last
        failure (2 r). [-]
    sides : {"two", "lower"}, optional
        Two-sided interval, or all of the risk on the lower bound. [-]

    Returns
    -------
    MtbfBounds
        Estimate and bounds. [time]

    Raises
    ------
    ValueError
        If the time is not positive or a failure-terminated test has no failure.

    References
    ----------
    .. [1] MIL-HDBK-189C (2011), chi-square confidence bounds on MTBF;
           NIST/SEMATECH e-Handbook of Statistical Methods, sec. 8.4.5.1.

    Examples
    --------
    >>> found = mtbf_bounds(5000, 8)
    >>> found.mtbf, round(found.low, 3), round(found.high, 3)
    (625.0, 346.389, 1256.022)
    """
    if not time > 0 or failures < 0 or (failures == 0 and terminated_by == "failure"):
        raise ValueError(f"{failures} failures in a time of {time:g}, ended by {terminated_by}")
    from scipy.special import gammaincinv

    tail = (1 - confidence) / (2 if sides == "two" and failures else 1)
    shape = failures + (1 if terminated_by == "time" else 0)
    low = time / float(gammaincinv(shape, 1 - tail))
    high: float | NoData = NoData("there was no failure, or no upper bound was asked for")
    if failures and sides == "two":
        high = time / float(gammaincinv(failures, tail))
    text = f"exponential, {terminated_by} terminated, {sides} sided {confidence:g}"
    mtbf = time / failures if failures else NoData("there was no failure")
    return MtbfBounds(mtbf, low, high, text)
