"""`packline lint`: what is wrong, missing or unwise in a program, before anything is built."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from packline.site.options import NO, UNUSABLE, JsonOption, ends_well, out, print_json

if TYPE_CHECKING:
    from packline.requirements.calc.completeness import Completeness
    from packline.requirements.calc.finding import Finding
    from packline.requirements.calc.spec import ProgramSpec

COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


@ends_well
def lint(
    program: Annotated[Path, typer.Argument(help="Program folder, with program.toml in it.")],
    as_json: JsonOption = False,
) -> None:
    """Read a program and say how complete it is and what in it will cost time or money.

    Nothing is written. Exit code 0: no error found (warnings and notes may be). 1: at least one
    finding of severity error. 2: the program cannot be used; every problem is named.
    """
    from packline.foundation.errors import InputError
    from packline.requirements.calc.completeness import completeness
    from packline.requirements.calc.lint import lint as lint_program
    from packline.requirements.forms import read_program

    try:
        spec = read_program(program)
    except InputError as error:
        if not as_json:
            raise
        print_json({"usable": False, "problems": [asdict(p) for p in error.problems]})
        raise typer.Exit(UNUSABLE) from error
    score, findings = completeness(spec), lint_program(spec)
    if as_json:
        print_json(_document(spec, score, findings))
    else:
        _print(out(), spec, score, findings)
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(NO)


def _document(
    spec: ProgramSpec, score: Completeness, findings: list[Finding]
) -> dict[str, object]:
    return {
        "usable": True,
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


def _print(
    screen: Console, spec: ProgramSpec, score: Completeness, findings: list[Finding]
) -> None:
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
