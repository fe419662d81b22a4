"""`packline lint`: what is wrong, missing or unwise in a program, before anything is built."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from packline.site.commands.lint_report import lint_document, print_lint
from packline.site.options import NO, UNUSABLE, JsonOption, ends_well, out, print_json


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
        print_json({"usable": True} | lint_document(spec, score, findings))
    else:
        print_lint(out(), spec, score, findings)
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(NO)
