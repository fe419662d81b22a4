"""Options that several commands share, and how a command ends."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

import typer
from rich.console import Console

from packline.site.place import DATA, DATABASE

__all__ = [
    "DataOption",
    "DatabaseOption",
    "JsonOption",
    "ends_well",
    "out",
    "print_json",
    "say",
    "warn",
]

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        envvar=DATA,
        help="Data directory: the embedded database, files and keys. [default: ./packline-data]",
        show_default=False,
    ),
]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        envvar=DATABASE,
        help="postgresql://... instead of the embedded database.",
        show_default=False,
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON, and nothing else, to stdout.")
]

DONE, NO, UNUSABLE = 0, 1, 2
WIDE = 160  # columns where nobody's terminal says how many there are
P = ParamSpec("P")
R = TypeVar("R")


def out() -> Console:
    """The console for results."""
    tty = sys.stdout.isatty()
    return Console(highlight=False, soft_wrap=not tty, width=None if tty else WIDE)


def say() -> Console:
    """The console for progress and errors, so that stdout stays clean."""
    tty = sys.stderr.isatty()
    return Console(stderr=True, highlight=False, soft_wrap=not tty, width=None if tty else WIDE)


def warn(text: str) -> None:
    """Tell a person something on stderr, word for word."""
    say().print(text, markup=False, soft_wrap=True)


def print_json(document: Any) -> None:
    """Print one JSON document."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def ends_well(function: Callable[P, R]) -> Callable[P, R]:
    """Turn what can go wrong into a sentence and an exit code: 1 the answer is no, 2 bad input."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with _spoken():
            return function(*args, **kwargs)

    return run


@contextmanager
def _spoken() -> Iterator[None]:
    from django.db import OperationalError

    from packline.foundation.errors import DomainError, InputError

    try:
        yield
    except InputError as error:
        n = len(error.problems)
        warn(f"The input cannot be used, {n} problem{'s' if n != 1 else ''}:")
        for problem in error.problems:
            warn(f"  {problem}")
        raise typer.Exit(UNUSABLE) from error
    except DomainError as error:
        warn(str(error))
        raise typer.Exit(NO) from error
    except OperationalError as error:
        warn(f"The database cannot be used: {str(error).strip()}")
        raise typer.Exit(UNUSABLE) from error
    except BrokenPipeError:
        raise typer.Exit(DONE) from None
