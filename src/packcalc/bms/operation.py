"""A pack under its management: the simulator, opened and let go by its protections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from packcalc.bms.conventions import ProtectionLimit
from packcalc.bms.faults import FaultLog, record_fault
from packcalc.bms.supervision import Stage, Watch, watch
from packcalc.pack.load import CURRENT, Load
from packcalc.pack.model import Limits, Pack
from packcalc.pack.simulate import PackRun, simulate

__all__ = ["Change", "Operation", "operate"]

Array = NDArray[np.float64]

# Which way a protection opens the pack, by what its code begins with.
BLOCKS = {
    "cell_overvoltage": (False, True),
    "cell_undervoltage": (True, False),
    "short_circuit": (True, True),
    "discharge_": (True, False),
    "charge_": (False, True),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A protection that changed its stage.

    Parameters
    ----------
    time : float
        When. [s]
    code : str
        Which protection. [-]
    stage : Stage
        Its stage from then on. [-]
    value : float
        What was measured. [unit of the protection]
    """

    time: float
    code: str
    stage: Stage
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """What a pack did under its management.

    Parameters
    ----------
    time : ndarray, shape (k,)
        Time since the start. [s]
    wanted, current : ndarray, shape (k,)
        Current that was asked for and that flowed in the step ended at this time. [A]
    group_voltage : ndarray, shape (k, s)
        Group voltages. [V]
    soc : ndarray, shape (k, s, p)
        State of charge. [1]
    temperature : ndarray, shape (k, s, p)
        Temperature of the cells. [K]
    changes : tuple of Change
        Alarms, trips and releases, in order. [-]
    log : FaultLog
        The fault log with every trip. [-]
    because : str
        Why it ended. [-]
    """

    time: Array
    wanted: Array
    current: Array
    group_voltage: Array
    soc: Array
    temperature: Array
    changes: tuple[Change, ...]
    log: FaultLog
    because: str


def _blocked(code: str) -> tuple[bool, bool]:
    for start, ways in BLOCKS.items():
        if code.startswith(start):
            return ways
    raise ValueError(f"protection {code!r}: which way does it open? known: {', '.join(BLOCKS)}")


def _value(limit: ProtectionLimit, run: PackRun, k: int) -> float:
    """What a protection measures at one record."""
    if limit.unit == "V":
        volts = run.group_voltage[k]
        return float(volts.max() if limit.upper else volts.min())
    if limit.unit == "K":
        kelvin = run.temperature[k]
        return float(kelvin.max() if limit.upper else kelvin.min())
    current = float(run.current[k])
    return -current if limit.code.startswith("charge_") else current


@dataclass(frozen=True, slots=True, eq=False)
class _Here:
    """Where a run goes on from."""

    soc: ArrayLike
    temperature: ArrayLike
    pairs: Array | None


class _Watched:
    """All protections of a pack and what they did so far."""

    def __init__(self, protections: Sequence[ProtectionLimit], log: FaultLog) -> None:
        self.protections = protections
        self.states = {limit.code: Watch() for limit in protections}
        self.changes: list[Change] = []
        self.log = log

    def opened(self) -> tuple[bool, bool]:
        """Say which directions carry no current now: discharge, charge."""
        tripped = (p.code for p in self.protections if self.states[p.code].stage is Stage.TRIPPED)
        ways = [_blocked(code) for code in tripped]
        return any(way[0] for way in ways), any(way[1] for way in ways)

    def follow(self, run: PackRun, asked: Array, done: int, dt: float) -> int:
        """Look at each record until what is open changes; return the last step looked at."""
        before, reached = self.opened(), run.time.size - 1
        for k in range(1, reached + 1):
            for limit in self.protections:
                self._look(limit, _value(limit, run, k), float(asked[k - 1]), (done + k) * dt, dt)
            if self.opened() != before:
                return k
        return reached

    def _look(
        self, limit: ProtectionLimit, value: float, asked: float, at: float, dt: float
    ) -> None:
        """One look; what has no release lets go when nobody asks for its direction any more."""
        was = self.states[limit.code]
        discharge, charge = _blocked(limit.code)
        removed = not (asked > 0 and discharge) and not (asked < 0 and charge)
        if was.stage is Stage.TRIPPED and limit.release is None and removed:
            now = Watch()
        else:
            now = watch(limit, was, value, dt)
        self.states[limit.code] = now
        if now.stage is was.stage:
            return
        self.changes.append(Change(at, limit.code, now.stage, value))
        if now.stage is Stage.TRIPPED:
            self.log = record_fault(self.log, at, limit.code, value)


def operate(
    pack: Pack,
    load: Load,
    protections: Sequence[ProtectionLimit],
    *,
    soc: ArrayLike,
    temperature: ArrayLike = 298.15,
    ambient: float | None = None,
    log: FaultLog | None = None,
    beyond_current: bool = True,
) -> Operation:
    """Run a pack under its protections: a trip opens one direction until its release.

    Parameters
    ----------
    pack : Pack
        The pack; its own `limits` are not used. Balancing is that of the pack. [-]
    load : Load
        Current that is asked for. [-]
    protections : sequence of ProtectionLimit
        Alarm, trip, delay and release of each. [-]
    soc : array_like, shape (s, p), (s, 1) or ()
        State of charge at the start. [1]
    temperature : array_like, shape (s, p), (node,) or ()
        Temperature at the start. [K]
    ambient : float or None
        Temperature of the ambient; `None`: the mean temperature at the start. [K]
    log : FaultLog or None
        The log to go on with; `None`: a new one. [-]
    beyond_current : bool
        Whether the load may ask for more than the cell's parameters were checked at. [-]

    Returns
    -------
    operation : Operation
        Course, changes of stage, fault log. [-]

    Raises
    ------
    ValueError
        If the load is not a current, or a protection is of no known kind.

    Derivation
    ----------
    Between two changes of what is open the simulator runs on its own; at a change it goes on from
    the state it had there. A protection looks once per step, so a delay shorter than the step acts
    at the step's end.

    Examples
    --------
    >>> from packcalc.cell import parameter_set
    >>> from packcalc.pack import build_pack, constant_current
    >>> pack = build_pack(parameter_set("leaf-2013"), 2, 1)
    >>> under = ProtectionLimit("cell_undervoltage", "", "V", 3.6, 3.5, 3.6, 30.0, False, "")
    >>> found = operate(pack, constant_current(30.0, 3600.0, 10.0), [under], soc=0.3)
    >>> [change.stage.value for change in found.changes][:2], found.log.count >= 1
    (['alarm', 'tripped'], True)
    """
    if load.kind != CURRENT:
        raise ValueError("operate follows a current; power and voltage are not followed here")
    for limit in protections:
        _blocked(limit.code)
    around = float(np.mean(np.asarray(temperature, float))) if ambient is None else ambient
    free = replace(pack, limits=Limits())

    def go(here: _Here, flows: Array) -> PackRun:
        return simulate(
            free,
            replace(load, value=flows),
            soc=here.soc,
            temperature=here.temperature,
            pairs=here.pairs,
            ambient=around,
            beyond_current=beyond_current,
        )

    watched = _Watched(protections, log or FaultLog())
    here = _Here(soc, temperature, None)
    parts: list[tuple[Array, ...]] = []
    done, because = 0, "the load came to its end"
    while done < load.value.size:
        asked = load.value[done:]
        no_discharge, no_charge = watched.opened()
        flows = np.where((asked > 0) & no_discharge | (asked < 0) & no_charge, 0.0, asked)
        run = go(here, flows)
        reached, because = run.time.size - 1, run.because
        if reached == 0:
            break
        stop = watched.follow(run, asked, done, load.dt)
        if stop < reached:  # what follows did not happen: the contactor moved
            run = go(here, flows[:stop])
        rows = slice(1 if parts else 0, stop + 1)
        told = (np.r_[0.0, asked[:stop]], run.current, run.group_voltage, run.soc, run.temperature)
        parts.append(tuple(column[rows] for column in told))
        done += stop
        warm = np.r_[run.temperature[-1].ravel(), run.other_temperature[-1]]
        here = _Here(run.soc[-1], warm, run.pairs)
        if stop == reached and run.ended != 0:
            break
    if not parts:
        raise ValueError(f"no step could be made: {because}")
    whole = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Operation(
        time=np.arange(whole[0].size, dtype=np.float64) * load.dt,
        wanted=whole[0],
        current=whole[1],
        group_voltage=whole[2],
        soc=whole[3],
        temperature=whole[4],
        changes=tuple(watched.changes),
        log=watched.log,
        because=because,
    )
