"""Weibull lives that cannot fail before a threshold."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from packcalc.stats.no_data import NoData
from packcalc.stats.reliability.fit import LifeFit, fit_weibull
from packcalc.stats.reliability.life_data import LifeData

__all__ = ["fit_weibull_3"]

STEPS = 60


def fit_weibull_3(data: LifeData) -> LifeFit | NoData:
    """Fit a three-parameter Weibull life by maximum likelihood.

    The threshold is the one inside ``[0, first failure)`` at which the likelihood, with shape
    and scale free, has its top. Very close to the first failure the likelihood of a shape below
    1 has no bound; that end is no top and is never the answer.

    Parameters
    ----------
    data : LifeData
        Failures and survivors; brackets may not begin below the threshold. [time]

    Returns
    -------
    LifeFit or NoData
        The fit with its `location`; no data without three failures, or when the likelihood only
        rises towards the first failure. [time]

    References
    ----------
    .. [1] W. Q. Meeker and L. A. Escobar, Statistical Methods for Reliability Data, Wiley, 1998,
           sec. 11.7.

    Examples
    --------
    >>> from packcalc.stats.reliability.life_data import life_data
    >>> fit = fit_weibull_3(life_data([489, 534, 567, 596, 625, 655, 689, 735, 820]))
    >>> 300 < fit.location < 489
    True
    """
    if data.failed < 3:
        return NoData(f"{data.failed:g} failures; three are needed for three parameters")
    first = min(
        float(data.failures.min(initial=math.inf)),
        float(data.intervals[:, 0].min(initial=math.inf)),
    )

    def at(threshold: float) -> LifeFit | None:
        fit = fit_weibull(data.shifted(threshold))
        return None if isinstance(fit, NoData) or fit.shape <= 1 else fit

    def value(threshold: float) -> float:
        fit = at(threshold)
        return -math.inf if fit is None else fit.log_likelihood

    # dense near the first failure, where the top usually is
    grid = first * (1 - np.geomspace(1, 1e-4, STEPS))
    scores = [value(float(threshold)) for threshold in grid]
    tops = [
        i
        for i in range(STEPS - 1)
        if math.isfinite(scores[i])
        and scores[i] >= scores[i + 1]
        and (i == 0 or scores[i] >= scores[i - 1])
    ]
    if not tops or not math.isfinite(scores[tops[0] + 1]):
        return NoData("the likelihood has no top below the first failure; use two parameters")
    best = max(tops, key=lambda i: scores[i])
    low, high = float(grid[max(0, best - 1)]), float(grid[min(STEPS - 1, best + 1)])
    for _ in range(80):
        third = (high - low) / 3
        a, b = low + third, high - third
        if value(a) < value(b):
            low = a
        else:
            high = b
    threshold = (low + high) / 2
    fit = at(threshold)
    if fit is None:
        return NoData("the likelihood has no top below the first failure; use two parameters")
    return replace(
        fit,
        location=threshold,
        parameters=3,
        convention="maximum likelihood, three parameters, shape above 1",
    )
