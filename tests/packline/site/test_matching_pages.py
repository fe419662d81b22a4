"""Why cells were matched as they were: on the pages of the order and of the unit."""

import json
from xml.etree import ElementTree

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from packcalc.matching import CellArrays, Topology, match
from packline.foundation.events import canonical
from packline.foundation.listeners import facts
from packline.foundation.models import Event
from packline.foundation.triggers import remove_triggers
from packline.production.calc.match_record import order_facts, unit_facts
from packline.site.charts.groups import group_deviations, stock
from packline.site.units.matching import from_mean

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def page(client, people):
    def open_page(address, person=None):
        client.force_login(person or people.auditor)
        return client.get(address).content.decode()

    return open_page


def recorded(verb):
    return facts(Event.objects.filter(verb=verb).order_by("subject", "seq").first())


def test_the_event_of_a_unit_keeps_explanation_and_bound(world):
    said = recorded("production.unit.matched")
    assert said["explanation"][0].startswith("This pack: ")
    assert "regrouping" in said["bound"]
    assert len(said["group_capacity_ah"]) == 2
    assert sum(said["group_capacity_ah"]) == pytest.approx(20.03, abs=0.03)


def test_the_event_of_an_order_keeps_the_floor_and_what_was_left_over(world):
    said = recorded("production.order.matched")
    assert len(said["spreads_ppm"]) == said["packs"] == 2
    assert said["left_over"] == len(said["left_over_sample"]) == 12 - 8
    assert f"{said['floor_ppm']:.0f} ppm" in said["floor"]


def test_the_unit_page_explains_its_matching(page, world):
    said = recorded("production.unit.matched")
    shown = page("/units/PK-000001/")
    assert 'id="matching"' in shown
    for sentence in (*said["explanation"], said["bound"]):
        assert sentence in shown
    assert "2 groups against their mean" in shown
    assert "the expected true loss is not below" in shown


def test_the_order_page_shows_packs_floor_and_stock(page, world):
    shown = page("/orders/O1/")
    assert recorded("production.order.matched")["floor"] in shown
    assert "8 used, 4 left over" in shown
    assert "Distribution of spread of group capacities" in shown


def test_a_customer_sees_their_cells_but_not_the_stock(page, world, people, strangers):
    shown = page("/orders/O1/", people.customer)
    assert "8 used, 0 left over" in shown
    assert "About the stock" not in shown


def test_the_house_reads_what_is_odd_about_the_stock(page, world):
    change_facts("production.order.matched", warnings=["Two populations in capacity"])
    assert "Two populations in capacity" in page("/orders/O1/")


def test_pages_of_units_matched_before_explanations_were_kept_still_open(page, world):
    kept = ("packs", "wanted", "stock", "topology")
    change_facts("production.order.matched", only=kept)
    change_facts("production.unit.matched", only=())
    assert 'id="matching"' not in page("/units/PK-000001/")
    shown = page("/orders/O1/")
    assert "packs of 2 wanted" in shown
    assert 'id="matching"' not in shown


def change_facts(verb, only=None, **data):
    """Write history anew, as an earlier version of the program would have written it."""
    remove_triggers(connection)
    for event in Event.objects.filter(verb=verb):
        text = json.loads(event.text)
        text["data"] = {k: v for k, v in text["data"].items() if only is None or k in only} | data
        Event.objects.filter(pk=event.pk).update(text=canonical(text))


def test_equal_groups_are_said_to_be_the_best_there_is():
    found = match(CellArrays([5.0, 5.0, 5.0, 5.0]), Topology(2, 2))
    assert "no regrouping can be better" in unit_facts(found, 0)["bound"]


def test_a_bound_without_proof_is_given_where_a_proof_would_take_long():
    capacity = [5 + 0.001 * (k * k % 37) for k in range(60)]
    found = match(CellArrays(capacity), Topology(2, 30))
    said = unit_facts(found, 0)["bound"]
    assert "proven" in said or "could raise the weakest group by more than" in said


def test_of_a_large_stock_only_a_sample_is_recorded():
    found = match(CellArrays([5 + 0.0001 * k for k in range(2000)]), Topology(2, 2), packs=1)
    said = order_facts(found)
    assert said["left_over"] == 1996
    assert 300 <= len(said["left_over_sample"]) <= 400


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_every_group_has_a_bar_inside_the_picture(values):
    picture = ElementTree.fromstring(group_deviations(values, name="<C>", unit="ppm", marked=0))
    bars = list(picture.iter(f"{SVG}rect"))
    assert len(bars) == len(values)
    assert all(0 <= float(bar.get("y")) <= 230 for bar in bars)
    assert bars[0].get("class") == "bar out"


def test_groups_of_the_same_capacity_are_drawn_without_the_rounding_of_their_mean():
    alike = [20.1] * 13  # whose mean is not 20.1 in binary
    assert sum(alike) / 13 != 20.1
    assert from_mean(alike, 1e6) == [0.0] * 13


def test_no_groups_and_no_cells_give_no_picture():
    assert group_deviations([], name="C", unit="ppm") == ""
    assert stock([], [], x_label="x", y_label="y") == ""


def test_cells_used_and_left_over_are_drawn_apart():
    picture = ElementTree.fromstring(
        stock([(5.0, 15.0)], [(4.9, 16.0), (5.1, 14.0)], x_label="x", y_label="y")
    )
    kinds = [dot.get("class") for dot in picture.iter(f"{SVG}circle")]
    assert sorted(kinds) == ["dot", "dot rejected", "dot rejected"]
