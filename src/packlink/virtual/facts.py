"""What the virtual line is told about a unit, what it is asked to measure, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["CellFacts", "DesignFacts", "Measurand", "Measured", "UnitFacts"]


@dataclass(frozen=True, slots=True)
class CellFacts:
    """One cell as it was measured at receipt; at least one of the resistances is known."""

    serial: str
    capacity_ah: float
    ocv_v: float
    ac_ir_mohm: float | None = None
    dc_resistance_mohm: float | None = None

    def __post_init__(self) -> None:
        if self.ac_ir_mohm is None and self.dc_resistance_mohm is None:
            raise ValueError(f"cell {self.serial} has no resistance: neither AC nor DC is known")


@dataclass(frozen=True, slots=True)
class DesignFacts:
    """The figures of the released design, and the settings of the machines that build it.

    Attributes
    ----------
    joint_resistance_mohm : float
        Nominal resistance of one weld. [mOhm]
    path_resistance_mohm : float
        Everything else in series between the terminals: busbars, fuse, BMS, leads. [mOhm]
    link_resistance_mohm : float
        Of that, each of the conductors before, between and after the groups. [mOhm]
    dc_per_ac : float
        Ratio of the DC to the AC resistance of the cell in the design (used only for cells whose
        DC resistance was not measured); 1 when the design counts with the AC resistance. [1]
    pack_mass_kg : float
        Mass of the finished pack. [kg]
    ocv_drop_mv_per_day : float
        Typical drop of a sound cell at rest. [mV/d]
    ageing_days : float
        Rest between the two voltage readings of ageing. [d]
    insulation_mohm : float
        Typical insulation resistance of a clean pack. [MOhm]
    hipot_v : float
        Voltage of the leakage test. [V]
    weld_energy_j, weld_time_ms, weld_force_n, weld_displacement_mm : float
        Settings of the virtual welder; the energy is the target of the control plan.
        [J], [ms], [N], [mm]
    """

    joint_resistance_mohm: float
    path_resistance_mohm: float = 0.0
    link_resistance_mohm: float = 0.0
    dc_per_ac: float = 1.0
    pack_mass_kg: float = 1.0
    ocv_drop_mv_per_day: float = 0.05
    ageing_days: float = 3.0
    insulation_mohm: float = 500.0
    hipot_v: float = 500.0
    weld_energy_j: float = 30.0
    weld_time_ms: float = 8.0
    weld_force_n: float = 25.0
    weld_displacement_mm: float = 0.06


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """One pack: its serial, its cells by parallel group in series order, its design.

    `attempts` says how often each operation has been done so far ("40-welding": 2 after one
    rework): what a rework of an earlier operation has mended stays mended.
    """

    serial: str
    groups: tuple[tuple[CellFacts, ...], ...]
    design: DesignFacts
    attempts: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sizes = {len(group) for group in self.groups}
        if len(sizes) != 1 or sizes == {0}:
            raise ValueError(f"unit {self.serial}: every group must hold the same number of cells")

    @property
    def series(self) -> int:
        """Number of groups in series."""
        return len(self.groups)

    @property
    def parallel(self) -> int:
        """Number of cells in each group."""
        return len(self.groups[0])


@dataclass(frozen=True, slots=True)
class Measurand:
    """One characteristic to measure: its code, where, in which unit, and what is wanted.

    Positions count from 0: cells and groups in series order (cell = group * parallel + place),
    joints two per cell (joint = 2 * cell + end, the negative end first). The limits serve to
    place a planted defect outside them and to know what is nominal; they never change what a
    sound or an unsound unit measures.
    """

    code: str
    unit: str
    positions: tuple[int, ...] = (0,)
    low: float | None = None
    high: float | None = None
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """One reading, in the unit of its characteristic."""

    code: str
    position: int
    value: float
    unit: str
