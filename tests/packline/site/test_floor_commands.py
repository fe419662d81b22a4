"""`packline equip` and `packline permit`: what the floor has, and what may pass the gate."""

from datetime import timedelta

import pytest
from django.utils import timezone
from typer.testing import CliRunner

from packline.production.gate import blocks
from packline.production.models import Permit
from packline.resources.models import Gauge, Qualification, Tool
from packline.resources.queries import qualification_of

FLOOR = """
[[station]]
code = "W1"
kind = "welder"
[[gauge]]
code = "G9"
kind = "multimeter"
calibrated_on = 2026-11-01
due_on = 2027-11-01
[[tool]]
code = "H1"
kind = "weld-head"
serviced_on = 2026-11-01
due_on = 2027-11-01
[[training]]
person = "otto"
operation = "welding"
granted_on = 2026-11-01
expires_on = 2027-11-01
instruction_revision = 2
[[recipe]]
code = "weld"
revision = "B"
[[effective]]
program = "P1"
kind = "recipe"
operation = "welding"
code = "weld"
revision = "B"
reason = "ECN 7"
"""


@pytest.fixture
def cli(monkeypatch, data_dir):
    import packline.site.commands.equip as equip_command
    import packline.site.commands.permit as permit_command
    from packline.site.cli import app

    monkeypatch.setattr(equip_command, "prepare_database", lambda: None)
    monkeypatch.setattr(permit_command, "require_record", lambda: None)
    for module in (equip_command, permit_command):
        monkeypatch.setattr(module, "point_at", lambda *_: None)
    return lambda *arguments: CliRunner().invoke(app, [str(a) for a in arguments])


def test_a_floor_is_known_from_one_file_and_the_same_file_again_changes_nothing(
    cli, world, people, tmp_path, now
):
    file = tmp_path / "floor.toml"
    file.write_text(FLOOR)
    for _ in range(2):
        done = cli("equip", file, "--as", "emil")
        assert done.exit_code == 0, done.output
    assert (Tool.objects.get().code, Gauge.objects.filter(code="G9").count()) == ("H1", 1)
    assert qualification_of(people.operator, "welding", now.date(), (2, 2)) is not None
    assert world.design.effectivities.get().revision == "B"


def test_a_file_with_mistakes_names_each_and_changes_nothing(cli, world, people, tmp_path):
    file = tmp_path / "floor.toml"
    stood = Qualification.objects.count()
    file.write_text(FLOOR + '[[tool]]\ncode = 3\ncolour = "red"\n[[mood]]\nx = 1\n')
    done = cli("equip", file, "--as", "emil")
    assert done.exit_code == 2
    for words in ("mood", "[[tool]] 2 kind: is missing", "colour = red", "code = 3"):
        assert words in done.output
    assert (Tool.objects.count(), Qualification.objects.count()) == (0, stood)


def test_an_operator_does_not_equip_the_floor(cli, world, tmp_path):
    file = tmp_path / "floor.toml"
    file.write_text(FLOOR)
    assert cli("equip", file, "--as", "otto").exit_code == 1
    assert not Tool.objects.exists()


def test_a_permit_is_signed_with_a_password_and_opens_the_gate_until_it_is_revoked(
    cli, world, people
):
    people.approver.set_password("a good password")
    people.approver.save()
    Qualification.objects.all().delete()
    at = timezone.now()
    told = {
        "unit": world.unit(), "operation": world.operation("kitting"),
        "station": world.stations["kitting_bench"], "operator": people.operator,
    }  # fmt: skip
    arguments = (
        "permit", "sign", "person_not_qualified", "--first", "PK-000001", "--last", "PK-000001",
        "--reason", "the trainer stands beside", "--until", f"{at + timedelta(2):%Y-%m-%d}",
        "--as", "anna", "--password",
    )  # fmt: skip
    assert [b.code for b in blocks(at=at, **told)] == ["person_not_qualified"]
    assert cli(*arguments, "wrong").exit_code == 1
    assert not Permit.objects.exists()
    assert cli(*arguments, "a good password").exit_code == 0
    assert blocks(at=timezone.now(), **told) == []
    assert "0 passed" in cli("permit", "list").output
    revoked = cli(
        "permit", "revoke", "DP-000001", "--reason", "over", "--as", "anna", "--password",
        "a good password",
    )  # fmt: skip
    assert revoked.exit_code == 0, revoked.output
    assert [b.code for b in blocks(at=timezone.now(), **told)] == ["person_not_qualified"]
