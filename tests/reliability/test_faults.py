"""Databases that are killed and disks that are full in the middle of the work."""

import http.client
import json
import os
import tempfile
import threading
import time
from pathlib import Path

import pytest

from packlink.spool import Spool
from tests.reliability.cluster import Cluster, small_disk_of, whole_disk_of
from tests.reliability.floor import Server, lay_out, stored, work_on
from tests.reliability.test_floor import nothing_differs, wanted

ON_POSTGRESQL = "PACKLINE_DATABASE" in os.environ
LONG = 60  # s until a test gives up


@pytest.fixture(scope="module")
def cluster():
    """A server of our own: that of the run is needed by the other tests."""
    if not ON_POSTGRESQL:
        pytest.skip("the embedded database dies with its server, which test_floor kills")
    with tempfile.TemporaryDirectory(prefix="packline-pg-") as folder:
        found = Cluster(Path(folder) / "disk")
        yield found
        found.close()


@pytest.fixture(scope="module")
def plant(request, tmp_path_factory):
    """Stations for every test here, and a server in front of their work."""
    database = None
    if ON_POSTGRESQL:
        database = request.getfixturevalue("cluster").database("faults")
    data = tmp_path_factory.mktemp("plant")
    places = lay_out(data, database, stations=6, units=3)
    server = Server(data, database).start()
    yield server, places
    server.stop()


class Shift:
    """Some of the stations with their work in spools, in front of the server."""

    def __init__(self, folder, server, places):
        self.data, self.database, self.server = server.data, server.database, server
        self.places = places
        self.spools = []
        for n, place in enumerate(places):
            spool = Spool(folder / f"{n}.sqlite3", server.url, place["token"], timeout_s=60)
            headers = {"Packline-Attendance": place["attendance"]}
            for unit in place["units"]:
                for path, body in work_on(unit, place["attendance"], n):
                    spool.put(path, body, stream=unit, headers=headers)
            self.spools.append(spool)

    def stored(self):
        """What is in the record of these stations."""
        ours = {unit for place in self.places for unit in place["units"]}
        return sorted(r for r in stored(self.data, self.database) if r[0] in ours)

    def entries(self, state):
        return [entry for spool in self.spools for entry in spool.entries(state)]

    def begin(self, *, until):
        """Let every station send at once, and come back when so much was acknowledged."""
        for spool in self.spools:
            threading.Thread(target=spool.forward, daemon=True).start()
        end = time.monotonic() + LONG
        while len(self.entries("sent")) < until:
            assert time.monotonic() < end
            time.sleep(0.01)

    def forward_until(self, done):
        """Let the spools send, as their threads do all day, until something is so."""
        end = time.monotonic() + LONG
        while not done():
            assert time.monotonic() < end, [e.answer for e in self.entries("waiting")][:3]
            for spool in self.spools:
                spool.forward()
            time.sleep(0.05)

    def ask(self):
        """Ask what every station asks all the time; return the status and what was said."""
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        place = self.places[0]
        unit = place["units"][0]
        line.request(
            "GET", f"/api/v1/units/{unit}", headers={"Authorization": f"Bearer {place['token']}"}
        )
        answer = line.getresponse()
        said = answer.read()
        line.close()
        return answer.status, json.loads(said)

    def end_well(self):
        """Everything is handed in, is there once, and proves itself."""
        self.forward_until(lambda: not self.entries("waiting"))
        assert not self.entries("refused")
        assert self.stored() == wanted(self.places)
        assert nothing_differs(self.data, self.database)

    def close(self):
        for spool in self.spools:
            spool.close()


@pytest.fixture
def shift(plant, tmp_path, request):
    server, places = plant
    which = slice(0, 3) if "killed" in request.node.name else slice(3, 6)
    found = Shift(tmp_path, server, places[which])
    yield found
    found.close()


def is_unavailable(status, said):
    return status == 503 and said["type"] == "urn:packline:problem:unavailable"


def test_after_a_killed_database_the_site_goes_on_by_itself_and_nothing_acknowledged_is_lost(
    cluster, shift
):
    shift.begin(until=12)
    cluster.kill()  # in mid-load: some answers are lost, some work is half done
    assert is_unavailable(*shift.ask())
    shift.forward_until(lambda: any(e.status == 503 for e in shift.entries("waiting")))
    assert shift.server.process.poll() is None
    cluster.start()
    shift.forward_until(lambda: shift.ask()[0] == 200)
    shift.end_well()


def test_on_a_full_disk_nothing_is_half_written_and_work_goes_on_once_there_is_room(
    request, shift
):
    if ON_POSTGRESQL:
        cluster = request.getfixturevalue("cluster")
        if not cluster.mounted:
            pytest.skip("a disk that may be filled cannot be mounted here (not root)")
        fill, empty = cluster.fill, cluster.empty
    else:
        pid = shift.server.process.pid
        fill, empty = lambda: small_disk_of(pid, shift.data), lambda: whole_disk_of(pid)
    shift.begin(until=4)
    fill()
    shift.forward_until(lambda: any(e.status == 503 for e in shift.entries("waiting")))
    waiting = next(e for e in shift.entries("waiting") if e.status == 503)
    said = json.loads(waiting.answer)
    assert is_unavailable(503, said)
    assert "nothing was written" in said["detail"]
    assert shift.ask()[0] == 200  # what was written can be read all the while
    sent = {(e.path.split("/")[4], e.path.rsplit("/", 1)[-1]) for e in shift.entries("sent")}
    kept = shift.stored()
    assert len(kept) == len(set(kept))
    assert {unit for unit, last in sent if last == "readings"} <= {unit for unit, _, _ in kept}
    empty()
    shift.end_well()
