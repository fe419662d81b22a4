"""Reading a program folder: `program.toml` and the reports it names, all problems at once."""

from __future__ import annotations

from pathlib import Path

from packcalc.design import OBJECTIVES
from packline.foundation.errors import InputError, Problem
from packline.requirements.calc.identifiers import PATTERNS, gtin_problem, pattern_problem
from packline.requirements.calc.playbooks import QUALITY_SYSTEMS, playbooks
from packline.requirements.calc.spec import (
    CellsSpec,
    DesignSpec,
    FirmwareSpec,
    LineSpec,
    OrderSpec,
    ProgramSpec,
    SerialsSpec,
)
from packline.requirements.forms.cells import RESISTANCE_KINDS, read_cells
from packline.requirements.forms.contradictions import contradictions
from packline.requirements.forms.document import read_toml
from packline.requirements.forms.evidence import read_evidence
from packline.requirements.forms.requirement import read_requirements
from packline.requirements.forms.table import Table

__all__ = ["PROGRAM_FILE", "read_program"]

PROGRAM_FILE = "program.toml"
CHEMISTRIES = ("LFP", "NMC", "NCA", "LTO", "Na-ion", "LMO")
FORMATS = ("cylindrical", "prismatic", "pouch")
AS_MANY = "as_many_as_possible"


def read_program(folder: Path) -> ProgramSpec:
    """Read and check a program folder.

    Raises
    ------
    InputError
        With every problem found: each names file, table, key, value and what is allowed.
    """
    path = folder / PROGRAM_FILE
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        allowed = f"a folder with {PROGRAM_FILE}"
        raise InputError([Problem(str(folder), message=what, allowed=allowed)])
    problems: list[Problem] = []
    document = Table(PROGRAM_FILE, read_toml(path, PROGRAM_FILE), problems)
    spec = _read(document, folder, problems)
    if problems:
        raise InputError(problems)
    assert spec is not None
    return spec


def _read(document: Table, folder: Path, problems: list[Problem]) -> ProgramSpec | None:
    program = document.table("program")
    requirements = read_requirements(document, problems)
    problems.extend(contradictions(requirements, PROGRAM_FILE))
    tables = {
        name: document.table(name) for name in ("design", "order", "serials", "firmware", "cells")
    }
    line = document.table("line", required=False)
    evidence = read_evidence(document, folder, problems)
    document.finish()
    head = None if program is None else _read_head(program)
    design = _read_design(tables["design"]) if tables["design"] else None
    order = _read_order(tables["order"]) if tables["order"] else None
    serials = _read_serials(tables["serials"], order) if tables["serials"] else None
    firmware = _read_firmware(tables["firmware"]) if tables["firmware"] else None
    cells = read_cells(tables["cells"], folder) if tables["cells"] else None
    virtual_line = _read_line(line)
    if tables["design"] and design and cells:
        _check_resistance_kind(tables["design"], design, cells)
    if not (head and design and order and serials and firmware and cells):
        return None
    code, title, customer, playbook, volume, systems, revision = head
    return ProgramSpec(
        code=code,
        title=title,
        customer=customer,
        playbook=playbook,
        volume_per_year=volume,
        quality_systems=systems,
        revision=revision,
        requirements=requirements,
        design=design,
        order=order,
        serials=serials,
        firmware=firmware,
        cells=cells,
        line=virtual_line,
        evidence=evidence,
    )


def _read_head(table: Table) -> tuple[str, str, str, str, int, tuple[str, ...], str]:
    head = (
        table.text("code", pattern=r"[A-Z0-9][A-Z0-9-]{1,19}", allowed='like "EB48"'),
        table.text("title"),
        table.text("customer", longest=80),
        table.text("playbook", among=tuple(playbooks())),
        table.whole("volume_per_year", low=1),
        table.texts("quality_systems", among=QUALITY_SYSTEMS),
        table.text("revision", pattern=r"[A-Za-z0-9.]{1,10}", allowed='like "A" or "1.2"'),
    )
    table.finish()
    return head


def _read_design(table: Table) -> DesignSpec:
    design = DesignSpec(
        objective=table.text("objective", among=OBJECTIVES),
        cells=table.texts("cells"),
        chemistries=table.texts("chemistries", among=CHEMISTRIES),
        formats=table.texts("formats", among=FORMATS),
        series=_read_counts(table, "series"),
        parallel=_read_counts(table, "parallel"),
        resistance_kind=table.text("resistance_kind", default="ac", among=RESISTANCE_KINDS),
    )
    table.finish()
    return design


def _read_counts(table: Table, key: str) -> tuple[int, int] | None:
    """Read a fixed count, or the bounds of one."""
    allowed = "a whole number from 1 to 400, or [least, most]"
    value = table.raw(key, required=False)
    if value is None:
        return None
    bounds = value if isinstance(value, list) else [value, value]
    whole = all(isinstance(b, int) and not isinstance(b, bool) for b in bounds)
    if len(bounds) != 2 or not whole or not 1 <= bounds[0] <= bounds[1] <= 400:
        table.problem(key, "is no count of cells", allowed)
        return None
    return bounds[0], bounds[1]


def _read_order(table: Table) -> OrderSpec:
    as_many = table.raw("quantity", required=False) == AS_MANY
    if as_many:
        quantity = table.whole("max", low=1, high=1_000_000)
    else:
        quantity = table.whole("quantity", low=1, high=1_000_000)
        if table.has("max"):
            table.raw("max")
            table.problem("max", f'has a use only with quantity = "{AS_MANY}"', "leave it out")
    due = table.day("due")
    table.finish()
    return OrderSpec(quantity=quantity, as_many_as_possible=as_many, due=due)


def _read_serials(table: Table, order: OrderSpec | None) -> SerialsSpec:
    gtin = table.text(
        "gtin",
        pattern=r"[0-9]{14}|[0-9]{13}|[0-9]{12}|[0-9]{8}",
        allowed="8, 12, 13 or 14 digits in quotes",
    )
    if table.good("gtin") and (problem := gtin_problem(gtin)):
        table.problem("gtin", *problem)
    pattern = table.text("pattern", allowed=PATTERNS)
    if table.good("pattern") and (
        problem := pattern_problem(pattern, order.quantity if order else 1)
    ):
        table.problem("pattern", *problem)
    table.finish()
    return SerialsSpec(gtin=gtin.zfill(14) if gtin else "", pattern=pattern)


def _read_firmware(table: Table) -> FirmwareSpec:
    firmware = FirmwareSpec(
        version=table.text("version", pattern=r"[A-Za-z0-9.+_-]{1,40}", allowed='like "1.4.2"'),
        sha256=table.text(
            "sha256", pattern=r"[0-9a-f]{64}", allowed="64 hexadecimal digits in small letters"
        ),
    )
    table.finish()
    return firmware


def _read_line(table: Table | None) -> LineSpec:
    if table is None:
        return LineSpec(seed=0, defect_rate=0.0)
    line = LineSpec(
        seed=table.whole("seed", high=2**63 - 1),
        defect_rate=table.number("defect_rate", low=0, high=1, default=0.0),
    )
    table.finish()
    return line


def _check_resistance_kind(table: Table, design: DesignSpec, cells: CellsSpec) -> None:
    """DC resistance and AC IR are different quantities: matching must use what was measured."""
    measured = {c.kind for c in cells.columns if c.name == "resistance" and c.kind}
    if cells.population is not None and cells.population.resistance_kind:
        measured = {"ac" if cells.population.resistance_kind == "ac_ir" else "dc"}
    if not design.resistance_kind or not measured:
        return
    if design.resistance_kind not in measured:
        table.problem(
            "resistance_kind",
            f"does not fit the cells, measured by {measured.pop()}: the two differ",
            "the kind of [cells]",
        )
    other = "cell_dc_resistance" if design.resistance_kind == "ac" else "cell_ac_ir"
    if any(limit.code == other for limit in cells.limits):
        table.problem(
            "resistance_kind",
            f"does not fit [cells.limits], which judges {other}",
            "limits of the kind that is measured",
        )
