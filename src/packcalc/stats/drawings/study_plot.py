"""Gauge studies other than GR&R as pictures: one reference, several references, agreement."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.drawings.canvas import (
    BLUE,
    GREEN,
    GREY,
    INK,
    RED,
    heading,
    level,
    look,
    new_figure,
    to_svg,
)
from packcalc.stats.intervals import Proportion
from packcalc.stats.msa.attribute import AttributeStudy
from packcalc.stats.msa.linearity import Linearity
from packcalc.stats.msa.single_gauge import Bias, Type1

__all__ = ["agreement_svg", "linearity_svg", "one_reference_svg"]


def one_reference_svg(
    values: ArrayLike,
    study: Type1 | Bias,
    *,
    title: str,
    reference: float,
    tolerance: float | None = None,
    unit: str = "",
) -> str:
    """Draw a type-1 or bias study: the readings in order, and what they say of the bias.

    Parameters
    ----------
    values : array_like, shape (reading,)
        Readings of the reference in time order. [unit]
    study : Type1 or Bias
        The study of them. [unit]
    title : str
        Which gauge was studied. [-]
    reference : float
        Value of the reference. [unit]
    tolerance : float, optional
        Width of the tolerance; a tenth of it on either side of the reference is marked. [unit]
    unit : str, optional
        Unit of the readings. [-]

    Returns
    -------
    str
        SVG with two panels. [-]

    References
    ----------
    .. [1] VDA Volume 5, Capability of Measurement Processes, 2nd ed., 2010 (type-1 study).

    Examples
    --------
    >>> from packcalc.stats.msa.single_gauge import bias
    >>> x = [5.9, 6.0, 6.1, 6.0]
    >>> "reference 6" in one_reference_svg(x, bias(x, 6.0), title="Gauge 7", reference=6.0)
    True
    """
    x = np.asarray(values, dtype=float).ravel()
    off = study.bias if isinstance(study, Type1) else study
    with look():
        figure = new_figure(9.0, 3.8)
        text = f"{off.n} readings; bias {off.bias:.4g}, s {off.sd:.4g}"
        if isinstance(study, Type1):
            verdict = "capable" if study.capable else "not capable"
            text = (
                f"{verdict}: Cg {study.cg:.2f}, Cgk {study.cgk:.2f} ({study.convention}); {text}"
            )
        heading(figure, title, text)
        run, spread = figure.subplots(1, 2, width_ratios=[3, 2], sharey=True)
        run.plot(np.arange(1, x.size + 1), x, color=BLUE, marker="o", markersize=3, linewidth=0.8)
        run.set_xlabel("reading")
        run.set_ylabel(f"value [{unit}]" if unit else "value")
        spread.hist(
            x,
            bins=min(30, max(6, int(np.sqrt(x.size)) + 2)),
            orientation="horizontal",
            color=BLUE,
            alpha=0.35,
            edgecolor="white",
        )
        spread.set_xticks([])
        spread.axhspan(
            reference + off.low, reference + off.high, color=GREY, alpha=0.35, linewidth=0
        )
        spread.text(
            0.98,
            off.mean,
            f"mean {off.mean:.5g}, {100 * off.confidence:.3g} % interval",
            transform=spread.get_yaxis_transform(),
            ha="right",
            va="bottom",
            fontsize=8,
            color=INK,
        )
        for axes in (run, spread):
            axes.axhline(off.mean, color=INK, linewidth=0.8, linestyle=":")
            axes.axhline(reference, color=GREEN, linewidth=1.0)
        level(spread, reference, "reference", GREEN)
        if tolerance is not None:
            for side in (-1, 1):
                edge = reference + side * tolerance / 10
                run.axhline(edge, color=RED, linewidth=1.0, linestyle="--")
                level(spread, edge, f"{'+' if side > 0 else '-'}10 % of T", RED, "--")
        return to_svg(figure, title)


def linearity_svg(
    readings: Mapping[float, ArrayLike], study: Linearity, *, title: str, unit: str = ""
) -> str:
    """Draw a linearity study: bias over reference, its line, and the band of the line.

    Parameters
    ----------
    readings : mapping of float to array_like, shape (reading,)
        Readings of each reference. [unit]
    study : Linearity
        The study of them. [unit]
    title : str
        Which gauge was studied. [-]
    unit : str, optional
        Unit of the readings. [-]

    Returns
    -------
    str
        SVG. [-]

    References
    ----------
    .. [1] AIAG, Measurement Systems Analysis, 4th ed., 2010, ch. III-B (the zero line must lie
           within the band).

    Examples
    --------
    >>> from packcalc.stats.msa.linearity import linearity
    >>> x = {2.0: [2.1, 2.0, 2.2], 4.0: [4.1, 4.0, 4.0], 6.0: [5.9, 6.0, 6.0]}
    >>> "no bias" in linearity_svg(x, linearity(x), title="Gauge 7")
    True
    """
    from scipy.special import stdtrit

    at = np.concatenate([np.full(np.size(v), ref) for ref, v in readings.items()])
    off = np.concatenate([np.asarray(v, dtype=float).ravel() - r for r, v in readings.items()])
    with look():
        figure = new_figure(8.0, 4.2)
        found = "significant" if study.significant() else "not significant"
        heading(
            figure,
            title,
            f"bias = {study.intercept:.4g} {study.slope:+.4g} x reference, {found}; "
            f"R2 {100 * study.r_squared:.1f} %; {study.convention}",
        )
        axes = figure.subplots()
        axes.plot(at, off, "o", color=GREY, markersize=3, label="reading")
        means = [b.bias for b in study.biases]
        axes.plot(study.references, means, "D", color=BLUE, markersize=6, label="mean of one")
        grid = np.linspace(at.min(), at.max(), 100)
        line = study.intercept + study.slope * grid
        spread = np.square(at - at.mean()).sum()
        reach = stdtrit(at.size - 2, 0.975) * study.s
        band = reach * np.sqrt(1 / at.size + np.square(grid - at.mean()) / spread)
        axes.plot(grid, line, color=BLUE, linewidth=1.2, label="line, and its 95 % band")
        axes.fill_between(grid, line - band, line + band, color=BLUE, alpha=0.15, linewidth=0)
        level(axes, 0.0, "no bias", GREEN)
        axes.set_xlabel(f"reference [{unit}]" if unit else "reference")
        axes.set_ylabel(f"bias [{unit}]" if unit else "bias")
        axes.legend(frameon=False, fontsize=8)
        return to_svg(figure, title)


def agreement_svg(study: AttributeStudy, *, title: str) -> str:
    """Draw an attribute study: agreement of each appraiser with oneself and the reference.

    Parameters
    ----------
    study : AttributeStudy
        The study. [1]
    title : str
        What was sorted. [-]

    Returns
    -------
    str
        SVG: shares with their exact intervals, over AIAG's bands at 80 and 90 %. [-]

    References
    ----------
    .. [1] AIAG, Measurement Systems Analysis, 4th ed., 2010, ch. III-C.

    Examples
    --------
    >>> from packcalc.stats.msa.attribute import attribute_agreement
    >>> ratings = {"Ann": [[1, 1], [0, 0], [1, 0]], "Bo": [[1, 1], [0, 0], [0, 0]]}
    >>> "Ann" in agreement_svg(attribute_agreement(ratings, [1, 0, 0]), title="Weld sorting")
    True
    """
    people = study.appraisers
    shares = [
        ("within oneself", [(a.name, a.within) for a in people]),
        (
            "with the reference",
            [(a.name, a.effectiveness) for a in people]
            + [("all", study.all_agree_with_reference)],
        ),
    ]
    with look():
        figure = new_figure(8.0, 3.8)
        verdicts = ", ".join(f"{a.name}: {a.verdict}" for a in people)
        heading(figure, title, f"{verdicts}; {study.convention}")
        for axes, (name, rows) in zip(
            figure.subplots(1, 2, sharey=True, width_ratios=[1, 1.2]), shares, strict=True
        ):
            axes.set_title(name)
            known = [(k, v) for k, (_, v) in enumerate(rows) if isinstance(v, Proportion)]
            for k, share in known:
                low, high = 100 * share.low, 100 * share.high
                axes.plot([k, k], [low, high], color=GREY, linewidth=2)
                axes.plot([k], [100 * share.value], "o", color=BLUE, markersize=6)
                axes.annotate(
                    f"{100 * share.value:.0f} %",
                    (k, 100 * share.value),
                    xytext=(7, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=8,
                )
            axes.set_xticks(range(len(rows)), [n for n, _ in rows])
            axes.set_xlim(-0.6, len(rows) - 0.2)
            axes.set_ylim(0, 103)
            for edge, style in ((90, "--"), (80, ":")):
                axes.axhline(edge, color=RED, linewidth=0.8, linestyle=style)
            if not known:
                axes.text(0.5, 0.5, "no data", transform=axes.transAxes, ha="center")
        figure.axes[0].set_ylabel("parts that agree [%]")
        return to_svg(figure, title)
