"""Picture of an identification: what was found, how surely, and what is left unexplained."""

from __future__ import annotations

from io import BytesIO

import numpy as np

from packcalc.cell.identify import Identification
from packcalc.cell.parameters import circuit_at

__all__ = ["draw_identification"]


def draw_identification(found: Identification, form: str = "svg") -> bytes:
    """Draw open-circuit voltage, resistances with twice their standard error, and residuals.

    Parameters
    ----------
    found : Identification
        What `packcalc.cell.identify.identify` returned. [-]
    form : str
        "svg", "png" or "pdf". [-]

    Returns
    -------
    picture : bytes
        The file's content. [-]

    Derivation
    ----------
    None: it only shows what the identification holds.

    Examples
    --------
    >>> draw_identification.__name__
    'draw_identification'
    """
    from matplotlib.figure import Figure

    cell = found.parameters
    figure = Figure(figsize=(10, 7), layout="constrained")
    axes = figure.subplots(2, 3)
    axes[0, 0].plot(100 * cell.soc, cell.ocv)
    axes[0, 0].set(title="Open-circuit voltage", ylabel="V")
    places = (axes[0, 1], axes[0, 2], axes[1, 0])
    errors = (found.r0_error, found.r1_error, found.r2_error)
    for axis, error, part, title in zip(
        places, errors, (0, 1, 3), ("R0", "R1", "R2"), strict=True
    ):
        for row, kelvin in enumerate(cell.temperature):
            ohms = circuit_at(cell, found.levels, np.full(found.levels.size, kelvin))[part]
            axis.errorbar(
                100 * found.levels, 1e3 * ohms, 2e3 * error[row], capsize=2,
                label=f"{kelvin - 273.15:.0f} degC",
            )  # fmt: skip
        axis.set(title=f"{title}, bars: two standard errors", ylabel="mOhm")
        axis.set_ylim(bottom=0)
    places[0].legend()
    axes[1, 1].plot(100 * cell.soc, 1e3 * cell.entropic)
    axes[1, 1].set(title="Entropic coefficient", ylabel="mV/K")
    for left in found.residuals:
        axes[1, 2].plot(
            100 * left.soc, 1e3 * left.error, lw=0.6,
            label=f"{left.temperature - 273.15:.0f} degC: {1e3 * left.rms:.1f} mV rms",
        )  # fmt: skip
    axes[1, 2].set(title="Model minus test", ylabel="mV")
    axes[1, 2].legend()
    for axis in axes.ravel():
        axis.set_xlabel("state of charge / %")
        axis.grid(alpha=0.3)
    figure.suptitle(f"{cell.name}: {cell.capacity / 3600:.2f} Ah")
    out = BytesIO()
    figure.savefig(out, format=form)
    return out.getvalue()
