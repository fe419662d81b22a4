from datetime import timedelta

import pytest
from django.utils import timezone

from packline.assurance.services import issue_document, release_unit
from packline.design.models import Candidate
from packline.foundation.files import store
from packline.foundation.models import Event, Person, Receiver
from packline.insight.models import Report, Subscription
from packline.process.models import Effectivity, FailureMode
from packline.production.models import Part, PartHold, Permit, Unit
from packline.quality.services import freeze_limits, hear_of_finished_step, hear_of_hold
from packline.resources.models import (
    Calibration,
    ControlledDocument,
    DocumentRevision,
    GaugeStudy,
    StationToken,
    Tool,
)
from packline.supply.models import CellLot, LotHold, LotSample
from tests.packline.assurance.conftest import (  # noqa: F401  (fixtures)
    build,
    later,
    line,
    planned,
    unit,
    world,
)
from tests.packline.quality.readings import heard, measured, quiet
from tests.packline.site.webhooks import office, receiver  # noqa: F401  (fixtures)
from tests.packline.world import build_world

__all__ = ["build_world"]


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Passwords are checked many times here, and what is kept of them is tested elsewhere."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def afterwards(monkeypatch, now):
    """Let the pages look at the clock two hours after everything in the fixtures was done."""
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=2))


@pytest.fixture
def strangers(db, people):
    """Two customers: one whose program it is, one whose it is not."""
    Person.objects.filter(pk=people.customer.pk).update(customer="ACME")
    people.customer.refresh_from_db()
    other = Person.objects.create_user("cesar", customer="Other Ltd")
    other.groups.set(people.customer.groups.all())
    return other


@pytest.fixture
def released(unit, people, now):  # noqa: F811
    """A unit that was released, with its two documents."""
    release_unit(unit=unit, by=people.approver, at=now + timedelta(hours=1))
    for kind in ("traveller", "device_history"):
        issue_document(unit=unit, kind=kind, by=people.approver, at=now + timedelta(hours=2))
    unit.refresh_from_db()
    return unit


@pytest.fixture
def held(world, line, people, now):  # noqa: F811
    """A second unit, held by its own reading, with the nonconformance that follows."""
    unit = world.unit(2)  # noqa: F811
    build_failing(unit, line, people, now)
    for event in Event.objects.filter(verb="production.unit.held").order_by("pk"):
        hear_of_hold(event)
    return Unit.objects.get(pk=unit.pk)


def build_failing(unit, line, people, now):  # noqa: F811
    """Take a unit through its operations to a voltage that is out of limits."""
    line.kit(unit)
    line.weld(unit)
    line.eol(unit, volts=9.0)


@pytest.fixture
def thread(world, people, now, data_dir):  # noqa: F811
    """What the pages show besides: candidates, a risk, a file of cells that can be downloaded."""
    study = world.design.study
    for rank, cell_count in ((1, 2), (None, 3)):
        Candidate.objects.create(
            study=study, cell=world.design.cell, series=2, parallel=cell_count,
            feasible=rank is not None, rank=rank, score=1.0, unit_code="kg", binding="mass",
            margin_ratio=0.1 if rank else -0.2, reason="because", energy_wh=72.0 * cell_count,
            capacity_ah=10.0, nominal_voltage_v=7.2, max_voltage_v=8.4, min_voltage_v=5.0,
            mass_kg=0.5 * cell_count, volume_l=0.2, interconnect_mohm=1.0,
        )  # fmt: skip
    operation = world.operation("eol")
    FailureMode.objects.create(
        operation=operation, characteristic=operation.characteristics.get(code="pack_ocv"),
        ref="80-1", mode="wrong", effect="none", cause="none", prevention="none",
        detection="none", s=9, o=3, d=4, rpn=108, ap="H",
    )  # fmt: skip
    file = store(
        content=b"serial\nC001\n", name="cells.csv", media_type="text/csv", by=people.planner,
        at=now,
    )  # fmt: skip
    CellLot.objects.filter(pk=world.lot.pk).update(file=file, rejects=file, rejected_count=1)
    Report.objects.create(order=world.order, number=1, file=file, written_at=now)
    _resources(world, people, now, file)
    return world


def _resources(plant, people, now, file):
    """A study of a gauge, a document in force, and the sample of a lot."""
    GaugeStudy.objects.create(
        gauge=plant.gauges["eol_tester"], number=1, characteristic_code="pack_ocv", kind="type1",
        unit_code="V", low=7.0, high=7.4, file=file, n_readings=25, repeatability_value=0.001,
        uncertainty_value=0.001, confidence_ratio=0.95, convention="test", figures_text="[]",
        suggested="accepted", verdict="accepted", reason="test", taken_on=now.date(),
        valid_until=now.date(), recorded_by=people.engineer, virtual=False,
    )  # fmt: skip
    document = ControlledDocument.objects.create(code="WI-40", title="Welding")
    DocumentRevision.objects.create(
        document=document, revision=1, file=file, change="first", author=people.engineer,
        approved_by=people.approver, signature="00", effective_from=now, state="effective",
    )  # fmt: skip
    LotSample.objects.create(
        lot=plant.lot, number=1, aql="1.0", level="II", severity="normal", letter="E", size=2,
        accept_up_to=0, reject_from=1, inspect_all=False, edition="test", checks="visual",
        agreement_pct=2, seed=1, serials_text='["C001","C002"]', drawn_at=now,
    )  # fmt: skip
    Calibration.objects.create(
        gauge=plant.gauges["eol_tester"], number=1, calibrated_on=now.date(),
        due_on=now.date() + timedelta(9), as_found="in_tolerance", as_left="in_tolerance",
        certificate=file,
    )  # fmt: skip
    Subscription.objects.create(
        code="erp", url="https://erp.example/", verbs="*", everything=True, made_at=now,
        made_by=people.engineer,
    )  # fmt: skip
    Receiver.objects.create(code="erp", heard_to=0)
    Part.objects.create(kind="box", number="B/1", rank=500)
    Part.objects.create(kind="adhesive-lot", number="AD/7", rank=0, quantity=500, unit_code="mm3")
    Tool.objects.create(
        code="H-1", kind="weld-head", serviced_on=now.date(), due_on=now.date() + timedelta(9),
        virtual=False,
    )  # fmt: skip
    Effectivity.objects.create(
        design=plant.design, number=1, kind="instruction", operation_code="welding",
        code="welding", revision="1", effective_from=now, reason="x",
    )  # fmt: skip
    StationToken.objects.create(
        station=plant.stations["welder"], name="left PC", prefix="abc", secret_sha256="0" * 64,
        scopes="units:read", issued_at=now, issued_by=people.admin, expires_at=now + timedelta(9),
    )  # fmt: skip
    LotHold.objects.create(
        lot=plant.lot, number=1, reason="x", cause="", placed_at=now, lifted_at=now,
        lifted_because="y",
    )  # fmt: skip
    PartHold.objects.create(
        kind="cell", part="C011", number=1, reason="x", placed_at=now, placed_by=people.operator
    )
    Permit.objects.create(
        number="DP-000001", opens="lot_expired", first_serial="PK-000001",
        last_serial="PK-000009", reason="test", signed_by=people.approver, signed_at=now,
        expires_at=now + timedelta(1), statement="x", signature="00", key_id="x",
    )  # fmt: skip


@pytest.fixture
def signal(world, people, now, data_dir):  # noqa: F811
    """Frozen limits of the open-circuit voltage, and a reading after them far from the centre."""
    quiet(world, people, now)
    freeze_limits(
        characteristic=world.operation("eol").characteristics.get(code="pack_ocv"),
        reason="the line is set up", by=people.engineer, at=now,
    )  # fmt: skip
    at = now + timedelta(minutes=5)
    step = measured(world, people, at, 101, 7.38)
    (reaction,) = hear_of_finished_step(heard(step, people, at))
    return reaction


def text_of(response):
    """Return what a page says."""
    return response.content.decode()
