"""The device history record of one pack as a plain value."""

from __future__ import annotations

from dataclasses import dataclass

from packline.assurance.calc.dhr_twin import TwinFact

__all__ = [
    "CellFact",
    "DeviationFact",
    "DeviceHistory",
    "EventFact",
    "GroupFact",
    "Header",
    "HoldFact",
    "Identification",
    "JointFact",
    "JointsFact",
    "NonconformanceFact",
    "PartFact",
    "ReadingFact",
    "ReleaseFact",
    "ResidualFact",
    "SignatureFact",
    "StepFact",
    "VerificationFact",
]


@dataclass(frozen=True, slots=True)
class SignatureFact:
    """A signature as it must be readable: who, in which role, meaning what, when.

    `statement` is what was signed, word for word, `signature` the Ed25519 signature under it;
    both are empty where the act is proven by its event alone.
    """

    person: str
    name: str
    role: str
    meaning: str
    at: str
    statement: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """Which pack this is, for whom, and built to which definition."""

    serial: str
    gs1: str
    program: str
    title: str
    customer: str
    playbook: str
    program_revision: str
    design_revision: str
    routing_revision: str
    cell: str
    topology: str  # "13S4P"
    order: str
    state: str
    released: bool  # still so when the record was issued
    virtual: bool
    made_from: str  # start of the first step
    made_to: str  # end of the last one
    issued_at: str


@dataclass(frozen=True, slots=True)
class CellFact:
    """One cell in its place, with what incoming inspection measured."""

    row: str  # key of the row in production.link
    position: str  # group/slot, from the pack's negative end
    serial: str
    lot: str
    installed_at: str
    capacity_ah: float | None = None
    ocv_v: float | None = None
    ac_ir_mohm: float | None = None
    dc_resistance_mohm: float | None = None
    removed_at: str | None = None


@dataclass(frozen=True, slots=True)
class GroupFact:
    """The cells of one parallel group."""

    row: str  # key of the row in production.link
    serial: str
    position: int
    installed_at: str
    cells: tuple[CellFact, ...]


@dataclass(frozen=True, slots=True)
class PartFact:
    """Anything else that was built in: a board, a fuse, a foil, with its lot or serial."""

    row: str  # key of the row in production.link
    kind: str
    serial: str
    position: int
    quantity: int  # in its base unit
    installed_at: str
    removed_at: str | None = None
    unit_code: str = "1"
    is_lot: bool = False  # then `serial` is the number of the lot


@dataclass(frozen=True, slots=True)
class ReadingFact:
    """One value against the limits that were frozen with it."""

    row: str  # key of the row in production.reading
    characteristic: str
    name: str
    per: str  # what a position counts: pack, group, fastener ...
    position: int  # from 1; 0 is the pack
    value: float
    unit_code: str
    low: float | None
    high: float | None
    passed: bool
    gauge: str | None
    taken_at: str
    virtual: bool
    characteristic_revision: str = ""
    program_version: str = ""
    accept_low: float | None = None  # less the guard band of the gauge; None: as the limit
    accept_high: float | None = None
    guard_study: str | None = None  # where the guard band comes from


@dataclass(frozen=True, slots=True)
class StepFact:
    """One attempt at one operation."""

    row: str  # key of the row in production.step
    operation: str
    title: str
    attempt: int
    state: str
    operator: str
    operator_name: str
    station: str
    started_at: str
    finished_at: str | None
    readings: tuple[ReadingFact, ...] = ()


@dataclass(frozen=True, slots=True)
class JointFact:
    """One weld of the joint map."""

    group: int
    cell: int
    pole: str  # "+" or "-", "" when a cell has one joint
    value: float
    passed: bool


@dataclass(frozen=True, slots=True)
class JointsFact:
    """The welds of one attempt: the figures, the file that holds every value, and the map."""

    row: str  # key of the row in production.jointset
    operation: str
    attempt: int
    name: str
    n: int
    n_failed: int
    unit_code: str
    low: float | None
    high: float | None
    least_value: float
    median_value: float
    greatest_value: float
    worst_position: int
    gauge: str | None
    file: str  # SHA-256
    taken_at: str
    virtual: bool
    joints: tuple[JointFact, ...] = ()
    accept_low: float | None = None
    accept_high: float | None = None
    guard_study: str | None = None


@dataclass(frozen=True, slots=True)
class HoldFact:
    """A stop on the pack, and why it went on."""

    row: str  # key of the row in production.hold
    reason: str
    cause: str
    placed_at: str
    placed_by: str
    lifted_at: str | None
    lifted_because: str


@dataclass(frozen=True, slots=True)
class DeviationFact:
    """A signed concession: failed readings of one step and characteristic were accepted."""

    row: str  # key of the row in production.deviation
    name: str
    reason: str
    signed: SignatureFact
    expires_at: str


@dataclass(frozen=True, slots=True)
class ResidualFact:
    """A signed acceptance of what one simulation could not explain."""

    row: str  # key of the row in production.twinconcession
    reason: str
    signed: SignatureFact
    expires_at: str


@dataclass(frozen=True, slots=True)
class NonconformanceFact:
    """What went wrong, what was decided, and who signed for it."""

    number: str
    defect: str
    title: str
    cause: str
    opened_at: str
    state: str
    disposition: str
    justification: str
    signatures: tuple[SignatureFact, ...] = ()


@dataclass(frozen=True, slots=True)
class VerificationFact:
    """One row of the V&V matrix, as it stands for this pack."""

    row: str  # key of the row in assurance.verdict
    requirement: str
    statement: str
    method: str
    acceptance: str
    observed: str
    evidence: str
    verdict: str
    sample: bool


@dataclass(frozen=True, slots=True)
class Identification:
    """What the pack carries: its label, and the software in it."""

    label: str
    firmware_version: str
    firmware_sha256: str


@dataclass(frozen=True, slots=True)
class ReleaseFact:
    """Who let the pack go, and the signed head of its chain at that moment."""

    outcome: str
    checklist: tuple[str, ...]
    signature: SignatureFact
    head_seq: int
    head_hash: str
    head_signature: str  # Ed25519 over `head_statement`, hexadecimal
    key_id: str


@dataclass(frozen=True, slots=True)
class EventFact:
    """One event of the unit's chain, with the text that was hashed."""

    seq: int
    at: str
    by: str
    verb: str
    hash: str
    text: str


@dataclass(frozen=True, slots=True)
class DeviceHistory:
    """All that is known of one pack, from its cells to its release."""

    header: Header
    groups: tuple[GroupFact, ...]
    removed: tuple[CellFact, ...]
    parts: tuple[PartFact, ...]
    steps: tuple[StepFact, ...]
    joints: tuple[JointsFact, ...]
    holds: tuple[HoldFact, ...]
    deviations: tuple[DeviationFact, ...]
    nonconformances: tuple[NonconformanceFact, ...]
    verification: tuple[VerificationFact, ...]
    identification: Identification
    release: ReleaseFact
    chain: tuple[EventFact, ...]
    twins: tuple[TwinFact, ...] = ()
    residuals: tuple[ResidualFact, ...] = ()
