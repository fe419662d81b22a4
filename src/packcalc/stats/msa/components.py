"""What every gauge study ends in: components of variation and what is read from them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from packcalc.stats.no_data import NoData

__all__ = ["Component", "GaugeResult", "gauge_result", "ndc"]


@dataclass(frozen=True, slots=True)
class Component:
    """One source of variation.

    `contribution_pct` is its share of the variance, `study_pct` that of the standard deviation,
    `tolerance_pct` the study variation over the tolerance.
    """

    name: str
    variance: float
    sd: float
    study_variation: float
    contribution_pct: float | NoData
    study_pct: float | NoData
    tolerance_pct: float | NoData


@dataclass(frozen=True, slots=True)
class GaugeResult:
    """The components of a gauge study, and the verdict AIAG reads from them.

    `ndc_raw` is 1.41 PV / GRR before it is truncated to `ndc`.
    """

    grr: Component
    repeatability: Component
    reproducibility: Component
    operator: Component
    interaction: Component
    part: Component
    total: Component
    ndc: int | NoData
    ndc_raw: float | NoData
    verdict: str
    convention: str


def ndc(sd_part: float, sd_grr: float) -> int | NoData:
    """Count the distinct categories a gauge can tell apart, truncated as AIAG does.

    Parameters
    ----------
    sd_part : float
        Standard deviation between parts. [unit]
    sd_grr : float
        Standard deviation of the gauge (GRR). [unit]

    Returns
    -------
    int or NoData
        ``int(1.41 sd_part / sd_grr)``; no data if the gauge shows no variation. [1]

    References
    ----------
    .. [1] AIAG, Measurement Systems Analysis, 4th ed., 2010, ch. III-B.

    Examples
    --------
    >>> ndc(1.10456, 0.30575)
    5
    """
    if not sd_grr > 0:
        return NoData("the gauge shows no variation; it may not resolve the parts")
    return int(1.41 * sd_part / sd_grr)


def gauge_result(
    *,
    repeatability: float,
    operator: float,
    interaction: float,
    part: float,
    tolerance: float | None,
    multiple: float,
    convention: str,
    one_sided: bool = False,
) -> GaugeResult:
    """Assemble a gauge study from its variance components.

    Parameters
    ----------
    repeatability, operator, interaction, part : float
        Variance of each source; none may be negative. [unit^2]
    tolerance : float or None
        Width of the tolerance; of a one-sided limit its distance from the mean. [unit]
    multiple : float
        Standard deviations in the study variation: 6, or 5.15 in older editions. [1]
    convention : str
        How the components were found. [-]
    one_sided : bool, optional
        Whether the tolerance is one-sided; then half the study variation is compared. [-]

    Returns
    -------
    GaugeResult
        Components, number of distinct categories, verdict. [unit]

    Raises
    ------
    ValueError
        If a variance is negative.

    References
    ----------
    .. [1] AIAG, Measurement Systems Analysis, 4th ed., 2010, ch. II-D and III-B (under 10 %
           acceptable, over 30 % unacceptable, ndc of 5 or more).

    Examples
    --------
    >>> made = gauge_result(repeatability=0.01, operator=0.0, interaction=0.0, part=0.99,
    ...                     tolerance=12.0, multiple=6.0, convention="given")
    >>> round(made.grr.study_pct, 1), round(made.grr.tolerance_pct, 1), made.ndc, made.verdict
    (10.0, 5.0, 14, 'acceptable')
    """
    if min(repeatability, operator, interaction, part) < 0:
        raise ValueError("a variance component cannot be negative; floor it at zero first")
    total = repeatability + operator + interaction + part
    reach = multiple / 2 if one_sided else multiple

    def component(name: str, variance: float) -> Component:
        sd = math.sqrt(variance)
        nothing = NoData("nothing varies")
        return Component(
            name,
            variance,
            sd,
            multiple * sd,
            100 * variance / total if total else nothing,
            100 * sd / math.sqrt(total) if total else nothing,
            NoData("no tolerance was given") if not tolerance else 100 * reach * sd / tolerance,
        )

    grr = component("gauge R&R", repeatability + operator + interaction)
    between = component("part to part", part)
    categories = ndc(between.sd, grr.sd)
    raw = 1.41 * between.sd / grr.sd if grr.sd > 0 else categories
    return GaugeResult(
        grr,
        component("repeatability", repeatability),
        component("reproducibility", operator + interaction),
        component("operator", operator),
        component("operator x part", interaction),
        between,
        component("total", total),
        categories,
        raw,
        _verdict(grr, categories),
        convention,
    )


def _verdict(grr: Component, categories: int | NoData) -> str:
    """Read AIAG's bands: the worse of study and tolerance share decides."""
    shares = [s for s in (grr.study_pct, grr.tolerance_pct) if not isinstance(s, NoData)]
    if not shares:
        return "no data"
    worst = max(shares)
    if worst > 30:
        return "not acceptable"
    few = not isinstance(categories, NoData) and categories < 5
    return "conditional" if worst > 10 or few else "acceptable"
