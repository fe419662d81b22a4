"""Opening and closing programs."""

from __future__ import annotations

from datetime import datetime

from packline.foundation.commands import command, unchanged
from packline.foundation.errors import Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.foundation.states import move
from packline.requirements.calc.canonical import spec_hash, spec_text
from packline.requirements.calc.spec import ProgramSpec, RequirementSpec
from packline.requirements.models import Program, Requirement
from packline.requirements.states import PROGRAM


@command("requirements.open_program")
def open_program(*, spec: ProgramSpec, by: Person, at: datetime) -> Program:
    """Open a program with all its requirements; the same program again changes nothing.

    Raises
    ------
    Refused
        If the code is taken by another content, or the program is closed.
    """
    digest = spec_hash(spec)
    known = Program.objects.filter(code=spec.code).first()
    if known is not None:
        _refuse_another(known, spec, digest)
        return unchanged(known)
    program = Program.objects.create(
        code=spec.code,
        title=spec.title,
        customer=spec.customer,
        playbook=spec.playbook,
        volume_per_year=spec.volume_per_year,
        revision=spec.revision,
        spec_sha256=digest,
        spec_text=spec_text(spec),
    )
    rows = Requirement.objects.bulk_create([_row(program, r) for r in spec.requirements])
    record(
        "requirements.program.opened",
        program,
        by=by,
        at=at,
        rows=[program, *rows],
        requirements=len(rows),
        playbook=spec.playbook,
    )
    return program


@command("requirements.close_program")
def close_program(*, program: Program, reason: str, by: Person, at: datetime) -> Program:
    """Close a program: it is not opened again, what was built stays."""
    move(program, PROGRAM, to="closed")
    record("requirements.program.closed", program, by=by, at=at, rows=[program], reason=reason)
    return program


def _refuse_another(known: Program, spec: ProgramSpec, digest: str) -> None:
    if known.state == "closed":
        raise Refused(f"program {known} is closed: a new program needs a new code")
    if known.spec_sha256 == digest:
        return
    if known.revision == spec.revision:
        raise Refused(
            f"program {known} is open at revision {known.revision} with another content: what "
            "was built on it would lose its requirements; give the changed program its own code"
        )
    raise Refused(
        f"program {known} is open at revision {known.revision}, not {spec.revision}: a revision "
        "of an open program is not taken over; give revision "
        f"{spec.revision} its own code, for example {known}-{spec.revision}"
    )


def _row(program: Program, r: RequirementSpec) -> Requirement:
    return Requirement(
        program=program,
        ref=r.ref,
        group=r.group,
        quantity=r.quantity,
        operator=r.operator,
        value=r.value,
        high=r.high,
        unit_code=r.unit,
        si_value=r.si_value,
        si_high=r.si_high,
        method=r.method,
        verified_by=r.verified_by,
        by_stage=r.by_stage,
        note=r.note,
    )
