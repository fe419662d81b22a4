"""Proving a sealed record with nothing but the file and the public key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from packline.assurance.calc.bytes_seal import bytes_finding, carries_bytes_seal
from packline.assurance.calc.pages import UnreadablePdf, attachments, pages_sha256
from packline.assurance.calc.record import FORMAT
from packline.assurance.calc.retell import fact_differences
from packline.assurance.calc.seal import (
    ATTACHMENT,
    SEAL_FORMAT,
    head_statement,
    section_digests,
    statement,
)
from packline.assurance.calc.verdict import DocumentVerdict, Finding
from packline.foundation.chain import GENESIS, canonical, chain_hash
from packline.foundation.keys import check, key_id

__all__ = ["verify_document"]


def verify_document(pdf: bytes, public_key: bytes) -> DocumentVerdict:
    """Check a device history record offline.

    Parameters
    ----------
    pdf : bytes
        The file, as it was received.
    public_key : bytes
        The maker's public key as PEM, received on another way than the file.

    Raises
    ------
    DomainError
        If `public_key` is not an Ed25519 public key in PEM.
    """
    given = key_id(public_key)  # a bad key is the caller's mistake, no fault of the document
    try:
        return _verify(pdf, public_key, given)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        message = f"not the shape of a record: {type(error).__name__} {error}"
        return DocumentVerdict("", given, (), (Finding(ATTACHMENT, message),))


@dataclass(frozen=True, slots=True)
class _Sealed:
    text: bytes
    record: dict[str, Any]
    seal: dict[str, Any]


def _verify(pdf: bytes, public_key: bytes, given: str) -> DocumentVerdict:
    try:
        files, shown = attachments(pdf), pages_sha256(pdf)
    except UnreadablePdf as error:
        return DocumentVerdict("", given, (), (Finding("file", str(error)),))
    if list(files) != [ATTACHMENT]:
        message = "the attached files are not those of a device history record;"
        found = ", ".join(files) or "none"
        return DocumentVerdict(
            "", given, (), (Finding("file", message, "attachments", ATTACHMENT, found),)
        )
    document = json.loads(files[ATTACHMENT])
    sealed = _Sealed(files[ATTACHMENT], document["record"], document["seal"])
    # The most telling differences first: a changed reading is named as such, and only then as
    # a section whose digest is wrong.
    findings = [
        *_format_findings(sealed),
        *_chain_findings(sealed.record),
        *fact_differences(sealed.record),
        *_section_findings(sealed),
        *_signature_findings(sealed, public_key, given),
        *_head_findings(sealed.record, public_key),
        *_decision_findings(sealed.record, public_key),
        *_page_findings(sealed.seal, shown),
    ]
    damaged = bytes_finding(pdf, public_key)
    findings += [damaged] if damaged is not None else []
    checked = (*_checked(sealed.record), _said_of_bytes(pdf))
    return DocumentVerdict(str(sealed.record["header"]["serial"]), given, checked, tuple(findings))


def _checked(record: dict[str, Any]) -> tuple[str, ...]:
    readings = sum(len(step["readings"]) for step in record["steps"])
    return (
        f"{len(record['chain'])} events of the pack's chain, each hash recomputed",
        f"{readings} readings, {len(record['steps'])} steps, {len(record['joints'])} sets of "
        "joints, every part, hold and deviation, each compared with those events",
        "the signatures over the head of the chain at release and under every decision",
        f"the digests of {len(record)} sections of the data",
        "the digest of the pages",
        "the signature over these digests",
    )


def _said_of_bytes(pdf: bytes) -> str:
    if carries_bytes_seal(pdf):
        return "the signature over every byte of the file"
    return "not the bytes of the file: this copy was saved anew, its data and pages are the sealed"


def _format_findings(sealed: _Sealed) -> Iterator[Finding]:
    if sealed.record["format"] != FORMAT:
        yield Finding("record", "unknown format;", "format", FORMAT, str(sealed.record["format"]))
    if canonical({"record": sealed.record, "seal": sealed.seal}).encode() != sealed.text:
        yield Finding(ATTACHMENT, "the text is not the one that was attached: other spelling")


def _chain_findings(record: dict[str, Any]) -> Iterator[Finding]:
    subject = f"production.unit:{record['header']['serial']}"
    previous, due = GENESIS, 1
    for event in record["chain"]:
        where = f"event {event['seq']} {event['verb']}"
        if event["seq"] != due:
            gap = f"event {due} is missing before it;"
            yield Finding(where, gap, "seq", str(due), str(event["seq"]))
        elif chain_hash(previous, event["text"]) != event["hash"]:
            computed = chain_hash(previous, event["text"])
            yield Finding(where, "text or hash was changed;", "hash", computed, str(event["hash"]))
        said = json.loads(event["text"])
        told = {"subject": subject, **{k: event[k] for k in ("seq", "at", "by", "verb")}}
        for field, value in told.items():
            if said[field] != value:
                yield Finding(
                    where, "differs from the event's text;", field, str(said[field]), str(value)
                )
        previous, due = event["hash"], event["seq"] + 1
    if due == 1:
        yield Finding("chain", "the record holds no event")


def _section_findings(sealed: _Sealed) -> Iterator[Finding]:
    expected, found = sealed.seal["sections"], section_digests(sealed.record)
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            yield Finding(
                f"section {name}",
                "the data are not those that were sealed;",
                "sha256",
                str(expected.get(name, "no such section")),
                found.get(name, "missing"),
            )


def _signature_findings(sealed: _Sealed, public_key: bytes, given: str) -> Iterator[Finding]:
    seal = sealed.seal
    if seal["format"] != SEAL_FORMAT or seal["algorithm"] != "Ed25519":
        found = f"{seal['format']} {seal['algorithm']}"
        yield Finding("seal", "unknown seal;", "format", f"{SEAL_FORMAT} Ed25519", found)
    if seal["key_id"] != given:
        yield Finding(
            "seal", "sealed with another key than the one given;", "key_id", given, seal["key_id"]
        )
    if not _is_signed(public_key, seal["signature"], statement(seal)):
        yield Finding("seal", "the signature does not belong to this record and key", "signature")


def _head_findings(record: dict[str, Any], public_key: bytes) -> Iterator[Finding]:
    release = record["release"]
    seq, head = release["head_seq"], release["head_hash"]
    at_release = {event["seq"]: event["hash"] for event in record["chain"]}.get(seq)
    if at_release != head:
        yield Finding(
            "release",
            f"event {seq} is not the one whose hash was signed at release;",
            "head_hash",
            head,
            str(at_release or "no such event"),
        )
    subject = f"production.unit:{record['header']['serial']}"
    if not _is_signed(public_key, release["head_signature"], head_statement(subject, seq, head)):
        yield Finding(
            "release", "the signature is not that of this chain's head", "head_signature"
        )


def _decision_findings(record: dict[str, Any], public_key: bytes) -> Iterator[Finding]:
    """Check what was signed word for word: dispositions, deviations and accepted residuals."""
    accepted = [*record["deviations"], *record.get("residuals", [])]
    signed = [(d["row"], d["signed"]) for d in accepted]
    signed += [(n["number"], s) for n in record["nonconformances"] for s in n["signatures"]]
    for name, signature in signed:
        said = signature["statement"]
        if said and not _is_signed(public_key, signature["signature"], said.encode()):
            yield Finding(name, "the signature does not belong to the statement", "signature")


def _page_findings(seal: dict[str, Any], shown: str) -> Iterator[Finding]:
    if seal["pages_sha256"] != shown:
        yield Finding(
            "pages",
            "the pages are not those that were sealed;",
            "sha256",
            seal["pages_sha256"],
            shown,
        )


def _is_signed(public_key: bytes, signature: str, message: bytes) -> bool:
    raw = bytes.fromhex(signature)
    return raw.hex() == signature and check(public_key, raw, message)
