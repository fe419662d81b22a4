"""Crossed gauge R&R by analysis of variance: every operator measures every part."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.stats.msa.components import GaugeResult, gauge_result
from packcalc.stats.no_data import NoData

__all__ = ["CrossedStudy", "Source", "crossed_anova"]


@dataclass(frozen=True, slots=True)
class Source:
    """One line of the analysis of variance; F and p are no data where nothing is tested."""

    name: str
    ss: float
    df: int
    ms: float
    f: float | NoData
    p: float | NoData


@dataclass(frozen=True, slots=True)
class CrossedStudy:
    """A crossed study: the table, whether the interaction was pooled, the components.

    `*_interval` bound the standard deviations of the gauge at `confidence`.
    """

    part: Source
    operator: Source
    interaction: Source
    error: Source
    total: Source
    pooled: bool
    p_interaction: float | NoData
    result: GaugeResult
    repeatability_interval: tuple[float, float]
    confidence: float
    convention: str


def crossed_anova(
    values: ArrayLike,
    *,
    tolerance: float | None = None,
    pool_above: float | None = 0.25,
    tested_against: Literal["interaction", "error", "pooled"] = "interaction",
    multiple: float = 6.0,
    one_sided: bool = False,
    confidence: float = 0.90,
) -> CrossedStudy:
    """Analyse a crossed gauge R&R study.

    Parameters
    ----------
    values : array_like, shape (part, operator, trial)
        Readings. [unit]
    tolerance : float, optional
        Width of the tolerance. [unit]
    pool_above : float, optional
        Pool the interaction into the error when its p-value exceeds this: 0.25 (AIAG, Minitab's
        default since 2010 is 0.05); None never pools. [1]
    tested_against : {"interaction", "error", "pooled"}, optional
        What F of operator and part stands over: the interaction (Montgomery, SixSigma; always
        of the full table), the equipment (AIAG prints), or once the interaction is pooled the
        pooled error (Minitab's second table; the interaction as long as it is kept). [-]
    multiple : float, optional
        Standard deviations in the study variation. [1]
    one_sided : bool, optional
        Whether the tolerance is one-sided. [-]
    confidence : float, optional
        Confidence of the interval of repeatability. [1]

    Returns
    -------
    CrossedStudy
        Table, components (negative estimates are zero), verdict and convention. [unit]

    Raises
    ------
    ValueError
        If there are fewer than two parts, operators or trials, or a value is not finite.

    References
    ----------
    .. [1] AIAG, Measurement Systems Analysis, 4th ed., 2010, ch. III-B and Appendix A.
    .. [2] D. C. Montgomery and G. C. Runger, "Gauge capability analysis and designed
           experiments," Quality Engineering, vol. 6, pp. 115-135 and 289-305, 1993.

    Examples
    --------
    >>> study = crossed_anova([[[1.0, 1.1], [1.0, 0.9]], [[2.0, 2.1], [2.2, 2.0]]])
    >>> study.pooled, round(study.result.grr.study_pct, 1)
    (True, 12.6)
    """
    y = balanced(values)
    parts, operators, trials = y.shape
    y = y - y.mean()  # sums of squares do not feel an offset, rounding does
    by_part, by_operator, by_cell = y.mean(axis=(1, 2)), y.mean(axis=(0, 2)), y.mean(axis=2)
    ss_part = operators * trials * float(np.square(by_part).sum())
    ss_operator = parts * trials * float(np.square(by_operator).sum())
    inner = by_cell - by_part[:, None] - by_operator[None, :]
    ss_inter = trials * float(np.square(inner).sum())
    ss_error = float(np.square(y - by_cell[:, :, None]).sum())
    df = (
        parts - 1,
        operators - 1,
        (parts - 1) * (operators - 1),
        parts * operators * (trials - 1),
    )
    ms = [ss / d for ss, d in zip((ss_part, ss_operator, ss_inter, ss_error), df, strict=True)]
    f_inter, p_inter = f_test(ms[2], df[2], ms[3], df[3])
    pooled = pool_above is not None and not isinstance(p_inter, NoData) and p_inter > pool_above
    ms_pooled = (ss_inter + ss_error) / (df[2] + df[3])

    against, against_df, text = ms[2], df[2], "F over the interaction"
    if tested_against == "error":
        against, against_df, text = ms[3], df[3], "F over the equipment mean square"
    elif tested_against == "pooled" and pooled:
        against, against_df, text = ms_pooled, df[2] + df[3], "F over the pooled error"
    rep = ms_pooled if pooled else ms[3]
    base = ms_pooled if pooled else ms[2]
    df_rep = df[2] + df[3] if pooled else df[3]
    pool_text = (
        "never pooled"
        if pool_above is None
        else f"{'pooled' if pooled else 'kept'} (pools above p = {pool_above:g})"
    )
    convention = f"ANOVA, interaction {pool_text}; {text}; study variation {multiple:g} s"
    result = gauge_result(
        repeatability=rep,
        operator=max(0.0, (ms[1] - base) / (parts * trials)),
        interaction=0.0 if pooled else max(0.0, (ms[2] - ms[3]) / trials),
        part=max(0.0, (ms[0] - base) / (operators * trials)),
        tolerance=tolerance,
        multiple=multiple,
        convention=convention,
        one_sided=one_sided,
    )
    nothing = NoData("not tested")
    return CrossedStudy(
        Source("part", ss_part, df[0], ms[0], *f_test(ms[0], df[0], against, against_df)),
        Source("operator", ss_operator, df[1], ms[1], *f_test(ms[1], df[1], against, against_df)),
        Source("operator x part", ss_inter, df[2], ms[2], f_inter, p_inter),
        Source("repeatability", ss_error, df[3], ms[3], nothing, nothing),
        Source("total", float(np.square(y).sum()), y.size - 1, 0.0, nothing, nothing),
        pooled,
        p_inter,
        result,
        sd_interval(math.sqrt(rep), df_rep, confidence),
        confidence,
        convention,
    )


def sd_interval(sd: float, degrees: float, confidence: float) -> tuple[float, float]:
    """Chi-square bounds of a standard deviation."""
    from scipy.special import gammaincinv

    tail = (1 - confidence) / 2
    low, high = (
        sd * math.sqrt(degrees / (2 * float(gammaincinv(degrees / 2, p))))
        for p in (1 - tail, tail)
    )
    return low, high


def f_test(
    ms: float, df: int, against: float, against_df: int
) -> tuple[float | NoData, float | NoData]:
    if not against > 0:
        nothing = NoData("nothing varies in what it is tested against")
        return nothing, nothing
    from scipy.special import fdtrc

    f = ms / against
    return f, float(fdtrc(df, against_df, f))


def balanced(values: ArrayLike) -> NDArray[np.float64]:
    try:
        y = np.asarray(values, dtype=float)
    except ValueError as error:
        raise ValueError(
            "a crossed study needs as many trials of every operator on every part"
        ) from error
    if y.ndim != 3 or min(y.shape) < 2:
        raise ValueError(
            f"a crossed study needs two parts, operators and trials at least; shape is {y.shape}"
        )
    if not np.all(np.isfinite(y)):
        part, operator, trial = (int(i) + 1 for i in np.argwhere(~np.isfinite(y))[0])
        raise ValueError(f"part {part}, operator {operator}, trial {trial} is not a finite number")
    return y
