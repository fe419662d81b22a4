"""Proving one unit while somebody waits: its chains, rows and files, and its signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packline.assurance.calc.seal import head_statement
from packline.assurance.models import Release
from packline.foundation.events import subject_of
from packline.foundation.files import DamagedFile, read
from packline.foundation.keys import check, key_id, public_key
from packline.foundation.models import Event
from packline.foundation.verification import Difference, verify_record
from packline.production.models import JointSet, Unit
from packline.quality.models import Nonconformance

__all__ = ["Proof", "prove"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What was looked at, and every difference found."""

    events: int
    subjects: int
    rows: int
    files: int
    signed: bool  # whether there is a release whose signature was checked
    key_id: str
    differences: Sequence[Difference]

    @property
    def proven(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


def prove(unit: Unit) -> Proof:
    """Recompute a unit's chains, compare the rows that they tell, and check what was signed."""
    release = Release.objects.filter(unit=unit).select_related("unit").first()
    problems = Nonconformance.objects.filter(unit=unit).order_by("number")
    subjects = [subject_of(unit), *(subject_of(problem) for problem in problems)]
    if release is not None:
        subjects.append(subject_of(release))
    documents = list(unit.documents.select_related("unit", "file").order_by("kind", "number"))
    subjects += [subject_of(document) for document in documents]
    found = [verify_record(subject=subject) for subject in subjects]
    joints = set(JointSet.objects.filter(step__unit=unit).values_list("file__sha256", flat=True))
    files = sorted(joints | {document.file.sha256 for document in documents})
    differences = [d for verification in found for d in verification.differences]
    differences += [d for d in (_file(sha256) for sha256 in files) if d is not None]
    if release is not None:
        differences += _signature(release)
    return Proof(
        sum(v.events for v in found),
        sum(v.subjects for v in found),
        sum(v.rows for v in found),
        len(files),
        release is not None,
        key_id(),
        differences,
    )


def _file(sha256: str) -> Difference | None:
    try:
        read(sha256)
    except DamagedFile as error:
        return Difference(f"foundation.storedfile:{sha256}", "", "", "", "", str(error))
    return None


def _signature(release: Release) -> list[Difference]:
    """The head that was signed must be the head that stands, under the key of this site."""
    subject = subject_of(release.unit)
    message = head_statement(subject, release.head_seq, release.head_hash)
    found = []
    if not check(public_key(), bytes.fromhex(release.signature), message):
        found.append(
            Difference(
                subject,
                f"event {release.head_seq}",
                "signature",
                f"a signature under key {key_id()}",
                f"{release.signature[:16]}..., said to be under key {release.key_id}",
                "the signature of the release does not fit;",
            )
        )
    stands = (
        Event.objects.filter(subject=subject, seq=release.head_seq)
        .values_list("hash", flat=True)
        .first()
    )
    if stands != release.head_hash:
        found.append(
            Difference(
                subject,
                f"event {release.head_seq}",
                "hash",
                release.head_hash,
                stands or "no such event",
                "the signed head is not the one that stands;",
            )
        )
    return found
