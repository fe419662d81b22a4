"""Looking again at cells of a delivery, as incoming inspection does with its sample."""

from __future__ import annotations

from packlink.virtual.chance import deviate

__all__ = ["measured_again"]

SPREAD = 0.002  # of the value: the receiving bench of this simulation, an assumption


def measured_again(seed: int, serial: str, code: str, claimed: float) -> float:
    """Measure a figure of a cell again: what the supplier measured, with the noise of our bench.

    Parameters
    ----------
    seed : int
        What the virtual delivery is made of. [1]
    serial : str
        The cell. [-]
    code : str
        Which figure. [-]
    claimed : float
        What the file of the lot says. [unit of the figure]

    Returns
    -------
    float
        The value measured again, to six digits. [unit of the figure]
    """
    return float(f"{claimed * (1 + SPREAD * deviate(seed, serial, 'receipt', code)):.6g}")
