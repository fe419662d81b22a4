"""Real people end a unit's way on pages: passed, released by signature, with its documents."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from packline.assurance.models import Document, Release
from packline.assurance.queries import documents_due
from packline.assurance.queries.drafts import draft_document
from packline.assurance.services import issue_document
from packline.foundation.errors import DomainError, StaleObject
from packline.foundation.models import Event
from packline.production.models import Unit
from packline.production.services import hold_unit, install_parts, lift_hold, pass_unit
from packline.quality.models import Nonconformance
from packline.site import releasing
from tests.packline.assurance.conftest import build

PASSWORD = "a good password"
UNIT = "/units/PK-000001/"
REVIEW = "/orders/O1/release/"

pytestmark = pytest.mark.usefixtures("afterwards")


@pytest.fixture
def approver(people):
    people.approver.set_password(PASSWORD)
    people.approver.save()
    return people.approver


@pytest.fixture
def built(world, planned, line, people, now):
    """A unit of which every operation is done, by real people."""
    unit = world.unit()
    build(unit, line, people, now)
    return unit


@pytest.fixture
def two(unit, world, line, people, now):
    """Both units of the order, built and passed."""
    second = world.unit(2)
    line.kit(second)
    install_parts(unit=second, components={"bms": "BMS-2"}, by=people.operator, at=now)
    line.weld(second)
    line.eol(second)
    second.refresh_from_db()
    pass_unit(unit=second, by=people.inspector, at=now)
    return unit, second


def sign(client, *serials, password=PASSWORD):
    return client.post(REVIEW + "sign/", {"units": serials, "password": password}, follow=True)


def states():
    return dict(Unit.objects.values_list("serial", "state"))


def test_from_the_last_operation_to_the_issued_record_on_pages(client, people, built, approver):
    client.force_login(people.inspector)
    page = client.get(UNIT).content.decode()
    assert "Every operation is done." in page
    page = client.post(UNIT + "pass/", follow=True).content.decode()
    assert "PK-000001 passed." in page
    assert states()["PK-000001"] == "passed"
    client.force_login(approver)
    page = client.get(UNIT).content.decode()
    assert "I have reviewed the record of this unit and release it" in page
    assert "whoever releases did not build it" in page
    answer = client.post(UNIT + "release/", {"password": PASSWORD})
    assert answer.headers["Location"] == UNIT + "#documents"
    page = client.get(UNIT).content.decode()
    assert "Issued: PK-000001/device_history/1, PK-000001/traveller/1." in page
    release = Release.objects.get()
    assert (release.released_by, release.for_shipment) == (approver, True)
    assert '"authentication":"password"' in Event.objects.get(verb="assurance.unit.released").text
    documents = Document.objects.order_by("kind").values_list("kind", "number", "issued_by")
    assert list(documents) == [
        ("device_history", 1, approver.pk), ("traveller", 1, approver.pk),
    ]  # fmt: skip
    assert "Sign, release it" not in page


def test_a_unit_that_is_not_built_does_not_pass_and_everything_open_is_said(
    client, people, world, planned, line
):
    line.kit(world.unit())
    client.force_login(people.inspector)
    assert "Next is 40 Welding" in client.get(UNIT).content.decode()
    page = client.post(UNIT + "pass/", follow=True).content.decode()
    assert "Refused, nothing was changed." in page
    for operation in ("40 Welding", "80 Eol"):
        assert f"operation {operation}: is not done (cleared by: " in page
    assert states()["PK-000001"] == "building"


def test_who_built_it_is_told_that_somebody_else_signs(client, people, unit, approver):
    people.inspector.groups.add(Group.objects.get(name="approver"))
    people.inspector.set_password(PASSWORD)
    people.inspector.save()
    client.force_login(people.inspector)
    page = client.get(UNIT).content.decode()
    assert "Not you: person ida: built the unit" in page
    assert "Sign, release it" not in page
    answer = client.post(UNIT + "release/", {"password": PASSWORD})
    assert answer.status_code == 409
    assert "cleared by: the signature of somebody else" in answer.content.decode()
    assert not Release.objects.exists()


def test_a_wrong_password_releases_nothing(client, unit, approver):
    client.force_login(approver)
    answer = client.post(UNIT + "release/", {"password": "wrong"})
    assert answer.status_code == 422
    assert "This is not your password, so nothing was signed." in answer.content.decode()
    assert not Release.objects.exists()


def test_a_unit_that_was_held_meanwhile_is_refused_with_every_open_point(
    client, people, unit, approver, now
):
    hold_unit(unit=unit, reason="a dent", cause="seen", by=people.operator, at=now)
    client.force_login(approver)
    answer = client.post(UNIT + "release/", {"password": PASSWORD})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "unit PK-000001: is held, not passed (cleared by: building it to the end)" in page
    assert "hold PK-000001/hold/1: a dent" in page


def test_whoever_sees_something_holds_the_unit_on_its_page(client, people, unit):
    client.force_login(people.operator)
    assert '<a class="button" href="#id_title">Hold it</a>' in client.get(UNIT).content.decode()
    client.post(UNIT + "book/", {"defect_code": "other", "title": "a dent"})
    assert states()["PK-000001"] == "held"
    assert Nonconformance.objects.get().title == "a dent"
    assert ">Hold it</a>" not in client.get(UNIT).content.decode()


def test_documents_are_issued_again_only_when_something_happened_since(
    client, people, released, approver, now, monkeypatch
):
    client.force_login(approver)
    assert "as it stands now" not in client.get(UNIT).content.decode()
    page = client.post(UNIT + "issue/", follow=True).content.decode()
    assert "nothing happened to PK-000001 since its documents were issued" in page
    later = now + timedelta(hours=3)
    hold = hold_unit(unit=released, reason="a dent", cause="seen", by=people.operator, at=later)
    lift_hold(hold=hold, because="polished", by=people.inspector, at=later)
    assert documents_due(released) == ["device_history", "traveller"]
    monkeypatch.setattr(timezone, "now", lambda: later)
    page = client.get(UNIT).content.decode()
    assert "Issue the device history and the traveller as it stands now" in page
    client.post(UNIT + "issue/")
    assert Document.objects.filter(number=2).count() == 2


def test_before_the_release_there_is_a_traveller_and_no_record(client, people, built):
    client.force_login(people.planner)
    client.post(UNIT + "issue/")
    assert list(Document.objects.values_list("kind", flat=True)) == ["traveller"]


def test_one_signature_releases_what_is_ready_and_says_why_the_rest_is_not(
    client, people, two, approver, now
):
    client.force_login(approver)
    page = client.get(REVIEW).content.decode()
    assert page.count('name="units"') == 2
    hold_unit(unit=two[1], reason="a dent", cause="seen", by=people.operator, at=now)
    page = sign(client, "PK-000001", "PK-000002").content.decode()
    assert "Released: PK-000001." in page
    assert "Not released: release of PK-000002 is blocked:" in page
    assert "hold PK-000002/hold/1: a dent" in page
    assert states() == {"PK-000001": "released", "PK-000002": "held"}


def test_what_is_open_stands_beside_the_unit_before_anybody_signs(
    client, people, two, approver, now
):
    Nonconformance.objects.create(
        number="NC-000007", unit=two[1], defect_code="other", title="a scratch", cause="x",
        opened_at=now, opened_by=people.operator,
    )  # fmt: skip
    client.force_login(approver)
    page = client.get(REVIEW).content.decode()
    assert "nonconformance NC-000007: is open: a scratch" in page
    assert page.count('name="units"') == 1
    assert "Release what passed (2)" in client.get("/orders/O1/").content.decode()


@pytest.mark.parametrize(
    ("serials", "password", "status", "said"),
    [
        ((), PASSWORD, 422, "0 units are ticked; one signature is for 1 to 20"),
        (("PK-000009",), PASSWORD, 422, "order O1 has no unit PK-000009"),
        (("PK-000001",), "wrong", 422, "This is not your password, so nothing was signed."),
    ],
)
def test_a_signature_that_cannot_be_taken_releases_nothing(
    client, two, approver, serials, password, status, said
):
    client.force_login(approver)
    answer = sign(client, *serials, password=password)
    page = answer.content.decode()
    assert answer.status_code == status
    assert said in page
    assert page.count(" checked>") == (1 if serials == ("PK-000001",) else 0)
    assert not Release.objects.exists()


def test_documents_follow_a_signature_a_few_at_a_time(client, two, approver, monkeypatch):
    monkeypatch.setattr(releasing, "WHILE_S", 0.0)
    client.force_login(approver)
    page = sign(client, "PK-000001", "PK-000002").content.decode()
    assert "0 of 2 released units have their documents." in page
    assert 'hx-trigger="submit, load"' in page
    fragment = client.post(REVIEW + "issue/", headers={"HX-Request": "true"}).content.decode()
    assert "1 of 2 released units have their documents." in fragment
    assert 'hx-trigger="submit, load"' in fragment
    page = client.get(REVIEW).content.decode()
    assert 'hx-trigger="submit"' in page  # left and opened again, it waits to be asked
    assert (
        "1 released unit has no device history record"
        in client.get("/orders/O1/").content.decode()
    )
    page = client.post(REVIEW + "issue/", follow=True).content.decode()
    assert "2 units released, each with its device history record and traveller." in page
    assert Document.objects.count() == 4


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DomainError("the disk is full"), "the disk is full"),
        (StaleObject("it moved meanwhile"), "0 of 1 released units have their documents."),
    ],
)
def test_a_page_that_gets_no_further_says_why_and_stops_asking(
    client, two, approver, monkeypatch, error, said
):
    client.force_login(approver)
    sign(client, "PK-000001")

    def fails(unit, *, by):
        raise error

    monkeypatch.setattr(releasing, "issue_due", fails)
    fragment = client.post(REVIEW + "issue/", headers={"HX-Request": "true"}).content.decode()
    assert said in fragment
    assert 'hx-trigger="submit"' in fragment


def test_a_document_that_two_set_at_once_is_issued_once(released, people, now):
    at = now + timedelta(hours=3)
    drafts = [draft_document(unit=released, kind="traveller", at=at) for _ in range(2)]
    told = {"unit": released, "kind": "traveller", "by": people.approver, "at": at}
    assert issue_document(**told, draft=drafts[0]).number == 2
    with pytest.raises(StaleObject, match="was issued by somebody else meanwhile"):
        issue_document(**told, draft=drafts[1])
    assert Document.objects.filter(kind="traveller").count() == 2
