"""The long way and the short one lead to the same tables."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKLINE = [sys.executable, "-m", "packline.site.cli"]


def schema(data):
    """Return what a database consists of: columns, constraints, indexes, triggers."""
    with sqlite3.connect(next(data.glob("*.sqlite3"))) as database:
        made = database.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        tables = [name for kind, name, _, _ in made if kind == "table" and name[:7] != "sqlite_"]
        found = {
            name: (
                {tuple(c[1:]) for c in database.execute(f'PRAGMA table_info("{name}")')},
                {tuple(k[2:]) for k in database.execute(f'PRAGMA foreign_key_list("{name}")')},
            )
            for name in tables
        }
        checks = {
            (table, *sorted(re.findall(r'CONSTRAINT "(\w+)"', sql)))
            for kind, _, table, sql in made
            if kind == "table" and sql
        }
        others = {(k, n, t, s) for k, n, t, s in made if k in ("index", "trigger") and s}
        applied = set(database.execute("SELECT app, name FROM django_migrations"))
    database.close()
    return found, checks, others, applied


def test_replaying_the_history_gives_the_tables_of_the_models(tmp_path):
    found = []
    for words in ([], ["--step-by-step"]):
        data = tmp_path / f"data{len(words)}"
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PACKLINE_")}
        subprocess.run(
            [*PACKLINE, "admin", "migrate", "--skip-checks", *words],
            check=True, capture_output=True, cwd=ROOT,
            env=kept | {"PACKLINE_DATA": str(data), "PYTHONPATH": str(ROOT / "src")},
        )  # fmt: skip
        found.append(schema(data))
    at_once, replayed = found
    for one, other in zip(at_once, replayed, strict=True):
        assert one == other
