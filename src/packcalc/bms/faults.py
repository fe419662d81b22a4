"""The fault log of a pack: the last faults, with their times; it survives a loss of power."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from math import isfinite

__all__ = ["Fault", "FaultLog", "read_log", "record_fault", "write_log"]

ROOM = 32


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Parameters
    ----------
    number : int
        Running number since the log was new; it never repeats. [1]
    time : float
        When, on the pack's own clock. [s]
    code : str
        Which protection. [-]
    value : float
        What was measured. [unit of the protection]
    """

    number: int
    time: float
    code: str
    value: float


@dataclass(frozen=True, slots=True)
class FaultLog:
    """The last faults, oldest first, and how many there ever were.

    Parameters
    ----------
    faults : tuple of Fault
        At most `room` of them. [-]
    count : int
        Faults since the log was new, those that were overwritten included. [1]
    room : int
        Places. [1]
    """

    faults: tuple[Fault, ...] = ()
    count: int = 0
    room: int = ROOM


def record_fault(log: FaultLog, time: float, code: str, value: float) -> FaultLog:
    """Add a fault; when the log is full the oldest goes.

    Parameters
    ----------
    log : FaultLog
        The log before. [-]
    time : float
        When; a clock that was set back is kept as it reads, the number keeps the order. [s]
    code : str
        Which protection. [-]
    value : float
        What was measured; not a number if the sensor failed. [unit of the protection]

    Returns
    -------
    log : FaultLog
        The log after. [-]

    Raises
    ------
    ValueError
        If the time is not finite or the code is empty.

    Derivation
    ----------
    A ring of fixed room with a running number.

    Examples
    --------
    >>> log = FaultLog(room=2)
    >>> for k in range(3):
    ...     log = record_fault(log, 10.0 * k, "over", 4.3)
    >>> [fault.number for fault in log.faults], log.count
    ([2, 3], 3)
    """
    if not isfinite(time) or not code:
        raise ValueError("a fault needs a finite time and a code")
    fault = Fault(log.count + 1, time, code, value)
    return replace(log, faults=(*log.faults, fault)[-log.room :], count=log.count + 1)


def write_log(log: FaultLog) -> str:
    """Write a log as text that outlives a loss of power.

    Parameters
    ----------
    log : FaultLog
        The log. [-]

    Returns
    -------
    text : str
        JSON; a value that is not a number is null. [-]

    Derivation
    ----------
    None: it only writes down what the log holds.

    Examples
    --------
    >>> read_log(write_log(record_fault(FaultLog(), 1.0, "over", 4.3))).faults[0].code
    'over'
    """
    rows = [
        [fault.number, fault.time, fault.code, fault.value if isfinite(fault.value) else None]
        for fault in log.faults
    ]
    return json.dumps({"room": log.room, "count": log.count, "faults": rows}, allow_nan=False)


def read_log(text: str) -> FaultLog:
    """Read a log back, and refuse one that was damaged.

    Parameters
    ----------
    text : str
        What `write_log` wrote. [-]

    Returns
    -------
    log : FaultLog
        The log. [-]

    Raises
    ------
    ValueError
        If it is no log, or its numbers do not fit together.

    Derivation
    ----------
    Numbers run without a gap up to the count; the last ones are there, as many as there is room.

    Examples
    --------
    >>> read_log('{"room": 32, "count": 0, "faults": []}').count
    0
    """
    try:
        found = json.loads(text)
        room, count = int(found["room"]), int(found["count"])
        faults = tuple(
            Fault(int(n), float(t), str(c), float("nan") if v is None else float(v))
            for n, t, c, v in found["faults"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"this is no fault log: {error}") from error
    expected = list(range(count - min(count, room) + 1, count + 1))
    if room < 1 or [fault.number for fault in faults] != expected:
        raise ValueError(f"damaged fault log: {len(faults)} faults of {count}, room {room}")
    return FaultLog(faults, count, room)
