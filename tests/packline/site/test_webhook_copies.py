"""A restored copy of the record tells nobody; and webhooks are made and rekeyed on pages."""

import re
import shutil
from datetime import timedelta

import pytest
from django.db import connection

from packline.foundation import installation
from packline.foundation.installation import MARK, here
from packline.foundation.models import Event
from packline.insight.models import Subscription
from packline.insight.queries.subscriptions import deliveries_of, secrets_of
from packline.insight.services import claim_subscription
from packlink.webhooks import secret_text
from tests.packline.site.webhooks import reasons

pytestmark = pytest.mark.django_db


def as_copied(settings, tmp_path, *, whole=False):
    """Look at the record from a copy of its data directory, as a backup or `cp -a` makes one."""
    copy = tmp_path / "copy"
    if whole:
        shutil.copytree(settings.PACKLINE_DATA, copy)
    else:
        shutil.copytree(settings.PACKLINE_DATA / "keys", copy / "keys")
    settings.PACKLINE_DATA = copy


@pytest.mark.parametrize("whole", [False, True], ids=["backup", "everything copied"])
def test_a_copy_tells_nobody_until_an_administrator_says_that_it_takes_over(
    office, receiver, settings, tmp_path, whole
):  # fmt: skip
    hook = office.make(receiver)
    office.hold(reason="before")
    assert office.tell(hook) == 1
    office.hold(2, reason="waits")
    original = settings.PACKLINE_DATA
    as_copied(settings, tmp_path, whole=whole)
    assert office.tell(hook) == 0
    office.hold(reason="in the copy")
    assert office.tell(hook) == 0
    assert reasons(receiver) == ["before"]
    office.does(claim_subscription, hook, reason="the other one burned")
    assert office.tell(hook) == 2
    assert reasons(receiver) == ["before", "waits", "in the copy"]
    told = Event.objects.get(verb="insight.subscription.claimed")
    assert "the other one burned" in told.text
    settings.PACKLINE_DATA = original  # never beside each other
    office.hold(2, reason="nobody is told twice")
    assert office.tell(hook) == 0


def test_a_dump_restored_into_another_database_beside_the_same_files_tells_nobody(
    office, receiver, monkeypatch
):  # fmt: skip
    monkeypatch.setattr(installation, "_database", lambda: "7/16384")
    hook = office.make(receiver)
    monkeypatch.setattr(installation, "_database", lambda: "7/16999")
    office.hold()
    assert office.tell(hook) == 0
    assert receiver.came == []


def test_an_installation_keeps_its_name_and_its_mark_knows_which_file_it_is(db, settings):
    name = here()
    assert here() == name
    assert bool(re.fullmatch(r"\w{32}@\d+/\d+", name)) == (connection.vendor == "postgresql")
    mark = settings.PACKLINE_DATA / MARK
    kept = mark.read_text()
    copied = mark.with_name("copied")
    shutil.copy2(mark, copied)
    copied.replace(mark)  # the same words in another file
    assert mark.read_text() == kept
    assert here() != name
    mark.write_text("nonsense")
    assert here() == here()


def test_a_webhook_that_was_made_before_there_were_marks_says_so_and_is_claimed_on_its_page(
    client, office, receiver
):  # fmt: skip
    hook = office.make(receiver)
    hook_row = Subscription.objects.get()
    office.hold()
    installation_of(hook_row, "")
    client.force_login(office.people.engineer)
    assert "silent: a copy" in client.get("/webhooks/").content.decode()
    page = client.get("/webhooks/erp/").content.decode()
    assert "Nothing is sent from here." in page
    assert "Tell it from here" not in page
    client.force_login(office.people.admin)
    assert "Tell it from here" in client.get("/webhooks/erp/").content.decode()
    client.post("/webhooks/erp/do/claim/", {"reason": ""})
    assert office.tell(hook) == 0
    answer = client.post("/webhooks/erp/do/claim/", {"reason": "upgraded"}, follow=True)
    assert "It is told from here, beginning with what waits." in answer.content.decode()
    assert office.tell(hook) == 1
    assert deliveries_of(hook).get().state == "delivered"


def installation_of(subscription, name):
    from packline.foundation.models import Receiver

    Receiver.objects.filter(code=subscription.code).update(told_from=name)


MADE = {
    "code": "erp", "url": "https://erp.example/hook", "programs": ["P1"],
    "verbs": "production.unit.*\r\nquality.nonconformance.opened",
}  # fmt: skip


def secret_in(answer):
    assert "no-store" in answer.headers["Cache-Control"]
    return re.search(r'id="secret">(whsec_[^<]+)<', answer.content.decode())[1]


def test_a_webhook_is_made_and_rekeyed_on_pages_each_secret_is_shown_once(
    client, office, afterwards, now
):  # fmt: skip
    client.force_login(office.people.admin)
    first = secret_in(client.post("/make-webhook/", MADE))
    hook = Subscription.objects.get()
    at = now + timedelta(hours=2)
    assert first == secret_text(secrets_of(hook, at)[0])
    assert hook.verbs == "production.unit.* quality.nonconformance.opened"
    assert [str(p.program) for p in hook.programs.all()] == ["P1"]
    for address in ("/webhooks/", "/webhooks/erp/"):
        assert first not in client.get(address).content.decode()
    second = secret_in(client.post("/webhooks/erp/rekey/", {"overlap_hours": "24"}))
    hook.refresh_from_db()
    assert [second, first] == [secret_text(s) for s in secrets_of(hook, at)]
    assert client.post("/webhooks/erp/rekey/", {"overlap_hours": "721"}).status_code == 422
    third = secret_in(client.post("/webhooks/erp/rekey/", {"overlap_hours": "0"}))
    hook.refresh_from_db()
    assert [third] == [secret_text(s) for s in secrets_of(hook, at)]
    assert first not in "".join(Event.objects.values_list("text", flat=True))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"url": "ftp://x/"}, "is no address"),
        ({"verbs": "production.unit.vanished"}, "matches no event"),
        ({"programs": []}, "unclear what it may see"),
        ({"everything": "on"}, "unclear what it may see"),
        ({"code": "Not so"}, "3 to 40 small letters"),
        ({"programs": ["P9"]}, "Select a valid choice"),
    ],
)
def test_a_webhook_that_cannot_be_is_refused_and_kept_as_typed(
    client, office, afterwards, wrong, said
):  # fmt: skip
    client.force_login(office.people.admin)
    answer = client.post("/make-webhook/", MADE | wrong)
    told = answer.content.decode()
    assert (answer.status_code, Subscription.objects.count()) == (422, 0)
    assert said in told
    assert "url" in wrong or 'value="https://erp.example/hook"' in told
