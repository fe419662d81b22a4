"""Declaring evidence, and planning by what each requirement is verified."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from packline.assurance.calc.wording import limits, unit_symbol
from packline.assurance.models import Evidence, VerificationItem
from packline.foundation.commands import command, unchanged
from packline.foundation.errors import Refused
from packline.foundation.events import canonical, record
from packline.foundation.models import Person
from packline.requirements.calc.spec import EvidenceSpec
from packline.requirements.models import Program, Requirement
from packline.requirements.queries import requirements_of_program


@command("assurance.declare_evidence")
def declare_evidence(
    *, program: Program, evidence: EvidenceSpec, by: Person, at: datetime
) -> Evidence:
    """Declare a report that proves what no line can measure; the same one again changes nothing.

    Raises
    ------
    Refused
        If the report is declared already with another content, or is dated in the future.
    """
    if evidence.issued_on > at.date():
        raise Refused(f"report {evidence.report} is dated {evidence.issued_on}, after {at.date()}")
    row = Evidence(
        program=program,
        key=evidence.key,
        report=evidence.report[:200],
        report_sha256=evidence.report_sha256,
        issued_by=evidence.issued_by[:200],
        issued_on=evidence.issued_on,
        sample=evidence.sample,
        results_text=canonical([asdict(result) for result in evidence.results]),
    )
    known = Evidence.objects.filter(program=program, key=row.key, report=row.report).first()
    if known is not None:
        facts = ("report_sha256", "issued_by", "issued_on", "sample", "results_text")
        if other := [name for name in facts if getattr(known, name) != getattr(row, name)]:
            raise Refused(f"{known} is declared already with another {', '.join(other)}")
        return unchanged(known)
    row.save(force_insert=True)
    record(
        "assurance.evidence.declared",
        row,
        by=by,
        at=at,
        rows=[row],
        key=row.key,
        sample=row.sample,
    )
    return row


@command("assurance.plan_verification")
def plan_verification(*, program: Program, by: Person, at: datetime) -> list[VerificationItem]:
    """Write the V&V matrix of a program: one row per requirement, from its method and proof."""
    known = list(
        VerificationItem.objects.filter(requirement__program=program)
        .select_related("requirement__program")
        .order_by("requirement__ref")
    )
    if known:
        return unchanged(known)
    items = [_item(requirement) for requirement in requirements_of_program(program)]
    VerificationItem.objects.bulk_create(items)
    record("assurance.verification.planned", program, by=by, at=at, rows=items, count=len(items))
    return items


def _item(requirement: Requirement) -> VerificationItem:
    r = requirement
    low = None if r.operator == "<=" else r.value
    high = {"<=": r.value, "==": r.value}.get(r.operator, r.high)
    values = f"{r.value:g}" if r.high is None else f"{r.value:g} and {r.high:g}"
    operator = {">=": "≥", "<=": "≤", "==": "="}.get(r.operator, r.operator)
    asked = f"{r.quantity.replace('_', ' ')} {operator} {values} {unit_symbol(r.unit_code)}"
    return VerificationItem(
        requirement=r,
        statement=asked.strip()[:200],
        method=r.method,
        test=r.verified_by,
        acceptance=limits(low, high, r.unit_code),
    )
