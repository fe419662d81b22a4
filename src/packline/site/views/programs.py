"""Programs with their thread, and one program with its requirements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from packline.assurance.calc.wording import unit_symbol
from packline.assurance.models import Evidence
from packline.assurance.queries import MatrixRow, vv_matrix
from packline.assurance.states import CONCEDED, FAILED, OPEN, PASSED, VERIFIED
from packline.production.models import Order
from packline.requirements.calc.completeness import GroupScore
from packline.requirements.models import Program, Requirement
from packline.requirements.queries import account_of_program, requirements_by_group
from packline.site import access
from packline.site.next_step import next_step
from packline.site.strip import strips

NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """A requirement with what became of it over all units of the program."""

    requirement: Requirement
    acceptance: str
    verdict: str
    verified: int
    judged: int
    evidence: Sequence[Evidence]


@dataclass(frozen=True, slots=True)
class GroupRows:
    """The requirements of one group, with how complete the group is."""

    title: str
    score: GroupScore
    rows: Sequence[RequirementRow]


def programs(request: HttpRequest) -> HttpResponse:
    """List the programs, each with its thread."""
    person = access.who(request)
    built = Order.objects.filter(program=OuterRef("pk"), virtual=True)
    found = list(access.programs(person).annotate(virtual=Exists(built)))
    threads = strips(found, house=access.sees_everything(person))
    return render(
        request,
        "requirements/programs.html",
        {"stage": "requirements", "rows": [(p, threads[p.pk]) for p in found]},
    )


def program(request: HttpRequest, code: str) -> HttpResponse:
    """Show a program: its thread, its requirements with their verdicts, and what it lacks."""
    found = access.one_program(request, code)
    house = access.sees_everything(access.who(request))
    account = account_of_program(found)
    scores = {score.group: score for score in account.completeness.groups}
    judged = _rows(found)
    groups = [
        GroupRows(g.title, scores[g.group], [judged[r.pk] for r in g.requirements])
        for g in requirements_by_group(found)
    ]
    return render(
        request,
        "requirements/program.html",
        {
            "stage": "requirements",
            "program": found,
            "virtual": found.orders.filter(virtual=True).exists(),
            "thread": strips([found], house=house)[found.pk],
            "next": next_step(found) if house else None,
            "account": account,
            "groups": groups,
            "counts": _counts(groups),
        },
    )


def _rows(program: Program) -> dict[int, RequirementRow]:
    matrix = {row.item.requirement_id: row for row in vv_matrix(program)}
    reports: dict[str, list[Evidence]] = defaultdict(list)
    for evidence in program.evidence.order_by("key", "report"):
        reports[evidence.key].append(evidence)
    return {
        requirement.pk: _row(requirement, matrix.get(requirement.pk), reports)
        for requirement in program.requirements.order_by("ref")
    }


def _row(
    requirement: Requirement, found: MatrixRow | None, reports: Mapping[str, Sequence[Evidence]]
) -> RequirementRow:
    evidence = reports.get(requirement.verified_by, ())
    if found is None:
        return RequirementRow(requirement, _asked(requirement), NOT_JUDGED, 0, 0, evidence)
    verified = found.passed + found.conceded
    judged = verified + found.failed + found.waiting
    return RequirementRow(
        requirement, found.item.acceptance, overall(found), verified, judged, evidence
    )


def _asked(requirement: Requirement) -> str:
    """Say what is asked for before its verification is planned, in the units of the program."""
    tail = f" {unit_symbol(requirement.unit_code)}".rstrip()
    if requirement.high is not None:
        return f"{requirement.value:g} to {requirement.high:g}{tail}"
    sign = {">=": "≥ ", "<=": "≤ "}.get(requirement.operator, "")
    return f"{sign}{requirement.value:g}{tail}"


def overall(found: MatrixRow) -> str:
    """Return the verdict over all units: the worst that any of them has."""
    counted = {
        FAILED: found.failed,
        OPEN: found.waiting,
        CONCEDED: found.conceded,
        PASSED: found.passed,
    }
    return next((verdict for verdict, n in counted.items() if n), NOT_JUDGED)


def _counts(groups: Sequence[GroupRows]) -> dict[str, int]:
    rows = [row for group in groups for row in group.rows]
    return {
        "requirements": len(rows),
        "groups": sum(bool(group.rows) for group in groups),
        "verified": sum(row.verdict in VERIFIED for row in rows),
        "failed": sum(row.verdict == FAILED for row in rows),
        "waiting": sum(row.verdict in (OPEN, NOT_JUDGED) for row in rows),
    }
