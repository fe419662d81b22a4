"""A long list asks the database no more questions than a short one."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from packline.assurance.models import Release
from packline.catalog.models import CellModel
from packline.design.models import Candidate, Design, Study
from packline.foundation.files import store
from packline.foundation.models import Delivery, Event, Receiver
from packline.insight.models import Subscription, SubscriptionProgram
from packline.process.models import Characteristic, Effectivity, Operation, Recipe, Routing
from packline.production.calc.joints import to_parquet
from packline.production.models import (
    Hold,
    JointSet,
    Link,
    LotScrap,
    Order,
    Part,
    PartHold,
    Permit,
    PermitUse,
    Reading,
    Step,
    Unit,
)
from packline.quality.models import ControlLimits, Nonconformance, Reaction, Signal
from packline.requirements.models import Program, Requirement
from packline.resources.models import Gauge, Qualification, Station, StationToken
from packline.supply.models import Cell, CellLot, LotHold, LotLimit
from tests.packline.quality.readings import measured as measured_step


def webhooks(world, people, now, n):
    """A subscription to one program, with a delivery that waits."""
    made = Subscription.objects.create(
        code=f"hook-{n}", url="https://h.example/", verbs="*", everything=False, made_at=now,
        made_by=people.engineer,
    )  # fmt: skip
    SubscriptionProgram.objects.create(subscription=made, program=world.program)
    receiver = Receiver.objects.create(code=made.code, heard_to=0)
    Delivery.objects.create(
        receiver=receiver, event=Event.objects.first(), stream="x", heard_at=now, next_at=now
    )


def effectivities(world, people, now, n):
    Recipe.objects.create(code="weld", revision=f"R{n}")
    Effectivity.objects.create(
        design=world.design, number=10 + n, kind="recipe", operation_code="welding", code="weld",
        revision=f"R{n}", effective_from=now, reason="x",
    )  # fmt: skip


def boxes(world, people, now, n):
    """A box with a unit in it that stands on a pallet, and one more unit in the first box."""
    first, _ = Part.objects.get_or_create(kind="box", number="B/1", defaults={"rank": 500})
    own = Part.objects.create(kind="box", number=f"BX-{n}", rank=500)
    pallet = Part.objects.create(kind="pallet", number=f"PAL-{n}", rank=600)
    units(world, people, now, n)
    for serial, box in ((f"O1-U{n}", first), (f"none-{n}", own)):
        pack = Part.objects.create(kind="pack", number=serial, rank=400)
        place(box, pack, now, n)
    place(pallet, own, now, 1)


def place(parent, child, now, position):
    Link.objects.create(
        parent=parent, child=child, kind=child.kind, parent_rank=parent.rank,
        child_rank=child.rank, position=position + 1, installed_at=now,
    )  # fmt: skip


def tokens(world, people, now, n):
    StationToken.objects.create(
        station=world.stations["welder"], name="x", prefix=f"t{n}", secret_sha256="0" * 64,
        scopes="units:read", issued_at=now, issued_by=people.engineer,
        expires_at=now + timedelta(9),
    )  # fmt: skip


def materials(world, people, now, n):
    """A lot of which something was used and scrapped, and that is on hold."""
    lot = Part.objects.create(kind="nickel-lot", number=f"NI-{n}", rank=0, quantity=100)
    LotScrap.objects.create(
        lot=lot, number=1, quantity=1, reason="x", scrapped_at=now, scrapped_by=people.operator
    )
    made = Part.objects.create(kind="nickel-lot", number=f"NI-{n}-split", rank=1, quantity=10)
    Link.objects.create(
        parent=made, child=lot, lot=lot, kind="nickel", parent_rank=1, child_rank=0, position=0,
        quantity=10, installed_at=now,
    )  # fmt: skip
    part_holds(world, people, now, n)


def part_holds(world, people, now, n):
    """A hold of a lot of parts, and one of a lot of cells and of a unit."""
    PartHold.objects.create(
        kind="nickel-lot", part=f"NI-{n}", number=1, reason="x", placed_at=now,
        placed_by=people.operator,
    )  # fmt: skip
    LotHold.objects.create(lot=world.lot, number=100 + n, reason="x", cause="", placed_at=now)
    units(world, people, now, n)


def permits(world, people, now, n):
    """A permit that a unit passed by."""
    made = Permit.objects.create(
        number=f"DP-9{n:05d}", opens="lot_expired", first_serial="PK-000001",
        last_serial="PK-000009", reason="x", signed_by=people.approver, signed_at=now,
        expires_at=now + timedelta(1), statement="x", signature="00", key_id="x",
    )  # fmt: skip
    PermitUse.objects.create(permit=made, unit=world.unit(), place=1, used_at=now)


def programs(world, people, now, n):
    """A program with everything that a strip counts."""
    program = Program.objects.create(
        code=f"Q{n}", title="Q", customer="ACME", playbook="portable", volume_per_year=1,
        revision="A", spec_sha256="0" * 64, spec_text=world.program.spec_text,
    )  # fmt: skip
    Requirement.objects.create(
        program=program, ref="R", group="electrical", quantity="pack_ocv", operator=">=", value=1,
        unit_code="V", si_value=1, method="test", verified_by="eol:pack_ocv",
    )  # fmt: skip
    study = Study.objects.create(program=program, number=1, objective="mass", targets_text="{}")
    design = Design.objects.create(
        program=program, study=study, revision=1, cell=world.design.cell, series=2, parallel=2,
        figures_text=world.design.figures_text, state="released",
    )  # fmt: skip
    routing = Routing.objects.create(design=design, revision=1)
    orders(world, people, now, n, program=program, design=design, routing=routing)


def orders(world, people, now, n, **what):
    order = Order.objects.create(
        number=f"OQ{n}", quantity=5, virtual=False, placed_at=now,
        **{"program": world.program, "design": world.design, "routing": world.routing} | what,
    )  # fmt: skip
    units(world, people, now, n, order=order)


def units(world, people, now, n, order=None):
    order = order or world.order
    unit = Unit.objects.create(
        serial=f"{order}-U{n}", order=order, number=100 + n, virtual=False, state="held"
    )
    hold = Hold.objects.create(
        unit=unit, number=1, reason="x", cause="x", was="building", placed_at=now,
        placed_by=people.operator,
    )  # fmt: skip
    Nonconformance.objects.create(
        number=f"NC-9{len(str(order))}{n:04d}", unit=unit, hold=hold, defect_code="other",
        title="x", cause=f"{unit}", opened_at=now, opened_by=people.operator,
    )  # fmt: skip
    Release.objects.create(
        unit=unit, outcome="released", for_shipment=True, checklist="x", meaning="x",
        released_by=people.approver, released_at=now, head_seq=1, head_hash="0" * 64,
        signature="00", key_id="k",
    )  # fmt: skip


def cell_models(world, people, now, n):
    CellModel.objects.create(
        code=f"c{n}", maker="M", name="N", chemistry="NMC", format="cylindrical",
        sheet_sha256="0" * 64, sheet_text="",
    )  # fmt: skip


def lots(world, people, now, n):
    lot = CellLot.objects.create(
        number=f"LQ{n}", supplier="S", cell=world.design.cell, file=world.lot.file,
        received_on=now.date(), row_count=1, rejected_count=0, skipped_count=0, state="inspected",
    )  # fmt: skip
    Cell.objects.create(
        serial=f"LQ{n}-1", lot=lot, row_number=1, capacity_ah=5, ocv_v=3.6, ac_ir_mohm=15,
        state="accepted",
    )  # fmt: skip


def quarantined(world, people, now, n):
    Cell.objects.create(
        serial=f"X{n}", lot=world.lot, row_number=500 + n, capacity_ah=1, ocv_v=3.6,
        ac_ir_mohm=15, state="quarantined", reason="too little",
    )  # fmt: skip
    LotLimit.objects.get_or_create(
        lot=world.lot, code="cell_capacity", unit_code="Ah", low=4, basis="x", n_checked=9, n_out=0
    )


def resources(world, people, now, n):
    day = now.date()
    Gauge.objects.create(
        code=f"G{n}", kind="scale", calibrated_on=day, due_on=day + timedelta(9), virtual=False
    )
    Station.objects.create(code=f"S{n}", kind="welder", virtual=False)
    Qualification.objects.create(
        person=people.operator, operation_code=f"op{n}", granted_on=day,
        expires_on=day + timedelta(9),
    )  # fmt: skip


def candidates(world, people, now, n):
    Candidate.objects.create(
        study=world.design.study, cell=world.design.cell, series=9, parallel=n + 1,
        feasible=False, unit_code="kg", binding="mass", reason="x", energy_wh=1, capacity_ah=1,
        nominal_voltage_v=1, max_voltage_v=1, min_voltage_v=1, mass_kg=1, interconnect_mohm=1,
    )  # fmt: skip


def operations(world, people, now, n):
    operation = Operation.objects.create(
        routing=world.routing, number=100 + n, code=f"o{n}", title="O", instruction="do it",
        station_kind="welder",
    )  # fmt: skip
    Characteristic.objects.create(
        operation=operation, code=f"c{n}", name="C", per="pack", unit_code="V", low=1,
        gauge_kind="none", sample="all", reaction="hold", ctq=False, revision="1", source="x",
    )  # fmt: skip


def readings(world, people, now, n):
    unit = world.unit()
    step = unit.steps.filter(operation__code="eol").get()
    Reading.objects.create(
        step=step, characteristic=world.operation("eol").characteristics.get(code="pack_ocv"),
        position=50 + n, value=7.2, unit_code="V", low=7, high=7.4, passed=True,
        gauge=world.gauges["eol_tester"], characteristic_revision="1", program_version="x",
        taken_at=now, virtual=False,
    )  # fmt: skip


def measured(world, people, now, n):
    """A unit with its end-of-line readings and a joint file of its own."""
    unit = Unit.objects.create(
        serial=f"M-{n}", order=world.order, number=300 + n, virtual=False, state="building"
    )
    for code, name, values in (
        ("eol", "pack_ocv", (7.2,)),
        ("eol", "sense_voltage_error", (1.0, 2.0)),
    ):
        operation = world.operation(code)
        step, _ = Step.objects.get_or_create(
            unit=unit, operation=operation, attempt=1, operator=people.inspector,
            station=world.stations["eol_bench"], started_at=now,
        )  # fmt: skip
        check = operation.characteristics.get(code=name)
        for position, value in enumerate(values):
            Reading.objects.create(
                step=step, characteristic=check, position=position, value=value + n / 1000,
                unit_code=check.unit_code, low=check.low, high=check.high, passed=True,
                gauge=world.gauges["eol_tester"], characteristic_revision="1",
                program_version="x", taken_at=now, virtual=False,
            )  # fmt: skip
    weld_joints(world, people, now, unit, n)


def weld_joints(world, people, now, unit, n):
    operation = world.operation("welding")
    step = Step.objects.create(
        unit=unit, operation=operation, attempt=1, operator=people.operator,
        station=world.stations["welder"], started_at=now,
    )  # fmt: skip
    content = to_parquet({"resistance_mohm": np.array([0.1, 0.11, 0.12 + n / 1e4])})
    file = store(
        content=content, name="j.parquet", media_type="application/x", by=people.operator, at=now
    )
    JointSet.objects.create(
        step=step, characteristic=operation.characteristics.get(code="joint_resistance"),
        file=file, column="resistance_mohm", n=3, n_failed=0, unit_code="mOhm", low=0.0, high=0.2,
        least_value=0.1, median_value=0.11, greatest_value=0.12, worst_position=3,
        characteristic_revision="1", program_version="x", taken_at=now, virtual=False,
    )  # fmt: skip


def signals(world, people, now, n):
    """A signal of two points on limits of a gauge of its own."""
    gauge = Gauge.objects.create(
        code=f"GS{n}", kind="scale", calibrated_on=now.date(), due_on=now.date() + timedelta(9),
        virtual=False,
    )  # fmt: skip
    limits = ControlLimits.objects.create(
        number=f"CL-9{n:05d}", characteristic=world.operation("eol").characteristics.first(),
        gauge=gauge, stream=f"|{gauge}", version=1, kind="i_mr", rules="1", baseline_text="{}",
        reason="x", frozen_at=now, frozen_by=people.engineer,
    )  # fmt: skip
    reaction = Reaction.objects.create(
        number=f"SR-9{n:05d}", limits=limits, title="x", plan="x", opened_at=now,
        opened_by=people.inspector,
    )  # fmt: skip
    for k in range(2):
        step = measured_step(world, people, now, 9000 + 100 * n + k, 7.2)
        Signal.objects.create(
            reaction=reaction, step=step, point=k + 1, statistic="individual", rule_code="1",
            rule_words="x", value=1, centre=0, lower=-1, upper=1, unit_code="V", taken_at=now,
        )  # fmt: skip


PAGES = {
    "/": programs,
    "/designs/": programs,
    "/processes/": programs,
    "/orders/": orders,
    "/orders/O1/": units,
    "/orders/O1/release/": units,
    "/nonconformances/": units,
    "/releases/": units,
    "/cells/": cell_models,
    "/lots/": lots,
    "/lots/L1/": quarantined,
    "/resources/": resources,
    "/programs/P1/design/": candidates,
    "/programs/P1/process/": operations,
    "/units/PK-000001/": readings,
    "/search/?q=L1": quarantined,
    "/charts/": measured,
    "/signals/": signals,
    "/webhooks/": webhooks,
    "/permits/": permits,
    "/revisions/": effectivities,
    "/revisions/?serial=PK-000001": effectivities,
    "/boxes/": boxes,
    "/boxes/box:B/1/": boxes,
    "/tokens/": tokens,
    "/materials/": materials,
    "/holds/": part_holds,
    "/orders/O1/charts/pack_ocv/": measured,
    "/orders/O1/charts/joint_resistance/?point=PK-000001/1": measured,
}


def asked(client, address):
    with CaptureQueriesContext(
        connection,
    ) as context:
        assert client.get(address).status_code == 200
    return len(context)


@pytest.mark.parametrize("address", PAGES)
def test_thirty_rows_ask_as_often_as_three(address, client, people, now, unit, thread):
    client.force_login(people.auditor)
    more = PAGES[address]
    for n in range(3):
        more(thread, people, now, n)
    few = asked(client, address)
    for n in range(3, 30):
        more(thread, people, now, n)
    assert asked(client, address) == few <= 41
