"""A proof of how equal in capacity a pack's own cells could be made, whatever their resistance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from packcalc.matching.exact import smallest_range
from packcalc.matching.result import Matching

__all__ = ["Certificate", "certify"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """The spread of a pack, the smallest found for its cells, and whether that is proven.

    `assignment`, shape (series, parallel), has the smallest spread. It looks at capacity alone,
    so it may break rules and be worse in resistance: it is a bound, not an advice.
    """

    spread_ppm: float
    smallest_ppm: float
    proven: bool
    assignment: np.ndarray[tuple[int, int], np.dtype[np.int64]]

    def __str__(self) -> str:
        word = "proven" if self.proven else "the best found, not proven"
        if self.smallest_ppm >= self.spread_ppm:
            return f"no regrouping of these cells is more equal in capacity ({word})"
        return (
            f"by capacity alone these cells could be {self.smallest_ppm:.0f} ppm apart ({word}); "
            f"the matching, which weighs resistance as well, has {self.spread_ppm:.0f} ppm"
        )


def certify(found: Matching, pack: int) -> Certificate:
    """Prove how small the spread of group capacities of a pack's own cells can be.

    Parameters
    ----------
    found : Matching
        A matching. [units of the readings]
    pack : int
        Which pack, from 0. [1]

    Returns
    -------
    Certificate
        The bound, and the assignment that reaches it. [ppm]

    References
    ----------
    .. [1] D. E. Knuth, "Dancing links," in Millennial Perspectives in Computer Science,
           Palgrave 2000, 187-214, arXiv:cs/0011047: exact cover, the scarcest item first.

    Examples
    --------
    >>> from packcalc.matching import CellArrays, Topology, match
    >>> made = match(CellArrays(np.array([5.0, 4.9, 5.1, 5.2, 4.8, 5.3])), Topology(3, 2))
    >>> str(certify(made, 0))
    'no regrouping of these cells is more equal in capacity (proven)'
    """
    cells = found.assignment[pack]
    steps = np.rint(found.cells.capacity[cells] / found.capacity_step).astype(np.int64)
    local = np.arange(cells.size).reshape(cells.shape)
    best = smallest_range(steps.ravel(), local)
    mean = steps.sum(1).mean()
    sums = steps.ravel()[best.groups].sum(1)
    return Certificate(
        spread_ppm=float(1e6 * np.ptp(steps.sum(1)) / mean),
        smallest_ppm=float(1e6 * np.ptp(sums) / mean),
        proven=best.proven,
        assignment=cells.ravel()[best.groups],
    )
