"""Days are sealed by real people, on the page of the releases and from the command line."""

from datetime import timedelta

import pytest
from django.utils import timezone
from typer.testing import CliRunner

from packline.assurance.models import Seal
from packline.assurance.queries import signature_differences, unsealed, unsealed_days
from packline.assurance.services import seal_days
from packline.foundation.events import subject_of
from packline.foundation.models import Event
from packline.production.services import hold_unit, lift_hold


@pytest.fixture
def cli(monkeypatch, db):
    """The command line, on the database of the test."""
    from packline.site.cli import app

    for step in ("point_at", "start_django", "require_record"):
        monkeypatch.setattr(f"packline.site.commands.seal.{step}", lambda *_: None)
    return lambda *words: CliRunner().invoke(app, list(map(str, words)))


def held_and_let_go(unit, people, at):
    hold = hold_unit(unit=unit, reason="a dent", cause="seen", by=people.operator, at=at)
    lift_hold(hold=hold, because="polished", by=people.inspector, at=at)
    unit.refresh_from_db()


def test_everything_is_sealed_and_then_only_what_moves_counts(unit, people, now, later):
    subjects = {s for s in Event.objects.values_list("subject", flat=True)}
    assert unsealed().chains == len([s for s in subjects if not s.startswith("foundation.st")])
    (seal,) = seal_days(by=people.approver, at=later)
    assert (seal.day, seal.subjects) == (now.date(), len(subjects))
    assert (unsealed().chains, unsealed().since) == (0, None)
    held_and_let_go(unit, people, later + timedelta(minutes=5))
    assert (unsealed().chains, unsealed().since) == (1, later + timedelta(minutes=5))


def test_sealing_again_writes_nothing(unit, people, later):
    seal_days(by=people.approver, at=later)
    before = Event.objects.count()
    assert seal_days(by=people.approver, at=later) == []
    assert Event.objects.count() == before


def test_days_that_were_missed_are_sealed_with_the_next_the_rest_of_a_sealed_one_too(
    unit, people, later
):
    seal_days(by=people.approver, at=later)
    held_and_let_go(unit, people, later + timedelta(hours=1))
    held_and_let_go(unit, people, later + timedelta(days=2))
    at = later + timedelta(days=5)
    days = [later.date(), later.date() + timedelta(days=2)]
    assert unsealed_days(at.date()) == days
    made = seal_days(by=people.approver, at=at)
    assert [seal.day for seal in made] == days
    assert [seal.previous for seal in made] == [Seal.objects.get(number=1).root, made[0].root]
    assert (unsealed().chains, unsealed_days(at.date())) == (0, [])
    assert signature_differences() == []


def test_the_page_says_what_is_not_sealed_and_seals_it(client, people, unit, afterwards):
    client.force_login(people.auditor)
    page = client.get("/releases/").content.decode()
    assert f"{unsealed().chains} chains moved since" in page
    assert "Seal them" not in page
    client.force_login(people.inspector)
    assert "Seal them" in client.get("/releases/").content.decode()
    page = client.post("/releases/seal/", follow=True).content.decode()
    assert f"Sealed: 2026-11-23, {Seal.objects.get().subjects} chains." in page
    assert "Every chain is sealed as it stands." in page
    made = Event.objects.get(subject=subject_of(Seal.objects.get()))
    assert made.by == people.inspector
    page = client.post("/releases/seal/", follow=True).content.decode()
    assert "No chain has moved since the last seal." in page


def test_a_customer_reads_nothing_of_seals(client, people, strangers, unit):
    client.force_login(people.customer)
    assert "chains moved" not in client.get("/releases/").content.decode()


def test_the_command_seals_in_the_name_of_who_may(cli, people, unit):
    assert cli("seal", "--as", "otto").exit_code == 1
    assert cli("seal", "--as", "nobody").exit_code == 2
    assert not Seal.objects.exists()
    done = cli("seal", "--as", "anna")
    assert done.exit_code == 0, done.output
    seal = Seal.objects.get()
    assert f"{seal.subjects} chains, seal 000001, root {seal.root}" in done.output
    assert seal.day <= timezone.now().date()
    assert "No chain has moved" in cli("seal", "--as", "anna").output
