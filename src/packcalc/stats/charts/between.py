"""Charts of subgroups that differ by more than their values scatter: between and within."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.charts.chart import Baseline, Chart, exclusions, make_panel, only_limits
from packcalc.stats.charts.conventions import rule_set
from packcalc.stats.charts.individuals import i_mr
from packcalc.stats.charts.run_rules import Engine
from packcalc.stats.charts.subgroups import per_size, reduce
from packcalc.stats.constants import c4

__all__ = ["i_mr_s"]


def i_mr_s(
    subgroups: Sequence[ArrayLike] | ArrayLike,
    *,
    baseline: Baseline | None = None,
    exclude: Mapping[int, str] | None = None,
    sigmas: float = 3.0,
    convention: str = "nelson",
    codes: Sequence[str] | None = None,
    engine: Engine = "auto",
) -> Chart:
    """Chart subgroup means as individuals, their moving ranges, and the scatter within.

    For subgroups of one batch, one pack, one moulding: their means differ by more than the
    values of one of them do, and the limits of an X-bar chart, which know the scatter within
    only, would call nearly every point a signal. Here the means are judged by how they vary
    from one to the next (I-MR-R/S, Wheeler's three-way chart).

    Parameters
    ----------
    subgroups : sequence of array_like, shape (subgroup, value)
        Subgroups in time order, each of two values at least. [unit]
    baseline : Baseline, optional
        Limits to judge against; left out, they are found from the subgroups. [unit]
    exclude : mapping of int to str, optional
        Subgroups (counted from 1) that do not count for the limits, with the reason. [-]
    sigmas : float, optional
        Distance of the limits in standard deviations. [1]
    convention : {"nelson", "minitab", "western_electric"}, optional
        Run rules of the means (see `rule_set`). [-]
    codes : sequence of str, optional
        Rules to apply to the means. [-]
    engine : {"auto", "numba", "numpy"}, optional
        Which implementation of the rules. [-]

    Returns
    -------
    Chart
        Panels ``mean``, ``moving range`` and ``sd``. [unit]

    Raises
    ------
    ValueError
        If a value is not finite, a subgroup has fewer than two, or an exclusion no reason.

    References
    ----------
    .. [1] D. J. Wheeler, "When should we use the three-way chart?," Quality Digest, 2017.
    .. [2] Minitab 21 Support, "Methods and formulas for I-MR-R/S Chart."

    Examples
    --------
    >>> chart = i_mr_s([[1.0, 1.1], [3.0, 3.1], [2.0, 2.1], [4.0, 4.1], [2.5, 2.6]])
    >>> chart.in_control(), round(chart.baseline.sigma, 3)
    (True, 0.089)
    """
    mean, spread, size = reduce(subgroups, "sd", engine)
    expected = per_size(size, c4)
    found = baseline
    if found is None:
        between = i_mr(mean, exclude=exclude, sigmas=sigmas).baseline
        _, kept = exclusions(exclude, mean.size)
        found = Baseline(
            "i_mr_s",
            between.centre,
            float((spread / expected)[kept].mean()),
            size if isinstance(size, int) else int(np.bincount(size).argmax()),
            between.points,
            sigmas,
            "means: mean moving range / d2 (exact); within: mean standard deviation / c4",
            excluded=between.excluded,
            sigma_between=between.sigma,
        )
    if found.sigma_between is None:
        raise ValueError(f"a baseline of kind {found.kind} says nothing of how means vary")
    means = i_mr(
        mean, baseline=_of_means(found), convention=convention, codes=codes, engine=engine
    )
    within = make_panel(
        "sd",
        spread,
        expected * found.sigma,
        np.sqrt(np.maximum(0.0, 1 - np.square(expected))) * found.sigma,
        rules=only_limits(rule_set(convention).convention),
        sigmas=found.sigmas,
        floor=0.0,
        engine=engine,
    )
    individual, moving = means.panels
    return Chart(found, (individual.named("mean"), moving, within))


def _of_means(found: Baseline) -> Baseline:
    """The baseline of the means as if each were a single value."""
    assert found.sigma_between is not None
    return Baseline(
        "i_mr",
        found.centre,
        found.sigma_between,
        1,
        found.points,
        found.sigmas,
        found.convention,
        version=found.version,
        widening=found.widening,
    )
