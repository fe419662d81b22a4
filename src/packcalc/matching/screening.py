"""Which cells may be matched at all; every other one with its reason."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from packcalc.matching.at_once import each, threads_for
from packcalc.matching.ordering import middle
from packcalc.matching.rules import Rules
from packcalc.matching.stock import READINGS, CellArrays, Floats, Ints

ROBUST_SIGMA = 1.4826  # standard deviation of a normal over its median absolute deviation


def screen(
    cells: CellArrays, rules: Rules, threads: int | None = None
) -> tuple[Ints, dict[int, str]]:
    """Part the stock into cells let in and cells rejected, each of those with a reason."""
    reasons: dict[int, str] = {}
    _reject_impossible(cells, reasons)
    _reject_repeated(cells, reasons)
    _reject_without_lot(cells, rules, reasons)
    _reject_outside(cells, rules, reasons, threads)
    kept = np.ones(len(cells), dtype=bool)
    kept[list(reasons)] = False
    return np.flatnonzero(kept), reasons


def limits_of(values: Floats, rules: Rules, name: str) -> tuple[float, float]:
    """Resolve a window into the lowest and highest reading let in."""
    window = rules.windows.get(name)
    if window is None or not len(values):
        return -np.inf, np.inf
    low = -np.inf if window.low is None else window.low
    high = np.inf if window.high is None else window.high
    if window.sigmas is not None:
        centre = middle(values)
        reach = window.sigmas * ROBUST_SIGMA * middle(np.abs(values - centre))
        low, high = max(low, centre - reach), min(high, centre + reach)
    return low, high


def _note(reasons: dict[int, str], which: NDArray[np.bool_], cause: str, values: Floats) -> None:
    for index in np.flatnonzero(which).tolist():
        reasons.setdefault(index, cause.format(values[index]))


def _reject_impossible(cells: CellArrays, reasons: dict[int, str]) -> None:
    for name in READINGS:
        values = getattr(cells, name)
        if values is None:
            continue
        _note(reasons, np.isnan(values), f"no {name} reading", values)
        _note(reasons, np.isinf(values), f"{name} {{}} is not a number", values)
        if name in ("capacity", "resistance"):
            with np.errstate(invalid="ignore"):
                _note(reasons, values <= 0, f"{name} {{:g}} is not positive", values)


def _reject_repeated(cells: CellArrays, reasons: dict[int, str]) -> None:
    """Keep one of the rows that agree; when rows of one serial differ, none can be trusted."""
    if cells.serial is None or not len(cells):
        return
    order = np.argsort(cells.serial, kind="stable")
    ranked = cells.serial[order]
    same = ranked[1:] == ranked[:-1]
    if not same.any():
        return
    starts = np.flatnonzero(np.concatenate(([True], ~same)))
    for first, rows in zip(starts, np.split(order, starts[1:]), strict=True):
        if len(rows) == 1:
            continue
        agree = all(_agree(getattr(cells, name), rows) for name in (*READINGS, "lot", "made_on"))
        for row in rows[1 if agree else 0 :].tolist():
            cause = "repeats the row of" if agree else f"{len(rows)} rows that differ for"
            reasons.setdefault(row, f"{cause} serial {ranked[first]}")


def _reject_without_lot(cells: CellArrays, rules: Rules, reasons: dict[int, str]) -> None:
    """Cells of unknown lots need not be of one lot."""
    if rules.lots == "free" or cells.lot is None or cells.lot.dtype.kind not in "US":
        return
    for index in np.flatnonzero(cells.lot == np.zeros(1, cells.lot.dtype)).tolist():
        reasons.setdefault(index, "no lot, and lots are kept apart")


def _agree(values: NDArray[np.generic] | None, rows: Ints) -> bool:
    if values is None:
        return True
    here = values[rows]
    return bool((here == here[0]).all()) or bool((here != here).all())


def _reject_outside(
    cells: CellArrays, rules: Rules, reasons: dict[int, str], threads: int | None
) -> None:
    sound = np.ones(len(cells), dtype=bool)
    sound[list(reasons)] = False
    names = list(rules.windows)
    for name in names:
        if getattr(cells, name) is None:
            raise ValueError(f"a window on {name} is asked for, but the cells have no {name}")

    def resolve(name: str) -> tuple[float, float]:
        return limits_of(getattr(cells, name)[sound], rules, name)

    limits = each(resolve, names, threads_for(len(cells), threads))
    for name, (low, high) in zip(names, limits, strict=True):
        values = getattr(cells, name)
        with np.errstate(invalid="ignore"):
            _note(reasons, sound & (values < low), f"{name} {{:g}} is under {low:g}", values)
            _note(reasons, sound & (values > high), f"{name} {{:g}} is over {high:g}", values)
