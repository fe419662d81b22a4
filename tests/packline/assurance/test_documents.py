"""Documents and seals out of a real thread: issued, kept, proven, and found out when changed."""

from __future__ import annotations

import json
import shutil
import subprocess
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context

import pytest
from django.db import connection

from packline.assurance.calc.merkle import root_of
from packline.assurance.calc.pages import attachments
from packline.assurance.calc.proof import verify_document
from packline.assurance.calc.seal import ATTACHMENT
from packline.assurance.models import Document, Release, Seal
from packline.assurance.queries import (
    device_history,
    documents_of_unit,
    signature_differences,
    traveller_of,
)
from packline.assurance.queries.drafts import draft_document
from packline.assurance.services import issue_document, release_unit, seal_day
from packline.foundation.errors import DomainError, Refused, StaleObject
from packline.foundation.events import subject_of
from packline.foundation.files import path_of, read
from packline.foundation.keys import public_key
from packline.foundation.models import Event
from packline.foundation.triggers import remove_triggers
from packline.foundation.verification import verify_record
from packline.production.models import JointSet, Unit
from packline.production.services import hold_unit, install_parts, pass_unit, swap_cell
from packline.quality.models import Nonconformance
from packline.quality.services import (
    close_nonconformance,
    dispose_nonconformance,
    hear_of_hold,
)
from packline.supply.models import Cell


@pytest.fixture
def released(unit, people, later):
    release_unit(unit=unit, by=people.approver, at=later)
    return unit


def issue(unit, kind, people, at) -> bytes:
    document = issue_document(unit=unit, kind=kind, by=people.approver, at=at)
    return read(document.file.sha256)


def test_the_record_of_a_released_unit_proves_itself(released, people, later):
    verdict = verify_document(issue(released, "device_history", people, later), public_key())
    assert verdict.proven, verdict.lines()
    assert verdict.serial == "PK-000001"


def test_a_draft_that_another_process_set_is_the_same_document(released, people, later):
    here = draft_document(unit=released, kind="device_history", at=later)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        there = draft_document(unit=released, kind="device_history", at=later, executor=executor)
        issued = issue_document(
            unit=released, kind="device_history", by=people.approver, at=later, draft=there
        )
    assert read(issued.file.sha256) == here.content.result()


def test_a_draft_is_issued_as_what_it_is_and_only_while_it_tells_everything(
    released, people, later
):
    draft = draft_document(unit=released, kind="traveller", at=later)
    with pytest.raises(DomainError, match="the draft is the traveller of PK-000001"):
        issue_document(
            unit=released, kind="device_history", by=people.approver, at=later, draft=draft
        )
    hold_unit(unit=released, reason="wait", cause="a call", by=people.approver, at=later)
    with pytest.raises(StaleObject, match="PK-000001 moved while its traveller was set"):
        issue_document(unit=released, kind="traveller", by=people.approver, at=later, draft=draft)
    assert not documents_of_unit(released)


def test_the_record_holds_cells_parts_readings_joints_and_verdicts(released, later):
    history = device_history(released, later)
    assert [len(group.cells) for group in history.groups] == [2, 2]
    assert [part.serial for part in history.parts] == ["BMS-1"]
    assert [(s.operation, s.state, len(s.readings)) for s in history.steps] == [
        ("20-kitting", "passed", 1),
        ("40-welding", "passed", 0),
        ("80-eol", "passed", 3),
    ]
    assert [(j.n, len(j.joints)) for j in history.joints] == [(8, 8)]
    assert [v.verdict for v in history.verification] == ["pass"] * 5
    assert history.identification.firmware_sha256 == "cd" * 32
    assert history.header.topology == "2S2P"
    assert history.chain[-1].verb == "production.unit.released"


def test_a_unit_with_rework_and_a_swapped_cell_tells_all_of_it(world, planned, line, people, now):
    unit = world.unit()
    line.kit(unit)
    install_parts(unit=unit, by=people.operator, at=now)
    line.weld(unit)
    line.eol(unit, volts=6.0)
    found = hear_of_hold(Event.objects.get(verb="production.unit.held"))
    old = unit.placements.order_by("group", "slot")[0].cell
    new = Cell.objects.filter(state="accepted").order_by("serial")[0]
    soon = now + timedelta(minutes=5)
    swap_cell(unit=unit, old=old, new=new, reason="weak", by=people.inspector, at=soon)
    dispose_nonconformance(
        nonconformance=found, disposition="rework", justification="cell replaced",
        repeat_from=world.operation("welding"), by=people.approver, at=soon,
    )  # fmt: skip
    line.weld(unit)
    line.eol(unit)
    close_nonconformance(nonconformance=found, note="retested", by=people.inspector, at=soon)
    unit = Unit.objects.get(pk=unit.pk)
    pass_unit(unit=unit, by=people.inspector, at=soon)
    release_unit(unit=unit, by=people.approver, at=soon)
    history = device_history(unit, soon)
    assert [c.serial for c in history.removed] == [old.serial]
    assert new.serial in [c.serial for group in history.groups for c in group.cells]
    assert [(s.operation, s.attempt, s.state) for s in history.steps if s.attempt == 2] == [
        ("40-welding", 2, "passed"),
        ("80-eol", 2, "passed"),
    ]
    assert [(n.number, n.disposition, n.state) for n in history.nonconformances] == [
        ("NC-000001", "rework", "closed")
    ]
    verdict = verify_document(issue(unit, "device_history", people, soon), public_key())
    assert verdict.proven, verdict.lines()


def test_no_record_is_issued_before_the_release(unit, people, later):
    with pytest.raises(Refused, match="is passed: a device history record is issued at release"):
        issue_document(unit=unit, kind="device_history", by=people.approver, at=later)


def test_a_record_issued_while_the_unit_is_held_again_says_so(released, people, later):
    unit = Unit.objects.get(pk=released.pk)
    hold_unit(unit=unit, reason="recall", cause="letter", by=people.inspector, at=later)
    history = device_history(unit, later)
    assert history.header.state == "released; now held"
    assert not history.header.released
    assert [hold.lifted_at for hold in history.holds] == [None]


def test_an_unknown_document_is_refused(unit, people, later):
    with pytest.raises(DomainError, match="allowed: device_history, traveller"):
        issue_document(unit=unit, kind="poem", by=people.approver, at=later)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_each_line_of_an_instruction_is_a_line_of_the_traveller(world, people, now):
    operation = world.operation("kitting")
    type(operation).objects.filter(pk=operation.pk).update(instruction="1. Look.\n2. Scan.")
    pdf = issue(world.unit(), "traveller", people, now)
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    lines = [line.strip() for line in text.splitlines()]
    assert "1. Look." in lines
    assert "2. Scan." in lines
    assert "\N{REPLACEMENT CHARACTER}" not in text


def test_the_traveller_of_a_planned_unit_lists_its_operations_and_limits(world, people, now):
    unit = world.unit()
    assert issue(unit, "traveller", people, now).startswith(b"%PDF-1.7")
    tasks = traveller_of(unit, now).tasks
    assert [task.number for task in tasks] == [20, 40, 80]
    first = tasks[2].checks[0]
    assert (first.name, first.low, first.high) == ("pack_ocv", 7.0, 7.4)


def test_documents_are_counted_and_told_by_events(released, people, later):
    for _ in range(2):
        issue(
            released, "device_history", people, later + timedelta(minutes=Document.objects.count())
        )
    assert [d.number for d in documents_of_unit(released)] == [2, 1]
    assert not verify_record(subject_of(Document.objects.get(number=1))).differences


def test_the_same_moment_gives_the_same_file(released, people, later):
    assert issue(released, "device_history", people, later) == issue(
        released, "device_history", people, later
    )


def test_gathering_a_history_takes_the_same_number_of_queries_for_more_rows(
    released, later, django_assert_max_num_queries
):
    with django_assert_max_num_queries(40):
        device_history(Unit.objects.get(pk=released.pk), later)


def test_the_attached_data_are_those_of_the_database(released, people, later):
    data = json.loads(attachments(issue(released, "device_history", people, later))[ATTACHMENT])
    values = [
        reading["value"]
        for step in data["record"]["steps"]
        for reading in step["readings"]
        if reading["characteristic"] == "pack_ocv"
    ]
    assert values == [7.2]


def test_every_signature_of_a_plant_is_valid(released, people, later):
    seal_day(day=later.date(), by=people.approver, at=later)
    assert signature_differences() == []


def test_a_forged_release_is_named(released):
    remove_triggers(connection)
    Release.objects.update(signature="00" * 64)
    (difference,) = signature_differences()
    assert difference.subject == "assurance.release:PK-000001/release"
    assert difference.field == "signature"


def test_a_head_that_was_replaced_after_the_release_is_named(released):
    remove_triggers(connection)
    release = Release.objects.get()
    Event.objects.filter(subject=subject_of(released), seq=release.head_seq).update(hash="f" * 64)
    (difference,) = signature_differences()
    assert (difference.subject, difference.field) == ("production.unit:PK-000001", "hash")


def test_a_changed_decision_is_named(world, line, people, now):
    unit = world.unit()
    line.kit(unit)
    line.weld(unit, worst=0.9)
    found = hear_of_hold(Event.objects.get(verb="production.unit.held"))
    dispose_nonconformance(
        nonconformance=found, disposition="scrap", justification="cold weld",
        by=people.approver, at=now,
    )  # fmt: skip
    statement = Nonconformance.objects.get().statement.replace("cold weld", "no defect")
    Nonconformance.objects.update(statement=statement)
    (difference,) = signature_differences()
    assert difference.subject == "quality.nonconformance:NC-000001"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda: Nonconformance.objects.update(disposition="rework"), "disposition"),
        (lambda: Nonconformance.objects.update(justification="fine"), "justification"),
        (lambda: Nonconformance.objects.update(title="nothing much"), "record"),
        (lambda: JointSet.objects.update(worst_position=1), "record"),
    ],
)
def test_a_record_that_was_changed_after_the_signature_is_named(
    world, line, people, now, change, field
):
    line.kit(world.unit())
    line.weld(world.unit(), worst=0.9)
    found = hear_of_hold(Event.objects.get(verb="production.unit.held"))
    dispose_nonconformance(
        nonconformance=found, disposition="scrap", justification="cold weld",
        authentication="password", by=people.approver, at=now,
    )  # fmt: skip
    assert signature_differences() == []
    remove_triggers(connection)
    change()
    (difference,) = signature_differences()
    assert (difference.subject, difference.field) == ("quality.nonconformance:NC-000001", field)
    assert difference.message == "changed after it was signed;"


def test_a_day_is_sealed_once_and_then_only_what_came_later(released, people, later):
    first = seal_day(day=later.date(), by=people.approver, at=later)
    assert first.subjects == len(
        {e.subject for e in Event.objects.filter(id__lt=_event_of(first))}
    )
    second = seal_day(day=later.date(), by=people.approver, at=later)
    assert second.previous == first.root
    assert second.subjects == 2  # the chain of the first seal, and that of its file


def _event_of(seal: Seal) -> int:
    stored = Event.objects.get(subject=f"foundation.storedfile:{seal.file.sha256}")
    return stored.pk


def test_a_day_without_events_is_not_sealed(released, people, later):
    with pytest.raises(Refused, match="nothing happened on 2026-01-01"):
        seal_day(day=later.date().replace(month=1, day=1), by=people.approver, at=later)


def test_a_head_that_no_longer_stands_is_named_by_its_seal(released, people, later):
    seal_day(day=later.date(), by=people.approver, at=later)
    remove_triggers(connection)
    event = Event.objects.filter(subject="production.unit:PK-000002").order_by("-seq")[0]
    Event.objects.filter(pk=event.pk).update(hash="e" * 64)
    (difference,) = signature_differences()
    assert difference.subject == "production.unit:PK-000002"
    assert "not the head in seal 000001" in difference.message


def test_a_changed_list_of_heads_is_found(released, people, later):
    seal = seal_day(day=later.date(), by=people.approver, at=later)
    path = path_of(seal.file.sha256)
    path.write_bytes(path.read_bytes().replace(b"PK-000001", b"PK-000009", 1))
    assert "was changed" in signature_differences()[0].message


# Leaves and roots of the reference tree of Certificate Transparency, which implementations of
# RFC 6962 test themselves against (merkle_tree_test of google/certificate-transparency).
LEAVES = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("n", range(len(ROOTS)))
def test_the_tree_hash_is_that_of_certificate_transparency(n):
    assert root_of(LEAVES[:n]) == ROOTS[n]
