import pytest

from packline.foundation.files import store
from packline.foundation.listeners import Listener, run_listeners
from packline.foundation.models import Event, HandledEvent


def keep(people, now, content):
    return store(content=content, name="x", media_type="text/plain", by=people.engineer, at=now)


def listener(heard, name="test"):
    return Listener(
        name, frozenset({"foundation.file.stored"}), lambda event: heard.append(event.subject)
    )


def test_every_event_is_heard_once_by_each_listener(people, now):
    heard = []
    for content in (b"a", b"b"):
        keep(people, now, content)
    assert run_listeners([listener(heard), listener(heard, "other")]) == 4
    keep(people, now, b"c")
    assert run_listeners([listener(heard), listener(heard, "other")]) == 2
    assert len(heard) == 6


def test_what_a_listener_does_not_hear_of_is_left_alone(people, now):
    heard = []
    keep(people, now, b"a")
    deaf = Listener("deaf", frozenset({"something.else"}), lambda event: heard.append(1))
    assert run_listeners([deaf]) == 0
    assert not heard


def test_a_listener_that_fails_hears_the_event_again(people, now):
    keep(people, now, b"a")

    def fail(event):
        raise RuntimeError("not today")

    with pytest.raises(RuntimeError):
        run_listeners([Listener("test", frozenset({"foundation.file.stored"}), fail)])
    assert not HandledEvent.objects.exists()
    heard = []
    assert run_listeners([listener(heard)]) == 1


def test_an_event_that_commits_late_with_a_smaller_id_is_not_passed_by(people, now):
    for content in (b"a", b"b"):
        keep(people, now, content)
    early = Event.objects.order_by("pk").first()
    HandledEvent.objects.create(listener="test", event=Event.objects.order_by("pk").last())
    heard = []
    run_listeners([listener(heard)])
    assert heard == [early.subject]
