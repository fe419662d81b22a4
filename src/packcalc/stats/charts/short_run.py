"""Charts of short runs: many part types of few pieces each on one chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.charts.chart import Baseline, Chart
from packcalc.stats.charts.individuals import i_mr
from packcalc.stats.charts.run_rules import Engine

__all__ = ["short_run"]


def short_run(
    values: ArrayLike,
    parts: Sequence[str],
    targets: Mapping[str, float],
    *,
    sigmas: Mapping[str, float] | None = None,
    method: Literal["deviation", "standardised"] = "deviation",
    baseline: Baseline | None = None,
    convention: str = "nelson",
    codes: Sequence[str] | None = None,
    engine: Engine = "auto",
) -> Chart:
    """Chart individual values of several part types as deviations from their own targets.

    Parameters
    ----------
    values : array_like, shape (point,)
        Values in time order, part types mixed. [unit]
    parts : sequence of str
        Part type of each value. [-]
    targets : mapping of str to float
        Target (nominal, or earlier mean) of each part type. [unit]
    sigmas : mapping of str to float, optional
        Standard deviation of each part type; needed to standardise. [unit]
    method : {"deviation", "standardised"}, optional
        Value minus target, when all types vary alike; or that over the sigma of its type. [-]
    baseline : Baseline, optional
        Frozen limits; standardised values have centre 0 and sigma 1 without any. [unit]
    convention : {"nelson", "minitab", "western_electric"}, optional
        Run rules (see `rule_set`). [-]
    codes : sequence of str, optional
        Rules to apply. [-]
    engine : {"auto", "numba", "numpy"}, optional
        Which implementation of the rules. [-]

    Returns
    -------
    Chart
        Panels ``individual`` and ``moving range`` of the deviations. [unit, or 1]

    Raises
    ------
    ValueError
        If a part type has no target or, to standardise, no sigma above zero.

    References
    ----------
    .. [1] D. C. Montgomery, Introduction to Statistical Quality Control, 6th ed., sec. 10.1
           (DNOM and standardised charts for short production runs).

    Examples
    --------
    >>> chart = short_run([50.1, 25.2, 49.9], ["A", "B", "A"], {"A": 50.0, "B": 25.0})
    >>> chart.panel("individual").points.round(3).tolist()
    [0.1, 0.2, -0.1]
    """
    x = np.asarray(values, dtype=float)
    if x.shape != (len(parts),):
        raise ValueError(f"{x.size} values have {len(parts)} part types; each needs its own")
    for part in dict.fromkeys(parts):
        if part not in targets:
            raise ValueError(f"part type {part!r} has no target")
        if method == "standardised" and not (sigmas or {}).get(part, 0.0) > 0:
            raise ValueError(f"part type {part!r} has no sigma above zero")
    deviation = x - np.array([targets[part] for part in parts])
    if method == "standardised" and sigmas is not None:
        deviation = deviation / np.array([sigmas[part] for part in parts])
        text = "standardised by part type"
        baseline = baseline or Baseline("short_run", 0.0, 1.0, 1, 0, 3.0, text, version="given")
    return i_mr(deviation, baseline=baseline, convention=convention, codes=codes, engine=engine)
