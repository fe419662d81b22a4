"""Laney's p' and u' charts: counts in samples so large that the samples themselves vary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.charts.chart import Baseline, Chart, make_panel
from packcalc.stats.charts.counts import count_rules, counted, find_rate

__all__ = ["laney_p", "laney_u"]


def laney_p(
    defectives: ArrayLike,
    sizes: ArrayLike,
    *,
    baseline: Baseline | None = None,
    exclude: Mapping[int, str] | None = None,
    sigmas: float = 3.0,
    convention: str = "nelson",
    codes: Sequence[str] | None = None,
) -> Chart:
    """Chart the fraction defective with limits that allow for variation between samples (p').

    Parameters
    ----------
    defectives : array_like, shape (sample,)
        Defective units in each sample. [1]
    sizes : array_like, shape () or (sample,)
        Units in each sample. [1]
    baseline : Baseline, optional
        Limits to judge against; left out, they are found from the samples. [1]
    exclude : mapping of int to str, optional
        Samples (counted from 1) that do not count for the limits, with the reason. [-]
    sigmas : float, optional
        Distance of the limits in standard deviations. [1]
    convention : {"nelson", "minitab", "western_electric"}, optional
        Run rules (see `rule_set`). [-]
    codes : sequence of str, optional
        Rules to apply; left out: those without zones. [-]

    Returns
    -------
    Chart
        Panel ``fraction``; the baseline's `sigma_ratio` is Laney's sigma of z. [1]

    References
    ----------
    .. [1] D. B. Laney, "Improved control charts for attributes," Quality Engineering, vol. 14,
           no. 4, pp. 531-537, 2002.

    Examples
    --------
    >>> chart = laney_p([1030, 950, 1100, 905, 1080], 10000)
    >>> round(chart.baseline.sigma_ratio, 2)
    4.41
    """
    count, size = counted(defectives, sizes, most=True)
    found = baseline or find_rate("laney_p", count, size, exclude, sigmas)
    p = found.centre
    panel = make_panel(
        "fraction",
        count / size,
        p,
        np.sqrt(p * (1 - p) / size) * found.sigma_ratio,
        rules=count_rules(convention, codes),
        sigmas=found.sigmas,
        floor=0.0,
        ceiling=1.0,
    )
    return Chart(found, (panel,))


def laney_u(
    defects: ArrayLike,
    sizes: ArrayLike,
    *,
    baseline: Baseline | None = None,
    exclude: Mapping[int, str] | None = None,
    sigmas: float = 3.0,
    convention: str = "nelson",
    codes: Sequence[str] | None = None,
) -> Chart:
    """Chart the defects per unit with limits that allow for variation between samples (u').

    Parameters
    ----------
    defects : array_like, shape (sample,)
        Defects in each sample. [1]
    sizes : array_like, shape () or (sample,)
        Units in each sample. [1]
    baseline : Baseline, optional
        Limits to judge against; left out, they are found from the samples. [1]
    exclude : mapping of int to str, optional
        Samples (counted from 1) that do not count for the limits, with the reason. [-]
    sigmas : float, optional
        Distance of the limits in standard deviations. [1]
    convention : {"nelson", "minitab", "western_electric"}, optional
        Run rules (see `rule_set`). [-]
    codes : sequence of str, optional
        Rules to apply; left out: those without zones. [-]

    Returns
    -------
    Chart
        Panel ``defects per unit``; the baseline's `sigma_ratio` is Laney's sigma of z. [1]

    References
    ----------
    .. [1] D. B. Laney, "Improved control charts for attributes," Quality Engineering, vol. 14,
           no. 4, pp. 531-537, 2002.

    Examples
    --------
    >>> round(laney_u([520, 470, 555, 450, 540], 1000).baseline.sigma_ratio, 2)
    3.25
    """
    count, size = counted(defects, sizes, most=False)
    found = baseline or find_rate("laney_u", count, size, exclude, sigmas)
    panel = make_panel(
        "defects per unit",
        count / size,
        found.centre,
        np.sqrt(found.centre / size) * found.sigma_ratio,
        rules=count_rules(convention, codes),
        sigmas=found.sigmas,
        floor=0.0,
    )
    return Chart(found, (panel,))
