"""A lot of measured cells drawn from a stated population, for trials where no real lot exists."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from packlink.virtual.chance import generator, normal

__all__ = ["OUTLIER_KINDS", "CellPopulation", "population"]

OUTLIER_KINDS = ("low_capacity", "high_resistance", "low_ocv")


@dataclass(frozen=True, slots=True)
class CellPopulation:
    """The cells of one drawn lot, as a supplier's measuring bench would report them.

    Attributes
    ----------
    serials : tuple of str
        Serial of each cell, in the order of measurement.
    sublots : tuple of str
        Production sub-lot of each cell.
    capacity_ah, ocv_v, resistance_mohm : ndarray, shape (cell,)
        The readings, rounded to the steps of the gauges. [A h], [V], [mOhm]
    resistance_kind : str
        What the resistance is: ``"ac_ir"`` (1 kHz) or ``"dc_resistance"`` (pulse).
    outlier : tuple of str
        The planted abnormality of each cell (one of `OUTLIER_KINDS`), or "". Not in the CSV.
    """

    serials: tuple[str, ...]
    sublots: tuple[str, ...]
    capacity_ah: NDArray[np.float64]
    ocv_v: NDArray[np.float64]
    resistance_mohm: NDArray[np.float64]
    resistance_kind: str
    outlier: tuple[str, ...]
    decimals: tuple[int, int, int]

    def __len__(self) -> int:
        return len(self.serials)

    def to_csv(self) -> str:
        """Return the lot as the text of a CSV file; every column name states its unit.

        The columns are ``serial,sublot,capacity_Ah,ocv_V`` and ``acir_mohm`` or ``dcir_mohm``.
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        resistance = {"ac_ir": "acir_mohm", "dc_resistance": "dcir_mohm"}[self.resistance_kind]
        writer.writerow(["serial", "sublot", "capacity_Ah", "ocv_V", resistance])
        q, v, r = self.decimals
        columns = zip(
            self.serials,
            self.sublots,
            self.capacity_ah.tolist(),
            self.ocv_v.tolist(),
            self.resistance_mohm.tolist(),
            strict=True,
        )
        for serial, sublot, capacity, ocv, resist in columns:
            writer.writerow(
                [serial, sublot, f"{capacity:.{q}f}", f"{ocv:.{v}f}", f"{resist:.{r}f}"]
            )
        return out.getvalue()

    def write_csv(self, path: Path) -> None:
        """Write `to_csv` to `path` as UTF-8."""
        path.write_text(self.to_csv(), encoding="utf-8", newline="\n")


def population(
    *,
    seed: int,
    n: int,
    capacity_mean_ah: float,
    capacity_sd_ah: float,
    ocv_mean_v: float,
    ocv_sd_v: float,
    resistance_mean_mohm: float,
    resistance_sd_mohm: float,
    resistance_kind: str = "ac_ir",
    correlation: float = -0.5,
    outlier_share: float = 0.01,
    outlier_sd: float = 6.0,
    sublots: int = 1,
    sublot_shift_sd: float = 0.0,
    capacity_decimals: int = 3,
    ocv_decimals: int = 4,
    resistance_decimals: int = 2,
    serial_prefix: str = "VC",
) -> CellPopulation:
    """Draw a lot of `n` cells.

    Capacity and resistance are jointly normal with the given correlation (cells with more
    active mass hold more and resist less, so it is negative); open-circuit voltage is normal and
    independent, because it is set by the last charge. The lot consists of consecutive
    sub-lots, each with its own mean: all three quantities are shifted by a normal amount of
    `sublot_shift_sd` standard deviations. A share of cells is abnormal in one named way, by
    `outlier_sd` standard deviations or more: too little capacity, too much resistance, or a
    voltage lowered by self-discharge. At last every reading is rounded to its gauge's step.

    The draw uses only ``Generator(PCG64).random`` and an inverse normal, and the readings are
    rounded, so that (seed, n) gives the same cells on every platform. The first k cells of a lot
    of n are not the lot of k: sub-lots divide the whole.

    Parameters
    ----------
    seed, n : int
        Seed of the draw, and number of cells. [1]
    capacity_mean_ah, capacity_sd_ah : float
        Mean and standard deviation of the capacity. [A h]
    ocv_mean_v, ocv_sd_v : float
        Mean and standard deviation of the open-circuit voltage as received. [V]
    resistance_mean_mohm, resistance_sd_mohm : float
        Mean and standard deviation of the resistance. [mOhm]
    resistance_kind : str
        ``"ac_ir"`` or ``"dc_resistance"``. [-]
    correlation : float
        Correlation of capacity with resistance, inside -1 ... 1. [1]
    outlier_share : float
        Share of abnormal cells, 0 ... 1; rounded to whole cells. [1]
    outlier_sd : float
        Least deviation of an abnormal cell, in standard deviations. [1]
    sublots : int
        Number of sub-lots. [1]
    sublot_shift_sd : float
        Standard deviation of the sub-lot means, in standard deviations of a cell. [1]
    capacity_decimals, ocv_decimals, resistance_decimals : int
        Digits that the gauge shows after the point, in A h, V and mOhm. [1]
    serial_prefix : str
        What the serials begin with. [-]

    Returns
    -------
    CellPopulation
        The lot. [-]

    Raises
    ------
    ValueError
        If an argument is not usable; the message names it.
    """
    means = (capacity_mean_ah, ocv_mean_v, resistance_mean_mohm)
    sds = (capacity_sd_ah, ocv_sd_v, resistance_sd_mohm)
    _check(n, means, sds, resistance_kind, correlation, outlier_share, sublots)
    # The parts are drawn one after the other, each with its own generator: a longer draw of one
    # never moves another.
    z = normal(generator(seed, "population", n, "cells"), (3, n))
    shifts = normal(generator(seed, "population", n, "sublots"), (3, sublots)) * sublot_shift_sd
    part = np.arange(n) * sublots // n
    deviation = np.stack([z[0], z[1], correlation * z[0] + np.sqrt(1 - correlation**2) * z[2]])
    deviation = deviation + shifts[:, part]
    outlier = _plant(deviation, seed, outlier_share, outlier_sd)
    capacity, ocv, resistance = (
        mean + sd * row for mean, sd, row in zip(means, sds, deviation, strict=True)
    )
    decimals = (capacity_decimals, ocv_decimals, resistance_decimals)
    return CellPopulation(
        serials=tuple(f"{serial_prefix}{i + 1:06d}" for i in range(n)),
        sublots=tuple(f"{serial_prefix}-{k + 1:02d}" for k in part.tolist()),
        capacity_ah=_gauge(capacity, capacity_decimals),
        ocv_v=_gauge(ocv, ocv_decimals),
        resistance_mohm=_gauge(resistance, resistance_decimals),
        resistance_kind=resistance_kind,
        outlier=outlier,
        decimals=decimals,
    )


def _plant(
    deviation: NDArray[np.float64], seed: int, share: float, least: float
) -> tuple[str, ...]:
    """Make a share of the cells abnormal (in place) and say which, and how."""
    n = int(deviation.shape[1])
    chance = generator(seed, "population", n, "outliers")
    order = np.argsort(chance.random(n), kind="stable")
    size = least * (1 + 0.5 * chance.random(n))
    kinds = [""] * n
    for rank, cell in enumerate(order[: round(share * n)].tolist()):
        kind = OUTLIER_KINDS[rank % len(OUTLIER_KINDS)]
        row, sign = {"low_capacity": (0, -1), "low_ocv": (1, -1), "high_resistance": (2, 1)}[kind]
        deviation[row, cell] = sign * size[cell]
        kinds[cell] = kind
    return tuple(kinds)


def _gauge(values: NDArray[np.float64], decimals: int) -> NDArray[np.float64]:
    """Round as a gauge shows it; nothing measured is less than one step."""
    rounded: NDArray[np.float64] = np.maximum(np.round(values, decimals), 10.0**-decimals)
    return rounded


def _check(
    n: int,
    means: tuple[float, float, float],
    sds: tuple[float, float, float],
    kind: str,
    correlation: float,
    share: float,
    sublots: int,
) -> None:
    if n < 1:
        raise ValueError(f"n must be at least 1, not {n}")
    for name, mean, sd in zip(("capacity", "ocv", "resistance"), means, sds, strict=True):
        if not (0 < mean < float("inf")):
            raise ValueError(f"{name} mean must be positive, not {mean}")
        if not (0 <= sd < mean / 4):
            raise ValueError(f"{name} sd must lie between 0 and a quarter of the mean, not {sd}")
    if kind not in ("ac_ir", "dc_resistance"):
        raise ValueError(f'resistance_kind must be "ac_ir" or "dc_resistance", not {kind!r}')
    if not -1 < correlation < 1:
        raise ValueError(f"correlation must lie inside -1 ... 1, not {correlation}")
    if not 0 <= share <= 1:
        raise ValueError(f"outlier_share must lie in 0 ... 1, not {share}")
    if not 1 <= sublots <= n:
        raise ValueError(f"sublots must lie in 1 ... n = {n}, not {sublots}")
