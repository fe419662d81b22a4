"""Where the uncertainty of several differences comes from, and how they share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Uncertainty"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Uncertainty:
    """Sources of error, and what one of each does to every difference.

    A source that touches several differences makes them err together: that is how a scale which
    all groups of a pack share is told from one group's own excess.

    Parameters
    ----------
    names : tuple of str
        Name of each source; sources of one name are counted together in a budget. [-]
    standard : ndarray, shape (source,)
        Standard uncertainty of each source. [unit of the source]
    sensitivity : ndarray, shape (difference, source)
        Change of a difference with a source. [unit of the difference over that of the source]
    """

    names: tuple[str, ...]
    standard: Array
    sensitivity: Array

    def __post_init__(self) -> None:
        n = len(self.names)
        if self.standard.shape != (n,) or self.sensitivity.shape[1:] != (n,):
            raise ValueError(
                f"{n} sources need {n} uncertainties and columns, not shapes "
                f"{self.standard.shape} and {self.sensitivity.shape}"
            )
        if not (np.isfinite(self.standard).all() and (self.standard >= 0).all()):
            raise ValueError("a standard uncertainty must be finite and not negative")
        if not np.isfinite(self.sensitivity).all():
            raise ValueError("a sensitivity must be finite")

    @property
    def scaled(self) -> Array:
        """Effect of one standard uncertainty: shape (difference, source). [unit of difference]"""
        return np.asarray(self.sensitivity * self.standard)

    @property
    def covariance(self) -> Array:
        """Covariance of the differences: shape (difference, difference). [its unit squared]"""
        return np.asarray(self.scaled @ self.scaled.T)

    def parts(self, combination: ArrayLike) -> dict[str, float]:
        """Return the budget of a combination of the differences, by name of source."""
        effect = (np.asarray(combination, float) @ self.scaled) ** 2
        found: dict[str, float] = {}
        for name, value in zip(self.names, effect.tolist(), strict=True):
            found[name] = found.get(name, 0.0) + value
        return {name: float(np.sqrt(value)) for name, value in found.items()}

    @classmethod
    def gathered(cls, columns: Sequence[tuple[str, float, ArrayLike]]) -> Uncertainty:
        """Gather sources given as name, standard uncertainty and sensitivities."""
        if not columns:
            raise ValueError("an uncertainty needs at least one source")
        return cls(
            tuple(name for name, _, _ in columns),
            np.array([float(u) for _, u, _ in columns]),
            np.stack([np.asarray(c, float) for _, _, c in columns], axis=1),
        )
