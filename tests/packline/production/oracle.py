"""What the gate has to answer, worked out from plain facts by the rules as they are written.

Nothing of packline is used here: the facts are numbers and words, days count from today (0), and
each rule is one paragraph. Only what the rules of `docs/explanation/one-gate.md` say is in it.
"""

from dataclasses import dataclass

ORDER = ("kitting", "welding", "eol")
NUMBER = {"kitting": 20, "welding": 40, "eol": 80}
NEEDED = {  # operation -> characteristic -> how many readings
    "kitting": {"kit_cell_count": 1},
    "welding": {"joint_resistance": 8},
    "eol": {"pack_ocv": 1, "sense_voltage_error": 2},
}
CELLS_GO_IN = "kitting"
GAUGE_KIND = {
    "kit_cell_count": None, "joint_resistance": "milliohm_meter", "pack_ocv": "eol_tester",
    "sense_voltage_error": "multimeter",
}  # fmt: skip
BY_PERMIT = {
    "lot_not_released", "lot_expired", "operation_not_done", "person_not_qualified",
    "station_wrong_kind", "gauge_out_of_calibration", "tool_overdue", "recipe_not_effective",
    "instruction_not_effective", "limit_not_effective", "firmware_not_effective",
    "reading_missing",
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """Something said about the effectivity of a revision; later ones rule."""

    kind: str
    revision: str
    serials: tuple[str, int, int] | None
    since: int
    until: int | None


@dataclass(frozen=True)
class Allowed:
    """A deviation permit."""

    opens: str
    record: str
    operation: str
    serials: tuple[str, int, int]
    quantity: int | None
    used_by_others: int
    used_by_this: bool
    expires: int
    revoked: bool
    by_the_operator: bool
    forged: bool


@dataclass(frozen=True)
class Trained:
    operation: str
    revision: int
    granted: int
    expires: int


@dataclass(frozen=True)
class Instrument:
    """A gauge or a tool: its kind is right or not; `days` are its calibrations with their ends."""

    right_kind: bool
    state: str
    days: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Facts:
    """A random world around one unit, PK-000001."""

    act: str
    operation: str
    steps: dict  # operation -> state, or None
    concession_expires: int
    unit_state: str
    holds: tuple  # (lifted, placed by the step that is continued)
    installed: bool
    lot_state: str
    use_by: int | None
    lot_holds: tuple  # lifted
    set_aside: str | None  # state of one of the cells that were given to the unit
    part_holds: tuple  # (what, lifted): cell, group, bms, stranger
    station_right: bool
    trained: tuple
    instruction: int
    trained_from: int
    gauge: Instrument | None
    tool: Instrument | None
    recipe: str | None  # revision that is loaded
    firmware: str
    said: tuple
    taken: bool
    permits: tuple


def obstacles(f):
    """Return code and record of everything that stands in the way."""
    found = set(_before_permits(f))
    return {one for one in found if not any(_opens(p, one, f) for p in f.permits)}


def _before_permits(f):
    yield from _unit(f)
    yield from _inside(f)
    yield from _order(f)
    yield from _who_and_where(f)
    if f.act == "read":
        yield from _gauges(f)
    if f.act == "finish":
        if not f.taken:
            for name in NEEDED[f.operation]:
                yield "reading_missing", f"characteristic {name}"
        if f.operation == CELLS_GO_IN and not f.installed:
            yield "parts_missing", "unit PK-000001"
    else:
        yield from _tools(f)
        yield from _revisions(f)


def _unit(f):
    continued = f.act != "start"
    for n, (lifted, own) in enumerate(f.holds, start=1):
        if not lifted and not (own and continued):
            yield "unit_held", f"hold PK-000001/hold/{n}"
    if f.unit_state in ("passed", "released", "scrapped"):
        yield "unit_not_in_work", "unit PK-000001"


def _inside(f):
    for n, lifted in enumerate(f.lot_holds, start=1):
        if not lifted:
            yield "lot_held", f"lot hold L1/hold/{n}"
    if not f.installed:
        if f.lot_state == "received":
            yield "lot_not_released", "lot L1"
        if f.use_by is not None and f.use_by < 0:
            yield "lot_expired", "lot L1"
        if f.set_aside is not None:
            yield "part_set_aside", "the cell"
    counted = {}
    for what, lifted in f.part_holds:
        counted[what] = counted.get(what, 0) + 1
        inside = what == "cell" or (what in ("group", "bms") and f.installed)
        if inside and not lifted:
            yield "part_held", f"{what} {counted[what]}"


def _order(f):
    continued = f.act != "start"
    for earlier in ORDER[: ORDER.index(f.operation)]:
        state = f.steps[earlier]
        if state not in ("passed", "conceded"):
            yield "operation_not_done", f"operation {NUMBER[earlier]} {earlier.title()}"
        if state == "conceded" and f.concession_expires <= 0:
            yield "concession_expired", earlier
    own = f.steps[f.operation]
    if not continued and own not in (None, "superseded"):
        yield "step_exists", f.operation
    if continued and own != "started":
        yield "step_not_open", f.operation


def _who_and_where(f):
    if not any(
        t.operation == f.operation
        and f.trained_from <= t.revision <= f.instruction
        and t.granted <= 0 <= t.expires
        for t in f.trained
    ):
        yield "person_not_qualified", "person otto"
    if not f.station_right:
        yield "station_wrong_kind", "station S-else"


def _gauges(f):
    for name in NEEDED[f.operation]:
        if GAUGE_KIND[name] is None:
            continue
        if f.gauge is None:
            yield "gauge_not_identified", f"characteristic {name}"
        elif not f.gauge.right_kind:
            yield "gauge_wrong_kind", f"characteristic {name}"
    if f.gauge is not None:
        if f.gauge.state != "in_service":
            yield "gauge_set_aside", "gauge"
        past = [end for start, end in sorted(f.gauge.days) if start <= 0]
        if not past or past[-1] < 0:
            yield "gauge_out_of_calibration", "gauge"


def _tools(f):
    if f.operation == "welding" and (f.tool is None or not f.tool.right_kind):
        yield "tool_not_identified", "tool weld_head"
    if f.tool is not None:
        if f.tool.state != "in_service":
            yield "tool_set_aside", "tool"
        ((start, end),) = f.tool.days
        if not start <= 0 <= end:
            yield "tool_overdue", "tool"


def _revisions(f):
    if f.operation == "welding":
        if f.recipe is None:
            yield "recipe_not_identified", "recipe weld"
        elif _ruling(f, "recipe") != f.recipe:
            yield "recipe_not_effective", f"recipe weld@{f.recipe}"
    used = {"instruction": str(f.instruction), "limit": "1", "firmware": f.firmware}
    for kind, revision in used.items():
        if any(s.kind == kind for s in f.said) and _ruling(f, kind) != revision:
            names = NEEDED[f.operation] if kind == "limit" else [f.operation]
            yield f"{kind}_not_effective", f"{kind} {sorted(names)[0]}@{revision}"


def _ruling(f, kind):
    covering = [
        s.revision
        for s in f.said
        if s.kind == kind
        and s.since <= 0
        and (s.until is None or s.until > 0)
        and _among(s.serials)
    ]
    return covering[-1] if covering else None


def _among(serials):
    if serials is None:
        return True
    prefix, first, last = serials
    return prefix == "PK-" and first <= 1 <= last


def _opens(p, one, f):
    code, record = one
    return (
        p.opens == code
        and code in BY_PERMIT
        and p.record in ("", record)
        and p.operation in ("", f.operation)
        and _among(p.serials)
        and p.expires > 0
        and not p.revoked
        and not p.by_the_operator
        and not p.forged
        and (p.quantity is None or p.used_by_this or p.used_by_others < p.quantity)
    )
