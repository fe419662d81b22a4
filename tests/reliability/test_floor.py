"""Many stations at once, and servers and databases that are killed in the middle of it."""

import json
import os
import threading
import time
from pathlib import Path

import pytest

from packlink.spool import Spool
from tests.reliability.floor import Server, lay_out, press, stored, verified, work_on

MADE_UP = "foundation.storedfile:1111"  # the file of the plant's lot, which nobody measured


STATIONS, EVERY_S = 32, 2.0  # one scan per station every two seconds


@pytest.fixture(scope="module")
def database():
    """The embedded database, or a new one on the PostgreSQL of this run of the tests."""
    url = os.environ.get("PACKLINE_DATABASE")
    if not url:
        yield None
        return
    import psycopg

    name = f"floor_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield url.replace("/postgres?", f"/{name}?", 1) if "?" in url else f"{url}/{name}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def plant(database, tmp_path_factory):
    """A server, the stations that press on it at once, and four more that work from spools."""
    data = tmp_path_factory.mktemp("floor")
    places = lay_out(data, database, stations=STATIONS + 4, units=6)
    for place in places[:STATIONS]:
        place["units"] = place["units"][:4]
    server = Server(data, database).start()
    yield server, places[:STATIONS], places[STATIONS:]
    server.stop()


def kept_of(server, places):
    """What is in the record of these stations."""
    ours = {unit for place in places for unit in place["units"]}
    return sorted(r for r in stored(server.data, server.database) if r[0] in ours)


def nothing_differs(data: Path, database: str | None) -> bool:
    found = verified(data, database)["differences"]
    return [d for d in found if not d["subject"].startswith(MADE_UP)] == []


def wanted(places, upto=None):
    """Every reading that the work on these units comes to."""
    found = []
    for n, place in enumerate(places):
        for unit in place["units"][:upto]:
            for _, body in work_on(unit, "", n):
                found += [(unit, r["position"], r["value"]) for r in body.get("readings", ())]
    return sorted(found)


def test_thirty_two_stations_at_once_for_thirty_seconds_lose_nothing_and_double_nothing(plant):
    server, places, _ = plant
    began = time.monotonic()
    tally = press(server, places, until=began + 300, every_s=EVERY_S, together=True)
    assert time.monotonic() - began >= 30
    assert tally.errors == []
    assert tally.accepted == STATIONS * 4 * 4
    assert kept_of(server, places) == wanted(places)
    assert nothing_differs(server.data, server.database)


def test_after_a_killed_server_every_reading_is_there_once_and_the_chains_verify(plant, tmp_path):
    server, _, places = plant
    spools = []
    for n, place in enumerate(places):
        spool = Spool(tmp_path / f"spool{n}.sqlite3", server.url, place["token"], timeout_s=60)
        headers = {"Packline-Attendance": place["attendance"]}
        for unit in place["units"]:
            for path, body in work_on(unit, place["attendance"], n):
                spool.put(path, body, stream=unit, headers=headers)
        spools.append(spool)
    threads = [threading.Thread(target=spool.forward) for spool in spools]
    for thread in threads:
        thread.start()
    while sum(len(spool.entries("sent")) for spool in spools) < 12:
        assert any(thread.is_alive() for thread in threads)
        time.sleep(0.01)
    server.kill()  # some answers are lost on the way
    for thread in threads:
        thread.join()
    acknowledged = {(e.path, e.key): e for spool in spools for e in spool.entries("sent")}
    assert any(spool.entries("waiting") for spool in spools)
    kept = kept_of(server, places)
    assert len(kept) == len(set(kept))
    for (path, _), entry in acknowledged.items():
        if path.endswith("/readings"):
            unit = path.split("/")[4]
            assert len([r for r in kept if r[0] == unit]) >= json.loads(entry.answer)["taken"]
    assert nothing_differs(server.data, server.database)
    server.start()
    for spool in spools:
        spool.close()
    again = [
        Spool(tmp_path / f"spool{n}.sqlite3", server.url, place["token"], timeout_s=60)
        for n, place in enumerate(places)
    ]
    for spool in again:
        spool.forward()
        assert not spool.entries("waiting")
        assert not spool.entries("refused")
        for entry in reversed(spool.entries("sent")[:3]):  # delivered again, out of order
            spool.put_again(entry.key)
        spool.forward()
        assert not spool.entries("waiting")
        spool.close()
    assert kept_of(server, places) == wanted(places)
    assert nothing_differs(server.data, server.database)
