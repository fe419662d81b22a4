"""The spool beside a machine: in order, once each, over any interruption."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from packlink.spool import Spool


class Site:
    """A site that answers as a test says, and remembers what came."""

    def __init__(self):
        self.came, self.answers = [], {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                outer.came.append((self.path, self.headers["Idempotency-Key"]))
                status = outer.answers.get(self.path, 201)
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def paths(self):
        return [path for path, _ in self.came]


@pytest.fixture
def site():
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def spool(site, tmp_path):
    spool = Spool(tmp_path / "spool.sqlite3", site.url, "pl_x")
    yield spool
    spool.close()


def test_what_was_put_goes_in_order_and_once(site, spool):
    keys = [spool.put(f"/{n}", {"n": n}) for n in range(3)]
    assert (spool.forward(), spool.forward()) == (3, 0)
    assert site.came == list(zip(["/0", "/1", "/2"], keys, strict=True))


def test_what_waits_survives_the_process_with_its_key(site, spool, tmp_path):
    site.answers["/a"] = 503
    key = spool.put("/a", {})
    spool.put("/b", {})
    assert spool.forward() == 0
    assert site.paths() == ["/a"]  # later work does not overtake
    site.answers.clear()
    later = Spool(tmp_path / "spool.sqlite3", site.url, "pl_x")
    assert later.forward() == 2
    later.close()
    assert site.came[:2] == [("/a", key), ("/a", key)]


def test_a_refusal_stops_its_own_stream_until_somebody_decides(site, spool):
    site.answers["/u1/start"] = 409
    refused = spool.put("/u1/start", {}, stream="u1")
    spool.put("/u1/finish", {}, stream="u1")
    spool.put("/u2/start", {}, stream="u2")
    assert spool.forward() == 1
    assert site.paths() == ["/u1/start", "/u2/start"]
    assert [e.status for e in spool.entries("refused")] == [409]
    site.answers.clear()
    spool.retry(refused)
    assert spool.forward() == 2
    assert site.paths()[2:] == ["/u1/start", "/u1/finish"]
    with pytest.raises(ValueError, match="no refused entry"):
        spool.drop(refused)


def test_a_dropped_entry_lets_the_rest_go_on_and_is_kept(site, spool):
    site.answers["/u1/start"] = 422
    refused = spool.put("/u1/start", {}, stream="u1")
    spool.put("/u1/note", {}, stream="u1")
    spool.forward()
    spool.drop(refused)
    assert spool.forward() == 1
    assert [e.key for e in spool.entries("dropped")] == [refused]


def test_nobody_there_is_no_reason_to_lose_anything(tmp_path):
    spool = Spool(tmp_path / "s.sqlite3", "http://127.0.0.1:9", "pl_x", timeout_s=1)
    spool.put("/a", {})
    assert spool.forward() == 0
    assert [e.tries for e in spool.entries("waiting")] == [1]
    spool.close()


def test_not_a_number_is_refused_before_it_is_kept(spool):
    with pytest.raises(ValueError, match="JSON"):
        spool.put("/a", {"value": float("nan")})
    with pytest.raises(ValueError, match="not the address of a site"):
        Spool(":memory:", "ftp://x", "pl_x")
    assert not spool.entries("waiting")
