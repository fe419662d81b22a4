"""Designs are studied, released and planned on their page, by an engineer, one after another."""

import pytest

from packline.assurance.models import VerificationItem
from packline.catalog.forms import read_catalogue
from packline.design.models import Candidate, Design, Study
from packline.design.services import study_designs
from packline.foundation.models import Event
from packline.process.models import Routing
from packline.process.services import revise_instruction
from packline.requirements.models import Program
from packline.requirements.services import open_program
from packline.site import designing
from packline.site.next_step import next_step
from tests.packline.design.programs import program_spec, requirement
from tests.packline.site.conftest import text_of

pytestmark = pytest.mark.django_db
SOME = [s for s in read_catalogue() if s.code in ("samsung-inr21700-50e", "eve-lf105")]
PAGE = "/programs/EB48/design/"


@pytest.fixture
def engineer(client, people, now, tmp_path, monkeypatch, afterwards):
    """An engineer before a program that was opened; two cells can be bought."""
    monkeypatch.setattr(designing, "cell_sheets", lambda: SOME)
    open_program(spec=program_spec(tmp_path / "program"), by=people.planner, at=now)
    client.force_login(people.engineer)
    return client


def studied(people, now):
    return study_designs(program=Program.objects.get(), cells=SOME, by=people.engineer, at=now)


def asked_next(client):
    return next_step(Program.objects.get()).verb, text_of(client.get(PAGE))


def test_the_page_leads_from_a_study_to_an_order_one_thing_at_a_time(engineer):
    for verb, title, done in (
        ("study", "Study designs", "Study 1 found"),
        ("release", "Release a design", "Design 1 is released"),
        ("plan", "Plan the process", "Routing 1 holds for new orders"),
        ("verify", "Plan the verification", "It is planned by what each of"),
    ):
        asked, page = asked_next(engineer)
        assert asked == verb
        assert f"<details open><summary>{title}</summary>" in page
        assert page.count("<details open>") == 1
        best = Candidate.objects.filter(rank=1).first()
        answer = engineer.post(
            f"{PAGE}do/{verb}/", {"candidate": best.pk if best else ""}, follow=True
        )
        assert done in text_of(answer), verb
    asked, page = asked_next(engineer)
    assert asked == "place"
    assert '<a href="/orders/?program=EB48">places an order</a>' in page
    assert Routing.objects.get().design == Design.objects.get(state="released")
    assert VerificationItem.objects.count() == Program.objects.get().requirements.count()


def test_another_candidate_than_the_first_may_be_released(engineer, people, now):
    study = studied(people, now)
    second = study.candidates.get(rank=2)
    assert engineer.post(f"{PAGE}do/release/", {"candidate": second.pk}).status_code == 302
    made = Design.objects.get()
    assert (made.cell, made.series, made.parallel) == (
        second.cell, second.series, second.parallel,
    )  # fmt: skip
    again = engineer.post(f"{PAGE}do/release/", {"candidate": second.pk})
    assert again.status_code == 409
    assert "is released already, as EB48/design/1" in text_of(again)
    first = study.candidates.get(rank=1)
    assert engineer.post(f"{PAGE}do/release/", {"candidate": first.pk}).status_code == 302
    assert list(Design.objects.order_by("revision").values_list("state", flat=True)) == [
        "superseded", "released",
    ]  # fmt: skip


def test_what_is_refused_stays_chosen(engineer, people, now):
    second = studied(people, now).candidates.get(rank=2)
    type(second.cell).objects.filter(pk=second.cell_id).update(sheet_sha256="f" * 64)
    answer = engineer.post(f"{PAGE}do/release/", {"candidate": second.pk})
    assert answer.status_code == 409
    assert "sheet has changed since the search; search again" in text_of(answer)
    assert f'<option value="{second.pk}" selected>2: ' in text_of(answer)
    assert not Design.objects.exists()


def test_a_candidate_that_is_rejected_or_of_an_older_study_cannot_be_chosen(engineer, people, now):
    old, new = studied(people, now), studied(people, now)
    for pk in (old.candidates.get(rank=1).pk, new.candidates.filter(feasible=False).first().pk, 0):
        assert engineer.post(f"{PAGE}do/release/", {"candidate": pk}).status_code == 422
    assert not Design.objects.exists()


def test_where_no_pack_fits_nothing_can_be_released_and_the_page_says_what_to_do(
    client, people, now, tmp_path, monkeypatch
):
    monkeypatch.setattr(designing, "cell_sheets", lambda: SOME)
    light = requirement("MECH-09", "mass", "<=", 0.001, "kg", "mechanical")
    open_program(spec=program_spec(tmp_path / "p", light), by=people.planner, at=now)
    client.force_login(people.engineer)
    answer = client.post(f"{PAGE}do/study/", follow=True)
    assert "Study 1 found 0 feasible designs: each candidate says" in text_of(answer)
    assert "Release a design" not in text_of(answer)
    assert "adds a cell, or agrees other requirements" in text_of(answer)


def test_a_revised_instruction_is_planned_into_the_next_routing(engineer, people, now):
    engineer.post(f"{PAGE}do/study/")
    engineer.post(f"{PAGE}do/release/", {"candidate": Candidate.objects.get(rank=1).pk})
    for _ in range(2):  # the same plan is kept once
        assert engineer.post(f"{PAGE}do/plan/").status_code == 302
    assert Routing.objects.count() == 1
    revise_instruction(operation_code="welding", text="Weld it.", by=people.engineer, at=now)
    engineer.post(f"{PAGE}do/plan/")
    assert Routing.objects.order_by("-revision").first().revision == 2


def test_nothing_is_planned_before_a_design_or_after_the_end(engineer):
    answer = engineer.post(f"{PAGE}do/plan/")
    assert answer.status_code == 409
    assert "has no released design: release one first" in text_of(answer)
    Program.objects.update(state="closed")
    answer = engineer.post(f"{PAGE}do/study/")
    assert answer.status_code == 409
    assert "program EB48 is closed" in text_of(answer)
    assert "Study designs" not in text_of(answer)
    assert not Study.objects.exists()


@pytest.mark.parametrize("verb", designing.ACTS)
def test_a_planner_reads_what_is_next_and_does_not_do_it(engineer, people, verb):
    engineer.force_login(people.planner)
    before = Event.objects.count()
    assert engineer.post(f"{PAGE}do/{verb}/").status_code == 403
    page = text_of(engineer.get(PAGE))
    assert "An engineer studies which packs meet the requirements" in page
    assert "do/" not in page
    assert Event.objects.count() == before
