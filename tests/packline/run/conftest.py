"""A small program: the e-bike example with two packs; and the command line in this process."""

import pytest
from django.conf import settings as django_settings
from typer.testing import CliRunner

from tests.e2e.runs.processes import small_program


@pytest.fixture
def program(tmp_path):
    """A small program that a test may change."""
    return small_program(tmp_path / "program")


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
