"""Other systems are told of what happens: once at least, in order, signed, only what is theirs."""

import json
import threading
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

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
from packline.production.services import lift_hold
from packline.requirements.models import Program
from packlink.webhooks import Answer, networks_of, post, secret_text, verify
from tests.packline.site.webhooks import Office, reasons

pytestmark = pytest.mark.django_db


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
