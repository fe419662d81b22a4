from datetime import date, timedelta

import pytest

from packline.assurance.services import declare_evidence, plan_verification
from packline.design.models import Design
from packline.foundation.events import canonical
from packline.production.services import install_parts, pass_unit
from packline.requirements.calc.canonical import spec_text
from packline.requirements.calc.spec import (
    CellsSpec,
    DesignSpec,
    EvidenceSpec,
    FirmwareSpec,
    LineSpec,
    OrderSpec,
    ProgramSpec,
    ResultSpec,
    SerialsSpec,
)
from packline.requirements.models import Program, Requirement
from tests.packline.production.test_building import Line
from tests.packline.world import build_world, order_in

# ref, quantity, operator, value, unit, SI value, method, proof
ASKED = (
    ("EL-01", "pack_ocv", ">=", 7.0, "V", 7.0, "test", "eol:pack_ocv"),
    ("EL-02", "joint_resistance", "<=", 200.0, "uOhm", 2e-4, "test", "eol:joint_resistance"),
    ("PF-01", "energy", ">=", 70.0, "Wh", 252e3, "analysis", "design:energy"),
    ("TR-01", "un38_3", "==", 1.0, "1", 1.0, "test", "type:UN38.3"),
    ("DO-01", "dhr", "==", 1.0, "1", 1.0, "inspection", "document:dhr"),
)


def program_spec() -> ProgramSpec:
    return ProgramSpec(
        code="P1", title="A pack", customer="ACME", playbook="portable", volume_per_year=10,
        quality_systems=(), revision="A", requirements=(),
        design=DesignSpec("mass", (), (), (), None, None, "ac"),
        order=OrderSpec(2, False, date(2027, 1, 1)),
        serials=SerialsSpec("09506000134352", "PK-{n:06d}"),
        firmware=FirmwareSpec("1.0", "cd" * 32),
        cells=CellsSpec("L1", "S", date(2026, 1, 1), "", (), (), (), None),
        line=LineSpec(1, 0.0), evidence=(),
    )  # fmt: skip


def report(*, sample: bool, value: float = 1.0, name: str = "R-1") -> EvidenceSpec:
    return EvidenceSpec(
        key="type:UN38.3", report=name, report_sha256="ef" * 32, issued_by="A laboratory",
        issued_on=date(2026, 1, 5), sample=sample,
        results=(ResultSpec("un38_3", value, "1", value),),
    )  # fmt: skip


@pytest.fixture
def world(people, now):
    """A plant with an order of two matched units, and a program that asks for five things."""
    world = build_world(people, now)
    Program.objects.filter(pk=world.program.pk).update(spec_text=spec_text(program_spec()))
    energy = {"si": 259200.0, "value": 72.0, "unit": "Wh", "note": ""}
    figures = {"figures": {"energy": energy}, "assumptions": []}
    Design.objects.filter(pk=world.design.pk).update(figures_text=canonical(figures))
    for ref, quantity, operator, value, unit, si, method, proof in ASKED:
        Requirement.objects.create(
            program=world.program, ref=ref, group="electrical", quantity=quantity,
            operator=operator, value=value, unit_code=unit, si_value=si, method=method,
            verified_by=proof,
        )  # fmt: skip
    world.program.refresh_from_db()
    world.design.refresh_from_db()
    order_in(world, people, now)
    return world


@pytest.fixture
def line(world, people, now):
    return Line(world, people, now)


@pytest.fixture
def planned(world, people, now):
    """The verification is planned and a real report declared."""
    plan_verification(program=world.program, by=people.engineer, at=now)
    declare_evidence(
        program=world.program, evidence=report(sample=False), by=people.engineer, at=now
    )


def build(unit, line, people, now, *, volts=7.2, worst=0.1):
    """Take a unit through its operations."""
    line.kit(unit)
    install_parts(unit=unit, components={"bms": "BMS-1"}, by=people.operator, at=now)
    line.weld(unit, worst=worst)
    line.eol(unit, volts=volts)


@pytest.fixture
def unit(world, planned, line, people, now):
    """A unit that is built, measured and passed."""
    unit = world.unit()
    build(unit, line, people, now)
    unit.refresh_from_db()
    pass_unit(unit=unit, by=people.inspector, at=now)
    return unit


@pytest.fixture
def later(now):
    return now + timedelta(hours=1)
