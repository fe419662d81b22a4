"""Picture of a simulated run: the pack, how its groups and cells differ, how it warmed."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from packcalc.pack.simulate import PackRun

__all__ = ["draw_run"]

KELVIN = 273.15


def draw_run(run: PackRun, title: str = "", form: str = "svg") -> bytes:
    """Draw voltage and current, group voltages, cell currents and temperatures over time.

    Parameters
    ----------
    run : PackRun
        What `packcalc.pack.simulate` returned. [-]
    title : str
        Title of the picture. [-]
    form : str
        "svg", "png" or "pdf". [-]

    Returns
    -------
    picture : bytes
        The file's content. [-]

    Derivation
    ----------
    None: it only shows what the run holds. Where there are many groups or cells, the band from the
    lowest to the highest is drawn, with their mean.

    Examples
    --------
    >>> draw_run.__name__
    'draw_run'
    """
    from matplotlib.figure import Figure

    hours = run.time / 3600
    figure = Figure(figsize=(10, 7), layout="constrained")
    axes = figure.subplots(2, 2, sharex=True)
    pack = axes[0, 0]
    pack.plot(hours, run.voltage, color="C0")
    pack.set(title="Pack", ylabel="V")
    pack.yaxis.label.set_color("C0")
    amps = pack.twinx()
    amps.step(hours, run.current, color="C1", where="pre", lw=0.8)
    amps.set_ylabel("A out of the pack")
    amps.yaxis.label.set_color("C1")
    cells = run.cell_current.reshape(hours.size, -1)
    warm = run.temperature.reshape(hours.size, -1) - KELVIN
    panels = (
        (axes[0, 1], run.group_voltage, "Group voltages", "V"),
        (axes[1, 0], cells, "Cell currents", "A"),
        (axes[1, 1], warm, "Cell temperatures", "degC"),
    )
    for axis, values, name, unit in panels:
        _band(axis, hours, values)
        axis.set(title=name, ylabel=unit)
    for axis in axes.ravel():
        axis.grid(alpha=0.3)
    for axis in axes[1]:
        axis.set_xlabel("time / h")
    figure.suptitle(f"{title}: {run.because}" if title else run.because)
    out = BytesIO()
    figure.savefig(out, format=form)
    return out.getvalue()


def _band(axis: object, hours: NDArray[np.float64], values: NDArray[np.float64]) -> None:
    """Few lines one by one; many as a band with their mean."""
    if values.shape[1] <= 8:
        for k in range(values.shape[1]):
            axis.plot(hours, values[:, k], lw=0.8, label=f"{k + 1}")  # type: ignore[attr-defined]
        axis.legend(ncols=2, fontsize="small")  # type: ignore[attr-defined]
        return
    low, high = values.min(axis=1), values.max(axis=1)
    axis.fill_between(hours, low, high, alpha=0.3, label="lowest to highest")  # type: ignore[attr-defined]
    axis.plot(hours, values.mean(axis=1), lw=0.8, label="mean")  # type: ignore[attr-defined]
    axis.legend()  # type: ignore[attr-defined]
