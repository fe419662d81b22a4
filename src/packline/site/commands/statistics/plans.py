"""The plans of `packline sample-plan`: from what was asked for to what is said and drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packline.foundation.columns import Columns
from packline.foundation.errors import InputError, Problem, Refused
from packline.site.commands.statistics.options import plain, usable

__all__ = ["KINDS", "Asked", "Chosen", "choose"]

TABLES = ("single", "double", "multiple")
KINDS = (*TABLES, "variables", "zero", "two-point", "two-point-variables")
YES, NO = ("yes", "true", "1", "accepted"), ("no", "false", "0", "rejected")
SIGMA = {"s": "estimated", "sigma": "known", "range": "by ranges of five"}
STAGES = ("sample", "n", "accept up to", "reject from")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line, as it stands there."""

    kind: str
    lot: int | None
    aql: str | None
    level: str
    severity: str | None
    history: Path | None
    method: str
    good: float | None
    bad: float | None
    producer_risk: float
    consumer_risk: float


@dataclass(frozen=True, slots=True)
class Chosen:
    """A plan: what stands in JSON, what a person reads, and its picture."""

    title: str
    document: dict[str, Any]
    heading: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    said: tuple[str, ...]
    draw: Callable[[], str]


def choose(asked: Asked) -> Chosen:
    """Choose the plan that was asked for.

    Raises
    ------
    InputError
        If something is missing or not in the tables.
    Refused
        If the history of lots has led to the end of inspection.
    """
    if asked.kind in TABLES:
        return _from_tables(asked)
    if asked.kind == "variables":
        return _variables(asked)
    if asked.kind == "zero":
        return _zero(asked)
    return _two_points(asked)


def _needed(option: str, value: Any, kind: str) -> Any:
    if value is None:
        raise InputError([Problem("", option, "", f"a {kind} plan needs it")])
    return value


def _severity(asked: Asked) -> tuple[Any, tuple[str, ...], dict[str, Any]]:
    """Severity as given, or as the switching rules lead to it over the lots of a file."""
    from packcalc.stats.sampling.switching import Inspection, judged

    if asked.history is None:
        return asked.severity or "normal", (), {}
    if asked.severity is not None:
        message = "leave it out: the history of lots says which it is"
        raise InputError([Problem("", "--severity", asked.severity, message)])
    table = Columns(asked.history)
    accepted = _truths(table, "accepted")
    tighter: list[bool | None] = (
        list(_truths(table, "tighter")) if "tighter" in table.names else [None] * len(accepted)
    )
    numbers = table.numbers("number", "number") if "number" in table.names else [0] * len(accepted)
    state, said = Inspection(), []
    applied: list[str] = []
    for k, lot in enumerate(accepted):
        if state.severity == "discontinued":
            break
        before = state.severity
        applied.append(before)
        state = judged(
            state, accepted=lot, tighter_accepted=tighter[k], acceptance_number=int(numbers[k])
        )
        if state.severity != before:
            said.append(f"Lot {k + 1}: {before} to {state.severity}, because {state.why}.")
    if state.severity == "discontinued":
        raise Refused(f"inspection is discontinued: {state.why}. The supplier has to act first")
    said.append(f"After {len(applied)} lots: {state.severity}, switching score {state.score}.")
    return state.severity, tuple(said), {"applied": applied, "inspection": plain(state)}


def _truths(table: Columns, column: str) -> list[bool]:
    found, problems = [], []
    for line, text in zip(table.lines, table.texts(column, column), strict=True):
        word = text.lower()
        if word not in (*YES, *NO):
            where, allowed = f"{table.file} line {line}", ", ".join((*YES, *NO))
            problems.append(Problem(where, column, text, "neither yes nor no", allowed))
        found.append(word in YES)
    if problems:
        raise InputError(problems)
    return found


def _from_tables(asked: Asked) -> Chosen:
    from packcalc.stats.drawings.curve_plot import operating_characteristic_svg
    from packcalc.stats.sampling.plans import plan_for_lot
    from packcalc.stats.sampling.risk import (
        acceptance_probability,
        accepted_quality,
        outgoing_limit,
    )

    lot, aql = _needed("--lot", asked.lot, asked.kind), _needed("--aql", asked.aql, asked.kind)
    severity, history, switched = _severity(asked)
    kind: Any = asked.kind
    plan = usable(
        "sample-plan",
        lambda: plan_for_lot(lot, aql, level=asked.level, severity=severity, kind=kind),
    )
    per_unit = float(aql) > 10  # above 10 the AQL counts nonconformities per hundred units
    model: Any = "poisson" if per_unit else "binomial"
    at_aql = float(acceptance_probability(plan.stages, float(aql) / 100, model=model))
    ten = accepted_quality(plan.stages, 0.10, model=model)
    limit, _ = outgoing_limit(plan.stages, lot=lot, model=model, finite_outgoing=True)
    title = f"Lot {lot}, level {asked.level}, AQL {aql}, {severity}, {plan.kind}"
    led = f" (the arrow leads there from {plan.asked})" if plan.letter != plan.asked else ""
    bad = f"{100 * ten:.3g} " + ("per hundred units" if per_unit else "%")
    risk: tuple[str, ...] = (
        f"A lot at the AQL is accepted with a chance of {at_aql:.1%}.",
        f"A lot of {bad} nonconforming still passes one time in ten.",
        f"Worst average outgoing quality (AOQL): {limit:.3%}. {plan.edition}.",
    )
    if plan.inspect_all:
        risk = (
            "The sample is as large as the lot: inspect every unit.",
            f"Nothing is left to chance, but the inspection itself. {plan.edition}.",
        )
    return Chosen(
        f"{title}: code letter {plan.letter}{led}",
        {
            "plan": plain(plan),
            "accept_at_aql": at_aql,
            "accepted_one_in_ten_at": ten,
            "aoql": limit,
            **switched,
        },
        STAGES,
        _stages(plan.stages),
        (*history, *risk),
        lambda: operating_characteristic_svg(
            plan.stages, title=title, lot=lot, aql=float(aql), model=model
        ),
    )


def _stages(stages: Sequence[Any]) -> list[tuple[str, ...]]:
    return [
        (str(k), str(s.n), "not yet" if s.accept < 0 else str(s.accept), str(s.reject))
        for k, s in enumerate(stages, start=1)
    ]


def _variables(asked: Asked) -> Chosen:
    from packcalc.stats.sampling.variables import variables_letter, variables_plan
    from packcalc.stats.sampling.variables_design import variables_acceptance

    lot, aql = _needed("--lot", asked.lot, asked.kind), _needed("--aql", asked.aql, asked.kind)
    severity, history, switched = _severity(asked)
    method: Any = asked.method
    letter = usable("sample-plan", lambda: variables_letter(lot, asked.level))
    plan = usable(
        "sample-plan", lambda: variables_plan(letter, aql, severity=severity, method=method)
    )
    at_aql = float(variables_acceptance(plan.n, plan.k, float(aql) / 100, method=method))
    title = f"Lot {lot}, level {asked.level}, AQL {aql}, {severity}, variables ({method})"
    said = [
        *history,
        "One limit: accept if (limit - mean) / sigma is k or more on its side. Two limits: accept "
        "if the estimated fractions beyond both add to M or less.",
        f"A lot at the AQL (one limit, normal values) is accepted with a chance of {at_aql:.1%}.",
        f"{plan.convention}.",
    ]
    if plan.n >= lot:
        said.append("The sample is as large as the lot: measure every unit.")
    return _measured(f"{title}: code letter {letter}", plan, method, {
        "plan": plain(plan), "accept_at_aql": at_aql, **switched
    }, tuple(said), float(aql))  # fmt: skip


def _measured(
    title: str,
    plan: Any,
    method: Any,
    document: dict[str, Any],
    said: tuple[str, ...],
    aql: float | None,
) -> Chosen:
    from packcalc.stats.drawings.curve_plot import variables_characteristic_svg

    m = "-" if plan.m is None else f"{100 * plan.m:.4g} %"
    return Chosen(
        title,
        document,
        ("n", "k", "M", "sigma"),
        [(str(plan.n), f"{plan.k:.4f}", m, SIGMA[method])],
        said,
        lambda: variables_characteristic_svg(plan, title=title, aql=aql),
    )


def _zero(asked: Asked) -> Chosen:
    from packcalc.stats.sampling.design import zero_acceptance, zero_acceptance_in_lot

    bad = _needed("--bad", asked.bad, "zero") / 100
    if not (0 < bad < 1 and 0 < asked.consumer_risk < 1):
        message = "must lie between 0 and 100 %, and the risk between 0 and 1"
        raise InputError([Problem("", "--bad", f"{100 * bad:g}", message)])
    if asked.lot is None:
        n = zero_acceptance(bad, asked.consumer_risk)
        title, basis = f"Accept on zero, {100 * bad:g} % to be caught", "binomial (large lots)"
    else:
        lot, units = asked.lot, max(1, round(bad * asked.lot))
        n = usable(
            "sample-plan", lambda: zero_acceptance_in_lot(lot, units, 1 - asked.consumer_risk)
        )
        title = f"Accept on zero, lot {lot}, {units} bad units in it to be caught"
        basis = "hypergeometric (this lot)"
    said = (
        f"Such a lot is accepted with a chance of at most {asked.consumer_risk:.3g}; {basis}.",
        "Any nonconforming unit in the sample holds the lot. The picture is binomial.",
    )
    return _attributes(title, n, 0, said, {"n": n, "accept": 0, "basis": basis}, asked)


def _two_points(asked: Asked) -> Chosen:
    from packcalc.stats.sampling.design import find_single_plan
    from packcalc.stats.sampling.variables_design import find_variables_plan, variables_acceptance

    good = _needed("--good", asked.good, asked.kind) / 100
    bad = _needed("--bad", asked.bad, asked.kind) / 100
    risks: Any = {"producer_risk": asked.producer_risk, "consumer_risk": asked.consumer_risk}
    title = f"{100 * good:g} % to be accepted, {100 * bad:g} % to be rejected"
    if asked.kind == "two-point":
        plan = usable("sample-plan", lambda: find_single_plan(good, bad, **risks))
        said = (
            f"Producer's risk {plan.producer_risk:.4f}, consumer's risk {plan.consumer_risk:.4f}; "
            f"{plan.convention}.",
        )
        return _attributes(title, plan.n, plan.accept, said, {"plan": plain(plan)}, asked)
    method: Any = asked.method
    measured = usable(
        "sample-plan", lambda: find_variables_plan(good, bad, method=method, **risks)
    )
    kept = variables_acceptance(measured.n, measured.k, [good, bad], method=method).tolist()
    said = (
        f"Producer's risk {1 - kept[0]:.4f}, consumer's risk {kept[1]:.4f}; one limit, normal "
        f"values; {measured.convention}.",
    )
    document = {"plan": plain(measured), "producer_risk": 1 - kept[0], "consumer_risk": kept[1]}
    return _measured(title, measured, method, document, said, None)


def _attributes(
    title: str,
    n: int,
    accept: int,
    said: tuple[str, ...],
    document: dict[str, Any],
    asked: Asked,
) -> Chosen:
    from packcalc.stats.drawings.curve_plot import operating_characteristic_svg
    from packcalc.stats.sampling.plans import Stage

    stages = [Stage(n, accept, accept + 1)]
    return Chosen(
        title,
        document,
        STAGES,
        _stages(stages),
        said,
        lambda: operating_characteristic_svg(stages, title=title, lot=asked.lot),
    )
