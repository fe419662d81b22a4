"""Whether a gauge stays what it is: checks of one reference part over time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.charts.chart import Chart
from packcalc.stats.charts.individuals import i_mr
from packcalc.stats.charts.shewhart import xbar_r

__all__ = ["stability"]


def stability(readings: ArrayLike, *, exclude: Mapping[int, str] | None = None) -> Chart:
    """Chart repeated checks of one reference part over time.

    Parameters
    ----------
    readings : array_like, shape (occasion,) or (occasion, reading)
        Readings of the reference, one or several on each occasion. [unit]
    exclude : mapping of int to str, optional
        Occasions (counted from 1) that do not count for the limits, with the reason. [-]

    Returns
    -------
    Chart
        Individuals or means and ranges; the gauge is stable while no rule fires. [unit]

    References
    ----------
    .. [1] AIAG, Measurement Systems Analysis, 4th ed., 2010, ch. III-B (stability).

    Examples
    --------
    >>> stability([6.0, 6.1, 5.9, 6.0, 6.1, 6.0]).in_control()
    True
    """
    block = np.asarray(readings, dtype=float)
    return i_mr(block, exclude=exclude) if block.ndim == 1 else xbar_r(block, exclude=exclude)
