"""Several processes at one PostgreSQL: nothing is lost or doubled, and who dies is replaced."""

import os
import threading
import time

import psutil
import psycopg
import pytest

from tests.reliability.floor import Server, lay_out, press, stored
from tests.reliability.test_floor import database, nothing_differs, wanted  # noqa: F401

pytestmark = pytest.mark.skipif(
    "PACKLINE_DATABASE" not in os.environ, reason="the embedded database takes one process"
)
STATIONS, UNITS, LONG_S = 8, 4, 90

HEARD = """
SELECT count(*), count(DISTINCT h.event_id) FROM foundation_handledevent h
JOIN foundation_event e ON e.id = h.event_id
WHERE h.listener = 'quality.control' AND e.verb = 'production.step.finished'
"""


@pytest.fixture(scope="module")
def plant(database, tmp_path_factory):  # noqa: F811
    """A data directory and its stations, for every test here."""
    data = tmp_path_factory.mktemp("workers")
    return data, lay_out(data, database, stations=STATIONS, units=UNITS)


@pytest.fixture
def server(plant, database):  # noqa: F811
    found = Server(plant[0], database, workers=2).start()
    yield found
    found.stop()


def workers_of(server):
    """The processes that answer; multiprocessing has one more, which counts resources."""
    children = psutil.Process(server.process.pid).children()
    return [p for p in children if "spawn_main" in " ".join(p.cmdline())]


def until(said):
    end = time.monotonic() + LONG_S
    while not said():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_killed_worker_is_replaced_and_every_reading_is_there_once(server, plant):
    running, places = server, plant[1]
    until(lambda: len(workers_of(running)) == 2)
    before = {p.pid for p in workers_of(running)}
    tally = []
    floor = threading.Thread(
        target=lambda: tally.append(press(running, places, until=time.monotonic() + LONG_S))
    )
    floor.start()
    until(lambda: len(stored(running.data, running.database)) > 8 * STATIONS)
    workers_of(running)[0].kill()
    floor.join()
    assert tally[0].errors == []
    assert sorted(stored(running.data, running.database)) == wanted(places)
    until(lambda: len(workers_of(running)) == 2)
    assert {p.pid for p in workers_of(running)} != before

    def heard():
        with psycopg.connect(running.database) as connection:
            return connection.execute(HEARD).fetchone()

    until(lambda: heard()[0] >= STATIONS * UNITS)
    assert heard() == (STATIONS * UNITS, STATIONS * UNITS)
    assert nothing_differs(running.data, running.database)


def test_workers_do_not_outlive_the_process_that_watches_them(server):
    until(lambda: len(workers_of(server)) == 2)
    left = workers_of(server)
    server.kill()
    _, alive = psutil.wait_procs(left, timeout=LONG_S)
    assert alive == []
