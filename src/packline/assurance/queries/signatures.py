"""Whether every signature on the record is still that of what it was put under."""

from __future__ import annotations

from collections.abc import Iterator

from packline.assurance.calc.seal import head_statement
from packline.assurance.models import Release
from packline.assurance.queries.seals import seal_differences
from packline.foundation.events import subject_of
from packline.foundation.keys import check, key_id, public_key
from packline.foundation.models import Event
from packline.foundation.verification import Difference
from packline.production.models import Deviation
from packline.quality.models import Nonconformance

__all__ = ["signature_differences"]


def signature_differences() -> list[Difference]:
    """Check releases, dispositions, deviations and day seals against the site's public key."""
    key = public_key()
    return [
        *_releases(key),
        *_statements(key),
        *seal_differences(key),
    ]


def _releases(key: bytes) -> Iterator[Difference]:
    for release in Release.objects.select_related("unit").order_by("unit__serial"):
        subject = subject_of(release.unit)
        name = subject_of(release)
        signed = head_statement(subject, release.head_seq, release.head_hash)
        yield from _unsigned(name, key, release.key_id, release.signature, signed)
        found = Event.objects.filter(subject=subject, seq=release.head_seq).values_list("hash")
        head = found[0][0] if found else "no such event"
        if head != release.head_hash:
            yield Difference(
                subject,
                f"event {release.head_seq}",
                "hash",
                release.head_hash,
                head,
                "not the head that was signed at release;",
            )


def _statements(key: bytes) -> Iterator[Difference]:
    deviations = Deviation.objects.select_related(
        "step__unit", "step__operation", "characteristic"
    ).order_by("step__unit__serial", "step__operation__number", "characteristic__code")
    decided = Nonconformance.objects.exclude(signature="").order_by("number")
    rows: list[Deviation | Nonconformance] = [*deviations, *decided]
    for row in rows:
        yield from _unsigned(
            subject_of(row), key, row.key_id, row.signature, row.statement.encode()
        )


def _unsigned(
    subject: str, key: bytes, named: str, signature: str, message: bytes
) -> Iterator[Difference]:
    if named != key_id(key):
        yield Difference(subject, "", "key_id", key_id(key), named, "signed with another key;")
    elif not check(key, bytes.fromhex(signature), message):
        yield Difference(
            subject, "", "signature", "valid", "invalid", "not the signature of what it is under;"
        )
