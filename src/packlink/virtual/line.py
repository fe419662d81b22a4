"""The virtual line: readings of any operation of any unit, from the unit's own cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from packlink.virtual.chance import deviate
from packlink.virtual.defects import DEFECTS, ONLY_IF_ASKED, WEAK_CELL
from packlink.virtual.facts import Measurand, Measured, UnitFacts
from packlink.virtual.look import Look
from packlink.virtual.models import MODELS, limits_in
from packlink.virtual.scales import shown
from packlink.virtual.truth import Truth, truth_of
from packlink.virtual.welds import JointLog, joint_log

__all__ = ["UnknownCharacteristic", "VirtualLine"]

WELDING = "40-welding"
USUAL = tuple(name for name in DEFECTS if name not in ONLY_IF_ASKED)


class UnknownCharacteristic(ValueError):
    """The virtual line has no model for a characteristic."""


class VirtualLine:
    """Machines and gauges that do not exist, with a stated rate of defects.

    Parameters
    ----------
    seed : int
        What the whole line is made of. [1]
    defect_rate : float
        Share of units that get one planted, named defect (`DEFECTS`), 0 ... 1. [1]
    kinds : sequence of str
        Which defects may be planted; when not given all but those of `ONLY_IF_ASKED`. [-]

    Notes
    -----
    A reading depends on the seed, the unit (its serial, cells and design), the operation, the
    attempt, the characteristic and the position, and on nothing else: not on what was asked
    before. A planted defect stays through all later operations until the operation that made it
    is done again; an unrepaired cold joint, which is found at welding, still adds to the
    resistance of the pack at the end of the line.
    """

    def __init__(self, seed: int, defect_rate: float, kinds: Sequence[str] = USUAL) -> None:
        if not 0 <= defect_rate <= 1:
            raise ValueError(f"defect_rate must lie in 0 ... 1, not {defect_rate}")
        if unknown := [kind for kind in kinds if kind not in DEFECTS]:
            raise ValueError(f"no such defect: {', '.join(unknown)}; known: {', '.join(DEFECTS)}")
        self.seed = seed
        self.defect_rate = defect_rate
        self.kinds = tuple(kinds)

    def measure(
        self,
        unit: UnitFacts,
        *,
        operation: str,
        characteristics: Sequence[Measurand],
        attempt: int = 1,
    ) -> tuple[Measured, ...]:
        """Measure the characteristics of one operation, in the order given.

        Parameters
        ----------
        unit : UnitFacts
            The unit; its `attempts` say how often each earlier operation has been done. [-]
        operation : str
            "40-welding". [-]
        characteristics : sequence of Measurand
            What to measure, where, in which unit. [-]
        attempt : int
            The how-manieth time this operation is done on this unit. [1]

        Returns
        -------
        tuple of Measured
            One reading per characteristic and position. [in the unit of the characteristic]

        Raises
        ------
        UnknownCharacteristic
            If a code has no model.
        ValueError
            If a unit of measure does not fit its characteristic, a position does not exist, or
            nothing says what is nominal; the message names unit and characteristic.
        """
        for measurand in characteristics:
            if measurand.code not in MODELS:
                raise UnknownCharacteristic(
                    f"the virtual line cannot measure {measurand.code!r} (operation {operation}); "
                    f"it knows: {', '.join(MODELS)}"
                )
        unit = _now(unit, operation, attempt)
        truth = self._truth(unit)
        welds = joint_log(self.seed, unit, attempt, truth.cold)
        readings: list[Measured] = []
        for measurand in characteristics:
            try:
                low, high, target = limits_in(measurand)
                look = Look(
                    self.seed, truth, welds, operation, attempt, measurand, low, high, target
                )
                readings.extend(_read(look))
            except ValueError as error:
                raise ValueError(f"{unit.serial} {operation} {measurand.code}: {error}") from error
        return tuple(readings)

    def weld(self, unit: UnitFacts, *, attempt: int = 1) -> JointLog:
        """Return the welder's log of one welding of the unit: an entry per joint.

        The readings `joint_resistance` and `weld_energy` of the same attempt are its entries.

        Parameters
        ----------
        unit : UnitFacts
            The unit. [-]
        attempt : int
            The how-manieth welding. [1]

        Returns
        -------
        JointLog
            Arrays over the joints, two per cell. [stated there]
        """
        unit = _now(unit, WELDING, attempt)
        return joint_log(self.seed, unit, attempt, self._truth(unit).cold)

    def rest_alone(self, unit: UnitFacts, group: int, *, attempt: int = 1) -> dict[str, float]:
        """Open a group, let each of its cells rest alone, and measure how fast its voltage falls.

        What a person does after a group fell too fast in ageing: only the cells apart show which
        of them discharges itself.

        Parameters
        ----------
        unit : UnitFacts
            The unit. [-]
        group : int
            The group, counted from 0. [1]
        attempt : int
            The how-manieth time. [1]

        Returns
        -------
        dict of str to float
            By cell serial, the fall of its voltage. [mV/d]
        """
        if not 0 <= group < unit.series:
            raise ValueError(f"{unit.serial}: there is no group {group}")
        drops = self._truth(unit).drop_mv_per_day[group]
        days = unit.design.ageing_days
        return {
            cell.serial: float(f"{drop + 0.03 * self._noise(cell.serial, attempt) / days:.6g}")
            for cell, drop in zip(unit.groups[group], drops.tolist(), strict=True)
        }

    def repeat(
        self, unit: UnitFacts, *, operation: str, measurand: Measurand, times: int
    ) -> tuple[float, tuple[float, ...]] | None:
        """Measure one place of a unit again and again with the same gauge, as a gauge study does.

        Parameters
        ----------
        unit : UnitFacts
            The unit that serves as the reference. [-]
        operation : str
            "80-eol". [-]
        measurand : Measurand
            What to measure; its first position is. [-]
        times : int
            How many readings. [1]

        Returns
        -------
        tuple or None
            What a gauge without noise would show, and the readings; None where the noise of the
            model is not that of the gauge alone. [in the unit of the measurand]
        """
        model = MODELS.get(measurand.code)
        if model is None or not model.gauged:
            return None
        truth = self._truth(unit)
        welds = joint_log(self.seed, unit, 1, truth.cold)
        one = replace(measurand, positions=measurand.positions[:1])
        low, high, target = limits_in(one)
        shows = [
            _read(Look(self.seed, truth, welds, operation, 1, one, low, high, target, repeat=k))
            for k in range(times + 1)
        ]
        return shows[0][0].value, tuple(readings[0].value for readings in shows[1:])

    def planted(self, unit: UnitFacts) -> tuple[str, ...]:
        """Return the names of the defects that the unit has now; what the tests look for."""
        truth = self._truth(unit)
        made = (truth.defect.name,) if truth.defect else ()
        return (*made, *(WEAK_CELL for _ in truth.weak))

    def _noise(self, serial: str, attempt: int) -> float:
        first, second = (deviate(self.seed, serial, "alone", attempt, k) for k in (1, 2))
        return first - second

    def _truth(self, unit: UnitFacts) -> Truth:
        return truth_of(self.seed, self.defect_rate, self.kinds, unit)


def _now(unit: UnitFacts, operation: str, attempt: int) -> UnitFacts:
    """Return the unit as it stands in this attempt at this operation."""
    if attempt < 1:
        raise ValueError(f"{unit.serial} {operation}: attempts count from 1, not {attempt}")
    done = max(attempt, unit.attempts.get(operation, 1))
    return replace(unit, attempts={**unit.attempts, operation: done})


def _read(look: Look) -> list[Measured]:
    """Take the readings of one characteristic; every refusal says of which unit and what."""
    measurand, unit = look.measurand, look.truth.unit
    model = MODELS[measurand.code]
    places = {
        "cell": unit.series * unit.parallel,
        "group": unit.series,
        "joint": 2 * unit.series * unit.parallel,
    }.get(model.per)
    readings = []
    for position in measurand.positions:
        if position < 0 or (places is not None and position >= places):
            raise ValueError(f"there is no {model.per} {position}")
        value = shown(model.measure(look, position), model.unit, measurand.unit)
        if not model.recorded:
            value = float(f"{value:.6g}")  # as many digits as a good gauge shows
        readings.append(Measured(measurand.code, position, value, measurand.unit))
    return readings
