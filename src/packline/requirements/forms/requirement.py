"""Reading `[[requirement]]`: one measurable line, bound to its proof."""

from __future__ import annotations

from typing import Any

from packline.foundation.errors import Problem
from packline.requirements.calc.proof import METHODS, evidence_key, key_problem, proofs_of
from packline.requirements.calc.quantities import GROUPS, Quantity, quantities, value_problem
from packline.requirements.calc.spec import RequirementSpec
from packline.requirements.calc.units import (
    UnitProblem,
    is_offset,
    same_dimension,
    suggest_units,
    to_si,
)
from packline.requirements.forms.table import Table, did_you_mean, listed, number_fault
from packline.requirements.states import OPERATORS

__all__ = ["PROGRAM_STAGES", "read_measured", "read_requirements", "read_unit"]

PROGRAM_STAGES = ("PRD", "concept", "EVT", "DVT", "PVT", "ramp", "sustain", "end of life")


def read_requirements(document: Table, problems: list[Problem]) -> tuple[RequirementSpec, ...]:
    """Read every requirement; each must have an id of its own."""
    tables = document.tables("requirement", _identity)
    if not tables and not document.has("requirement"):
        document.problem("requirement", "is missing", "at least one table [[requirement]]")
    read = []
    seen: dict[str, int] = {}
    for n, table in enumerate(tables, start=1):
        requirement = _read(table)
        ref = table.raw("id", required=False)
        if isinstance(ref, str) and ref:
            if ref in seen:
                table.problem("id", f"is already the id of #{seen[ref]}", "an id of its own")
            seen.setdefault(ref, n)
        if requirement is not None:
            read.append(requirement)
    return tuple(read)


def _identity(row: dict[str, Any]) -> str:
    ref = row.get("id")
    return f" ({ref[:40]})" if isinstance(ref, str) and ref.isprintable() else ""


def _read(table: Table) -> RequirementSpec | None:
    ref = table.text(
        "id", pattern=r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+", allowed='like "PERF-03"', longest=40
    )
    group = table.text("group", among=tuple(GROUPS))
    word = read_quantity(table)
    operator = table.text("operator", among=OPERATORS)
    method = table.text("method", among=tuple(METHODS))
    by_stage = table.text("by_stage", default="", among=("", *PROGRAM_STAGES))
    note = table.text("note", default="")
    test = table.text("test", default="")
    if word is None:
        _check_without_word(table, operator)
        table.finish()
        return None
    if table.good("group") and group not in word.groups:
        table.problem("group", f"is not a group of {word.key}", listed(word.groups))
    if table.good("operator") and word.kind == "yes" and operator != "==":
        table.problem("operator", f"is not possible: {word.key} is a yes-or-no quantity", "==")
    unit = read_unit(table, word)
    values = _read_values(table, word, operator, unit) if table.good("operator") else ()
    verified_by = _read_proof(table, word, method, test) if table.good("method") else ""
    table.raw("value", required=False)
    table.finish()
    if not table.usable or unit is None or not values:
        return None
    si = [to_si(value, unit) for value in values]
    return RequirementSpec(
        ref=ref,
        group=group,
        quantity=word.key,
        operator=operator,
        value=values[0],
        unit=unit,
        si_value=si[0],
        method=method,
        verified_by=verified_by,
        high=values[1] if len(values) == 2 else None,
        si_high=si[1] if len(values) == 2 else None,
        note=note,
        by_stage=by_stage,
    )


def _check_without_word(table: Table, operator: str) -> None:
    """Check what can be checked of a value whose quantity is not known."""
    unit = table.raw("unit", required=False)
    value = table.raw("value", allowed="a number")
    values = value if isinstance(value, list) and operator == "between" else [value]
    for one in values:
        if one is not None and (fault := number_fault(one)):
            table.problem("value", fault, "a number")
    if isinstance(unit, str) and (fault := unit_fault(unit, unit)):
        table.problem("unit", fault)


def read_quantity(table: Table) -> Quantity | None:
    """Read the key ``quantity``, one word of the vocabulary."""
    key = table.text("quantity", allowed="a word of the vocabulary of quantities")
    if not table.good("quantity"):
        return None
    word = quantities().get(key)
    if word is None:
        table.problem(
            "quantity",
            "is not a known quantity" + did_you_mean(key, quantities()),
            "the quantities of docs/reference/program-toml.md",
        )
    return word


def read_unit(table: Table, word: Quantity) -> str | None:
    """Read the key ``unit``, which must measure the quantity; None when it does not."""
    if not table.has("unit") and word.kind in ("yes", "count"):
        table.raw("unit", required=False)
        return "1"
    allowed = listed(suggest_units(word.unit))
    unit = table.text("unit", allowed=allowed)
    if not table.good("unit"):
        return None
    fault = unit_fault(unit, word.unit, difference=word.kind == "difference")
    if fault is not None:
        table.problem("unit", fault, listed(suggest_units(word.unit, unit)))
        return None
    return unit


def unit_fault(unit: str, canonical: str, *, difference: bool = False) -> str | None:
    """Say why a unit cannot be used where `canonical` measures; None when it can."""
    try:
        fits = same_dimension(unit, canonical)
    except UnitProblem:
        hint = " (write degC for degrees Celsius)" if unit in ("C", "F") else ""
        return "is not a unit" + hint
    if not fits:
        return f"does not measure the same as {canonical}"
    if difference and is_offset(unit):
        return "is a point on a scale, and this is a difference of temperatures"
    return None


def _read_values(
    table: Table, word: Quantity, operator: str, unit: str | None
) -> tuple[float, ...]:
    """Read ``value``: one number, or two for the operator between."""
    if operator != "between":
        value = read_measured(table, "value", word, unit)
        return () if value is None else (value,)
    pair = table.raw("value", allowed="[low, high]")
    if pair is None:
        return ()
    if not isinstance(pair, list) or len(pair) != 2:
        table.problem("value", "is not a pair, which the operator between needs", "[low, high]")
        return ()
    for value in pair:
        fault = number_fault(value)
        if fault is None and unit is not None:
            problem = _sense(word, float(value), unit)
            fault = None if problem is None else problem[0]
        if fault is not None:
            table.problem("value", f"{value} {fault}", "[low, high]")
            return ()
    if not pair[0] < pair[1]:
        table.problem("value", "has a low that is not below its high", "[low, high]")
        return ()
    return float(pair[0]), float(pair[1])


def read_measured(table: Table, key: str, word: Quantity, unit: str | None) -> float | None:
    """Read one value of a quantity; None, and a problem, when it makes no sense."""
    value = table.raw(key, allowed=f"a number in {unit or word.unit}")
    if value is None:
        return None
    fault = number_fault(value)
    if fault is not None:
        allowed = "1 (yes)" if word.kind == "yes" else f"a number in {unit or word.unit}"
        table.problem(key, fault, allowed)
        return None
    if unit is None:
        return None
    problem = _sense(word, float(value), unit)
    if problem is not None:
        table.problem(key, *problem)
        return None
    return float(value)


def _sense(word: Quantity, value: float, unit: str) -> tuple[str, str] | None:
    try:
        return value_problem(word, value, unit)
    except UnitProblem as error:
        return str(error), "a finite number"


def _read_proof(table: Table, word: Quantity, method: str, test: str) -> str:
    """Find the key of proof: what `test` names, or the first that the method accepts."""
    kinds = METHODS[method]
    if test:
        key = evidence_key(test)
        wrong = key_problem(key)
        if wrong is not None:
            message, known = wrong
            table.problem(
                "test", message + did_you_mean(key.partition(":")[2], known), listed(known, 60)
            )
            return ""
        if key.partition(":")[0] not in kinds:
            table.problem("test", f"is no proof by {method}", _proof_kinds(kinds))
            return ""
        own = [k for k in word.verified_by if k.partition(":")[0] in ("eol", "design")]
        if key.partition(":")[0] in ("eol", "design") and key not in own:
            table.problem("test", f"does not measure {word.key}", listed(own) or "a type test")
            return ""
        return key
    proofs = [key for key in proofs_of(word, method) if not key.endswith(":*")]
    if proofs:
        return proofs[0]
    if "type:*" in word.verified_by:
        table.problem(
            "test",
            "is missing: the requirement must name what is to be passed",
            'a standard, like "UL2271"',
        )
        return ""
    ways = [m for m in METHODS if proofs_of(word, m)]
    table.problem("method", f"does not prove {word.key}", listed(ways))
    return ""


def _proof_kinds(kinds: tuple[str, ...]) -> str:
    names = {
        "design": "a figure (design:...)",
        "eol": "a characteristic (eol:...)",
        "type": "a type test, by its id",
        "document": "a document (document:...)",
    }
    return ", ".join(names[kind] for kind in kinds)
