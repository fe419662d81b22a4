"""What a unit truly is, from its own cells, its joints and its defects, before any gauge looks.

Each cell is a voltage source behind one resistance (its own, and its two welds). Parallel cells
settle on the mean of their voltages weighted by conductance (Millman's theorem); the groups add.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from packlink.virtual.chance import deviate
from packlink.virtual.defects import CRACKED_JOINT, Defect, planted, spot, weak_cells
from packlink.virtual.facts import CellFacts, UnitFacts
from packlink.virtual.welds import joint_resistance

__all__ = ["Truth", "truth_of"]

Floats = NDArray[np.float64]

WEAK = 60.0  # a weak cell drops this much faster than a sound one, per cell of its group
DROP_SPREAD = 0.25  # of the logarithm of a sound cell's self-discharge
CELL_SPREAD = 0.007  # of a cell's resistance at the test against that at receipt
LINK_SPREAD = 0.04  # from conductor to conductor
CRACKED = 15.0  # times the nominal resistance: a joint that read well and opened later


@dataclass(frozen=True, slots=True)
class Truth:
    """The state of one unit; arrays run over groups, and over cells within a group.

    Attributes
    ----------
    capacity_ah, ocv_v, drop_mv_per_day : ndarray, shape (group, cell)
        Of each cell. [A h], [V], [mV/d]
    branch_mohm : ndarray, shape (group, cell)
        Each cell's resistance with its two welds. [mOhm]
    link_mohm : ndarray, shape (group + 1,)
        Each conductor before, between and after the groups. [mOhm]
    contact_mohm : float
        What a loose fastener adds between the terminals. [mOhm]
    defect : Defect or None
        The defect of the making.
    cold : int or None
        The joint that is cold.
    weak : frozenset of str
        Serials of the cells that discharge themselves.
    """

    unit: UnitFacts
    capacity_ah: Floats
    ocv_v: Floats
    drop_mv_per_day: Floats
    branch_mohm: Floats
    link_mohm: Floats
    contact_mohm: float
    defect: Defect | None
    cold: int | None
    weak: frozenset[str]

    def has(self, name: str) -> bool:
        """Say whether the unit has this defect now."""
        return self.defect is not None and self.defect.name == name

    def group_capacity(self) -> Floats:
        """Capacities add in parallel: shape (group,). [A h]"""
        return _floats(self.capacity_ah.sum(axis=1))

    def group_ocv(self) -> Floats:
        """Mean of the cells' voltages, weighted by the conductance of each branch. [V]"""
        conductance = 1 / self.branch_mohm
        return _floats((self.ocv_v * conductance).sum(axis=1) / conductance.sum(axis=1))

    def group_drop(self) -> Floats:
        """Return how fast each group's voltage falls at rest: shape (group,). [mV/d]

        Self-discharge takes charge, and the parallel cells share it. A cell of capacity C that
        alone would drop at the rate d takes C d / s of charge per day, where s is the voltage
        per share of charge; together they take sum(C d) / s out of sum(C): the group drops at
        the mean of the rates weighted by capacity.
        """
        charge = (self.capacity_ah * self.drop_mv_per_day).sum(axis=1)
        return _floats(charge / self.capacity_ah.sum(axis=1))

    def aged_ocv(self) -> Floats:
        """Group voltages after the rest of ageing: shape (group,). [V]"""
        return self.group_ocv() - 1e-3 * self.group_drop() * self.unit.design.ageing_days

    def sensed_ocv(self, seed: int) -> Floats:
        """Return what the sense wires show of each group after ageing: shape (group,). [V]

        Tap i sits between the groups i - 1 and i. With taps i and i + 1 exchanged, group i - 1
        shows itself and group i, group i shows itself reversed, and group i + 1 shows itself and
        group i. The outermost taps are the terminals and cannot be exchanged.
        """
        taps = np.concatenate([[0.0], np.cumsum(self.aged_ocv())])
        if self.has("swapped_sense_wire"):
            i = 1 + spot(seed, self.unit, "sense_wire", self.unit.series - 2)
            taps[[i, i + 1]] = taps[[i + 1, i]]
        return _floats(np.diff(taps))

    def group_resistance(self) -> Floats:
        """Parallel branches, and the conductor before them: from tap to tap. [mOhm]"""
        return _floats(1 / (1 / self.branch_mohm).sum(axis=1) + self.link_mohm[:-1])

    def pack_resistance(self) -> float:
        """Groups in series, and the rest of the current path. [mOhm]"""
        design = self.unit.design
        rest = design.path_resistance_mohm - self.link_mohm.size * design.link_resistance_mohm
        groups = float(self.group_resistance().sum() + self.link_mohm[-1])
        return groups + max(rest, 0.0) + self.contact_mohm


def truth_of(seed: int, rate: float, kinds: tuple[str, ...], unit: UnitFacts) -> Truth:
    """Work out what the unit is now, after the attempts made so far."""
    defect = planted(seed, rate, kinds, unit)
    shape = (unit.series, unit.parallel)
    cells = [cell for group in unit.groups for cell in group]
    weak = weak_cells(seed, rate, kinds, unit)
    cold = None
    if defect is not None and defect.name == "cold_joint":
        cold = spot(seed, unit, "joint", 2 * len(cells))
    each = joint_resistance(seed, unit, cold)
    if defect is not None and defect.name == CRACKED_JOINT:
        each[spot(seed, unit, "joint", each.size)] += CRACKED * unit.design.joint_resistance_mohm
    joints = each.reshape(*shape, 2).sum(axis=2)
    own = np.array([_resistance(seed, cell, unit) for cell in cells]).reshape(shape)
    links = [
        unit.design.link_resistance_mohm
        * (1 + LINK_SPREAD * deviate(seed, unit.serial, "link", k))
        for k in range(unit.series + 1)
    ]
    drop = [
        unit.design.ocv_drop_mv_per_day
        * (
            WEAK * unit.parallel
            if cell.serial in weak
            else np.exp(DROP_SPREAD * deviate(seed, "cell", cell.serial, "self-discharge"))
        )
        for cell in cells
    ]
    loose = defect is not None and defect.name == "low_torque"
    return Truth(
        unit=unit,
        capacity_ah=np.array([cell.capacity_ah for cell in cells]).reshape(shape),
        ocv_v=np.array([cell.ocv_v for cell in cells]).reshape(shape),
        drop_mv_per_day=np.array(drop).reshape(shape),
        branch_mohm=own + joints,
        link_mohm=np.array(links),
        contact_mohm=10 * unit.design.joint_resistance_mohm if loose else 0.0,
        defect=defect,
        cold=cold,
        weak=weak,
    )


def _resistance(seed: int, cell: CellFacts, unit: UnitFacts) -> float:
    """What a cell resists in the pack: not quite what was read of it at receipt."""
    now = 1 + CELL_SPREAD * deviate(seed, "cell", cell.serial, "resistance")
    if cell.dc_resistance_mohm is not None:
        return cell.dc_resistance_mohm * now
    assert cell.ac_ir_mohm is not None  # CellFacts holds one of the two
    return cell.ac_ir_mohm * unit.design.dc_per_ac * now


def _floats(values: Floats) -> Floats:
    return np.asarray(values, dtype=float)
