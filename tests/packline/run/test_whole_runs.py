"""Whole runs as processes of their own: killed and resumed, on both databases, tampered with."""

import json
import os
import sqlite3
from pathlib import Path

import pytest

CELLS = Path(__file__).parents[4] / "shared/data/pulsebat/pulsebat_cells_derived.csv"
EXAMPLES = Path(__file__).parents[3] / "examples"
BOTH = ("sqlite", "postgresql")

pytestmark = pytest.mark.skipif(
    "PACKLINE_DATABASE" in os.environ, reason="these runs bring both databases themselves"
)


def test_both_databases_give_the_same_answer_and_so_does_a_repeat(place, program):
    program.replace("defect_rate = 0.0", "defect_rate = 0.5")
    answers = [place(kind).run(program.path) for kind in ("sqlite", "sqlite", "postgresql")]
    assert len(answers[0]["units"]) == 2
    assert answers[0]["units"] == answers[1]["units"] == answers[2]["units"]


def test_real_cells_give_released_packs_on_both_databases(place):
    if not CELLS.exists():
        pytest.skip("the measured cells of ../shared are not here")
    places = [place(kind) for kind in BOTH]
    answers = [p.run(EXAMPLES / "second-life-48v", "--cells", CELLS) for p in places]
    assert answers[0]["units"] == answers[1]["units"]
    assert answers[0]["released"] == 3
    supply = next(line for line in answers[0]["stages"] if line["stage"] == "supply")
    assert (supply["facts"]["cells"], supply["facts"]["virtual"]) == (52, False)
    assert 0 < supply["facts"]["quarantined"] < 10
    for p in places:
        assert p.packline("verify").returncode == 0


@pytest.mark.parametrize("database", BOTH)
def test_a_killed_run_goes_on_where_it_stopped(place, program, database):
    program.replace("defect_rate = 0.0", "defect_rate = 0.5")
    whole = place().run(program.path)
    broken = place(database)
    for stage, after in (("design", 0.05), ("supply", 0.5), ("production", 0.2)):
        broken.kill_in_run(stage, after, program.path)
        verified = broken.packline("verify", "--json")
        assert json.loads(verified.stdout)["differences"] == []
    assert broken.run(program.path)["units"] == whole["units"]
    assert broken.packline("verify").returncode == 0


def drop_triggers(connection):
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in names:
        connection.execute(f'DROP TRIGGER "{name}"')


def test_tampering_is_named_by_unit_event_and_field(finished):
    path = finished.data / "packline.sqlite3"
    untouched = path.read_bytes()
    changes = {
        "UPDATE production_reading SET value = value + 0.001 WHERE id = (SELECT max(id) FROM "
        "production_reading)": ("production.readings.taken", "value"),
        "UPDATE foundation_event SET text = replace(text, 'v.operator', 'v.inspector') WHERE id = "
        "(SELECT max(id) FROM foundation_event WHERE subject = 'production.unit:EB48-000002' "
        "AND text LIKE '%v.operator%')": ("production.", "text"),
    }
    for statement, (event, field) in changes.items():
        with sqlite3.connect(path) as connection:
            drop_triggers(connection)
            assert connection.execute(statement).rowcount == 1
        connection.close()
        verified = finished.packline("verify")
        assert verified.returncode == 1
        assert "production.unit:EB48-000002" in verified.stdout
        assert event in verified.stdout
        assert f"field {field}:" in verified.stdout
        for journal in path.parent.glob("packline.sqlite3-*"):
            journal.unlink()
        path.write_bytes(untouched)
    assert finished.packline("verify").returncode == 0


def test_the_database_itself_refuses_while_its_triggers_stand(finished):
    with sqlite3.connect(finished.data / "packline.sqlite3") as connection:
        for table in ("production_reading", "foundation_event"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(f"DELETE FROM {table}")
    connection.close()


def test_a_record_verifies_with_the_public_key_and_no_database(finished, tmp_path):
    record = next((finished.data / "output").rglob("EB48-000001-device-history-record.pdf"))
    key = finished.data / "keys/site.pub.pem"
    elsewhere = type(finished)(tmp_path / "elsewhere")
    assert elsewhere.packline("verify", record, "--key", key).returncode == 0
    assert not elsewhere.data.exists()
    damaged = tmp_path / "damaged.pdf"
    content = bytearray(record.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    assert elsewhere.packline("verify", damaged, "--key", key).returncode == 1
    assert elsewhere.packline("verify", record).returncode == 2
