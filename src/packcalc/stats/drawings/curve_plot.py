"""The curves of a sampling plan as a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from packcalc.stats.drawings.canvas import (
    BLUE,
    GREEN,
    RED,
    heading,
    look,
    new_figure,
    to_svg,
)
from packcalc.stats.sampling.plans import Stage
from packcalc.stats.sampling.risk import (
    Model,
    accepted_quality,
    operating_characteristic,
    outgoing_limit,
)
from packcalc.stats.sampling.variables import VariablesPlan
from packcalc.stats.sampling.variables_design import variables_acceptance

Floats = NDArray[np.float64]

__all__ = ["operating_characteristic_svg", "variables_characteristic_svg"]


def operating_characteristic_svg(
    stages: Sequence[Stage],
    *,
    title: str,
    lot: int | None = None,
    aql: float | None = None,
    model: Model = "binomial",
) -> str:
    """Draw the chance of acceptance and the outgoing quality of a plan.

    Parameters
    ----------
    stages : sequence of Stage
        The samples of the plan. [1]
    title : str
        Which plan it is. [-]
    lot : int, optional
        Units in the lot. [1]
    aql : float, optional
        Acceptable quality level to mark. [%]
    model : {"binomial", "poisson"}, optional
        Fraction nonconforming, or nonconformities per unit. [-]

    Returns
    -------
    str
        SVG. [-]

    References
    ----------
    .. [1] NIST/SEMATECH e-Handbook of Statistical Methods, sec. 6.2.3.2.

    Examples
    --------
    >>> "accepted" in operating_characteristic_svg([Stage(80, 2, 3)], title="J, AQL 1.0", aql=1.0)
    True
    """
    top = 3.2 * (stages[-1].accept + 1.5) / sum(s.n for s in stages)
    top = min(1.0, max(top, 0.03 * (aql or 0.0))) if model == "binomial" else top
    p = np.linspace(0.0, top, 120)
    known = lot is not None
    curve = operating_characteristic(stages, p, lot=lot, model=model, finite_outgoing=known)
    limit, worst = outgoing_limit(stages, lot=lot, model=model, finite_outgoing=known)
    with look():
        figure = new_figure(8.0, 4.0)
        heading(figure, title, curve.convention)
        accept, outgoing = figure.subplots(1, 2)
        accept.plot(100 * p, curve.accept, color=BLUE)
        accept.set_ylim(0, 1.02)
        accept.set_ylabel("chance to be accepted")
        if aql is not None:
            accept.axvline(aql, color=GREEN, linewidth=1.0)
            at = float(np.interp(aql / 100, p, curve.accept))
            accept.annotate(f"AQL {aql:g} %: {at:.3f}", (aql, at), xytext=(5, -3),
                            textcoords="offset points", fontsize=8, color=GREEN)  # fmt: skip
        ten = accepted_quality(stages, 0.10, model=model)
        accept.plot([100 * ten], [0.10], marker="o", color=RED, markersize=4)
        accept.annotate(f"10 % at {100 * ten:.2f} %", (100 * ten, 0.10), xytext=(5, 4),
                        textcoords="offset points", fontsize=8, color=RED)  # fmt: skip
        outgoing.plot(100 * p, 100 * curve.outgoing, color=BLUE)
        outgoing.plot([100 * worst], [100 * limit], marker="o", color=RED, markersize=4)
        outgoing.annotate(f"AOQL {100 * limit:.3f} %", (100 * worst, 100 * limit), xytext=(6, 2),
                          textcoords="offset points", fontsize=8, color=RED)  # fmt: skip
        outgoing.set_ylabel("average outgoing quality [%]")
        for axes in (accept, outgoing):
            axes.set_xlabel("nonconforming in the lot [%]")
            axes.set_xlim(0, None)
        return to_svg(figure, title)


def variables_characteristic_svg(
    plan: VariablesPlan, *, title: str, aql: float | None = None
) -> str:
    """Draw the chance that a variables plan accepts a normal lot judged by one limit.

    Parameters
    ----------
    plan : VariablesPlan
        The plan. [1]
    title : str
        Which plan it is. [-]
    aql : float, optional
        Acceptable quality level to mark. [%]

    Returns
    -------
    str
        SVG. [-]

    References
    ----------
    .. [1] E. G. Schilling and D. V. Neubauer, Acceptance Sampling in Quality Control, 3rd ed.,
           CRC Press, 2017, ch. 10.

    Examples
    --------
    >>> from packcalc.stats.sampling.variables import variables_plan
    >>> "AQL 1 %" in variables_characteristic_svg(variables_plan("J", "1.0"), title="J", aql=1.0)
    True
    """

    def accepted(p: np.ndarray[tuple[int, ...], np.dtype[np.float64]] | float) -> Floats:
        return variables_acceptance(plan.n, plan.k, p, method=plan.method)

    trial = np.geomspace(1e-6, 0.999, 4000)
    chances = accepted(trial)
    ten = float(np.interp(-0.10, -chances, trial))
    p = np.linspace(1e-9, min(1.0, 1.6 * ten), 200)
    with look():
        figure = new_figure(7.0, 4.0)
        heading(figure, title, f"n {plan.n}, k {plan.k:.4g}; {plan.convention}; one limit")
        axes = figure.subplots()
        axes.plot(100 * p, accepted(p), color=BLUE)
        if aql is not None:
            axes.axvline(aql, color=GREEN, linewidth=1.0)
            at = float(accepted(aql / 100))
            axes.annotate(f"AQL {aql:g} %: {at:.3f}", (aql, at), xytext=(5, -3),
                          textcoords="offset points", fontsize=8, color=GREEN)  # fmt: skip
        axes.plot([100 * ten], [0.10], marker="o", color=RED, markersize=4)
        axes.annotate(f"10 % at {100 * ten:.2f} %", (100 * ten, 0.10), xytext=(5, 4),
                      textcoords="offset points", fontsize=8, color=RED)  # fmt: skip
        axes.set_ylim(0, 1.02)
        axes.set_xlim(0, None)
        axes.set_xlabel("nonconforming in the lot [%]")
        axes.set_ylabel("chance to be accepted")
        return to_svg(figure, title)
