"""Other systems are told of what happens: once at least, in order, signed, only what is theirs."""

import json
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from typer.testing import CliRunner

from packline.foundation import deliveries
from packline.foundation.errors import IllegalTransition, InputError, Refused
from packline.foundation.models import Delivery, Event
from packline.insight.calc.message import LARGEST, message
from packline.insight.models import Subscription
from packline.insight.queries.programs import OF_NO_PROGRAM, PROGRAM_OF, program_of
from packline.insight.queries.subscriptions import deliveries_of, receiver_of, secrets_of
from packline.insight.services import (
    drop_delivery,
    end_subscription,
    make_subscription,
    pause_subscription,
    rekey_subscription,
    resend_deliveries,
    resume_subscription,
)
from packline.production.services import hold_unit, lift_hold
from packline.requirements.models import Program
from packline.site.cli import app
from packline.site.telling import tell
from packlink.webhooks import Answer, networks_of, post, secret_text, verify
from tests.packline.world import build_world, order_in

pytestmark = pytest.mark.django_db


class Receiving:
    """A real receiver on this computer, which answers as it is told to and keeps what it took."""

    def __init__(self):
        self.answers = []  # statuses to come; then 200
        self.came = []  # (headers, body) in the order in which they came
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = outer.answers.pop(0) if outer.answers else 200
                outer.came.append((dict(self.headers), body, status))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def taken(self):
        return [json.loads(body) for _, body, status in self.came if status < 300]


@pytest.fixture
def receiver():
    found = Receiving()
    yield found
    found.server.shutdown()
    found.server.server_close()


class Office:
    """Who administers webhooks in these tests, and a clock that is moved by hand."""

    def __init__(self, people, now, world):
        self.people, self.now, self.world = people, now, world
        self.send = partial(post, allowed=networks_of("127.0.0.0/8"), timeout_s=2)

    def make(self, receiver, code="erp", verbs=("production.*",), **given):
        given = given or {"programs": [self.world.program]}
        url = receiver if isinstance(receiver, str) else receiver.url
        return make_subscription(
            code=code, url=url, verbs=verbs, by=self.people.admin, at=self.now, **given
        )

    def tell(self, subscription, who="one", send=None):
        return tell(subscription, who=who, clock=lambda: self.now, send=send or self.send)

    def hold(self, number=1, reason="dent"):
        self.now += timedelta(seconds=1)
        unit = self.world.unit(number)
        return hold_unit(
            unit=unit, reason=reason, cause="seen", by=self.people.inspector, at=self.now
        )

    def does(self, command, subscription, **given):
        subscription.refresh_from_db()
        return command(subscription=subscription, by=self.people.admin, at=self.now, **given)


@pytest.fixture
def office(people, now):
    world = build_world(people, now)
    order_in(world, people, now)
    return Office(people, now, world)


def reasons(receiver):
    return [m["data"]["facts"].get("reason") for m in receiver.taken()]


def test_what_happens_is_told_once_signed_and_with_the_hash_of_its_event(office, receiver):
    hook = office.make(receiver)
    office.hold()
    assert office.tell(hook) == 1
    assert office.tell(hook) == 0
    ((headers, body, _),) = receiver.came
    event = Event.objects.get(verb="production.unit.held")
    secret = secret_text(secrets_of(hook, office.now)[0])
    assert verify(body, headers, secret, now_s=office.now.timestamp()) == event.hash
    told = json.loads(body)
    assert told["type"] == "production.unit.held"
    assert told["data"]["subject"] == {
        "table": "production.unit", "key": "PK-000001", "seq": event.seq,
    }  # fmt: skip
    assert told["data"]["program"] == "P1"
    assert "by" not in told["data"]
    assert "rows" not in told["data"]
    assert deliveries_of(hook).get().status == 200


def test_a_receiver_that_was_away_gets_all_of_it_in_order_and_the_same_again(office, receiver):
    hook = office.make(receiver)
    receiver.answers = [503, 500]
    for reason in ("a", "b", "c"):
        office.hold(reason=reason)
    assert office.tell(hook) == 0
    assert office.tell(hook) == 0  # it rests
    assert len(receiver.came) == 1
    assert receiver_of(hook).failing_since == office.now
    for _ in range(2):
        office.now += timedelta(minutes=5)
        office.tell(hook)
    assert reasons(receiver) == ["a", "b", "c"]
    first = [(h["webhook-id"], b) for h, b, _ in receiver.came]
    assert first[0] == first[1] == first[2]
    assert receiver_of(hook).failures == 0


def test_a_message_that_is_refused_holds_back_its_unit_and_no_other(office, receiver):
    hook = office.make(receiver)
    office.hold(1, "refused")
    office.hold(1, "behind it")
    office.hold(2, "another unit")
    receiver.answers = [422]
    assert office.tell(hook) == 1
    assert reasons(receiver) == ["another unit"]
    for _ in range(deliveries.LIMIT):
        office.now += deliveries.LONGEST
        receiver.answers = [422]
        office.tell(hook)
    assert deliveries.standing(receiver_of(hook)) == {
        "waiting": 1, "parked": 1, "delivered": 1, "dropped": 0,
    }  # fmt: skip
    receiver.answers = []
    office.now += deliveries.LONGEST
    assert office.tell(hook) == 0
    parked = deliveries_of(hook).get(state="parked")
    assert parked.attempts == deliveries.LIMIT
    assert parked.status == 422
    office.does(drop_delivery, hook, delivery=parked, reason="they do not know this unit")
    office.tell(hook)
    assert reasons(receiver) == ["another unit", "behind it"]
    with pytest.raises(Refused, match="not parked"):
        office.does(drop_delivery, hook, delivery=parked, reason="again")


def test_what_was_parked_and_what_was_lost_is_sent_again_when_asked(office, receiver, monkeypatch):
    monkeypatch.setattr(deliveries, "LIMIT", 1)
    hook = office.make(receiver)
    office.hold(1, "a")
    office.tell(hook)
    receiver.answers = [400]
    office.hold(1, "b")
    office.tell(hook)
    assert deliveries_of(hook).filter(state="parked").count() == 1
    assert office.does(resend_deliveries, hook) == 1
    office.tell(hook)
    assert reasons(receiver) == ["a", "b"]
    assert office.does(resend_deliveries, hook, since=office.now - timedelta(days=1)) == 2
    office.tell(hook)
    assert reasons(receiver) == ["a", "b", "a", "b"]


def test_paused_it_loses_nothing_and_ended_it_is_told_nothing(office, receiver):
    hook = office.make(receiver)
    office.does(pause_subscription, hook, reason="they move house")
    office.hold(1, "meanwhile")
    hook.refresh_from_db()
    assert office.tell(hook) == 0
    office.does(resume_subscription, hook)
    hook.refresh_from_db()
    assert office.tell(hook) == 1
    office.does(end_subscription, hook, reason="contract over")
    office.hold(1, "after")
    assert office.tell(hook) == 0
    assert reasons(receiver) == ["meanwhile"]
    with pytest.raises(IllegalTransition):
        office.does(resume_subscription, hook)


def test_a_slow_receiver_is_given_up_on_and_told_later(office, receiver):
    hook = office.make(receiver)
    office.hold()
    slow = threading.Event()
    receiver.server.RequestHandlerClass.do_POST, whole = (
        lambda self: slow.wait(5),
        receiver.server.RequestHandlerClass.do_POST,
    )
    send = partial(post, allowed=networks_of("127.0.0.0/8"), timeout_s=0.1)
    assert office.tell(hook, send=send) == 0
    slow.set()
    assert "no answer within" in deliveries_of(hook).get().note
    receiver.server.RequestHandlerClass.do_POST = whole
    office.now += timedelta(minutes=1)
    assert office.tell(hook) == 1


def test_a_customer_is_told_only_of_their_own_programs_and_nothing_of_the_house(office):
    other = Program.objects.create(
        code="P2", title="Another", customer="Other Ltd", playbook="portable",
        volume_per_year=10, revision="A", spec_sha256="0" * 64, spec_text="{}",
    )  # fmt: skip
    told = {"erp": [], "acme": [], "other": []}
    hooks = [
        office.make("https://h.example/", "erp", ("*",), everything=True, from_start=True),
        office.make("https://h.example/", "acme", ("*",), programs=[office.world.program],
                    from_start=True),
        office.make("https://h.example/", "other", ("*",), programs=[other], from_start=True),
    ]  # fmt: skip
    office.hold()
    for hook in hooks:
        office.tell(hook, send=lambda url, body, headers, c=hook.code: told[c].append(
            json.loads(body)) or Answer(200))  # fmt: skip
    assert told["other"] == []
    assert {m["data"]["program"] for m in told["acme"]} == {"P1"}
    assert {m["type"] for m in told["acme"]} >= {"production.unit.held", "production.order.placed"}
    whole = [m["type"] for m in told["erp"]]
    assert len(whole) == Event.objects.exclude(subject="insight.subscription:erp").count()
    assert all("by" in m["data"] for m in told["erp"])


def test_of_a_whole_thread_every_event_has_its_program_and_its_place_in_order(
    people, now, thread, released, held, signal
):
    office = Office(people, now + timedelta(days=1), thread)
    hook = office.make("https://h.example/", "all", ("*",), everything=True, from_start=True)
    office.tell(hook, send=lambda *_: Answer(200))
    tables = {
        subject.partition(":")[0] for subject in Event.objects.values_list("subject", flat=True)
    }
    assert tables <= PROGRAM_OF.keys() | OF_NO_PROGRAM
    assert not PROGRAM_OF.keys() & OF_NO_PROGRAM
    found = Delivery.objects.select_related("event")
    of_unit = found.filter(stream=f"production.unit:{released.serial}")
    assert {d.event.subject for d in of_unit} > {f"production.unit:{released.serial}"}
    for verb in ("assurance.unit.released", "assurance.document.issued", "production.unit.passed"):
        assert of_unit.filter(event__verb=verb).exists(), verb
    assert {program_of(d.event) for d in of_unit} == {"P1"}
    opened = found.get(event__verb="quality.nonconformance.opened")
    assert opened.stream == f"production.unit:{held.serial}"


def test_two_processes_do_not_send_to_one_receiver_and_a_dead_one_is_succeeded(office):
    hook = office.make("https://h.example/")
    office.hold(1, "a")
    office.hold(1, "b")
    inner = []

    def send(url, body, headers):
        inner.append(office.tell(hook, who="two", send=lambda *_: pytest.fail("sent twice")))
        return Answer(200)

    assert office.tell(hook, send=send) == 2
    assert inner == [0, 0]

    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    office.hold(1, "c")
    receiver = receiver_of(hook)
    assert deliveries.take(receiver, "dead", office.now)
    assert office.tell(hook) == 0
    office.now += deliveries.HELD + timedelta(seconds=1)
    with pytest.raises(Killed):  # after sending, before noting it: it is sent again
        office.tell(hook, send=killed)
    assert office.tell(hook, send=lambda *_: Answer(200)) == 1


def test_a_new_secret_signs_beside_the_last_for_a_while_and_none_is_in_the_database(office):
    hook = office.make("https://h.example/")
    (old,) = secrets_of(hook, office.now)
    office.does(rekey_subscription, hook)
    hook.refresh_from_db()
    new, last = secrets_of(hook, office.now)
    assert last == old != new
    assert secrets_of(hook, office.now + timedelta(days=1)) == [new]
    office.does(rekey_subscription, hook, overlap=timedelta(0))
    hook.refresh_from_db()
    assert len(secrets_of(hook, office.now)) == 1
    for text in Event.objects.values_list("text", flat=True):
        assert secret_text(new)[6:] not in text


def test_old_deliveries_are_forgotten_without_being_made_again(office):
    hook = office.make("https://h.example/")
    office.hold()
    office.tell(hook, send=lambda *_: Answer(200))
    office.now += timedelta(days=40)
    lift_hold(hold=office.world.unit().holds.get(), because="ok", by=office.people.approver,
              at=office.now)  # fmt: skip
    office.tell(hook, send=lambda *_: Answer(200))
    assert deliveries.forget_deliveries(before=office.now - timedelta(days=30)) == 1
    sent = []
    office.tell(hook, send=lambda *a: sent.append(a) or Answer(200))
    assert sent == []


def test_what_is_too_large_is_told_without_its_facts():
    whole = {"verb": "v", "subject": "t:k", "seq": 1, "digest": "d", "program": None, "by": None}
    at = datetime(2026, 1, 1, tzinfo=UTC)
    body = message(at=at, facts={"text": "x" * LARGEST}, **whole)
    assert len(body) < 1000
    assert json.loads(body)["data"]["left_out"] == "facts"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "A b"}, "code"),
        ({"url": "ftp://x/"}, "url"),
        ({"url": "https://u:p@x/"}, "url"),
        ({"url": "https://x/#f"}, "url"),
        ({"url": "https://x:99999/"}, "url"),
        ({"url": "https://x/\r\nHost: y"}, "url"),
        ({"verbs": ["production.unit.vanished"]}, "event"),
        ({"verbs": []}, "event"),
        ({"programs": []}, "program"),
        ({"everything": True}, "program"),
    ],
)
def test_a_subscription_that_cannot_be_is_refused_by_field(office, change, field):
    given = {
        "code": "erp",
        "url": "https://x/",
        "verbs": ["*"],
        "programs": [office.world.program],
    }
    with pytest.raises(InputError) as refused:
        make_subscription(**{**given, **change}, by=office.people.admin, at=office.now)
    assert refused.value.problems[0].field == field
    assert not Subscription.objects.exists()


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
