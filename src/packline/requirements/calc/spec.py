"""The program as values: what `program.toml` says, read, checked and in coherent SI."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

__all__ = [
    "CellColumn",
    "CellLimit",
    "CellsSpec",
    "DesignSpec",
    "EvidenceSpec",
    "FirmwareSpec",
    "LineSpec",
    "OrderSpec",
    "PopulationSpec",
    "ProgramSpec",
    "RequirementSpec",
    "ResultSpec",
    "SerialsSpec",
]


@dataclass(frozen=True, slots=True)
class RequirementSpec:
    """One measurable requirement. `high` is set only for the operator ``between``."""

    ref: str
    group: str
    quantity: str
    operator: str
    value: float
    unit: str
    si_value: float
    method: str
    verified_by: str
    high: float | None = None
    si_high: float | None = None
    note: str = ""
    by_stage: str = ""

    @property
    def si_bounds(self) -> tuple[float | None, float | None]:
        """The lowest and the highest value in SI that meet the requirement."""
        low = None if self.operator == "<=" else self.si_value
        high = {"<=": self.si_value, "==": self.si_value, "between": self.si_high}.get(
            self.operator
        )
        return low, high

    def met_by(self, si_value: float) -> bool:
        """Say whether a figure in SI meets the requirement, rounding aside."""
        low, high = self.si_bounds
        rounding = 1e-9 * abs(si_value)
        return (low is None or si_value >= low - rounding) and (
            high is None or si_value <= high + rounding
        )

    def __str__(self) -> str:
        values = f"{self.value:g}" if self.high is None else f"{self.value:g} and {self.high:g}"
        return f"{self.ref} {self.quantity} {self.operator} {values} {self.unit}"


@dataclass(frozen=True, slots=True)
class DesignSpec:
    """What the customer leaves open and what not; empty tuples leave everything open."""

    objective: str
    cells: tuple[str, ...]
    chemistries: tuple[str, ...]
    formats: tuple[str, ...]
    series: tuple[int, int] | None
    parallel: tuple[int, int] | None
    resistance_kind: str  # "ac" or "dc"


@dataclass(frozen=True, slots=True)
class OrderSpec:
    """How many packs, and by when. `as_many_as_possible` stops at `quantity`."""

    quantity: int
    as_many_as_possible: bool
    due: date


@dataclass(frozen=True, slots=True)
class SerialsSpec:
    """How units are numbered: a GTIN of the product and a pattern of the serial."""

    gtin: str
    pattern: str

    def serial(self, n: int) -> str:
        """Return the serial of the n-th unit, counted from one."""
        return self.pattern.format(n=n)


@dataclass(frozen=True, slots=True)
class FirmwareSpec:
    """The released firmware, and the SHA-256 of its binary."""

    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class CellColumn:
    """Where a figure stands in a measurement file, in which unit and of which kind."""

    name: str  # serial, capacity, ocv, resistance, sublot, made_on
    column: str
    unit: str = ""
    kind: str = ""  # of a resistance: "ac" or "dc"


@dataclass(frozen=True, slots=True)
class CellLimit:
    """An incoming limit that the program sets, in the unit in which it was written."""

    code: str
    unit: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class PopulationSpec:
    """A documented, seeded population of virtual cells, in the words of `packlink.virtual`."""

    n: int
    seed: int
    capacity_mean_ah: float
    capacity_sd_ah: float
    ocv_mean_v: float
    ocv_sd_v: float
    resistance_mean_mohm: float
    resistance_sd_mohm: float
    resistance_kind: str  # "ac_ir" or "dc_resistance"
    correlation: float  # of capacity with resistance
    outlier_share: float
    sublots: int
    sublot_shift_sd: float  # in standard deviations of a cell
    capacity_decimals: int  # of the readings, in Ah, V and mOhm
    ocv_decimals: int
    resistance_decimals: int
    serial_prefix: str


@dataclass(frozen=True, slots=True)
class CellsSpec:
    """The lot of cells: generated, in a file of the program, or handed over at the run."""

    lot: str
    supplier: str
    received_on: date
    file: str
    columns: tuple[CellColumn, ...]
    select: tuple[tuple[str, str], ...]
    limits: tuple[CellLimit, ...]
    population: PopulationSpec | None


@dataclass(frozen=True, slots=True)
class LineSpec:
    """The virtual line that stands in for machines."""

    seed: int
    defect_rate: float


@dataclass(frozen=True, slots=True)
class ResultSpec:
    """One figure that a report states."""

    quantity: str
    value: float
    unit: str
    si_value: float


@dataclass(frozen=True, slots=True)
class EvidenceSpec:
    """A report that proves what no line can produce. A sample report proves nothing real."""

    key: str  # "type:UN38.3", "document:sbom"
    report: str
    report_sha256: str
    issued_by: str
    issued_on: date
    sample: bool
    results: tuple[ResultSpec, ...]


@dataclass(frozen=True, slots=True)
class ProgramSpec:
    """A program: who asks for what, and all that a run needs to build it."""

    code: str
    title: str
    customer: str
    playbook: str
    volume_per_year: int
    quality_systems: tuple[str, ...]
    revision: str
    requirements: tuple[RequirementSpec, ...]
    design: DesignSpec
    order: OrderSpec
    serials: SerialsSpec
    firmware: FirmwareSpec
    cells: CellsSpec
    line: LineSpec
    evidence: tuple[EvidenceSpec, ...]

    def asked(self, quantity: str) -> tuple[RequirementSpec, ...]:
        """Return the requirements on one quantity, in the order of the program."""
        return tuple(r for r in self.requirements if r.quantity == quantity)
