"""Deciding on a nonconformance in a browser."""

import pytest
from django.test import Client

from packline.quality.models import Nonconformance

PASSWORD = "a good password"
ADDRESS = "/nonconformances/NC-000001/"


@pytest.fixture
def approver(people):
    people.approver.set_password(PASSWORD)
    people.approver.save()
    return people.approver


@pytest.fixture
def decide(client, approver, afterwards):
    def post(**typed):
        client.force_login(approver)
        return client.post(
            ADDRESS + "dispose/",
            {"disposition": "rework", "justification": "loose plug", "repeat_from": "40",
             "password": PASSWORD} | typed,
        )  # fmt: skip

    return post


def nonconformance():
    return Nonconformance.objects.get(number="NC-000001")


def test_the_form_offers_the_operations_up_to_the_one_that_failed(client, approver, held):
    client.force_login(approver)
    said = client.get(ADDRESS).content.decode()
    assert '<option value="20">' in said
    assert '<option value="80" selected>' in said
    assert "return_to_supplier" not in said


def test_a_decision_is_signed_and_carried_out(decide, held, approver):
    response = decide()
    assert response.status_code == 302
    assert response.headers["Location"] == ADDRESS
    found = nonconformance()
    assert (found.state, found.disposition) == ("dispositioned", "rework")
    assert found.disposed_by == approver
    held.refresh_from_db()
    assert held.state != "held"
    assert held.steps.get(operation__code="welding").state == "superseded"
    assert held.steps.get(operation__code="kitting").state == "passed"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"disposition": ""}, "Choose what becomes of it."),
        ({"disposition": "sell"}, "Choose what becomes of it."),
        ({"justification": "  "}, "Say why: it is part of what you sign."),
        ({"justification": "x" * 501}, "501 characters; at most 500 fit"),
        ({"password": "wrong"}, "This is not your password, so nothing was signed."),
        ({"password": ""}, "This is not your password, so nothing was signed."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_changes(typed, said, decide, held):
    response = decide(**typed)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert nonconformance().state == "contained"


def test_what_was_typed_is_kept_but_the_password(decide, held):
    said = decide(password="wrong", justification="loose plug & wire").content.decode()
    assert "loose plug &amp; wire</textarea>" in said
    assert 'value="rework" checked' in said
    assert '<option value="40" selected>' in said
    assert "wrong" not in said.replace('class="wrong"', "")


def test_a_refusal_is_shown_in_its_own_words_and_what_was_typed_is_kept(
    decide, held, approver, people
):
    step = held.steps.get(operation__code="kitting")
    type(step).objects.filter(pk=step.pk).update(operator=approver)
    response = decide()
    assert response.status_code == 409
    said = response.content.decode()
    assert "Refused, nothing was changed." in said
    assert "worked on PK-000002" in said
    assert "loose plug</textarea>" in said
    assert nonconformance().state == "contained"


def test_a_second_decision_is_refused(decide, held):
    decide()
    response = decide(disposition="scrap")
    assert response.status_code == 409
    assert nonconformance().disposition == "rework"


def test_a_decision_that_is_not_carried_out_cannot_be_closed(client, decide, held, approver):
    decide()
    response = client.post(ADDRESS + "close/", {"note": "looks fine to me"})
    assert response.status_code == 409
    said = response.content.decode()
    assert "was not repeated with success" in said
    assert "looks fine to me</textarea>" in said


def test_a_form_from_elsewhere_is_not_accepted(approver, held):

    client = Client(enforce_csrf_checks=True)
    client.force_login(approver)
    response = client.post(ADDRESS + "dispose/", {"disposition": "scrap"})
    assert response.status_code == 403
    assert "This form was not accepted" in response.content.decode()
    assert nonconformance().state == "contained"


def test_a_form_is_not_sent_by_opening_its_address(client, approver, held):
    client.force_login(approver)
    assert client.get(ADDRESS + "dispose/").status_code == 405
