import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils.timezone import timedelta

from packline.foundation.commands import command, unchanged
from packline.foundation.errors import (
    NotAllowed,
    NotANumber,
    NothingRecorded,
    Refused,
    StaleObject,
)
from packline.foundation.events import GENESIS, chain_hash, record
from packline.foundation.files import read, store
from packline.foundation.models import Event, StoredFile
from packline.foundation.triggers import append_only_tables, install_triggers, remove_triggers
from packline.foundation.verification import verify_record


def keep(people, now, content=b"datasheet"):
    return store(
        content=content, name="a.txt", media_type="text/plain", by=people.engineer, at=now
    )


def test_a_stored_file_is_read_back_and_told_by_an_event(people, now):
    file = keep(people, now)
    assert read(file.sha256) == b"datasheet"
    event = Event.objects.get()
    assert (event.subject, event.seq, event.prev_hash) == (
        f"foundation.storedfile:{file.sha256}",
        1,
        GENESIS,
    )
    assert event.hash == chain_hash(GENESIS, event.text)
    assert json.loads(event.text)["rows"][0]["fields"]["size_bytes"] == 9


def test_the_same_content_is_kept_once(people, now):
    assert keep(people, now) == keep(people, now)
    assert StoredFile.objects.count() == Event.objects.count() == 1


def test_events_of_one_subject_are_chained(people, now):
    file = keep(people, now)
    second = record("foundation.file.read", file, by=people.engineer, at=now + timedelta(1))
    first = Event.objects.get(seq=1)
    assert (second.seq, second.prev_hash) == (2, first.hash)
    assert verify_record().proven


def test_the_second_of_two_writers_at_one_place_is_refused(people, now, monkeypatch):
    file = keep(people, now)
    taken = Event.objects.get()
    monkeypatch.setattr("packline.foundation.events.head_of", lambda _: None)
    with pytest.raises(StaleObject, match="reload and try again"):
        record("foundation.file.read", file, by=people.engineer, at=now)
    assert taken.seq == 1


def test_a_number_that_is_not_finite_is_refused(people, now):
    file = keep(people, now)
    with pytest.raises(NotANumber, match="value = nan"):
        record("foundation.file.read", file, by=people.engineer, at=now, value=float("nan"))


def test_without_permission_nothing_is_written(people, now):
    with pytest.raises(NotAllowed, match="axel may not foundation.store_file"):
        store(content=b"x", name="x", media_type="text/plain", by=people.auditor, at=now)
    assert not StoredFile.objects.exists()


def test_a_command_that_records_nothing_writes_nothing(people, now):
    @command("foundation.store_file")
    def forgetful(*, by, at):
        StoredFile.objects.create(sha256="0" * 64, name="x", media_type="x", size_bytes=1)

    with pytest.raises(NothingRecorded):
        forgetful(by=people.engineer, at=now)
    assert not StoredFile.objects.exists()


def test_a_command_may_say_that_nothing_was_left_to_do(people, now):
    @command("foundation.store_file")
    def done(*, by, at):
        return unchanged("as it was")

    assert done(by=people.engineer, at=now) == "as it was"


@pytest.mark.parametrize("model", [Event, StoredFile])
@pytest.mark.parametrize("tamper", ["update", "delete"])
def test_the_database_refuses_to_rewrite_history(people, now, model, tamper):
    keep(people, now)
    rows = model.objects.all()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows._raw_delete(rows.db) if tamper == "delete" else rows.update(
            **{"verb" if model is Event else "name": "x"}
        )
    assert model.objects.count() == 1


@pytest.mark.django_db
def test_postgresql_refuses_to_truncate():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute("TRUNCATE foundation_event CASCADE")


@pytest.mark.django_db
def test_triggers_come_back_with_every_migration():
    remove_triggers(connection)
    install_triggers(connection)
    install_triggers(connection)  # and may be there already
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
            if connection.vendor == "sqlite"
            else "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"
        )
        assert cursor.fetchone()[0] == 2 * len(append_only_tables())


def tampered(people, now, change):
    """A record with two events, changed behind the application's back."""
    file = keep(people, now)
    record("foundation.file.read", file, by=people.engineer, at=now)
    remove_triggers(connection)
    change(file)
    try:
        return verify_record().differences
    finally:
        install_triggers(connection)


def test_a_changed_row_is_named_with_its_event_and_field(people, now):
    (found,) = tampered(people, now, lambda f: StoredFile.objects.update(name="b.txt"))
    assert (found.event, found.field) == ("event 1 foundation.file.stored", "name")
    assert (found.expected, found.found) == ('"a.txt"', '"b.txt"')
    assert found.subject.startswith("foundation.storedfile:")


def test_a_changed_event_text_breaks_its_hash(people, now):
    def change(file):
        event = Event.objects.get(seq=1)
        Event.objects.filter(pk=event.pk).update(text=event.text.replace("a.txt", "b.txt"))

    found = tampered(people, now, change)
    assert {(d.event, d.field) for d in found} == {
        ("event 1 foundation.file.stored", "text"),
        ("event 1 foundation.file.stored", "name"),
    }


def test_a_rehashed_event_breaks_the_chain_after_it(people, now):
    def change(file):
        event = Event.objects.get(seq=1)
        text = event.text.replace("a.txt", "b.txt")
        Event.objects.filter(pk=event.pk).update(text=text, hash=chain_hash(GENESIS, text))

    assert "prev_hash" in {d.field for d in tampered(people, now, change)}


def test_a_changed_column_of_an_event_is_named(people, now):
    (found,) = tampered(people, now, lambda f: Event.objects.filter(seq=2).update(verb="x"))
    assert (found.field, found.expected, found.found) == ("verb", "foundation.file.read", "x")


def test_a_removed_event_is_missed(people, now):
    def change(file):
        events = Event.objects.filter(seq=1)
        events._raw_delete(events.db)

    assert "seq" in {d.field for d in tampered(people, now, change)}


def test_a_row_that_no_event_wrote_is_found(people, now):
    def change(file):
        StoredFile.objects.create(sha256="f" * 64, name="x", media_type="x", size_bytes=0)

    messages = " ".join(str(d) for d in tampered(people, now, change))
    assert "a row that no event has written" in messages


def test_a_stored_file_that_was_changed_on_disk_is_found(people, now, data_dir):
    def change(file):
        (data_dir / "files" / file.sha256[:2] / file.sha256).write_bytes(b"datasheeT")

    (found,) = tampered(people, now, change)
    assert "was changed" in found.message


def test_what_takes_long_is_worked_out_before_the_transaction(people, now):
    def slow(*, by, at):
        return connection.in_atomic_block, len(connection.savepoint_ids)

    @command("foundation.store_file", prepare=slow)
    def careful(*, by, at, prepared=None):
        return unchanged((prepared, len(connection.savepoint_ids)))

    (_, before), inside = careful(by=people.engineer, at=now)
    assert inside == before + 1


def test_without_permission_nothing_is_prepared(people, now):
    @command("foundation.store_file", prepare=lambda **_: pytest.fail("was prepared"))
    def careful(*, by, at, prepared=None):
        return unchanged(None)

    with pytest.raises(NotAllowed):
        careful(by=people.auditor, at=now)


def test_a_broken_constraint_is_a_refusal_and_nothing_is_written(people, now):
    @command("foundation.store_file")
    def twice(*, by, at):
        for _ in range(2):
            StoredFile.objects.create(sha256="a" * 64, name="x", media_type="x", size_bytes=1)

    with pytest.raises(Refused, match=r"the database refuses foundation.store_file: .*sha256"):
        twice(by=people.engineer, at=now)
    assert not StoredFile.objects.exists()
