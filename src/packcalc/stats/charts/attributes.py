"""Charts of counted things: p and np of defective units, c and u of defects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.charts.chart import Baseline, Chart, make_panel
from packcalc.stats.charts.counts import count_rules, counted, find_rate

__all__ = ["c_chart", "np_chart", "p_chart", "u_chart"]


def p_chart(
    defectives: ArrayLike,
    sizes: ArrayLike,
    *,
    baseline: Baseline | None = None,
    exclude: Mapping[int, str] | None = None,
    sigmas: float = 3.0,
    convention: str = "nelson",
    codes: Sequence[str] | None = None,
) -> Chart:
    """Chart the fraction defective.

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
        Rules to apply; left out: those without zones, which need a normal statistic. [-]

    Returns
    -------
    Chart
        Panel ``fraction``, limits floored at 0 and capped at 1. [1]

    Raises
    ------
    ValueError
        If a count is no whole number within 0 and the size of its sample.

    References
    ----------
    .. [1] D. C. Montgomery, Introduction to Statistical Quality Control, 6th ed., sec. 7.2.

    Examples
    --------
    >>> chart = p_chart([2, 0, 1, 5], 50)
    >>> float(chart.panel("fraction").centre[0]), float(chart.panel("fraction").lower[0])
    (0.04, 0.0)
    """
    count, size = counted(defectives, sizes, most=True)
    found = baseline or find_rate("p", count, size, exclude, sigmas)
    p = found.centre
    sigma = np.sqrt(p * (1 - p) / size)
    panel = make_panel(
        "fraction",
        count / size,
        p,
        sigma,
        rules=count_rules(convention, codes),
        sigmas=found.sigmas,
        floor=0.0,
        ceiling=1.0,
    )
    return Chart(found, (panel,))


def np_chart(
    defectives: ArrayLike,
    size: int,
    *,
    baseline: Baseline | None = None,
    exclude: Mapping[int, str] | None = None,
    sigmas: float = 3.0,
    convention: str = "nelson",
    codes: Sequence[str] | None = None,
) -> Chart:
    """Chart the number defective in samples of one size.

    Parameters
    ----------
    defectives : array_like, shape (sample,)
        Defective units in each sample. [1]
    size : int
        Units in every sample. [1]
    baseline : Baseline, optional
        Limits to judge against (its centre is the fraction); found when left out. [1]
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
        Panel ``defectives``. [1]

    References
    ----------
    .. [1] D. C. Montgomery, Introduction to Statistical Quality Control, 6th ed., sec. 7.2.

    Examples
    --------
    >>> float(np_chart([2, 0, 1, 5], 50).panel("defectives").centre[0])
    2.0
    """
    count, sizes = counted(defectives, size, most=True)
    found = baseline or find_rate("np", count, sizes, exclude, sigmas)
    p = found.centre
    panel = make_panel(
        "defectives",
        count,
        size * p,
        float(np.sqrt(size * p * (1 - p))),
        rules=count_rules(convention, codes),
        sigmas=found.sigmas,
        floor=0.0,
        ceiling=float(size),
    )
    return Chart(found, (panel,))


def c_chart(
    defects: ArrayLike,
    *,
    baseline: Baseline | None = None,
    exclude: Mapping[int, str] | None = None,
    sigmas: float = 3.0,
    convention: str = "nelson",
    codes: Sequence[str] | None = None,
) -> Chart:
    """Chart the number of defects in equal samples.

    Parameters
    ----------
    defects : array_like, shape (sample,)
        Defects in each sample; one unit may have several. [1]
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
        Panel ``defects``. [1]

    References
    ----------
    .. [1] NIST/SEMATECH e-Handbook of Statistical Methods, sec. 6.3.3.1.

    Examples
    --------
    >>> panel = c_chart([16, 14, 18, 16]).panel("defects")
    >>> float(panel.lower[0]), float(panel.upper[0])
    (4.0, 28.0)
    """
    count, size = counted(defects, 1, most=False)
    found = baseline or find_rate("c", count, size, exclude, sigmas)
    panel = make_panel(
        "defects",
        count,
        found.centre,
        float(np.sqrt(found.centre)),
        rules=count_rules(convention, codes),
        sigmas=found.sigmas,
        floor=0.0,
    )
    return Chart(found, (panel,))


def u_chart(
    defects: ArrayLike,
    sizes: ArrayLike,
    *,
    baseline: Baseline | None = None,
    exclude: Mapping[int, str] | None = None,
    sigmas: float = 3.0,
    convention: str = "nelson",
    codes: Sequence[str] | None = None,
) -> Chart:
    """Chart the defects per unit in samples of any size.

    Parameters
    ----------
    defects : array_like, shape (sample,)
        Defects in each sample. [1]
    sizes : array_like, shape () or (sample,)
        Units (or area of opportunity) in each sample. [1]
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
        Panel ``defects per unit``. [1]

    References
    ----------
    .. [1] D. C. Montgomery, Introduction to Statistical Quality Control, 6th ed., sec. 7.3.

    Examples
    --------
    >>> float(u_chart([10, 12, 8, 10], 5).panel("defects per unit").centre[0])
    2.0
    """
    count, size = counted(defects, sizes, most=False)
    found = baseline or find_rate("u", count, size, exclude, sigmas)
    panel = make_panel(
        "defects per unit",
        count / size,
        found.centre,
        np.sqrt(found.centre / size),
        rules=count_rules(convention, codes),
        sigmas=found.sigmas,
        floor=0.0,
    )
    return Chart(found, (panel,))
