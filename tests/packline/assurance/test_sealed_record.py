"""A sealed record proves itself, and every way of changing it is found and named."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packline.assurance.calc.dhr import EventFact
from packline.assurance.calc.document import make_document
from packline.assurance.calc.pages import attachments, pages_sha256
from packline.assurance.calc.proof import verify_document
from packline.assurance.calc.record import to_json
from packline.assurance.calc.seal import ATTACHMENT, section_digests, statement
from packline.foundation.chain import GENESIS, canonical, chain_hash
from packline.foundation.errors import DomainError
from packline.foundation.keys import key_id
from tests.packline.assurance.histories import SERIAL, Key, sample_history

KEY, OTHER = Key(1), Key(2)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return make_document(sample_history(KEY), sign=KEY.sign, key_id=key_id(KEY.public))


def swapped(pdf: bytes, text: bytes) -> bytes:
    """Put other text into the attachment, leaving the rest of the file as it is."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        names = document.Root.Names.EmbeddedFiles.Names
        names[1].EF.F.write(text)
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def changed(pdf: bytes, change: Callable[[dict[str, Any]], None], *, sign: Key | None = None):
    """Change the attached data; with a key, sign the seal again as a forger would."""
    data = json.loads(attachments(pdf)[ATTACHMENT])
    change(data)
    if sign is not None:
        data["seal"]["signature"] = sign.sign(statement(data["seal"])).hex()
    return swapped(pdf, canonical(data).encode())


def test_an_untouched_record_is_proven(pdf):
    verdict = verify_document(pdf, KEY.public)
    assert verdict.proven, verdict.findings
    assert verdict.serial == SERIAL
    assert "24 events" in verdict.checked[0]


def test_the_same_history_gives_the_same_bytes(pdf):
    again = make_document(sample_history(KEY), sign=KEY.sign, key_id=key_id(KEY.public))
    assert again == pdf


def test_saving_the_file_anew_without_a_change_leaves_it_proven(pdf):
    verdict = verify_document(swapped(pdf, attachments(pdf)[ATTACHMENT]), KEY.public)
    assert verdict.proven
    assert "saved anew" in verdict.checked[-1]


def test_one_flipped_bit_anywhere_in_the_file_is_found(pdf):
    line = pdf.rindex(b"%packline-bytes: ")
    spread = range(0, len(pdf), len(pdf) // 6)
    for place in [*spread, line + 5, line + 80, line + 145, len(pdf) - 2]:
        damaged = bytearray(pdf)
        damaged[place] ^= 1
        assert not verify_document(bytes(damaged), KEY.public).proven, place


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.floats(min_value=0, max_value=1, exclude_max=True), step=st.integers(1, 9))
def test_one_changed_digit_anywhere_in_the_attached_json_is_found(pdf, place, step):
    text = attachments(pdf)[ATTACHMENT].decode()
    digits = [m.start() for m in re.finditer(r"\d", text)]
    at = digits[int(place * len(digits))]
    digit = str((int(text[at]) + step) % 10)
    verdict = verify_document(
        swapped(pdf, (text[:at] + digit + text[at + 1 :]).encode()), KEY.public
    )
    assert not verdict.proven


def test_a_changed_reading_is_named_with_its_event_field_and_both_values(pdf):
    def change(data):
        reading = data["record"]["steps"][4]["readings"][3]
        assert reading["value"] == 812.0
        reading["value"] = 8120.0

    first = verify_document(changed(pdf, change), KEY.public).first
    assert first.where == f"reading {SERIAL}/80-eol/1/insulation_resistance/0"
    assert first.field == "value"
    assert (first.expected, first.found) == ("812.0", "8120.0")
    assert "production.readings.taken" in first.message


def test_a_changed_header_is_named_by_its_section(pdf):
    def change(data):
        data["record"]["header"]["customer"] = "Somebody else"

    first = verify_document(changed(pdf, change), KEY.public).first
    assert first.where == "section header"


def test_a_reading_left_out_of_the_record_is_named(pdf):
    def change(data):
        del data["record"]["steps"][4]["readings"][3]

    first = verify_document(changed(pdf, change), KEY.public).first
    assert f"{SERIAL}/80-eol/1/insulation_resistance/0" in first.where
    assert "left out" in first.message


def test_an_invented_reading_is_named(pdf):
    def change(data):
        readings = data["record"]["steps"][4]["readings"]
        readings.append({**readings[3], "row": f"{SERIAL}/80-eol/1/insulation_resistance/9"})

    first = verify_document(changed(pdf, change), KEY.public).first
    assert "no event of the chain tells of it" in first.message


def test_a_swapped_cell_is_named(pdf):
    def change(data):
        data["record"]["groups"][0]["cells"][0]["serial"] = "INR21700-00000000"

    first = verify_document(changed(pdf, change), KEY.public).first
    assert first.where.startswith("link ")
    assert first.field == "child"


def test_a_removed_event_is_named(pdf):
    def change(data):
        del data["record"]["chain"][6]

    first = verify_document(changed(pdf, change), KEY.public).first
    assert first.where.startswith("event 8 ")
    assert "event 7 is missing" in first.message


def test_the_first_event_cannot_be_cut_off(pdf):
    def change(data):
        del data["record"]["chain"][0]

    assert "event 1 is missing" in verify_document(changed(pdf, change), KEY.public).first.message


def test_events_cut_off_at_the_end_are_found(pdf):
    def change(data):
        del data["record"]["chain"][-1]

    findings = verify_document(changed(pdf, change), KEY.public).findings
    assert any(f.field == "head_hash" for f in findings)


def test_a_changed_event_is_named(pdf):
    def change(data):
        event = data["record"]["chain"][15]
        event["text"] = event["text"].replace("812.0", "8120.0")

    first = verify_document(changed(pdf, change), KEY.public).first
    assert first.where.startswith("event 16 production.readings.taken")
    assert first.field == "hash"


def rehash(chain: list[dict[str, Any]]) -> None:
    previous = GENESIS
    for event in chain:
        event["hash"] = previous = chain_hash(previous, event["text"])


def test_a_chain_forged_from_end_to_end_does_not_have_the_signed_head(pdf):
    def change(data):
        chain = data["record"]["chain"]
        chain[15]["text"] = chain[15]["text"].replace("812.0", "8120.0")
        data["record"]["steps"][4]["readings"][3]["value"] = 8120.0
        rehash(chain)

    findings = verify_document(changed(pdf, change), KEY.public).findings
    assert findings[0].where == "section chain"
    assert any(f.where == "release" and f.field == "head_hash" for f in findings)


def test_a_swapped_signature_is_named(pdf):
    def change(data):
        data["seal"]["signature"] = data["record"]["release"]["head_signature"]

    first = verify_document(changed(pdf, change), KEY.public).first
    assert (first.where, first.field) == ("seal", "signature")


def test_a_signature_in_other_spelling_is_refused(pdf):
    def change(data):
        data["seal"]["signature"] = data["seal"]["signature"].upper()

    first = verify_document(changed(pdf, change), KEY.public).first
    assert (first.where, first.field) == ("seal", "signature")


def test_a_changed_decision_is_named_even_in_a_record_sealed_again(pdf):
    """Whoever seals anew with the right key cannot put words into the approver's mouth."""

    def change(data):
        data["record"]["nonconformances"][0]["signatures"][0]["statement"] = "I decide: ship"
        data["seal"]["sections"] = section_digests(data["record"])

    findings = verify_document(changed(pdf, change, sign=KEY), KEY.public).findings
    assert [(f.where, f.field) for f in findings] == [("NC-000001", "signature")]


def test_another_key_is_named(pdf):
    first = verify_document(pdf, OTHER.public).first
    assert (first.where, first.field) == ("seal", "key_id")
    assert first.expected == key_id(OTHER.public)
    assert first.found == key_id(KEY.public)


def test_a_record_sealed_again_with_another_key_is_refused(pdf):
    def change(data):
        data["record"]["header"]["customer"] = "Somebody else"

    verdict = verify_document(changed(pdf, change, sign=OTHER), KEY.public)
    assert any(f.where == "seal" and f.field == "signature" for f in verdict.findings)


def test_the_same_data_in_other_spelling_is_refused(pdf):
    data = json.loads(attachments(pdf)[ATTACHMENT])
    first = verify_document(swapped(pdf, json.dumps(data, indent=1).encode()), KEY.public).first
    assert "other spelling" in first.message


def on_page(pdf: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def paint_over(document: pikepdf.Pdf) -> None:
    document.pages[0].contents_add(b"1 1 1 rg 50 700 200 50 re f")


def drop_page(document: pikepdf.Pdf) -> None:
    del document.pages[1]


def swap_pages(document: pikepdf.Pdf) -> None:
    document.pages.append(document.pages[0])
    del document.pages[0]


def add_note(document: pikepdf.Pdf) -> None:
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.FreeText,
        Rect=[50, 700, 250, 750],
        Contents="Released for shipment",
    )
    document.pages[0].Annots = document.make_indirect(pikepdf.Array([note]))


def add_script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(
        S=pikepdf.Name.JavaScript, JS="this.getField('x')"
    )


@pytest.mark.parametrize("change", [paint_over, drop_page, swap_pages, add_note, add_script])
def test_changed_pages_are_found(pdf, change):
    verdict = verify_document(on_page(pdf, change), KEY.public)
    assert [f.where for f in verdict.findings] == ["pages"]


def test_pages_of_another_record_are_found(pdf):
    history = sample_history(KEY)
    other = replace(history, header=replace(history.header, customer="Somebody else"))
    wrong = make_document(other, sign=KEY.sign, key_id=key_id(KEY.public))
    verdict = verify_document(swapped(wrong, attachments(pdf)[ATTACHMENT]), KEY.public)
    assert [f.where for f in verdict.findings] == ["pages"]


def test_a_second_attachment_is_found(pdf):
    def change(document):
        document.attachments["device-history-2.json"] = b"{}"

    first = verify_document(on_page(pdf, change), KEY.public).first
    assert (first.where, first.field) == ("file", "attachments")


def test_an_associated_file_outside_the_list_of_attachments_is_found(pdf):
    def change(document):
        document.Root.AF.append(document.make_indirect(pikepdf.Dictionary(UF="x.json")))

    first = verify_document(on_page(pdf, change), KEY.public).first
    assert (first.where, first.field) == ("file", "attachments")


def test_the_digest_of_the_pages_does_not_depend_on_the_attachment(pdf):
    assert pages_sha256(swapped(pdf, b"{}")) == pages_sha256(pdf)


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b'{"record":{},"seal":{}}', b'{"record":1,"seal":2}', b"NaN", b"[" * 5000],
)
def test_an_attachment_that_is_no_record_is_a_finding_and_no_crash(pdf, text):
    verdict = verify_document(swapped(pdf, text), KEY.public)
    assert verdict.first.where == ATTACHMENT


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7\n%%EOF"])
def test_a_file_that_is_no_pdf_is_a_finding_and_no_crash(content):
    verdict = verify_document(content, KEY.public)
    assert verdict.first.where == "file"


def test_a_truncated_file_is_a_finding_and_no_crash(pdf):
    assert not verify_document(pdf[: len(pdf) // 2], KEY.public).proven


def test_a_key_that_is_none_is_the_callers_mistake(pdf):
    with pytest.raises(DomainError, match="not a public key"):
        verify_document(pdf, b"secret")


def test_the_json_of_a_history_is_canonical():
    text = to_json(sample_history(KEY))
    assert canonical(json.loads(text)) == text


def test_a_number_that_is_not_finite_is_refused():
    history = sample_history(KEY)
    joints = replace(history.joints[0], median_value=float("nan"))
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json(replace(history, joints=(joints,)))


def test_an_event_under_another_serial_is_found(pdf):
    def change(data):
        data["record"]["header"]["serial"] = "EB48-000002"

    first = verify_document(changed(pdf, change), KEY.public).first
    assert first.field == "subject"


def test_an_event_fact_keeps_the_text_that_was_hashed():
    event = sample_history(KEY).chain[0]
    assert isinstance(event, EventFact)
    assert chain_hash(GENESIS, event.text) == event.hash
