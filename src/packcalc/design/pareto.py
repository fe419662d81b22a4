"""Which of many candidates no other beats in everything."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["pareto_front"]


def pareto_front(figures: ArrayLike) -> NDArray[np.bool_]:
    """Mark the candidates that no other candidate dominates.

    Parameters
    ----------
    figures : array_like, shape (candidate, figure)
        What is weighed, less is better in every column; NaN where it is not known, which no
        known figure is worse than. [any]

    Returns
    -------
    front : ndarray of bool, shape (candidate,)
        Whether the candidate is on the front; equals stay together. [-]

    Raises
    ------
    ValueError
        If the table has not two dimensions.

    Derivation
    ----------
    One candidate dominates another if it is at least as good in every figure and better in one.
    A figure that is not known counts as infinitely bad.

    Examples
    --------
    >>> pareto_front([[1.0, 5.0], [2.0, 2.0], [3.0, 3.0], [1.0, float("nan")]]).tolist()
    [True, True, False, False]
    """
    table = np.asarray(figures, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError(f"figures has shape {table.shape}, not (candidate, figure)")
    table = np.where(np.isnan(table), np.inf, table)
    front = np.ones(len(table), dtype=np.bool_)
    for k, row in enumerate(table):
        no_worse = (table <= row).all(axis=1)
        front[k] = not (no_worse & (table < row).any(axis=1)).any()
    return front
