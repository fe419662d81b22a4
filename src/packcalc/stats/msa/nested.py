"""Nested gauge R&R: each operator measures parts of their own, as when testing destroys them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from packcalc.stats.msa.components import GaugeResult, gauge_result
from packcalc.stats.msa.crossed import Source, balanced, f_test
from packcalc.stats.no_data import NoData

__all__ = ["NestedStudy", "nested_anova"]


@dataclass(frozen=True, slots=True)
class NestedStudy:
    """A nested study: the table and the components."""

    operator: Source
    part: Source
    error: Source
    result: GaugeResult


def nested_anova(
    values: ArrayLike, *, tolerance: float | None = None, multiple: float = 6.0
) -> NestedStudy:
    """Analyse a gauge study whose parts are nested within operators.

    Parts of one batch must be as alike as repeated readings of one part would be: what differs
    between them counts as repeatability.

    Parameters
    ----------
    values : array_like, shape (operator, part, reading)
        Readings; part 1 of one operator is not part 1 of another. [unit]
    tolerance : float, optional
        Width of the tolerance. [unit]
    multiple : float, optional
        Standard deviations in the study variation. [1]

    Returns
    -------
    NestedStudy
        Operators tested against parts, parts against repeatability; components. [unit]

    Raises
    ------
    ValueError
        If there are fewer than two operators, parts or readings, or a value is not finite.

    References
    ----------
    .. [1] D. C. Montgomery, Design and Analysis of Experiments, 8th ed., Wiley, 2013, ch. 14
           (two-stage nested design).

    Examples
    --------
    >>> study = nested_anova([[[1.0, 1.1], [2.0, 2.1]], [[1.5, 1.4], [2.2, 2.4]]])
    >>> study.operator.df, study.part.df, study.error.df
    (1, 2, 4)
    """
    y = balanced(values)
    operators, parts, readings = y.shape
    y = y - y.mean()
    by_operator, by_cell = y.mean(axis=(1, 2)), y.mean(axis=2)
    ss_operator = parts * readings * float(np.square(by_operator).sum())
    ss_part = readings * float(np.square(by_cell - by_operator[:, None]).sum())
    ss_error = float(np.square(y - by_cell[:, :, None]).sum())
    df = (operators - 1, operators * (parts - 1), operators * parts * (readings - 1))
    ms = [ss / d for ss, d in zip((ss_operator, ss_part, ss_error), df, strict=True)]
    nothing = NoData("not tested")
    result = gauge_result(
        repeatability=ms[2],
        operator=max(0.0, (ms[0] - ms[1]) / (parts * readings)),
        interaction=0.0,
        part=max(0.0, (ms[1] - ms[2]) / readings),
        tolerance=tolerance,
        multiple=multiple,
        convention=f"nested ANOVA, parts within operators; study variation {multiple:g} s",
    )
    return NestedStudy(
        Source("operator", ss_operator, df[0], ms[0], *f_test(ms[0], df[0], ms[1], df[1])),
        Source("part (operator)", ss_part, df[1], ms[1], *f_test(ms[1], df[1], ms[2], df[2])),
        Source("repeatability", ss_error, df[2], ms[2], nothing, nothing),
        result,
    )
