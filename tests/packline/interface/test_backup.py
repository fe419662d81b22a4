"""A copy that is taken while the record is in use is a record that verifies."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def packline(*arguments):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PACKLINE_")}
    return subprocess.run(
        [sys.executable, "-m", "packline.site.cli", *map(str, arguments)],
        capture_output=True, text=True, timeout=120, env={**kept, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip


def test_a_copy_is_proven_and_never_laid_over_another(tmp_path):
    script = "; ".join(
        (
            "import django", "django.setup()", "from datetime import UTC, datetime",
            "from packline.site.prepare import prepare_database", "prepare_database()",
            "from packline.foundation.people import first_person",
            "from packline.foundation.files import store", "now = datetime.now(UTC)",
            "by = first_person(username='admin', password='x', at=now)",
            "from packline.foundation.installation import here", "here()",
            "store(content=b'x', name='x', media_type='text/plain', by=by, at=now)",
        )
    )  # fmt: skip
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith("PACKLINE_")},
        "PYTHONPATH": str(ROOT / "src"), "PACKLINE_DATA": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "packline.site.settings",
    }  # fmt: skip
    subprocess.run([sys.executable, "-c", script], check=True, env=env, timeout=120)
    copied = packline("backup", tmp_path / "copy", "--data", tmp_path / "data")
    assert copied.returncode == 0, copied.stderr
    proven = packline("verify", "--data", tmp_path / "copy")
    assert (proven.returncode, "Proven" in proven.stdout) == (0, True)
    assert (tmp_path / "data" / "installation").exists()
    assert not (tmp_path / "copy" / "installation").exists()  # so a copy tells no webhook
    file = next(p for p in (tmp_path / "copy" / "files").rglob("*") if p.is_file())
    file.write_bytes(b"y")
    assert packline("verify", "--data", tmp_path / "copy").returncode == 1
    again = packline("backup", tmp_path / "copy", "--data", tmp_path / "data")
    assert (again.returncode, "exists already" in again.stderr) == (2, True)
