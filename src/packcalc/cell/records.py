"""The record of a test on one cell: time, current and voltage, read from a tester's table."""

from __future__ import annotations

import csv
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

__all__ = ["CellTest", "parse_test", "relaxed_voltage"]

Array = NDArray[np.float64]

# Words in a header that mean time, current and voltage; the first column that matches counts.
_WORDS = {
    "time": ("time(s)", "total time", "test time", "time [s]", "time_s", "time"),
    "current": ("current(a)", "current [a]", "current_a", "current"),
    "voltage": ("voltage(v)", "voltage [v]", "voltage_v", "voltage"),
}
# A Bitrode table that was saved without its header starts with No or Yes and has these columns.
_BITRODE_COLUMNS = {"time": 1, "current": 8, "voltage": 9}


@dataclass(frozen=True, slots=True, eq=False)
class CellTest:
    """A test of one cell at one temperature.

    The current of a row flowed from the row before it until that row, as testers write it.

    Parameters
    ----------
    name : str
        Name of the record. [-]
    time : ndarray, shape (n,)
        Time, never falling. [s]
    current : ndarray, shape (n,)
        Current, positive on discharge. [A]
    voltage : ndarray, shape (n,)
        Voltage. [V]
    temperature : float
        Temperature at which the cell was kept. [K]
    """

    name: str
    time: Array
    current: Array
    voltage: Array
    temperature: float

    def __post_init__(self) -> None:
        n = self.time.size
        if n < 2 or self.current.size != n or self.voltage.size != n:
            raise ValueError(f"{self.name}: time, current and voltage need the same length, >= 2")
        for key in ("time", "current", "voltage"):
            column: Array = getattr(self, key)
            if not np.isfinite(column).all():
                row = int(np.flatnonzero(~np.isfinite(column))[0]) + 1
                raise ValueError(f"{self.name}: row {row}: {key} is not a finite number")
        back = np.flatnonzero(np.diff(self.time) < 0)
        if back.size:
            row = int(back[0]) + 2
            raise ValueError(
                f"{self.name}: row {row}: time runs backwards ({self.time[row - 1]:g} s)"
            )
        if not (np.isfinite(self.temperature) and self.temperature > 0):
            raise ValueError(
                f"{self.name}: temperature = {self.temperature:g} K is not above zero"
            )


def parse_test(
    text: str, name: str, temperature: float, charge_is_positive: bool = True
) -> CellTest:
    """Read a tester's table of comma-separated values.

    Parameters
    ----------
    text : str
        The file's text: any lines, then a header that names time, current and voltage, then rows.
        A Bitrode table saved without its header is known by its first column (No or Yes). [-]
    name : str
        Name for messages. [-]
    temperature : float
        Temperature at which the cell was kept. [K]
    charge_is_positive : bool
        Whether the tester writes the current of a charge as positive. [-]

    Returns
    -------
    test : CellTest
        The record. [-]

    Raises
    ------
    ValueError
        If there is no header, or a row is not numbers; the row is named.

    References
    ----------
    Columns of the Bitrode tables of batterysim/equiv-circ-model (MIT), measured at ORNL.

    Examples
    --------
    >>> text = "Time(s),Current(A),Voltage(V)\\n0,0,4.1\\n1,-2,4.0\\n"
    >>> parse_test(text, "short.csv", 298.15).current.tolist()
    [-0.0, 2.0]
    """
    rows = list(csv.reader(text.splitlines()))
    columns, start = _columns(rows, name)
    values: list[tuple[float, float, float]] = []
    for number, row in enumerate(rows[start:], start + 1):
        if not any(cell.strip() for cell in row):
            continue
        if row[0].strip().lower() == "yes" and _is_bitrode(rows[start]):
            continue  # the tester itself says: exclude
        try:
            values.append(
                (
                    float(row[columns["time"]]),
                    float(row[columns["current"]]),
                    float(row[columns["voltage"]]),
                )
            )
        except (ValueError, IndexError) as error:
            raise ValueError(
                f"{name}: row {number}: not numbers: {','.join(row)[:80]!r}"
            ) from error
    if len(values) < 2:
        raise ValueError(f"{name}: fewer than two rows of numbers")
    table = np.array(values)
    sign = -1.0 if charge_is_positive else 1.0
    return CellTest(name, table[:, 0], sign * table[:, 1], table[:, 2], temperature)


def _is_bitrode(row: list[str]) -> bool:
    """Say whether a row looks like one of a Bitrode table."""
    return len(row) >= 14 and row[0].strip() in ("No", "Yes")


def _columns(rows: list[list[str]], name: str) -> tuple[dict[str, int], int]:
    """Find the columns of time, current and voltage, and the first row of numbers."""
    if rows and _is_bitrode(rows[0]):
        return _BITRODE_COLUMNS, 0
    for number, row in enumerate(rows[:200]):
        heads = [cell.strip().lower() for cell in row]
        found: dict[str, int] = {}
        for key, words in _WORDS.items():
            match = next((heads.index(word) for word in words if word in heads), None)
            if match is not None:
                found[key] = match
        if len(found) == len(_WORDS):
            return found, number + 1
    wanted = "; ".join(f"{key}: {', '.join(words)}" for key, words in _WORDS.items())
    raise ValueError(f"{name}: no header with time, current and voltage; known words: {wanted}")


def relaxed_voltage(test: CellTest, after: float = 1800.0) -> tuple[float, float]:
    """Return the voltage to which the last rest of a test tends, and its time constant.

    Parameters
    ----------
    test : CellTest
        A test that ends with a long rest. [-]
    after : float
        Leave out this much of the rest, in which faster processes relax. [s]

    Returns
    -------
    voltage : float
        Voltage after an endless rest. [V]
    time_constant : float
        Time constant of the approach. [s]

    Raises
    ------
    ValueError
        If the rest is too short to tell.

    Derivation
    ----------
    Least squares of ``v(t) = v_end + a exp(-t / tau)``.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.arange(0.0, 20000.0, 60.0)
    >>> v = 4.17 + 0.02 * np.exp(-t / 5000)
    >>> found = relaxed_voltage(CellTest("made", t, 0 * t, v, 298.15))
    >>> [round(x, 3) for x in found]
    [4.17, 5000.0]
    """
    busy = np.flatnonzero(
        np.abs(test.current) > 0.005 * max(float(np.abs(test.current).max()), 1e-9)
    )
    start = int(busy[-1]) + 1 if busy.size and np.abs(test.current).max() > 1e-6 else 0
    time, voltage = test.time[start:], test.voltage[start:]
    if time.size:
        keep = time >= time[0] + after
        time, voltage = time[keep], voltage[keep]
    if time.size < 10 or time[-1] - time[0] < 2 * after:
        raise ValueError(f"{test.name}: its last rest is too short to see where it tends")
    t = time - time[0]

    def misfit(x: Array) -> Array:
        return np.asarray(x[0] + x[1] * np.exp(-t * np.exp(-x[2])) - voltage)

    first = [voltage[-1], voltage[0] - voltage[-1], np.log(t[-1] / 3)]
    found = least_squares(misfit, first, x_scale=[1e-3, 1e-3, 0.1]).x
    return float(found[0]), float(np.exp(found[2]))
