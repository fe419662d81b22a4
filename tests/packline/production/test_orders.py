from datetime import timedelta

import numpy as np
import pytest

from packline.design.models import Design
from packline.foundation.errors import DomainError, NotANumber, Refused
from packline.foundation.listeners import facts
from packline.foundation.models import Event
from packline.production.calc.joints import from_parquet, judge, to_parquet
from packline.production.calc.serials import gs1_element_string
from packline.production.models import Order, Placement, Unit
from packline.production.queries.trace import trace
from packline.production.services import close_order, install_parts, match_cells, place_order
from packline.requirements.models import Program
from packline.resources.calc.studies import evaluate
from packline.resources.calc.study_data import Task
from packline.resources.forms import read_study
from packline.resources.services import record_study, register_gauge
from packline.supply.models import Cell
from tests.packline.world import build_world, order_in


def test_a_match_gives_every_unit_its_cells_and_serial(world):
    units = Unit.objects.order_by("number")
    assert [(u.serial, u.gs1) for u in units] == [
        ("PK-000001", "(01)09506000134352(21)PK-000001"),
        ("PK-000002", "(01)09506000134352(21)PK-000002"),
    ]
    assert Placement.objects.filter(unit=units[0]).count() == 4
    assert Cell.objects.filter(state="allotted").count() == 8


def test_the_same_order_again_changes_nothing(world, people, now):
    again = place_order(
        number="O1", design=world.design, routing=world.routing, quantity=2,
        by=people.planner, at=now,
    )  # fmt: skip
    assert again == world.order
    with pytest.raises(Refused, match="O1 exists with another quantity"):
        place_order(
            number="O1", design=world.design, routing=world.routing, quantity=3,
            by=people.planner, at=now,
        )  # fmt: skip


@pytest.mark.parametrize("changed", [{"quantity": 0}, {"number": ""}])
def test_an_order_has_a_number_and_is_for_packs(world, people, now, changed):
    told = {"number": "O2", "quantity": 1} | changed
    with pytest.raises(DomainError, match="an order has a number and is for packs"):
        place_order(
            **told, design=world.design, routing=world.routing, by=people.planner, at=now
        )  # fmt: skip


def test_nothing_more_is_ordered_of_what_is_superseded_or_closed(world, people, now):
    told = {"number": "O2", "routing": world.routing, "quantity": 1, "by": people.planner}
    Program.objects.update(state="closed")
    with pytest.raises(Refused, match="program P1 is closed"):
        place_order(**told, design=Design.objects.get(), at=now)
    Design.objects.update(state="superseded")
    with pytest.raises(Refused, match="P1/design/1 is superseded: order the released one"):
        place_order(**told, design=Design.objects.get(), at=now)
    assert Order.objects.count() == 1


def test_a_stock_that_is_too_small_for_all_builds_as_many_as_it_can(people, now):
    world = build_world(people, now, cells=6)
    order_in(world, people, now, quantity=3)
    assert world.order.units.count() == 1


def test_without_a_pack_of_cells_nothing_is_written(people, now):
    world = build_world(people, now, cells=3)
    with pytest.raises(
        Refused, match="3 accepted cells of test-cell in stock, one 2S2P pack needs 4"
    ):
        order_in(world, people, now)
    assert not Unit.objects.exists()


def test_cells_that_break_the_matching_rules_make_no_pack(people, now):
    world = build_world(people, now, cells=4)
    for k, cell in enumerate(Cell.objects.order_by("serial")):
        Cell.objects.filter(pk=cell.pk).update(ocv_v=3.4 + 0.1 * k)
    with pytest.raises(Refused, match="keeps the matching rules"):
        order_in(world, people, now)
    assert Order.objects.get().state == "placed"


def test_an_order_is_not_closed_while_units_are_being_built(world, people, now):
    with pytest.raises(Refused, match="PK-000001 is planned"):
        close_order(order=world.order, by=people.planner, at=now)


def test_serials_of_a_second_order_go_on(world, people, now):
    order = place_order(
        number="O2", design=world.design, routing=world.routing, quantity=1,
        by=people.planner, at=now,
    )  # fmt: skip
    match_cells(
        order=order, pattern="PK-{n:06d}", gtin="", firmware_version="1", by=people.planner, at=now
    )
    assert order.units.get().serial == "PK-000003"
    assert order.units.get().gs1 == ""


@pytest.mark.parametrize("named", [True, False])
def test_the_study_of_the_capacity_gauge_sets_the_floor_that_is_stated(world, people, now, named):
    gauge = register_gauge(
        code="C1", kind="cycler", calibrated_on=now.date(), due_on=now.date() + timedelta(90),
        virtual=False, by=people.engineer, at=now,
    )  # fmt: skip
    readings = b"value\n" + b"\n".join(b"%d" % v for v in (5010, 4990, 5005, 4995, 5000) * 5)
    task = Task("cell_capacity", "mAh", 4500, 5500, 5000)
    study = record_study(
        gauge=gauge, task=task, content=readings, name="c.csv", by=people.engineer, at=now,
        evaluation=evaluate(read_study(readings, name="c.csv", kind="type1"), task),
        taken_on=now.date(),
    )  # fmt: skip
    order = place_order(
        number="O2", design=world.design, routing=world.routing, quantity=1,
        by=people.planner, at=now,
    )  # fmt: skip
    found = match_cells(
        order=order, pattern="PK-{n:06d}", gtin="", firmware_version="1",
        capacity_gauge=gauge if named else None, by=people.planner, at=now,
    )  # fmt: skip
    assert found.cells.gauge.capacity_sd == pytest.approx(study.repeatability_value * 3.6)
    said = facts(Event.objects.filter(verb="production.order.matched").latest("id"))
    assert said["gauge_study"] == "C1/study/1"
    assert "how well the gauge repeats is not given" not in said["floor"]


def test_a_serial_too_long_for_gs1_is_refused():
    with pytest.raises(DomainError, match="longer than the 20"):
        gs1_element_string("09506000134352", "X" * 21)


def test_a_trace_is_complete_in_both_directions(world, people, now):
    unit = world.unit()
    install_parts(unit=unit, components={"bms": "B1"}, by=people.operator, at=now)
    cells = list(unit.placements.values_list("cell__serial", flat=True))
    down = trace("PK-000001")
    assert (down.kind, len(down.parts), down.lots) == ("pack", 2 + 4 + 1, ("L1",))
    assert {p.serial for p in down.parts if p.kind == "cell"} == set(cells)
    up = trace(cells[0])
    assert [u.serial for u in up.units] == ["PK-000001"]
    assert [u.serial for u in trace("B1").units] == ["PK-000001"]
    lot = trace("L1")
    assert ([u.serial for u in lot.units], len(lot.parts), len(lot.not_installed)) == (
        ["PK-000001"], 4, 8,
    )  # fmt: skip
    assert lot.count == 13


def test_what_is_unknown_is_not_traced(world):
    assert trace("NOPE") is None


def test_joints_come_back_from_their_file_as_they_went_in():
    columns = {"resistance_mohm": np.array([0.1, 0.2]), "energy_j": np.array([30.0, 31.0])}
    content = to_parquet(columns)
    back = from_parquet(content)
    assert {k: v.tolist() for k, v in back.items()} == {k: v.tolist() for k, v in columns.items()}
    assert to_parquet(columns) == content


def test_joints_that_are_no_numbers_are_refused():
    with pytest.raises(NotANumber, match="resistance_mohm"):
        to_parquet({"resistance_mohm": np.array([0.1, np.nan])})


def test_joint_columns_must_be_of_one_length():
    with pytest.raises(DomainError, match=r"\[1, 2\]"):
        to_parquet({"a": np.array([1.0]), "b": np.array([1.0, 2.0])})


@pytest.mark.parametrize(
    ("low", "high", "failed", "worst"),
    [(None, 0.15, 1, 3), (0.1, None, 1, 1), (0.0, 1.0, 0, 1), (0.1, 0.15, 2, 3)],
)
def test_joints_are_judged_in_one_pass(low, high, failed, worst):
    found = judge(np.array([0.05, 0.12, 0.25]), low, high)
    assert (found.n, found.n_failed, found.worst_position) == (3, failed, worst)
