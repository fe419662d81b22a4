"""A small program: the e-bike example with two packs; and the command line in this process."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from typer.testing import CliRunner

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


@pytest.fixture
def program(tmp_path):
    """The e-bike program, cut down to two packs from a lot of 130 cells."""
    path = tmp_path / "program"
    shutil.copytree(ROOT / "examples" / "ebike-48v", path)
    folder = ProgramFolder(path)
    folder.replace("quantity = 40", "quantity = 2")
    folder.replace("n = 2240", "n = 130")
    text = folder.file.read_text()
    folder.file.write_text(re.sub(r"defect_rate = [0-9.]+", "defect_rate = 0.0", text))
    return folder


@pytest.fixture
def cli(db, data_dir, monkeypatch):
    """Run `packline` in this process, on the test's database and data directory."""
    import packline.site.commands.import_cells as import_command
    import packline.site.commands.run as run_command
    from packline.site.cli import app

    for module in (run_command, import_command):
        monkeypatch.setattr(module, "prepare_database", lambda: None)
        monkeypatch.setattr(module, "point_at", lambda *_: None)

    def invoke(*arguments):
        assert data_dir == django_settings.PACKLINE_DATA
        return CliRunner().invoke(app, [str(a) for a in arguments])

    return invoke
