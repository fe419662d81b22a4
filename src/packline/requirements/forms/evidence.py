"""Reading `[[evidence]]`: the reports that prove what no line can produce."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from packline.foundation.errors import InputError, Problem
from packline.requirements.calc.proof import evidence_key, key_problem
from packline.requirements.calc.spec import EvidenceSpec, ResultSpec
from packline.requirements.calc.units import to_si
from packline.requirements.forms.cells import inside
from packline.requirements.forms.document import read_bytes, read_toml
from packline.requirements.forms.requirement import read_measured, read_quantity, read_unit
from packline.requirements.forms.table import Table, did_you_mean, listed

__all__ = ["read_evidence"]


def read_evidence(
    document: Table, folder: Path, problems: list[Problem]
) -> tuple[EvidenceSpec, ...]:
    """Read every declared report, and the report itself where it is TOML."""
    read: list[EvidenceSpec] = []
    for table in document.tables("evidence", _identity):
        evidence = _read(table, folder, problems)
        if any(e.key == evidence.key and e.report == evidence.report for e in read):
            table.problem("report", "is declared twice for this test", "one declaration")
        read.append(evidence)
    return tuple(read)


def _identity(row: dict[str, Any]) -> str:
    test = row.get("test")
    return f" ({test[:40]})" if isinstance(test, str) and test.isprintable() else ""


def _read(table: Table, folder: Path, problems: list[Problem]) -> EvidenceSpec:
    test = table.text("test", allowed='a type test like "UL2271", or "document:<kind>"')
    key = evidence_key(test)
    if table.good("test"):
        _check_key(table, key)
    report = table.text("report", allowed="a file in the program's folder")
    issued_by = table.text("issued_by")
    issued_on = table.day("issued_on")
    sample = table.flag("sample", default=False)
    table.finish()
    sha256 = ""
    results: tuple[ResultSpec, ...] = ()
    if table.good("report"):
        sha256, results = _read_report(table, folder, report, sample, problems)
    return EvidenceSpec(
        key=key,
        report=report,
        report_sha256=sha256,
        issued_by=issued_by,
        issued_on=issued_on,
        sample=sample,
        results=results,
    )


def _check_key(table: Table, key: str) -> None:
    wrong = key_problem(key)
    kind, _, name = key.partition(":")
    if wrong is not None:
        message, known = wrong
        table.problem("test", message + did_you_mean(name, known), listed(known, 60))
    elif kind not in ("type", "document") or name in ("dhr", "traveller"):
        table.problem(
            "test",
            "is measured or issued for each unit, not declared",
            "a type test, or a document of the program",
        )


def _read_report(
    table: Table, folder: Path, report: str, sample: bool, problems: list[Problem]
) -> tuple[str, tuple[ResultSpec, ...]]:
    if not inside(folder, report):
        table.problem("report", "lies outside the program's folder", "a file inside it")
        return "", ()
    try:
        content = read_bytes(folder / report, report)
        document = read_toml(folder / report, report) if report.endswith(".toml") else {}
    except InputError as error:
        for problem in error.problems:
            table.problem("report", str(problem), "a readable file in the program's folder")
        return "", ()
    results = _read_results(Table(report, document, problems))
    if not sample and document.get("sample") is True:
        table.problem(
            "report",
            "calls itself a sample, and sample = true is not said here",
            "sample = true, or a real report",
        )
    return hashlib.sha256(content).hexdigest(), results


def _read_results(report: Table) -> tuple[ResultSpec, ...]:
    """Read the figures of a report: `[[result]]` with quantity, value and unit."""
    results = []
    for table in report.tables("result", lambda row: ""):
        word = read_quantity(table)
        if word is None:
            continue
        unit = read_unit(table, word)
        value = read_measured(table, "value", word, unit)
        table.finish()
        if unit is not None and value is not None:
            results.append(ResultSpec(word.key, value, unit, to_si(value, unit)))
    return tuple(results)
