"""One finished run, looked at from many sides, tampered with, and its records taken away."""

import json
import sqlite3

import pytest


@pytest.fixture(scope="module")
def done(finished):
    """What a finished run says when it is asked again."""
    return finished.run(finished.data.parent / "program")


def asked(finished, query):
    with sqlite3.connect(finished.data / "packline.sqlite3") as connection:
        rows = connection.execute(query).fetchall()
    connection.close()
    return rows


def test_a_program_ends_as_released_packs_with_their_records(done, finished):
    assert done["released"] == 2
    assert [u["serial"] for u in done["units"]] == ["EB48-000001", "EB48-000002"]
    assert [line["stage"] for line in done["stages"]] == [
        "requirements", "design", "process", "supply", "production", "quality", "assurance",
        "insight",
    ]  # fmt: skip
    records = sorted(p.name for p in (finished.data / "output/EB48-1/records").iterdir())
    assert records == [
        f"EB48-00000{n}-{kind}.pdf"
        for n in (1, 2)
        for kind in ("device-history-record", "traveller")
    ]
    assert (finished.data / "output/EB48-1/report.html").stat().st_size > 10_000


def test_what_was_built_virtually_says_so_everywhere(done, finished):
    assert all(unit["virtual"] for unit in done["units"])
    assert asked(finished, "SELECT count(*) FROM production_reading WHERE NOT virtual") == [(0,)]
    assert asked(finished, "SELECT DISTINCT outcome, for_shipment FROM assurance_release") == [
        ("released (virtual), not for shipment", 0)
    ]


WHO = """SELECT DISTINCT p.username FROM production_step s JOIN foundation_person p
ON p.id = s.operator_id JOIN process_operation o ON o.id = s.operation_id WHERE o.code {} """


def test_the_inspector_is_never_the_operator_who_built(done, finished):
    assert asked(finished, WHO.format("IN ('eol', 'final')")) == [("v.inspector",)]
    assert asked(finished, WHO.format("NOT IN ('eol', 'final')")) == [("v.operator",)]
    assert asked(
        finished,
        "SELECT DISTINCT p.username FROM assurance_release r JOIN foundation_person p "
        "ON p.id = r.released_by_id",
    ) == [("v.approver",)]


def test_a_trace_goes_from_a_cell_to_its_pack_and_back(done, finished):
    cell = done["units"][0]["groups"][0][0]
    found = json.loads(finished.packline("trace", cell, "--json").stdout)
    assert [u["serial"] for u in found["units"]] == ["EB48-000001"]
    pack = json.loads(finished.packline("trace", "EB48-000001", "--json").stdout)
    assert cell in {p["serial"] for p in pack["parts"]}
    assert pack["complete"] is True


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
