"""Webhooks are seen and steered on their pages and from the command line."""

import json
from functools import partial

import pytest
from typer.testing import CliRunner

from packline.foundation import deliveries
from packline.insight.models import Subscription
from packline.insight.queries.subscriptions import deliveries_of
from packline.site.cli import app
from packlink.webhooks import verify

pytestmark = pytest.mark.django_db


def test_the_pages_show_what_is_parked_and_let_an_administrator_act(
    client, office, receiver, monkeypatch
):
    monkeypatch.setattr(deliveries, "LIMIT", 1)
    hook = office.make(receiver)
    receiver.answers = [400]
    office.hold()
    office.tell(hook)
    client.force_login(office.people.auditor)
    said = client.get("/webhooks/").content.decode()
    assert "erp" in said
    assert "failing" in said
    page = client.get("/webhooks/erp/?state=parked").content.decode()
    assert "production.unit:PK-000001" in page
    assert "<form method" not in page
    assert client.post("/webhooks/erp/do/resend/").status_code == 403
    client.force_login(office.people.admin)
    number = deliveries_of(hook).get().pk
    sent = {"delivery": number, "reason": ""}
    client.post("/webhooks/erp/do/drop/", sent)
    assert deliveries_of(hook).get().state == "parked"
    for verb, after in (
        ("resend", "waiting"), ("pause", "waiting"), ("resume", "waiting"), ("end", "waiting"),
    ):  # fmt: skip
        client.post(f"/webhooks/erp/do/{verb}/", {"reason": "because"})
        assert deliveries_of(hook).get().state == after
    hook.refresh_from_db()
    assert hook.state == "ended"
    assert client.post("/webhooks/erp/do/nothing/").status_code == 404


def test_the_command_line_makes_shows_and_tries_a_webhook(office, receiver, monkeypatch, data_dir):
    from packline.site import prepare
    from packline.site.commands import webhook, webhook_steer

    for module in (webhook, webhook_steer):
        for name in ("point_at", "start_django", "require_record", "prepare_database"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, lambda *_: None)
    assert prepare.point_at is not None
    run = partial(CliRunner().invoke, app, catch_exceptions=False)
    made = run(
        ["webhook", "make", "erp", receiver.url, "--event", "production.*", "--program", "P1",
         "--as", "root", "--json"]
    )  # fmt: skip
    secret = json.loads(made.stdout)["secret"]
    assert run(["webhook", "test", "erp"]).exit_code == 1  # no setting allows this computer
    monkeypatch.setenv("PACKLINE_WEBHOOK_NETWORKS", "127.0.0.1")
    assert run(["webhook", "test", "erp"]).exit_code == 0
    headers, body, _ = receiver.came[-1]
    stamp = int(headers["webhook-timestamp"])
    assert verify(body, headers, secret, now_s=stamp).startswith("test-")
    office.hold()
    office.tell(Subscription.objects.get())
    assert json.loads(run(["webhook", "list", "--json"]).stdout)[0]["delivered"] == 1
    (row,) = json.loads(run(["webhook", "log", "erp", "--json"]).stdout)
    assert (row["state"], row["status"]) == ("delivered", 200)
    for words in (
        ["pause", "erp", "--reason", "x"], ["resume", "erp"], ["resend", "erp"], ["rekey", "erp"],
        ["claim", "erp", "--reason", "x"],
        ["move", "erp", "https://elsewhere.example/"], ["end", "erp", "--reason", "x"],
    ):  # fmt: skip
        assert run(["webhook", *words, "--as", "root"]).exit_code == 0, words
    assert run(["webhook", "pause", "nope", "--reason", "x"]).exit_code == 2
