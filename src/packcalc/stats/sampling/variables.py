"""Variables plans: accept a lot on mean and standard deviation of a measured sample."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.constants import d2_star
from packcalc.stats.limits import Limits
from packcalc.stats.no_data import NoData
from packcalc.stats.sampling import variables_tables as tables
from packcalc.stats.sampling.plans import Severity

__all__ = [
    "VariablesPlan",
    "VariablesVerdict",
    "estimated_fraction",
    "judge_sample",
    "variables_letter",
    "variables_plan",
]

Method = Literal["s", "sigma"]
AnyMethod = Literal["s", "sigma", "range"]
RANGED = 5  # values in a subgroup of the range method, as in MIL-STD-414


@dataclass(frozen=True, slots=True)
class VariablesPlan:
    """A variables plan: sample size, acceptability constant `k` (Form 1), and the largest
    estimated fraction nonconforming `m` (Form 2); `m` is None for a plan made to measure."""

    n: int
    k: float
    m: float | None
    method: AnyMethod
    letter: str | None
    convention: str


@dataclass(frozen=True, slots=True)
class VariablesVerdict:
    """The verdict on a sample, with the estimates it rests on.

    The range method estimates no fraction.
    """

    accepted: bool
    mean: float
    sd: float
    below: float | NoData
    above: float | NoData
    total: float | NoData
    limit: float
    form: str


def variables_letter(lot: int, level: str = "II") -> str:
    """Look up the code letter of a lot for variables plans.

    Parameters
    ----------
    lot : int
        Units in the lot, at least 2. [1]
    level : {"S-3", "S-4", "I", "II", "III"}, optional
        Inspection level. [-]

    Returns
    -------
    str
        Code letter B to P. [-]

    Raises
    ------
    ValueError
        If the lot is below 2 or the level unknown.

    References
    ----------
    .. [1] ANSI/ASQ Z1.9 (2003), Table A-2.

    Examples
    --------
    >>> variables_letter(1000)
    'J'
    """
    if lot < 2:
        raise ValueError(f"a lot has 2 units or more; this has {lot}")
    if level not in tables.LEVELS:
        raise ValueError(f"unknown level {level!r}; known: {', '.join(tables.LEVELS)}")
    row = sum(lot > upper for upper in tables.LOT_UP_TO)
    return tables.LETTER_OF_LOT[row][tables.LEVELS.index(level)]


def variables_plan(
    letter: str,
    aql: str | float,
    *,
    severity: Severity = "normal",
    method: Method = "s",
) -> VariablesPlan:
    """Look up a variables plan.

    Parameters
    ----------
    letter : str
        Code letter B to P (see `variables_letter`). [-]
    aql : str or float
        Acceptable quality level, 0.10 to 10. [%]
    severity : {"normal", "tightened", "reduced"}, optional
        Severity of inspection; tightened is the normal plan of one AQL tighter. [-]
    method : {"s", "sigma"}, optional
        Standard deviation estimated from the sample, or known. [-]

    Returns
    -------
    VariablesPlan
        n and M of the table, k that follows from M. [1]

    Raises
    ------
    ValueError
        If letter, AQL, severity or method is not in the tables.

    References
    ----------
    .. [1] ANSI/ASQ Z1.9 (2003), Tables B-3, B-4 and D-3, D-4, after MIL-STD-414 (1957).
    .. [2] G. J. Lieberman and G. J. Resnikoff, "Sampling plans for inspection by variables,"
           J. American Statistical Association, vol. 50, pp. 457-516, 1955.

    Examples
    --------
    >>> plan = variables_plan("K", "0.25")
    >>> plan.n, plan.m, round(plan.k, 4)
    (50, 0.00778, 2.3591)
    """
    if letter not in tables.LETTERS:
        raise ValueError(f"unknown code letter {letter!r}; known: {', '.join(tables.LETTERS)}")
    if severity not in ("normal", "tightened", "reduced") or method not in ("s", "sigma"):
        raise ValueError(f"unknown severity {severity!r} or method {method!r}")
    columns = [float(known) for known in tables.AQLS]
    if float(aql) not in columns:
        raise ValueError(f"AQL {aql} is not a preferred one; allowed: {', '.join(tables.AQLS)}")
    column = columns.index(float(aql)) + (severity == "normal")
    sizes, percents = tables.TABLES[method, severity == "reduced"]
    row = tables.LETTERS.index(letter)
    n, m = sizes[column][row], round(percents[column][row] / 100, 7)
    from scipy.special import betaincinv, ndtri

    if method == "s":
        half = n / 2 - 1
        k = (1 - 2 * float(betaincinv(half, half, m))) * (n - 1) / math.sqrt(n)
    else:
        k = -float(ndtri(m)) * math.sqrt((n - 1) / n)
    return VariablesPlan(n, k, m, method, letter, f"ANSI Z1.9, {method} method, {severity}")


def estimated_fraction(
    quality: ArrayLike, n: int, *, method: Method = "s"
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Estimate the fraction of a normal lot beyond a limit, without bias.

    Parameters
    ----------
    quality : array_like, shape (...)
        Quality index: distance of the mean from the limit in standard deviations. [1]
    n : int
        Values in the sample. [1]
    method : {"s", "sigma"}, optional
        Standard deviation estimated from the sample, or known. [-]

    Returns
    -------
    ndarray, shape (...)
        Estimated fraction beyond the limit. [1]

    Raises
    ------
    ValueError
        If the sample is too small for the method.

    References
    ----------
    .. [1] G. J. Lieberman and G. J. Resnikoff, J. American Statistical Association, vol. 50,
           pp. 457-516, 1955.

    Examples
    --------
    >>> round(float(estimated_fraction(1.5, 10)), 8)
    0.05874729
    """
    q = np.asarray(quality, dtype=float)
    if n < (3 if method == "s" else 2):
        raise ValueError(f"a sample of {n} is too small to estimate a fraction from")
    from scipy.special import betainc, ndtr

    if method == "sigma":
        return np.asarray(ndtr(-q * math.sqrt(n / (n - 1))))
    at = np.clip(0.5 - q * math.sqrt(n) / (2 * (n - 1)), 0.0, 1.0)
    return np.asarray(betainc(n / 2 - 1, n / 2 - 1, at))


def judge_sample(
    values: ArrayLike, limits: Limits, plan: VariablesPlan, *, sigma: float | None = None
) -> VariablesVerdict:
    """Judge a lot by a sample of measured values.

    One limit is judged by its quality index against k (Form 1, the same as Form 2 there), two
    limits by the sum of the estimated fractions beyond them against M (Form 2).

    Parameters
    ----------
    values : array_like, shape (value,)
        The sample, for the range method in the order in which it was drawn. [unit]
    limits : Limits
        Specification, one- or two-sided. [unit]
    plan : VariablesPlan
        The plan; its sample size must be that of the values. [1]
    sigma : float, optional
        Known standard deviation, for the ``sigma`` method. [unit]

    Returns
    -------
    VariablesVerdict
        Verdict and estimates. [unit, 1]

    Raises
    ------
    ValueError
        If the sample has another size than the plan, does not vary, or sigma is missing.

    References
    ----------
    .. [1] ANSI/ASQ Z1.9 (2003), Sections B and D.
    .. [2] MIL-STD-414 (1957), Section C (ranges of five; c is d2* for their number).

    Examples
    --------
    >>> plan = variables_plan("B", "2.5")
    >>> judge_sample([10.1, 10.0, 9.9], Limits(9.0, None, "mm"), plan).accepted
    True
    """
    x = np.asarray(values, dtype=float).ravel()
    if x.size != plan.n or not np.all(np.isfinite(x)):
        raise ValueError(f"the plan needs {plan.n} finite values; {x.size} were given")
    if plan.method == "sigma" and sigma is None:
        raise ValueError("the sigma method needs the known standard deviation")
    mean = float(x.mean())
    sd = sigma if plan.method == "sigma" and sigma is not None else _spread(x, plan.method)
    if not sd > 0:
        raise ValueError("the values do not vary; the gauge may not resolve them")
    q = [
        math.inf if side is None else sign * (mean - side) / sd
        for side, sign in ((limits.low, 1), (limits.high, -1))
    ]
    form = "k method: smallest quality index against k"
    if plan.method == "range":
        none = NoData("the range method estimates no fraction")
        return VariablesVerdict(min(q) >= plan.k, mean, sd, none, none, none, plan.k, form)
    method = plan.method
    below, above = (
        0.0 if math.isinf(v) else float(estimated_fraction(v, plan.n, method=method)) for v in q
    )
    total = below + above
    if not limits.two_sided or plan.m is None:
        return VariablesVerdict(min(q) >= plan.k, mean, sd, below, above, total, plan.k, form)
    form = "M method: estimated fraction beyond both limits against M"
    return VariablesVerdict(total <= plan.m, mean, sd, below, above, total, plan.m, form)


def _spread(x: np.ndarray[tuple[int, ...], np.dtype[np.float64]], method: AnyMethod) -> float:
    """Estimate the standard deviation: of the sample, or from ranges of five in their order."""
    if method != "range":
        return float(x.std(ddof=1))
    groups, size = ranges_of(x.size)
    return float(np.ptp(x.reshape(groups, size), axis=1).mean()) / d2_star(size, groups)


def ranges_of(n: int) -> tuple[int, int]:
    """Give how many ranges a sample makes, and of how many values each is."""
    if 3 <= n < 2 * RANGED:
        return 1, n
    if n % RANGED or n < 3:
        raise ValueError(
            f"the range method takes 3 to 9 values, or a multiple of {RANGED}; not {n}"
        )
    return n // RANGED, RANGED
