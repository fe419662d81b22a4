"""Permits are seen, signed and revoked on pages, from where the gate says what is in the way."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from packline.production.gate.permits import is_signed
from packline.production.models import Permit, PermitUse
from packline.production.services import hold_unit, revoke_permit, sign_permit
from packline.production.states import OBSTACLES
from packline.resources.models import Qualification
from packline.site.views.gate import CLEARED_AT
from tests.packline.world import build_world, order_in

pytestmark = pytest.mark.django_db


def test_permits_show_how_they_stand_and_a_changed_one_stands_out(client, people, now, afterwards):
    world = build_world(people, now)
    order_in(world, people, now)

    def sign(until, **more):
        return sign_permit(
            opens="person_not_qualified", first_serial="PK-000001", last_serial="PK-000009",
            reason="the trainer stands beside", expires_at=until, by=people.approver, at=now,
            **more,
        )  # fmt: skip

    tomorrow = now + timedelta(days=1)
    sign(tomorrow)
    sign(now + timedelta(minutes=1))
    revoke_permit(permit=sign(tomorrow), because="trained", by=people.approver, at=now)
    used = sign(tomorrow, quantity=1)
    PermitUse.objects.create(permit=used, unit=world.unit(), place=1, used_at=now)
    forged = sign(tomorrow)
    Permit.objects.filter(pk=forged.pk).update(last_serial="PK-999999")
    client.force_login(people.auditor)
    said = client.get("/permits/").content.decode()
    for standing in ("valid", "expired", "revoked", "used up", "signature does not fit"):
        assert said.count(f">{standing}</span>") == 1, standing
    assert '<a href="/units/PK-000001/">PK-000001</a>' in said
    assert "Anna Appr" in said
    assert "revoked" in said
    assert "trained" in said


SIGNED = {
    "opens": "person_not_qualified", "record_named": "", "operation_code": "kitting",
    "first_serial": "PK-000001", "last_serial": "PK-000001", "quantity": "1",
    "expires_at": "2026-11-24T09:30", "reason": "the trainer stands beside",
    "password": "a good password",
}  # fmt: skip


@pytest.fixture
def plant(people, now, afterwards):
    """A plant of which the operator has no training any more, and an approver with a password."""
    world = build_world(people, now)
    order_in(world, people, now)
    Qualification.objects.filter(person=people.operator).delete()
    people.approver.set_password("a good password")
    people.approver.save()
    return world


def ask(client, **told):
    asked = {"operation": "kitting", "station": "S-kitting_bench", "operator": "otto"} | told
    return client.get("/units/PK-000001/gate/", asked).content.decode()


def test_from_what_stands_in_the_way_to_a_signed_permit_and_back(client, people, plant):
    client.force_login(people.approver)
    told = ask(client)
    assert "holds no valid qualification" in told
    assert '<a href="/training/">Training</a>' in told  # where it is cleared
    link = re.search(r'href="(/permits/\?[^"]*)#sign"', told)[1].replace("&amp;", "&")
    form = client.get(link).content.decode()
    assert '<option value="person_not_qualified" selected>' in form
    assert 'name="record_named" value="person otto"' in form
    assert form.count('value="PK-000001"') == 2
    answer = client.post("/permits/sign/", SIGNED, follow=True)
    assert "DP-000001 is signed" in answer.content.decode()
    signed = Permit.objects.get()
    assert is_signed(signed)
    assert (signed.signed_by, signed.quantity) == (people.approver, 1)
    told = ask(client)
    assert "Nothing stands in the way but what a permit opens" in told
    assert '<a href="/permits/DP-000001/">' in told


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"password": "wrong"}, "This is not your password, so nothing was signed."),
        ({"reason": " "}, "This field is required."),
        ({"quantity": "0"}, "greater than or equal to 1"),
        ({"first_serial": "PK-000009"}, "PK-000009 to PK-000001"),
        ({"expires_at": "2026-11-23T09:00"}, "a permit expires later than it is signed"),
    ],
)
def test_what_is_refused_signs_nothing_and_keeps_what_was_typed(
    client, people, plant, typed, said
):
    client.force_login(people.approver)
    answer = client.post("/permits/sign/", SIGNED | typed)
    told = answer.content.decode()
    assert answer.status_code == 422
    assert said in told
    if "reason" not in typed:
        assert "the trainer stands beside</textarea>" in told
    assert "a good password" not in told
    assert not Permit.objects.exists()


def test_a_permit_is_revoked_on_its_page_and_opens_nothing_any_more(client, people, plant):
    client.force_login(people.approver)
    client.post("/permits/sign/", SIGNED)
    page = client.get("/permits/DP-000001/").content.decode()
    assert "the trainer stands beside" in page
    assert "Revoke it" in page
    for reason, status in ((" ", 422), ("trained meanwhile", 302), ("again", 409)):
        answer = client.post("/permits/DP-000001/revoke/", {"reason": reason})
        assert answer.status_code == status, reason
    page = client.get("/permits/DP-000001/").content.decode()
    assert "trained meanwhile" in page
    assert "Revoke it" not in page
    assert "holds no valid qualification" in ask(client)


def test_who_does_not_sign_is_told_who_does_and_what_no_permit_opens_says_so(
    client, people, plant, now
):
    hold_unit(unit=plant.unit(), reason="a dent", cause="test", by=people.operator, at=now)
    client.force_login(people.operator)
    told = ask(client)
    assert "an approver may sign one" in told
    assert "none opens it" in told
    assert "Sign a permit" not in told
    assert "Sign a permit" not in client.get("/permits/").content.decode()


def test_an_operation_that_the_unit_does_not_have_is_not_found(client, people, plant):
    client.force_login(people.approver)
    assert client.get("/units/PK-000001/gate/", {"operation": "painting"}).status_code == 404


def test_every_obstacle_with_a_page_of_its_own_is_one_that_there_is():
    assert set(CLEARED_AT) <= set(OBSTACLES)
    assert all(reverse(page) for _, page in CLEARED_AT.values())
