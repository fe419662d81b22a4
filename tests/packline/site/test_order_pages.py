"""Orders are placed, matched, closed and reported on pages, by people."""

from datetime import timedelta

import pytest

from packline.insight.models import Report
from packline.production.models import Order, Unit
from packline.requirements.calc.canonical import spec_text
from packline.requirements.models import Program
from packline.resources.models import GaugeStudy
from packline.supply.models import Cell, CellLot
from tests.packline.requirements.programs import spec_of
from tests.packline.site.conftest import text_of
from tests.packline.world import build_world, order_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def plant(people, now, tmp_path, afterwards):
    """A released design with its routing and twelve cells; the program says how to number."""
    world = build_world(people, now)
    Program.objects.update(spec_text=spec_text(spec_of(tmp_path)))
    return world


@pytest.fixture
def planner(client, people, plant):
    client.force_login(people.planner)
    client.world = plant
    return client


def typed(plant, **changed):
    return {"routing": plant.routing.pk, "number": "", "quantity": "2"} | changed


MATCH = {"pattern": "PK-{n:06d}", "gtin": "09506000134352", "firmware_version": "1.0"}


def test_a_planner_places_an_order_that_takes_the_next_number(planner, people):
    for number in ("P1-1", "P1-2"):
        answer = planner.post("/place-order/", typed(planner.world))
        assert answer.headers["Location"] == f"/orders/{number}/"
    order = Order.objects.get(number="P1-1")
    assert (order.virtual, order.quantity, order.design) == (False, 2, planner.world.design)


def test_the_form_begins_with_what_the_program_asks_for(planner):
    page = text_of(planner.get("/orders/?program=P1"))
    assert 'value="P1-1"' in page
    assert 'name="quantity" value="40"' in page
    assert "selected>P1: 2S2P of T1, design 1, routing 1" in page


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"quantity": "0"}, 422, "greater than or equal to 1"),
        ({"quantity": "many"}, 422, "Enter a whole number."),
        ({"number": "O1", "quantity": "9"}, 409, "order O1 exists with another quantity"),
        ({"routing": "99"}, 422, "Select a valid choice."),
    ],
)
def test_an_order_that_cannot_be_comes_back_as_it_was_typed(
    planner, people, now, changed, status, said
):
    order_in(planner.world, people, now)
    told = typed(planner.world, number="Z/7") | changed
    answer = planner.post("/place-order/", told)
    assert answer.status_code == status
    assert said in text_of(answer)
    assert f'value="{told["number"]}"' in text_of(answer)
    assert f'value="{told["quantity"]}"' in text_of(answer)
    assert Order.objects.count() == 1


def test_a_design_that_is_released_no_more_cannot_be_chosen(planner):
    type(planner.world.design).objects.update(state="superseded")
    assert planner.post("/place-order/", typed(planner.world)).status_code == 422
    assert "Place an order" not in text_of(planner.get("/orders/"))
    assert not Order.objects.exists()


def test_the_cells_are_matched_with_what_the_program_says(planner):
    planner.post("/place-order/", typed(planner.world))
    page = text_of(planner.get("/orders/P1-1/"))
    assert "12 accepted cells of T1 in stock; a pack takes 4." in page
    assert 'value="EB48-{n:06d}"' in page
    assert 'value="09506000134376"' in page
    answer = planner.post("/orders/P1-1/do/match/", MATCH, follow=True)
    assert "2 of 2 packs are matched" in text_of(answer)
    unit = Unit.objects.get(serial="PK-000001")
    assert (unit.virtual, unit.gs1) == (False, "(01)09506000134352(21)PK-000001")
    again = planner.post("/orders/P1-1/do/match/", MATCH)
    assert again.status_code == 409
    assert "its cells were matched already" in text_of(again)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pattern": "PK"}, "has not {n} once"),
        ({"pattern": "{x}"}, "has not {n} once"),
        ({"pattern": "{n:019d}-A"}, "has not {n} once"),
        ({"pattern": "ABCDEFGHIJKLMNOPQRST{n}"}, "more than 20 characters"),
        ({"gtin": "09506000134353"}, "has the wrong check digit 3; allowed: 09506000134352"),
        ({"gtin": "none"}, "is no GTIN"),
        ({"firmware_version": ""}, "This field is required."),
    ],
)
def test_a_match_that_no_label_can_carry_is_refused_and_kept_as_typed(planner, changed, said):
    planner.post("/place-order/", typed(planner.world))
    answer = planner.post("/orders/P1-1/do/match/", MATCH | changed)
    assert answer.status_code == 422
    assert said in text_of(answer)
    for value in (MATCH | changed).values():
        assert not value or f'value="{value}"' in text_of(answer)
    assert not Unit.objects.exists()


def test_a_real_order_takes_no_cell_that_nobody_measured(planner):
    CellLot.objects.update(virtual=True)
    planner.post("/place-order/", typed(planner.world))
    page = text_of(planner.get("/orders/P1-1/"))
    assert "0 accepted cells of T1 in stock; a pack takes 4." in page
    assert "Receive a lot" in page
    answer = planner.post("/orders/P1-1/do/match/", MATCH)
    assert answer.status_code == 409
    assert "0 accepted cells of test-cell in stock" in text_of(answer)
    assert not Cell.objects.exclude(state="accepted").exists()


def test_the_gauge_that_measured_the_capacities_can_be_named_once_one_is_studied(
    planner, thread_of_a_study
):
    planner.post("/place-order/", typed(planner.world))
    page = text_of(planner.get("/orders/P1-1/"))
    assert "the studied one that repeats worst" in page
    assert ">G-multimeter</option>" in page
    assert ">G-eol_tester</option>" not in page


@pytest.fixture
def thread_of_a_study(plant, people, now):
    from packline.foundation.models import StoredFile

    return GaugeStudy.objects.create(
        gauge=plant.gauges["multimeter"], number=1, characteristic_code="cell_capacity",
        kind="type1", unit_code="mAh", low=4500, high=5500, file=StoredFile.objects.get(),
        n_readings=25, repeatability_value=5, uncertainty_value=5, confidence_ratio=0.95,
        convention="test", figures_text="[]", suggested="accepted", verdict="accepted",
        reason="test", taken_on=now.date(), valid_until=now.date() + timedelta(9),
        recorded_by=people.engineer, virtual=False,
    )  # fmt: skip


def test_an_order_is_closed_once_nothing_of_it_is_being_built(planner, people, now):
    order_in(planner.world, people, now)
    page = "/orders/O1/"
    assert "Close the order" not in text_of(planner.get(page))
    early = planner.post(f"{page}do/close/")
    assert early.status_code == 409
    assert "PK-000001 is planned" in text_of(early)
    Unit.objects.update(state="scrapped")
    assert "Close the order" in text_of(planner.get(page))
    assert planner.post(f"{page}do/close/").status_code == 302
    assert Order.objects.get().state == "closed"


def test_the_report_of_an_order_is_written_as_often_as_somebody_asks(planner, people, now):
    order_in(planner.world, people, now)
    for _ in range(2):
        assert planner.post("/orders/O1/do/report/").status_code == 302
    assert list(Report.objects.values_list("number", flat=True)) == [1, 2]
    assert "Report 2" in text_of(planner.get("/orders/O1/"))


def test_what_there_is_not_is_not_found(planner):
    assert planner.post("/orders/O9/do/match/", MATCH).status_code == 404
    planner.post("/place-order/", typed(planner.world))
    assert planner.post("/orders/P1-1/do/ship/").status_code == 404
