"""A real receiver of webhooks, and an office that steers them with a clock moved by hand."""

import json
import threading
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from packline.insight.services import (
    make_subscription,
)
from packline.production.services import hold_unit
from packline.site.telling import tell
from packlink.webhooks import networks_of, post
from tests.packline.world import build_world, order_in


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
    """Return why units were held, as the receiver was told."""
    return [m["data"]["facts"].get("reason") for m in receiver.taken()]
