"""Starting `packline` as a process of its own, and a small program for it to run."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "packline.site.cli"]


@dataclass
class Place:
    """A data directory, with a PostgreSQL database if one is named."""

    data: Path
    database: str | None = None
    environment: dict = field(init=False)

    def __post_init__(self):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PACKLINE_")}
        self.environment = kept | {"PACKLINE_DATA": str(self.data)}
        if self.database:
            self.environment["PACKLINE_DATABASE"] = self.database

    def packline(self, *arguments):
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, *arguments):
        """Run the main job to its end and return its answer."""
        done = self.packline("run", *arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def kill_in_run(self, stage, after, *arguments):
        """Start the main job and kill it so many seconds after a stage has reported."""
        process = subprocess.Popen(
            [*COMMAND, "run", *map(str, arguments), "--json"],
            cwd=ROOT,
            env=self.environment | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in process.stderr:
            if line.startswith(stage):
                break
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        process.stderr.close()
        assert process.wait() == -signal.SIGKILL, "the run was over before it was killed"


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
