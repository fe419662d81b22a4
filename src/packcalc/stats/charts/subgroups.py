"""Means and spreads of subgroups, quickly and without loss to a large offset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.stats.charts.run_rules import WORTH_COMPILING, Engine

__all__: list[str] = []

Floats = NDArray[np.float64]
SMALL = 25  # a subgroup up to this size is reduced column by column, which is quicker


def reduce(
    subgroups: Sequence[ArrayLike] | ArrayLike,
    kind: Literal["range", "sd"],
    engine: Engine = "auto",
) -> tuple[Floats, Floats, NDArray[np.int64] | int]:
    """Give mean and spread of every subgroup, and the size (one number when all are equal)."""
    try:
        block = np.asarray(subgroups, dtype=float)
    except ValueError:
        return _reduce_ragged(list(subgroups), kind)  # type: ignore[arg-type]
    if block.ndim != 2 or block.shape[1] < 2 or block.shape[0] < 1:
        raise ValueError(f"subgroups need two values at least; shape is {block.shape}")
    n = block.shape[1]
    compiled = engine == "numba" or (engine == "auto" and len(block) >= WORTH_COMPILING)
    if compiled and kind == "range":
        from packcalc.stats.charts import kernels

        mean, spread = np.empty(len(block)), np.empty(len(block))
        kernels.mean_and_range(np.ascontiguousarray(block), mean, spread)
    elif n <= SMALL:
        columns = np.ascontiguousarray(block.T)
        first = columns[0]
        offsets = columns - first
        mean_offset = offsets.sum(axis=0) / n
        mean = first + mean_offset
        if kind == "range":
            spread = columns.max(axis=0) - columns.min(axis=0)
        else:
            spread = np.sqrt(np.square(offsets - mean_offset).sum(axis=0) / (n - 1))
    else:
        mean = block.mean(axis=1)
        spread = np.ptp(block, axis=1) if kind == "range" else block.std(axis=1, ddof=1)
    if not np.all(np.isfinite(mean)):
        refuse_non_finite(block)
    return mean, spread, n


def _reduce_ragged(
    subgroups: Sequence[ArrayLike], kind: Literal["range", "sd"]
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    groups = [np.asarray(group, dtype=float).ravel() for group in subgroups]
    for number, group in enumerate(groups, start=1):
        if group.size < 2:
            raise ValueError(f"subgroup {number} has {group.size} values; two are needed")
        refuse_non_finite(group)
    mean = np.array([group.mean() for group in groups])
    spread = np.array([np.ptp(g) if kind == "range" else g.std(ddof=1) for g in groups])
    return mean, spread, np.array([group.size for group in groups], dtype=np.int64)


def refuse_non_finite(x: Floats) -> None:
    bad = np.argwhere(~np.isfinite(x))
    if bad.size:
        place = int(bad[0][0]) + 1
        what = "point" if x.ndim == 1 else "subgroup"
        raise ValueError(f"{what} {place} holds a value that is not a finite number")


def per_size(size: NDArray[np.int64] | int, constant: Callable[[int], float]) -> Floats | float:
    if isinstance(size, int):
        return float(constant(size))
    table = {int(n): float(constant(int(n))) for n in np.unique(size)}
    return np.array([table[int(n)] for n in size])
