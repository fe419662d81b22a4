import re

import pytest

from packline.foundation.files import read
from packline.insight.queries import kpis_of_order
from packline.insight.services import write_report
from tests.packline.production.test_building import Line
from tests.packline.world import build_world, order_in


@pytest.fixture
def order(people, now):
    """Two units: one passed welding, the other has one bad joint."""
    world = build_world(people, now)
    order_in(world, people, now)
    line = Line(world, people, now)
    for unit, worst in ((world.unit(1), 0.1), (world.unit(2), 0.9)):
        line.kit(unit)
        line.weld(unit, worst=worst)
    return world.order


def test_figures_come_from_what_was_recorded(order):
    kpis = kpis_of_order(order)
    assert (kpis.first_pass.count, kpis.first_pass.total) == (1, 2)
    welding = next(s for s in kpis.steps if s.name == "Welding")
    assert (welding.entered, welding.first_pass) == (("PK-000001", "PK-000002"), ("PK-000001",))
    assert kpis.by_state == {"building": ("PK-000001",), "held": ("PK-000002",)}
    joints = next(c for c in kpis.ctqs if c.code == "joint_resistance")
    assert sorted(max(v) for v in joints.values) == [0.1, 0.9]


def test_figures_take_the_same_number_of_queries_for_more_units(
    order, people, now, django_assert_max_num_queries
):
    with django_assert_max_num_queries(14):
        kpis_of_order(order)


def test_a_report_is_numbered_and_stands_alone(order, people, now):
    reports = [write_report(order=order, by=people.planner, at=now) for _ in range(2)]
    assert [r.number for r in reports] == [1, 2]
    text = read(reports[0].file.sha256).decode()
    assert "<script" not in text
    assert not re.search(r"(src|href)=.http", text)
    assert "1 of 2 packs without rework" in text
    assert "2 packs; a capability index needs at least 10" in text


def test_a_name_from_outside_is_shown_as_text(order, people, now):
    order.program.customer = "<b>ACME</b>"
    text = read(write_report(order=order, by=people.planner, at=now).file.sha256).decode()
    assert "&lt;b&gt;ACME&lt;/b&gt;" in text
