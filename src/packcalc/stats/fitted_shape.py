"""What values that are not normal are: a fitted distribution, or a transformation to normal."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.stats.no_data import NoData
from packcalc.stats.reliability.fit import fit_exponential, fit_lognormal, fit_weibull
from packcalc.stats.reliability.life_data import life_data
from packcalc.stats.transforms import fit_box_cox, fit_johnson

__all__ = ["BoxCoxPower", "FittedShape", "Method", "fit_shape"]

Floats = NDArray[np.float64]
Method = Literal["weibull", "lognormal", "exponential", "box_cox", "johnson"]
BoxCoxPower = Literal["optimal", "rounded"] | float
TAIL = 0.5 * math.erfc(3 / math.sqrt(2))  # 0.00135: what lies beyond three sigma of a normal


@dataclass(frozen=True, slots=True, eq=False)
class FittedShape:
    """A fitted shape: its parameters, the percentiles at 0.135, 50 and 99.865 %, both tails.

    `below` and `above` give the fraction beyond a value, each without loss of digits far out.
    """

    parameters: tuple[tuple[str, float], ...]
    percentiles: tuple[float, float, float]
    below: Callable[[ArrayLike], Floats]
    above: Callable[[ArrayLike], Floats]
    convention: str


def fit_shape(
    values: ArrayLike, method: Method, *, box_cox: BoxCoxPower = "optimal"
) -> FittedShape | NoData:
    """Fit a distribution, or a transformation to normal, to values.

    Parameters
    ----------
    values : array_like, shape (value,)
        Values; positive but for ``johnson``. [unit]
    method : {"weibull", "lognormal", "exponential", "box_cox", "johnson"}
        Distribution fitted by maximum likelihood, or transformation. [-]
    box_cox : {"optimal", "rounded"} or float, optional
        Power of Box-Cox: that of maximum likelihood, rounded to the nearest half (Minitab), or
        a given one. [1]

    Returns
    -------
    FittedShape or NoData
        The shape; no data when nothing can be fitted. [unit]

    Raises
    ------
    ValueError
        If a value is not positive where it must be, or the method unknown.

    References
    ----------
    .. [1] ISO 22514-4:2016, Process capability estimates and performance measures.

    Examples
    --------
    >>> fit = fit_shape(np.exp(np.linspace(-1.5, 1.5, 30)), "lognormal")
    >>> round(float(fit.below(1.0)), 3), round(float(fit.above(1.0)), 3)
    (0.5, 0.5)
    """
    x = np.asarray(values, dtype=float).ravel()
    if method == "box_cox":
        return _box_cox(x, box_cox)
    if method == "johnson":
        return _johnson(x)
    if method not in ("weibull", "lognormal", "exponential"):
        raise ValueError(f"unknown method {method!r}")
    return _distribution(x, method)


def _distribution(
    x: Floats, method: Literal["weibull", "lognormal", "exponential"]
) -> FittedShape | NoData:
    if np.any(x <= 0):
        raise ValueError(f"a {method} distribution needs positive values; smallest {x.min():g}")
    fit_it = {"weibull": fit_weibull, "lognormal": fit_lognormal, "exponential": fit_exponential}
    fit = fit_it[method](life_data(x))
    if isinstance(fit, NoData):
        return fit

    def below(at: ArrayLike) -> Floats:
        from scipy.special import ndtr

        with np.errstate(divide="ignore"):
            logs = np.log(np.maximum(np.asarray(at, dtype=float), 0.0) / fit.scale)
        if method == "lognormal":
            return np.asarray(ndtr(logs / fit.shape))
        return np.asarray(-np.expm1(-np.exp(logs * fit.shape)))

    q = (fit.quantile(TAIL), fit.quantile(0.5), fit.quantile(1 - TAIL))
    named = (("shape", fit.shape), ("scale", fit.scale))
    text = f"{method} by maximum likelihood"
    return FittedShape(named, q, below, fit.reliability, text)


def _box_cox(x: Floats, power: BoxCoxPower) -> FittedShape | NoData:
    found = fit_box_cox(x)
    if isinstance(found, NoData):
        return found
    fit, chosen = found, "of maximum likelihood"
    if power == "rounded":
        fit, chosen = found.rounded(), "rounded to the nearest half"
    elif power != "optimal":
        fit, chosen = replace(found, lam=float(power)), "given"
    y = fit.apply(x)
    mean, sd = float(y.mean()), float(y.std(ddof=1))

    def back(z: float) -> float:
        t = mean + z * sd
        if abs(fit.lam) < 1e-12:
            return math.exp(t)
        inner = 1 + fit.lam * t
        if inner <= 0:  # beyond what a positive value can be: zero below, no bound above
            return 0.0 if fit.lam > 0 else math.inf
        return float(inner ** (1 / fit.lam))

    def score(at: ArrayLike) -> Floats:
        v = np.asarray(at, dtype=float)  # below every positive value nothing lies
        return np.where(v > 0, (fit.apply(np.where(v > 0, v, 1.0)) - mean) / sd, -np.inf)

    named = (("lambda", fit.lam), ("mean", mean), ("sd", sd))
    text = f"Box-Cox with lambda {fit.lam:.4g} {chosen}, normal after it"
    return _of_scores(named, (back(-3.0), back(0.0), back(3.0)), score, text)


def _johnson(x: Floats) -> FittedShape | NoData:
    fit = fit_johnson(x)
    if isinstance(fit, NoData):
        return fit
    low, middle, high = (float(q) for q in fit.invert([-3.0, 0.0, 3.0]))
    named = (("gamma", fit.gamma), ("eta", fit.eta), ("epsilon", fit.epsilon), ("lambda", fit.lam))
    text = f"Johnson {fit.family}, normal after it (Anderson-Darling p {fit.p:.3g})"
    return _of_scores(named, (low, middle, high), fit.apply, text)


def _of_scores(
    named: tuple[tuple[str, float], ...],
    percentiles: tuple[float, float, float],
    score: Callable[[ArrayLike], Floats],
    text: str,
) -> FittedShape:
    """A shape by what turns its values into standard normal scores."""

    def below(at: ArrayLike) -> Floats:
        from scipy.special import ndtr

        return np.asarray(ndtr(score(at)))

    def above(at: ArrayLike) -> Floats:
        from scipy.special import ndtr

        return np.asarray(ndtr(-score(at)))

    return FittedShape(named, percentiles, below, above, text)
