"""`packline open`: a program taken into the record by the people who work with it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from packline.site.commands.lint_report import lint_document, print_lint
from packline.site.options import (
    DatabaseOption,
    DataOption,
    JsonOption,
    ends_well,
    out,
    print_json,
)
from packline.site.persons import person_called
from packline.site.prepare import point_at, prepare_database, start_django

if TYPE_CHECKING:
    from packline.foundation.models import Person
    from packline.requirements.calc.spec import ProgramSpec
    from packline.requirements.models import Program


@ends_well
def open_program(
    program: Annotated[Path, typer.Argument(help="Program folder, with program.toml in it.")],
    signed_by: Annotated[
        str, typer.Option("--as", help="Username of who opens it: a planner or an engineer.")
    ],
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open a program: its requirements are on record from now on, and what is next is said.

    Says how complete it is and what was found in it, as `packline lint` does; findings keep
    nothing from being opened. The reports that it names are declared, too, if who opens it may:
    an engineer. The same program again changes nothing but that; another content under the same
    code is refused, for what was built on it would lose its requirements.

    Exit code 0: open. 1: refused. 2: the program or the person cannot be used.
    """
    point_at(data, database)
    start_django()
    from packline.requirements.calc.completeness import completeness
    from packline.requirements.calc.lint import lint
    from packline.requirements.forms import read_program
    from packline.site.next_step import next_step

    spec = read_program(program)  # before anything is written, even an empty database
    prepare_database()
    by = person_called(signed_by)
    opened, is_new = _take(spec, by, datetime.now(UTC))
    declared, told = opened.evidence.count(), len(spec.evidence)
    score, findings = completeness(spec), lint(spec)
    following = next_step(opened)
    if as_json:
        document = lint_document(spec, score, findings)
        following_document = following and {
            "who": following.who,
            "what": following.what,
            "page": following.page,
        }
        print_json(
            {"opened": is_new, "by": by.username, "reports_not_declared": told - declared}
            | document
            | {"next": following_document}
        )
        return
    screen = out()
    print_lint(screen, spec, score, findings)
    said = f"is open, by {by.shown_name}" if is_new else "was open already, with this content"
    screen.print(f"\nProgram {opened} {said}.", markup=False)
    if told:
        screen.print(f"{declared} of {told} reports are declared.")
    if declared < told:
        screen.print("An engineer declares the others: the same command, --as their name.")
    if following:
        screen.print(f"Next: {following}.", markup=False)
        screen.print(f"      Page {following.page} of `packline serve`.", markup=False)


def _take(spec: ProgramSpec, by: Person, at: datetime) -> tuple[Program, bool]:
    """Open a program and declare its reports, both or neither; say whether it is new."""
    from django.db import transaction

    from packline.assurance.services import declare_evidence
    from packline.requirements.models import Program
    from packline.requirements.services import open_program as open_spec

    is_new = not Program.objects.filter(code=spec.code).exists()
    with transaction.atomic():
        program = open_spec(spec=spec, by=by, at=at)
        if by.has_perm("assurance.declare_evidence"):
            for evidence in spec.evidence:
                declare_evidence(program=program, evidence=evidence, by=by, at=at)
    return program, is_new
