"""A real order, from a program in a folder to matched units: people do all of it, none virtual."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from packline.design.models import Candidate
from packline.foundation.models import Event, Person
from packline.foundation.verification import verify_record
from packline.production.models import Order, Placement
from packline.requirements.models import Program
from packline.site.cli import app
from packline.site.next_step import next_step
from packline.supply.models import CellLot

EXAMPLE = Path(__file__).parents[3] / "examples/ebike-48v"


def packline(*arguments):
    done = CliRunner().invoke(app, [str(a) for a in arguments])
    assert done.exit_code == 0, done.output


def measured_cells(path, n):
    """Write what a bench measured of a lot: two packs of 13S4P take 104 cells."""
    spread = np.random.default_rng(48)
    rows = zip(
        spread.normal(4.97, 0.012, n),
        spread.normal(3.552, 0.0008, n),
        spread.normal(26, 0.3, n),
        strict=True,
    )
    lines = [f"A{k:04d},{c:.4f},{v:.4f},{r:.2f}" for k, (c, v, r) in enumerate(rows, start=1)]
    path.write_text("\n".join(["serial,capacity_Ah,ocv_V,acir_mohm", *lines]))
    return path


@pytest.fixture
def does(client, people):
    """Let a person fill in a form of a page."""

    def post(role, address, **typed):
        client.force_login(getattr(people, role))
        answer = client.post(address, typed)
        assert answer.status_code == 302, (address, answer.content.decode())

    return post


def waits_for():
    return next_step(Program.objects.get()).verb


@pytest.mark.django_db
def test_people_take_an_order_from_its_requirements_to_matched_units(does, people, tmp_path):
    packline("open", EXAMPLE, "--as", "paula")
    packline("open", EXAMPLE, "--as", "emil")

    design = "/programs/EB48/design/do"
    does("engineer", f"{design}/study/")
    does("engineer", f"{design}/release/", candidate=Candidate.objects.get(rank=1).pk)
    does("engineer", f"{design}/plan/")
    does("engineer", f"{design}/verify/")
    routing = Program.objects.get().designs.get(state="released").routings.get()
    assert waits_for() == "place"

    does("planner", "/place-order/", routing=routing.pk, number="SO-7", quantity=2)
    assert waits_for() == "receive"
    lot = ("--lot", "L-17", "--supplier", "Cells Ltd", "--cell", routing.design.cell.code)
    packline("import-cells", measured_cells(tmp_path / "lot.csv", 120), *lot, "--as", "ida")
    assert waits_for() == "match"
    does(
        "planner", "/orders/SO-7/do/match/", pattern="EB48-{n:06d}", gtin="09506000134376",
        firmware_version="2.3.1",
    )  # fmt: skip
    assert waits_for() == "build"

    order = Order.objects.get()
    assert list(order.units.order_by("number").values_list("serial", "virtual")) == [
        ("EB48-000001", False), ("EB48-000002", False),
    ]  # fmt: skip
    assert Placement.objects.count() == 2 * 52
    assert (order.virtual, CellLot.objects.get().virtual) == (False, False)
    assert not Person.objects.filter(virtual=True).exists()
    acted = set(Event.objects.values_list("by__username", flat=True))
    assert acted == {"paula", "emil", "ida"}
    assert not verify_record().differences
