"""A floor of many stations on loopback: a plant in a database, a server, and clients with a spool.

Shared by the tests here and by `benchmarks/floor.py`.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]


def environment(data: Path, database: str | None, **more: str) -> dict[str, str]:
    """The environment of a server, and nothing of that of the tests."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PACKLINE_")}
    found = {**kept, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PYTHONUNBUFFERED": "1"}
    found |= {"PACKLINE_DATA": str(data), "PACKLINE_RATE": "100000", **more}
    return found | ({"PACKLINE_DATABASE": database} if database else {})


def lay_out(data: Path, database: str | None, *, stations: int, units: int) -> list[dict]:
    """Prepare a database with that many stations, tokens and units; return who stands where."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.reliability.plant", str(stations), str(units)],
        check=True, capture_output=True, text=True, env=environment(data, database), cwd=ROOT,
        timeout=300,
    )  # fmt: skip
    return json.loads(made.stdout.splitlines()[-1])


class Server:
    """`packline serve` as a process of its own, that a test may kill."""

    def __init__(
        self, data: Path, database: str | None = None, port: int = 0, workers: int = 1
    ) -> None:
        self.data, self.database, self.port, self.workers = data, database, port, workers
        self.process: subprocess.Popen | None = None

    def start(self, **more: str) -> Server:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "packline.site.cli", "serve", "--port", str(self.port),
             "--workers", str(self.workers)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=environment(self.data, self.database, **more), cwd=ROOT,
        )  # fmt: skip
        line = self.process.stdout.readline()
        assert line.startswith("Pages"), line
        self.port = int(line.split(":")[-1].strip(" /\n"))
        return self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=20)
        self.process.stdout.close()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
                self.process.stdout.close()
            except subprocess.TimeoutExpired:
                self.kill()


def verified(data: Path, database: str | None) -> dict:
    """What `packline verify --json` says."""
    done = subprocess.run(
        [sys.executable, "-m", "packline.site.cli", "verify", "--json"],
        capture_output=True, text=True, env=environment(data, database), cwd=ROOT, timeout=300,
    )  # fmt: skip
    return json.loads(done.stdout)


READINGS = """
SELECT u.serial, r.position, r.value FROM production_reading r
JOIN production_step s ON s.id = r.step_id JOIN production_unit u ON u.id = s.unit_id
ORDER BY r.id
"""


def stored(data: Path, database: str | None) -> list[tuple[str, int, float]]:
    """Every reading in the record: unit, position, value; read past everything of ours."""
    if database:
        import psycopg

        with psycopg.connect(database) as connection:
            return connection.execute(READINGS).fetchall()
    with closing(sqlite3.connect(data / "packline.sqlite3")) as connection:
        return connection.execute(READINGS).fetchall()


def work_on(unit: str, attendance: str, n: int) -> list[tuple[str, dict]]:
    """The requests of one unit, in order."""
    at = datetime.now(UTC).isoformat()
    step = f"/api/v1/units/{unit}/steps"
    told = {"taken_at": at, "program_version": "floor"}
    values = [
        {"code": "cell_ocv", "position": p, "value": 3.6 + (n * 8 + p) % 97 / 1000, "unit": "V"}
        for p in range(1, 9)
    ]
    return [
        (step, {"operation": "grouping"}),
        (f"{step}/grouping/1/readings", {"readings": values[:4], **told}),
        (f"{step}/grouping/1/readings", {"readings": values[4:], **told}),
        (f"{step}/grouping/1/finish", {}),
    ]


@dataclass
class Tally:
    """What the clients saw."""

    waits_s: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    accepted: int = 0
    readings: int = 0  # in accepted requests
    errors: list[str] = field(default_factory=list)


def press(
    server: Server,
    places: list[dict],
    *,
    until: float,
    every_s: float = 0.0,
    together: bool = False,
) -> Tally:
    """Let every station work through its units until `until`; each on a line of its own.

    With `every_s` a station makes one request so often, each at a moment of its own or all of
    them `together`; otherwise as fast as it is answered.
    """
    tally, lock, began_at = Tally(), threading.Lock(), time.monotonic()

    def station(n: int, place: dict) -> None:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        due = began_at + (0.0 if together else every_s * n / max(1, len(places)))
        for unit in place["units"]:
            for k, (path, body) in enumerate(work_on(unit, place["attendance"], n)):
                if every_s:
                    time.sleep(max(0.0, due - time.monotonic()))
                    due += every_s
                if time.monotonic() >= until:
                    line.close()
                    return
                began = time.perf_counter()
                headers = {
                    "Authorization": f"Bearer {place['token']}",
                    "Packline-Attendance": place["attendance"],
                    "Content-Type": "application/json",
                    "Idempotency-Key": f"{unit}-request-{k}",
                }
                while True:  # sent again with its key until it is answered, as a client does
                    try:
                        line.request("POST", path, body=json.dumps(body), headers=headers)
                        answer = line.getresponse()
                        said = answer.read()
                        break
                    except (OSError, http.client.HTTPException):
                        line.close()
                        if time.monotonic() >= until + 60:
                            return
                        time.sleep(0.1)
                wait = time.perf_counter() - began
                with lock:
                    tally.waits_s.append(wait)
                    tally.statuses[answer.status] = tally.statuses.get(answer.status, 0) + 1
                    tally.accepted += answer.status < 300
                    if answer.status < 300:
                        tally.readings += len(body.get("readings", ()))
                    if answer.status >= 300:
                        tally.errors.append(said.decode()[:300])
        line.close()

    threads = [threading.Thread(target=station, args=(n, p)) for n, p in enumerate(places)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally
