"""Identified circuits in a folder: one TOML file per cell, named by the cell's code."""

from __future__ import annotations

from pathlib import Path

from packcalc.cell.parameters import CellParameters
from packcalc.cell.sets import read_parameters
from packline.foundation.errors import InputError, Problem

__all__ = ["read_circuits"]


def read_circuits(folder: Path) -> dict[str, CellParameters]:
    """Read every circuit of a folder; a folder that is not there holds none.

    Raises
    ------
    InputError
        If a file cannot be used; all that are wrong are named.
    """
    circuits: dict[str, CellParameters] = {}
    problems = []
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
        try:
            circuits[path.stem] = read_parameters(path.read_text(encoding="utf-8"))
        except (ValueError, OSError) as error:
            problems.append(Problem(str(path), message=str(error)))
    if problems:
        raise InputError(problems)
    return circuits
