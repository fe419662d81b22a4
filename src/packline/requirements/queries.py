"""Programs and requirements, as pages and later stages ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from packline.requirements.calc.canonical import spec_from_text
from packline.requirements.calc.completeness import Completeness, completeness
from packline.requirements.calc.finding import Finding
from packline.requirements.calc.lint import lint
from packline.requirements.calc.quantities import GROUPS
from packline.requirements.calc.spec import ProgramSpec
from packline.requirements.models import Program, Requirement

__all__ = [
    "ProgramAccount",
    "RequirementGroup",
    "account_of_program",
    "programs_by_code",
    "requirements_by_group",
    "requirements_of_program",
    "spec_of_program",
]


@dataclass(frozen=True, slots=True)
class RequirementGroup:
    """The requirements of one of the eleven groups."""

    group: str
    title: str
    requirements: Sequence[Requirement]


@dataclass(frozen=True, slots=True)
class ProgramAccount:
    """What can be said about a program before anything is built."""

    spec: ProgramSpec
    completeness: Completeness
    findings: Sequence[Finding]


def programs_by_code(customer: str = "") -> QuerySet[Program]:
    """Return every program, or those of one customer."""
    programs = Program.objects.order_by("code")
    return programs.filter(customer=customer) if customer else programs


def requirements_of_program(program: Program) -> QuerySet[Requirement]:
    """Return a program's requirements in the order of their references."""
    return program.requirements.select_related("program").order_by("ref")


def requirements_by_group(program: Program) -> list[RequirementGroup]:
    """Return the requirements group by group; a group without any is listed empty."""
    rows = list(requirements_of_program(program))
    return [
        RequirementGroup(group, title, [row for row in rows if row.group == group])
        for group, title in GROUPS.items()
    ]


def spec_of_program(program: Program) -> ProgramSpec:
    """Return the program as it was read."""
    return spec_from_text(program.spec_text)


def account_of_program(program: Program) -> ProgramAccount:
    """Return completeness and findings of a program."""
    spec = spec_of_program(program)
    return ProgramAccount(spec, completeness(spec), lint(spec))
