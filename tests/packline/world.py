"""A small plant: one released 2S2P design, its routing, a lot of cells, stations and gauges."""

from dataclasses import dataclass
from datetime import timedelta

from packline.catalog.models import CellModel
from packline.design.models import Design, DesignLimit, Study
from packline.foundation.models import StoredFile
from packline.process.models import Characteristic, Operation, Routing
from packline.production.models import Order
from packline.production.services import match_cells, place_order
from packline.requirements.models import Program
from packline.resources.models import Gauge, Qualification, Station
from packline.supply.models import Cell, CellLot

PLAN = {  # operation -> characteristics: (code, per, unit, low, high, gauge kind)
    (20, "kitting", "kitting_bench"): [("kit_cell_count", "pack", "1", 4, 4, "none")],
    (40, "welding", "welder"): [
        ("joint_resistance", "joint", "mOhm", 0.0, 0.2, "milliohm_meter"),
    ],
    (80, "eol", "eol_bench"): [
        ("pack_ocv", "pack", "V", 7.0, 7.4, "eol_tester"),
        ("sense_voltage_error", "group", "mV", -5, 5, "multimeter"),
    ],
}


@dataclass
class World:
    """What the tests reach for."""

    program: Program
    design: Design
    routing: Routing
    lot: CellLot
    stations: dict[str, Station]
    gauges: dict[str, Gauge]
    order: Order | None = None

    def operation(self, code):
        return self.routing.operations.get(code=code)

    def unit(self, number=1):
        return self.order.units.get(number=number)


def build_world(people, now, *, cells=12) -> World:
    """Write the upstream rows straight into the tables: what they mean is tested elsewhere."""
    cell = CellModel.objects.create(
        code="test-cell", maker="Test", name="T1", chemistry="NMC", format="cylindrical",
        sheet_sha256="0" * 64, sheet_text="",
    )  # fmt: skip
    program = Program.objects.create(
        code="P1", title="A pack", customer="ACME", playbook="portable", volume_per_year=10,
        revision="A", spec_sha256="0" * 64, spec_text="{}",
    )  # fmt: skip
    study = Study.objects.create(program=program, number=1, objective="mass", targets_text="{}")
    design = Design.objects.create(
        program=program, study=study, revision=1, cell=cell, series=2, parallel=2,
        figures_text="{}", state="released",
    )  # fmt: skip
    DesignLimit.objects.create(
        design=design, code="group_ocv_spread", kind="matching", quantity="OCV", high=20,
        unit_code="mV", reason="test",
    )  # fmt: skip
    routing = Routing.objects.create(design=design, revision=1)
    day = now.date()
    stations, gauges = {}, {}
    for (number, code, station), rows in PLAN.items():
        operation = Operation.objects.create(
            routing=routing, number=number, code=code, title=code.title(), instruction="do it",
            station_kind=station,
        )  # fmt: skip
        stations[station] = Station.objects.create(
            code=f"S-{station}", kind=station, virtual=False
        )
        for name, per, unit_code, low, high, gauge in rows:
            Characteristic.objects.create(
                operation=operation, code=name, name=name, per=per, unit_code=unit_code, low=low,
                high=high, gauge_kind=gauge, sample="all", reaction="hold", ctq=True,
                revision="1", source="test",
            )  # fmt: skip
            if gauge != "none" and gauge not in gauges:
                gauges[gauge] = Gauge.objects.create(
                    code=f"G-{gauge}", kind=gauge, calibrated_on=day - timedelta(10),
                    due_on=day + timedelta(10), virtual=False,
                )  # fmt: skip
        for person in (people.operator, people.inspector):
            Qualification.objects.create(
                person=person, operation_code=code, granted_on=day - timedelta(1),
                expires_on=day + timedelta(30),
            )  # fmt: skip
    file = StoredFile.objects.create(
        sha256="1" * 64, name="c.csv", media_type="text/csv", size_bytes=1
    )
    lot = CellLot.objects.create(
        number="L1", supplier="S", cell=cell, file=file, received_on=day, row_count=cells,
        rejected_count=0, skipped_count=0, state="inspected",
    )  # fmt: skip
    for n in range(1, cells + 1):
        Cell.objects.create(
            serial=f"C{n:03d}", lot=lot, row_number=n, capacity_ah=5 + n / 1000, ocv_v=3.6,
            ac_ir_mohm=15 + n / 100, state="accepted",
        )  # fmt: skip
    return World(program, design, routing, lot, stations, gauges)


def order_in(world, people, now, *, quantity=2):
    """Place an order and match its cells."""
    world.order = place_order(
        number="O1", design=world.design, routing=world.routing, quantity=quantity,
        by=people.planner, at=now,
    )  # fmt: skip
    match_cells(
        order=world.order, pattern="PK-{n:06d}", gtin="09506000134352", firmware_version="1.0",
        by=people.planner, at=now,
    )  # fmt: skip
    return world.order
