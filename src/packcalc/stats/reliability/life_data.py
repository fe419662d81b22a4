"""Life data: when units failed, how long the others have lasted, and what is only bracketed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["LifeData", "life_data"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LifeData:
    """Failures at known times, survivors (right censored), failures known to an interval.

    Each has a count, so that grouped field data need no expansion.
    """

    failures: Floats
    failure_counts: Floats
    survivors: Floats
    survivor_counts: Floats
    intervals: Floats = field(default_factory=lambda: np.empty((0, 2)))
    interval_counts: Floats = field(default_factory=lambda: np.empty(0))

    @property
    def failed(self) -> float:
        """Number of failures, however exactly known."""
        return float(self.failure_counts.sum() + self.interval_counts.sum())

    @property
    def total(self) -> float:
        """Number of units."""
        return self.failed + float(self.survivor_counts.sum())

    def shifted(self, by: float) -> LifeData:
        """Give the data with `by` subtracted from every time."""
        return LifeData(
            self.failures - by,
            self.failure_counts,
            np.maximum(self.survivors - by, 0.0),
            self.survivor_counts,
            np.maximum(self.intervals - by, 0.0),
            self.interval_counts,
        )


def life_data(
    failures: ArrayLike = (),
    survivors: ArrayLike = (),
    *,
    failure_counts: ArrayLike | None = None,
    survivor_counts: ArrayLike | None = None,
    intervals: ArrayLike | None = None,
    interval_counts: ArrayLike | None = None,
) -> LifeData:
    """Collect life data and check them.

    Parameters
    ----------
    failures : array_like, shape (failure,), optional
        Times of failures. [time]
    survivors : array_like, shape (survivor,), optional
        Times that unfailed units have lasted (right censoring). [time]
    failure_counts, survivor_counts : array_like, shape (failure,) or (survivor,), optional
        Units at each time; one each when left out. [1]
    intervals : array_like, shape (interval, 2), optional
        Brackets ``(after, by]`` within which units failed; after 0 is left censoring. [time]
    interval_counts : array_like, shape (interval,), optional
        Units in each bracket. [1]

    Returns
    -------
    LifeData
        The data. [time]

    Raises
    ------
    ValueError
        If a time is not positive and finite, a bracket empty, or a count negative.

    References
    ----------
    .. [1] W. Q. Meeker and L. A. Escobar, Statistical Methods for Reliability Data, Wiley, 1998,
           ch. 2.

    Examples
    --------
    >>> data = life_data([100, 250], [500, 500, 500])
    >>> data.failed, data.total
    (2.0, 5.0)
    """
    t, tn = _times(failures, failure_counts, "failure")
    s, sn = _times(survivors, survivor_counts, "survivor")
    b = np.empty((0, 2)) if intervals is None else np.asarray(intervals, dtype=float)
    b = b.reshape(-1, 2)
    bn = np.ones(len(b)) if interval_counts is None else np.asarray(interval_counts, dtype=float)
    if bn.shape != (len(b),) or np.any(bn < 0):
        raise ValueError("every interval needs a count that is not negative")
    wrong = ~(np.isfinite(b).all(axis=1) & (b[:, 0] >= 0) & (b[:, 1] > b[:, 0]))
    if wrong.any():
        raise ValueError(f"interval {int(np.flatnonzero(wrong)[0]) + 1} is not 0 <= after < by")
    return LifeData(t, tn, s, sn, b, bn)


def _times(times: ArrayLike, counts: ArrayLike | None, what: str) -> tuple[Floats, Floats]:
    t = np.asarray(times, dtype=float).ravel()
    n = np.ones(t.size) if counts is None else np.asarray(counts, dtype=float).ravel()
    if n.shape != t.shape or np.any(n < 0):
        raise ValueError(f"every {what} time needs a count that is not negative")
    wrong = ~(np.isfinite(t) & (t > 0))
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"{what} {place + 1} has time {t[place]}; it must be positive and finite")
    return t, n
