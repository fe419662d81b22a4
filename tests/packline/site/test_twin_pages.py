"""What people see of a unit against its own simulation: page, order, console, picture."""

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from packline.site.charts.twin import Expected, expected_groups
from packline.site.cli import app
from packline.site.listeners import listen
from packline.site.run.twins import twin_facts, twin_notes
from tests.packline.twins import GROUPS, TestedLine, build_tested_world


@pytest.fixture
def world(people, now):
    world = build_tested_world(people, now)
    line = TestedLine(world, people, now)
    sound, cold = world.unit(1), world.unit(2)
    for unit, excess in ((sound, (0, 0.0)), (cold, (4, 0.31))):
        line.kit(unit), line.weld(unit), line.measure(unit, excess=excess)
    listen()
    return world


@pytest.fixture
def command(world, monkeypatch):
    import packline.site.commands.twin as module

    monkeypatch.setattr(module, "require_record", lambda: None)
    monkeypatch.setattr(module, "point_at", lambda *_: None)
    return lambda *arguments: CliRunner().invoke(app, ["twin", *arguments])


def page(client, people, address):
    client.force_login(people.auditor)
    return client.get(address).content.decode()


def test_the_page_says_what_is_not_explained_and_of_what_the_tolerance_is_made(
    world, client, people
):
    shown = page(client, people, "/units/PK-000002/")
    assert "Not explained." in shown
    assert "group 4 has 0.31 mΩ more than its cells and joints explain" in shown
    assert "outside: group 4" in shown
    assert "cell between receipt and test" in shown
    assert "no parameter set was identified for this cell" in shown
    assert "up to 0.1" in shown  # mOhm: a single joint of a 1P pack


def test_the_order_shows_measured_against_predicted_of_each_unit(world, client, people):
    shown = page(client, people, f"/orders/{world.order.number}/")
    assert shown.count(">explained<") == 1
    assert shown.count(">not explained<") == 1
    assert "predicted" in shown


def test_the_command_says_the_same_and_exits_by_it(world, command):
    assert command("PK-000001").exit_code == 0
    found = command("PK-000002", "--json")
    assert found.exit_code == 1
    out = [f for f in json.loads(found.stdout)["figures"] if f["agrees"] is False]
    assert [(f["code"], f["position"]) for f in out] == [("group_dc_resistance", 4)]
    assert command("nobody").exit_code == 1


def test_the_command_knows_the_past(world, command, now):
    before = (now - timedelta(minutes=1)).isoformat()
    found = command("PK-000002", "--at", before)
    assert found.exit_code == 1
    assert "no cell was in it" in found.stderr
    assert command("PK-000002", "--at", now.isoformat()).exit_code == 1
    assert command("PK-000002", "--at", "yesterday").exit_code == 2


def test_the_console_names_each_released_unit(world):
    assert twin_notes(world.order) == ()  # nothing is released yet
    world.order.units.filter(number=1).update(state="released")
    first, said = twin_notes(world.order)
    assert first == ("measured against predicted: 1 of 1 explained by their own cells and joints")
    assert said.startswith("PK-000001: ")
    assert "mΩ (" in said
    (facts,) = twin_facts(world.order)
    assert facts["explained"]
    assert sum(f["code"] == "group_dc_resistance" for f in facts["figures"]) == GROUPS


def test_a_place_outside_of_its_band_has_a_shape_of_its_own():
    rows = [Expected("1", 2.7, 0.1, 2.72), Expected("2", 2.8, 0.1, 3.1, False), Expected("3", 2.9)]
    drawn = expected_groups(rows, name="DC resistance", unit="mΩ")
    assert drawn.count("<circle") == 1
    assert drawn.count("<polygon") == 1
    assert drawn.count('class="band"') == 2
    assert "2 of 3 groups measured; outside: group 2" in drawn
    assert expected_groups([], name="x", unit="y") == ""
