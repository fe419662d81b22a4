"""Tokens of stations are issued and revoked on a page; the secret is shown once."""

import re
from datetime import timedelta

import pytest

from packline.foundation.errors import NotSignedIn
from packline.foundation.models import Event
from packline.resources.models import Station, StationToken
from packline.resources.queries.access import caller_behind

ASKED = {
    "station": "EOL-1", "name": "EOL rig, left PC", "scopes": ["units:read", "steps:write"],
    "days": "30",
}  # fmt: skip


@pytest.fixture
def admin(client, people, afterwards):
    Station.objects.create(code="EOL-1", kind="eol_bench", virtual=False)
    client.force_login(people.admin)
    return client


def test_a_token_is_shown_once_and_speaks_until_it_is_revoked(admin, people, now):
    answer = admin.post("/tokens/issue/", ASKED)
    assert "no-store" in answer.headers["Cache-Control"]
    shown = re.search(r'id="secret">(pl_[^<]+)<', answer.content.decode())[1]
    at = now + timedelta(hours=3)
    caller = caller_behind(shown, at)
    assert (caller.station.code, caller.scopes) == ("EOL-1", {"units:read", "steps:write"})
    assert caller.token.expires_at == now + timedelta(days=30, hours=2)
    page = admin.get("/tokens/").content.decode()
    assert "EOL rig, left PC" in page
    assert shown not in page
    assert shown not in "".join(Event.objects.values_list("text", flat=True))
    revoke = f"/tokens/{caller.token.prefix}/revoke/"
    refused = admin.post(revoke, {"reason": ""})
    assert refused.status_code == 422
    assert caller_behind(shown, at)
    assert admin.post(revoke, {"reason": "the PC was stolen"}).status_code == 302
    with pytest.raises(NotSignedIn, match="was revoked"):
        caller_behind(shown, at)
    told = Event.objects.get(verb="resources.token.revoked")
    assert "the PC was stolen" in told.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"station": "nowhere"}, "Select a valid choice"),
        ({"scopes": []}, "This field is required."),
        ({"scopes": ["everything"]}, "everything is not one of the available choices"),
        ({"days": "801"}, "less than or equal to 800"),
        ({"name": " "}, "This field is required."),
    ],
)
def test_what_cannot_be_issued_is_refused_and_kept_as_typed(admin, wrong, said):
    answer = admin.post("/tokens/issue/", ASKED | wrong)
    told = answer.content.decode()
    assert (answer.status_code, StationToken.objects.count()) == (422, 0)
    assert said in told
    assert "name" in wrong or 'value="EOL rig, left PC"' in told
    assert 'id="secret"' not in told


def test_who_may_not_issue_sees_the_list_and_no_form(admin, people):
    admin.post("/tokens/issue/", ASKED)
    admin.force_login(people.engineer)
    page = admin.get("/tokens/").content.decode()
    assert "EOL rig, left PC" in page
    assert "Issue a token" not in page
    assert "Revoke it" not in page
