"""Whether every signature on the record is still that of what it was put under."""

from __future__ import annotations

import json
from collections.abc import Iterator

from packline.assurance.calc.seal import head_statement
from packline.assurance.models import Release
from packline.assurance.queries.seals import seal_differences
from packline.foundation.events import canonical, subject_of
from packline.foundation.keys import check, key_id, public_key
from packline.foundation.models import Event
from packline.foundation.verification import Difference
from packline.production.calc.permit import statement_of
from packline.production.models import Deviation, Permit
from packline.production.queries.failed import failed_values
from packline.quality.models import Nonconformance
from packline.quality.queries.signed import decision_differences

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
    decided = (
        Nonconformance.objects.exclude(signature="")
        .select_related("unit", "lot", "step__unit", "step__operation")
        .order_by("number")
    )
    permits = Permit.objects.select_related("signed_by").order_by("number")
    rows: list[Deviation | Nonconformance | Permit] = [*deviations, *decided, *permits]
    for row in rows:
        name = subject_of(row)
        wrong = list(_unsigned(name, key, row.key_id, row.signature, row.statement.encode()))
        yield from wrong or _changed_since(name, row)


def _changed_since(name: str, row: Deviation | Nonconformance | Permit) -> Iterator[Difference]:
    """Yield what no longer is as it was when the signature was put under it."""
    if isinstance(row, Nonconformance):
        found = decision_differences(row)
    elif isinstance(row, Permit):
        now = statement_of(row)
        found = [] if now == row.statement else [("statement", row.statement, now)]
    else:
        said = json.loads(row.statement)
        values = json.loads(canonical({"values": failed_values(row.step, row.characteristic)}))
        pairs = [
            ("reason", said["reason"][:500], row.reason),
            ("values", said["values"], values["values"]),
        ]
        found = [(field, str(a), str(b)) for field, a, b in pairs if a != b]
    for field, signed, now in found:
        yield Difference(name, "", field, signed, now, "changed after it was signed;")


def _unsigned(
    subject: str, key: bytes, named: str, signature: str, message: bytes
) -> Iterator[Difference]:
    if named != key_id(key):
        yield Difference(subject, "", "key_id", key_id(key), named, "signed with another key;")
    elif not check(key, bytes.fromhex(signature), message):
        yield Difference(
            subject, "", "signature", "valid", "invalid", "not the signature of what it is under;"
        )
