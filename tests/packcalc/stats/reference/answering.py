"""Answering a case by its file alone: what its method names is computed, and nothing is guessed.

A new file of a known family needs no change here. Its method is looked up as it stands, or taken
apart into names that are known ("xbar_r,xbar_s", "p + capability"); a name that is not known is an
error that lists those that are.
"""

import inspect
import re

from tests.packcalc.stats.reference import charts, lots_and_lives, quality

WHOLE = {**charts.ADAPTERS, **quality.ADAPTERS, **lots_and_lives.ADAPTERS}
# area -> name of a part of a method -> what computes it
PARTS = {
    "shewhart": charts.SHEWHART | {"capability": quality.xbar_r_indices},
    "time_weighted": charts.TIME_WEIGHTED,
    "run_rules": {name: charts.sequences for name in charts.CONVENTIONS},
    "multivariate": {
        "mewma": charts.mewma_case,
        "t2 individuals": charts.t2_of_individuals,
        "t2 subgroups": charts.t2_of_subgroups,
    },
    "reliability": lots_and_lives.LIVES,
    "acceptance": lots_and_lives.LOTS,
    "msa": quality.GAUGES,
    "capability": {
        name: quality.bare_indices for name in ("cp", "cpk", "cpl", "cpu", "one-sided", "indices")
    },
}


def answer(case):
    """Compute what a case asks for.

    Raises LookupError when its method, or a part of it, is the name of nothing known.
    """
    area, method = case["area"], case["method"]
    whole = WHOLE.get((area, method))
    if whole is not None:
        return _ask(whole, case)
    known = PARTS.get(area, {})
    parts = _parts(method)
    for part in parts:
        if part not in known:
            names = "; ".join(sorted({m for a, m in WHOLE if a == area} | set(known)))
            raise LookupError(
                f"{case['id']}: {area} knows no {part!r} (of {method!r}); known: {names}"
            )
    answers = [_ask(known[part], case) for part in parts]
    return answers[0] if len(answers) == 1 else {k: v for one in answers for k, v in one.items()}


def _parts(method):
    """Split a method into names: brackets and joining words fall away, case does not matter."""
    text = re.sub(r"\(.*?\)", "", method.lower())
    return [part.strip() for part in re.split(r",|\+|\band\b|/", text) if part.strip()]


def _ask(compute, case):
    every = inspect.signature(compute).parameters.values()
    takes = [p for p in every if p.kind is p.POSITIONAL_OR_KEYWORD]
    return compute(case["input"], case["expected"]) if len(takes) == 2 else compute(case["input"])
