"""What `packline lint` and `packline open` say of a program: what it lacks, what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from packline.requirements.calc.completeness import Completeness
    from packline.requirements.calc.finding import Finding
    from packline.requirements.calc.spec import ProgramSpec

__all__ = ["lint_document", "print_lint"]

COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


def lint_document(
    spec: ProgramSpec, score: Completeness, findings: Sequence[Finding]
) -> dict[str, object]:
    """Return what is said of a program, as JSON has it."""
    return {
        "program": spec.code,
        "revision": spec.revision,
        "playbook": spec.playbook,
        "requirements": len(spec.requirements),
        "completeness": {
            "score": score.score,
            "groups": [
                {
                    "group": group.group,
                    "score": group.score,
                    "stated": group.stated,
                    "expected": group.expected,
                    "missing": [{"item": e.item, "any_of": list(e.any_of)} for e in group.missing],
                }
                for group in score.groups
            ],
        },
        "findings": [asdict(finding) for finding in findings],
    }


def print_lint(
    screen: Console, spec: ProgramSpec, score: Completeness, findings: Sequence[Finding]
) -> None:
    """Say to a person how complete a program is, and what was found in it."""
    screen.print(
        f"{spec.code} revision {spec.revision}, {spec.title}: "
        f"{len(spec.requirements)} requirements, playbook {spec.playbook}",
        markup=False,
    )
    table = Table(title=f"Completeness {score.score:.0%}", title_justify="left")
    table.add_column("group")
    table.add_column("stated", justify="right")
    table.add_column("missing")
    for group in score.groups:
        missing = "; ".join(f"{e.item} ({' or '.join(e.any_of[:3])})" for e in group.missing)
        table.add_row(group.title, f"{group.stated} of {group.expected}", missing or "-")
    screen.print(table)
    if not findings:
        screen.print("No findings.")
    for finding in findings:
        colour = COLOURS[finding.severity]
        screen.print(f"[{colour}]{finding.severity}[/] [bold]{finding.rule}[/] {finding.where}")
        screen.print(f"    {finding.explanation}", markup=False)
