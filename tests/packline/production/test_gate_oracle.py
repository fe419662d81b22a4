"""For random worlds the gate answers as an oracle that shares no code with it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packline.foundation.keys import key_id, sign
from packline.foundation.models import StoredFile
from packline.process.models import Effectivity, Operation, Recipe
from packline.production.calc.permit import statement_of
from packline.production.gate import Measuring, blocks
from packline.production.models import (
    Deviation,
    Hold,
    JointSet,
    PartHold,
    Permit,
    PermitUse,
    Reading,
    Step,
    ToolUse,
    Unit,
)
from packline.production.services import install_parts
from packline.resources.models import Calibration, Gauge, Qualification, Station, Tool
from packline.supply.models import Cell, CellLot, LotHold
from tests.packline.production.oracle import (
    BY_PERMIT,
    CELLS_GO_IN,
    GAUGE_KIND,
    NEEDED,
    ORDER,
    Allowed,
    Facts,
    Instrument,
    Said,
    Trained,
    obstacles,
)

often = st.sampled_from([True, True, True, False])
days = st.integers(-3, 3)
serials = st.tuples(st.sampled_from(["PK-", "PK-", "XX-"]), st.integers(0, 2), st.integers(2, 9))
KINDS = ("recipe", "instruction", "limit", "firmware")

said = st.builds(
    Said,
    kind=st.sampled_from(KINDS),
    revision=st.sampled_from(["1", "1", "2"]),
    serials=st.none() | serials,
    since=st.integers(-3, 1),
    until=st.none() | st.integers(2, 3) | st.integers(-3, 1),
).filter(lambda s: s.until is None or s.until > s.since)
state = st.sampled_from(["in_service", "in_service", "in_service", "recalled", "out_of_service"])
span = st.tuples(st.integers(-9, 1), st.integers(2, 5)) | st.tuples(
    st.integers(-9, -5), st.integers(-4, -1)
)
FITS = {
    "record": "", "operation": "", "serials": ("PK-", 1, 9), "quantity": None,
    "used_by_others": 0, "used_by_this": False, "expires": 1, "revoked": False,
    "by_the_operator": False, "forged": False,
}  # fmt: skip
FLAWS = (
    {}, {}, {"record": "lot L1"}, {"record": "recipe weld@2"}, {"record": "person otto"},
    {"record": "gauge"}, {"operation": "welding"}, {"operation": "eol"},
    {"serials": ("XX-", 1, 9)}, {"serials": ("PK-", 2, 9)}, {"serials": ("PK-", 1, 1)},
    {"quantity": 1, "used_by_others": 1}, {"quantity": 2, "used_by_others": 1},
    {"quantity": 1, "used_by_others": 1, "used_by_this": True}, {"quantity": 1},
    {"expires": 0}, {"revoked": True}, {"by_the_operator": True}, {"forged": True},
)  # fmt: skip


def permits(codes):
    """Permits that open what stands in the way, but for one flaw."""
    return st.builds(
        lambda opens, flaw: Allowed(opens=opens, **FITS | flaw),
        st.sampled_from(sorted(codes) or sorted(BY_PERMIT)),
        st.sampled_from(FLAWS),
    )


def instruments(spans):
    return st.none() | st.builds(Instrument, right_kind=often, state=state, days=spans)


@st.composite
def worlds(draw):
    act = draw(st.sampled_from(["start", "read", "finish"]))
    operation = draw(st.sampled_from(ORDER))
    place = ORDER.index(operation)
    good = ["passed", "passed", "passed", "conceded"]
    steps = {
        name: draw(st.sampled_from([*good, *good, None, "started", "failed", "superseded"]))
        for name in ORDER[:place]
    }
    if act == "start":
        steps[operation] = draw(st.sampled_from([None, None, "superseded", "passed", "failed"]))
    else:
        steps[operation] = draw(st.sampled_from(["started", "started", "started", "passed"]))
    steps |= dict.fromkeys(ORDER[place + 1 :])
    instruction = draw(st.integers(1, 3))
    trained = draw(
        st.lists(
            st.builds(
                Trained,
                operation=st.sampled_from([operation, operation, *ORDER]),
                revision=st.integers(1, 3),
                granted=days,
                expires=st.integers(-2, 5),
            ).filter(lambda t: t.expires > t.granted),
            max_size=3,
            unique_by=lambda t: (t.operation, t.revision, t.granted),
        )
    )
    if draw(often):
        trained.append(Trained(operation, instruction, -4, 4))
    facts = Facts(
        act=act,
        operation=operation,
        steps=steps,
        concession_expires=draw(st.sampled_from([5, 1, 0, -1])),
        unit_state=draw(st.sampled_from(["planned", "building", "held", "passed", "scrapped"])),
        holds=tuple(draw(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=2))),
        installed=draw(st.booleans()),
        lot_state=draw(st.sampled_from(["inspected", "inspected", "received"])),
        use_by=draw(st.sampled_from([None, -1, 0, 1])),
        lot_holds=tuple(draw(st.lists(st.booleans(), max_size=2))),
        set_aside=draw(st.sampled_from([None, None, None, "quarantined", "scrapped"])),
        part_holds=tuple(
            draw(
                st.lists(
                    st.tuples(
                        st.sampled_from(["cell", "group", "bms", "stranger"]), st.booleans()
                    ),
                    max_size=2,
                )
            )
        ),
        station_right=draw(often),
        trained=tuple(trained),
        instruction=instruction,
        trained_from=draw(st.integers(1, instruction)),
        gauge=draw(
            instruments(
                st.lists(span, min_size=1, max_size=3, unique_by=lambda s: s[0]).map(tuple)
            )
        ),
        tool=draw(instruments(span.map(lambda s: (s,)))),
        recipe=draw(st.sampled_from([None, "1", "1", "2"])),
        firmware=draw(st.sampled_from(["1", "1", "2"])),
        said=tuple(draw(st.lists(said, max_size=5))),
        taken=draw(st.booleans()),
        permits=(),
    )
    shut = {code for code, _ in obstacles(facts)} & BY_PERMIT
    return replace(facts, permits=tuple(draw(st.lists(permits(shut), min_size=1, max_size=3))))


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(facts=worlds())
def test_the_gate_answers_as_the_rules_say(world, people, now, facts):
    with transaction.atomic():
        build = Build(world, people, now, facts)
        answered = {(b.code, build.word(b.record)) for b in build.ask()}
        transaction.set_rollback(True)
    assert answered == obstacles(facts)


class Build:
    """Writes the facts into the tables, as they would have come there, and asks the gate."""

    def __init__(self, world, people, now, facts):
        self.world, self.people, self.now, self.facts = world, people, now, facts
        self.unit = world.unit()
        self.names = {}
        self.operation = world.operation(facts.operation)
        self.parts()
        self.plan()
        self.equipment()
        self.work()
        self.allow()

    def day(self, n):
        return self.now.date() + timedelta(n)

    def moment(self, n):
        return self.now + timedelta(n)

    def word(self, record):
        return self.names.get(record, record)

    def ask(self):
        f = self.facts
        kinds = {name: GAUGE_KIND[name] for name in NEEDED[f.operation]}
        measuring = []
        if f.act == "read":
            measuring = [
                Measuring(
                    self.operation.characteristics.get(code=name),
                    None if kind is None else self.gauge,
                )
                for name, kind in kinds.items()
            ]
        return blocks(
            unit=Unit.objects.get(pk=self.unit.pk),
            operation=Operation.objects.get(pk=self.operation.pk),
            station=self.station,
            operator=self.people.operator,
            at=self.now,
            gauges=[self.gauge] if self.gauge and f.act == "read" else [],
            measuring=measuring,
            tools=[self.tool] if self.tool and f.act == "start" else [],
            recipe=self.recipe if f.act == "start" else None,
            within=self.step if f.act != "start" else None,
            act=f.act,
        )

    def parts(self):
        f, unit = self.facts, self.unit
        if f.installed:
            install_parts(
                unit=unit, components={"bms": "B1"}, by=self.people.operator, at=self.now
            )
        cell = unit.placements.order_by("group", "slot").first().cell
        if f.set_aside is not None and not f.installed:
            Cell.objects.filter(pk=cell.pk).update(state=f.set_aside, reason="seen")
            self.names[f"cell {cell}"] = "the cell"
        stranger = self.world.unit(2).placements.first().cell
        part = {"cell": cell.serial, "group": "PK-000001/G01", "bms": "B1"}
        counted = {}
        for what, lifted in f.part_holds:
            counted[what] = counted.get(what, 0) + 1
            hold = PartHold.objects.create(
                kind="cell" if what == "stranger" else what, part=part.get(what, stranger.serial),
                number=counted[what], reason="crack", cause="", placed_at=self.now,
                placed_by=self.people.inspector, lifted_at=self.now if lifted else None,
            )  # fmt: skip
            self.names[f"part hold {hold}"] = f"{what} {counted[what]}"
        lot = self.world.lot
        CellLot.objects.filter(pk=lot.pk).update(
            state=f.lot_state, received_on=self.day(-9),
            use_by=None if f.use_by is None else self.day(f.use_by),
        )  # fmt: skip
        for n, lifted in enumerate(f.lot_holds, start=1):
            LotHold.objects.create(
                lot=lot, number=n, reason="swelling", cause="", placed_at=self.now,
                lifted_at=self.now if lifted else None, lifted_because="ok" if lifted else "",
            )  # fmt: skip

    def plan(self):
        f = self.facts
        Operation.objects.filter(pk=self.operation.pk).update(
            instruction_revision=f.instruction, trained_from=f.trained_from,
        )  # fmt: skip
        Operation.objects.filter(code="welding").update(tool_kind="weld_head", recipe_code="weld")
        Operation.objects.filter(code=CELLS_GO_IN).update(cells_go_in=True)
        Unit.objects.filter(pk=self.unit.pk).update(
            state=f.unit_state, firmware_version=f.firmware
        )
        recipes = {
            revision: Recipe.objects.create(code="weld", revision=revision) for revision in "12"
        }
        self.recipe = recipes.get(f.recipe)
        first = sorted(NEEDED[f.operation])[0]
        codes = {"recipe": "weld", "limit": first}
        for n, s in enumerate(f.said, start=1):
            prefix, low, high = s.serials or ("", 0, 0)
            Effectivity.objects.create(
                design=self.world.design, number=n, kind=s.kind, operation_code=f.operation,
                code=codes.get(s.kind, f.operation), revision=s.revision,
                first_serial=f"{prefix}{low:06d}" if s.serials else "",
                last_serial=f"{prefix}{high:06d}" if s.serials else "",
                effective_from=self.moment(s.since),
                effective_until=None if s.until is None else self.moment(s.until), reason="x",
            )  # fmt: skip
        Qualification.objects.all().delete()
        for t in f.trained:
            Qualification.objects.create(
                person=self.people.operator, operation_code=t.operation,
                instruction_revision=t.revision, granted_on=self.day(t.granted),
                expires_on=self.day(t.expires),
            )  # fmt: skip

    def equipment(self):
        f = self.facts
        kind = self.operation.station_kind if f.station_right else "else"
        self.station, _ = Station.objects.get_or_create(
            code=f"S-{kind}", defaults={"kind": kind, "virtual": False}
        )
        self.gauge = self.tool = None
        if f.gauge is not None:
            # One gauge of every kind at once is what no test bench has, so each world names one.
            start, end = max(f.gauge.days)
            self.gauge = Gauge.objects.create(
                code="gx", kind=self.gauge_kind(), calibrated_on=self.day(start),
                due_on=self.day(end), virtual=False, state=f.gauge.state, state_reason="x",
            )  # fmt: skip
            for n, (first, last) in enumerate(sorted(f.gauge.days), start=1):
                Calibration.objects.create(
                    gauge=self.gauge, number=n, calibrated_on=self.day(first),
                    due_on=self.day(last), as_found="unknown", as_left="in_tolerance",
                )  # fmt: skip
            self.names["gauge gx"] = "gauge"
        if f.tool is not None:
            ((start, end),) = f.tool.days
            self.tool = Tool.objects.create(
                code="tx", kind="weld_head" if f.tool.right_kind else "glue_gun",
                serviced_on=self.day(start), due_on=self.day(end), virtual=False,
                state=f.tool.state, state_reason="x",
            )  # fmt: skip
            self.names["tool tx"] = "tool"

    def gauge_kind(self):
        kinds = {GAUGE_KIND[name] for name in NEEDED[self.facts.operation]} - {None}
        if not self.facts.gauge.right_kind:
            return "ruler"
        if len(kinds) > 1:  # eol measures with two: both are made the same kind for this world
            self.operation.characteristics.update(gauge_kind="eol_tester")
            return "eol_tester"
        return next(iter(kinds), "ruler")

    def work(self):
        f = self.facts
        self.step = None
        for name, found in f.steps.items():
            if found is None:
                continue
            step = Step.objects.create(
                unit=self.unit, operation=self.world.operation(name), attempt=1,
                operator=self.people.inspector, station=self.station, started_at=self.now,
                state=found, recipe=self.recipe if name == f.operation else None,
            )  # fmt: skip
            self.names[f"step {step}"] = name
            if name == f.operation:
                self.step = step
            if found == "conceded":
                self.concede(step, name)
        if self.step is not None and self.tool is not None:
            ToolUse.objects.create(step=self.step, tool=self.tool, used_at=self.now)
        if self.step is not None and f.taken:
            self.measure()
        for n, (lifted, own) in enumerate(f.holds, start=1):
            Hold.objects.create(
                unit=self.unit, number=n, reason="x", was="building", placed_at=self.now,
                cause=str(self.step) if own and self.step else "seen",
                placed_by=self.people.inspector, lifted_at=self.now if lifted else None,
            )  # fmt: skip

    def concede(self, step, name):
        signed = self.moment(self.facts.concession_expires - 9)
        deviation = Deviation.objects.create(
            unit=self.unit, step=step, characteristic=step.operation.characteristics.first(),
            reason="x", signed_by=self.people.approver, signed_at=signed, statement="",
            expires_at=self.moment(self.facts.concession_expires), signature="", key_id="",
        )  # fmt: skip
        self.names[f"deviation {deviation}"] = name

    def measure(self):
        told = {
            "step": self.step, "unit_code": "x", "low": 0.0, "high": 1.0,
            "characteristic_revision": "1", "program_version": "x", "taken_at": self.now,
            "virtual": False,
        }  # fmt: skip
        for name, count in NEEDED[self.facts.operation].items():
            row = self.operation.characteristics.get(code=name)
            if name == "joint_resistance":
                JointSet.objects.create(
                    characteristic=row, file=StoredFile.objects.first(), column="x", n=count,
                    n_failed=0, least_value=0.1, median_value=0.1, greatest_value=0.1,
                    worst_position=1, **told,
                )  # fmt: skip
                continue
            for position in range(count):
                Reading.objects.create(
                    characteristic=row, position=position, value=0.5, passed=True, **told
                )

    def allow(self):
        person = self.people
        for n, p in enumerate(self.facts.permits, start=1):
            prefix, first, last = p.serials
            record = {"gauge": "gauge gx", "tool": "tool tx"}.get(p.record, p.record)
            permit = Permit(
                number=f"DP-{n:06d}", opens=p.opens, record=record, operation_code=p.operation,
                first_serial=f"{prefix}{first:06d}", last_serial=f"{prefix}{last:06d}",
                quantity=p.quantity, reason="x", signed_at=self.moment(-5),
                signed_by=person.operator if p.by_the_operator else person.approver,
                expires_at=self.moment(p.expires), key_id=key_id(),
                revoked_at=self.now if p.revoked else None,
            )  # fmt: skip
            permit.statement = statement_of(permit)
            permit.signature = sign(permit.statement.encode()).hex()
            if p.forged:
                permit.reason = "something else"
            permit.save()
            others = [self.world.unit(2)][: p.used_by_others]
            for place, unit in enumerate([*others, *([self.unit] if p.used_by_this else [])], 1):
                PermitUse.objects.create(permit=permit, unit=unit, place=place, used_at=self.now)


@pytest.fixture(autouse=True)
def _signing(data_dir):
    """Permits are signed with the keys of the test's own data directory."""
