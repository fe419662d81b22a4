"""Defects per million opportunities, and the sigma level they stand for."""

from __future__ import annotations

import math

from packcalc.stats.no_data import NoData

__all__ = ["dpmo", "dpmo_at_sigma_level", "sigma_level"]


def dpmo(defects: int, units: int, opportunities: int = 1) -> float | NoData:
    """Count defects per million opportunities.

    Parameters
    ----------
    defects : int
        Defects found; one unit may have several. [1]
    units : int
        Units looked at. [1]
    opportunities : int, optional
        Opportunities for a defect per unit. [1]

    Returns
    -------
    float or NoData
        Defects per million opportunities; no data without any opportunity. [ppm]

    Raises
    ------
    ValueError
        If a count is negative.

    References
    ----------
    .. [1] M. J. Harry and R. Schroeder, Six Sigma, Doubleday, 2000.

    Examples
    --------
    >>> round(dpmo(20, 1915), 2)
    10443.86
    """
    if min(defects, units, opportunities) < 0:
        raise ValueError(f"counts cannot be negative: {defects}, {units}, {opportunities}")
    if units * opportunities == 0:
        return NoData("there was no opportunity for a defect")
    return defects / (units * opportunities) * 1e6


def sigma_level(dpmo_value: float, *, shift: float = 1.5) -> float | NoData:
    """Convert defects per million opportunities to a sigma level.

    Parameters
    ----------
    dpmo_value : float
        Defects per million opportunities. [ppm]
    shift : float, optional
        Long-term drift that the level hides; 1.5 is the Motorola convention. [1]

    Returns
    -------
    float or NoData
        Sigma level; no data at 0 and at a million, where it would be infinite. [1]

    References
    ----------
    .. [1] M. J. Harry and R. Schroeder, Six Sigma, Doubleday, 2000 (1.5 sigma shift).

    Examples
    --------
    >>> round(sigma_level(6210), 2)
    4.0
    """
    if not 0 <= dpmo_value <= 1e6:
        raise ValueError(f"{dpmo_value:g} is not between 0 and 1,000,000")
    if dpmo_value in (0, 1e6):
        return NoData(f"{dpmo_value:g} defects per million has no finite sigma level")
    from scipy.special import ndtri

    return float(-ndtri(dpmo_value / 1e6)) + shift


def dpmo_at_sigma_level(level: float, *, shift: float = 1.5) -> float:
    """Convert a sigma level to defects per million opportunities (one tail).

    Parameters
    ----------
    level : float
        Sigma level. [1]
    shift : float, optional
        Long-term drift; 1.5 is the Motorola convention. [1]

    Returns
    -------
    float
        Defects per million opportunities. [ppm]

    References
    ----------
    .. [1] M. J. Harry and R. Schroeder, Six Sigma, Doubleday, 2000 (3.4 ppm at six sigma).

    Examples
    --------
    >>> round(dpmo_at_sigma_level(6), 1)
    3.4
    """
    return 0.5e6 * math.erfc((level - shift) / math.sqrt(2))
