"""Adapters for acceptance sampling and reliability."""

import math
import re
from dataclasses import replace

from packcalc.stats.reliability.demonstration import mtbf_bounds
from packcalc.stats.reliability.fit import fit_exponential, fit_lognormal, fit_weibull
from packcalc.stats.reliability.life_data import life_data
from packcalc.stats.reliability.life_intervals import likelihood_interval
from packcalc.stats.reliability.nonparametric import kaplan_meier, median_ranks, rank_regression
from packcalc.stats.reliability.warranty import forecast_returns, read_nevada
from packcalc.stats.reliability.weibull3 import fit_weibull_3
from packcalc.stats.sampling.design import (
    find_single_plan,
    success_run,
    zero_acceptance_in_lot,
)
from packcalc.stats.sampling.plans import (
    Stage,
    code_letter,
    double_plan,
    multiple_plan,
    plan_for_lot,
    single_plan,
)
from packcalc.stats.sampling.risk import (
    acceptance_probability,
    operating_characteristic,
    outgoing_limit,
)
from packcalc.stats.sampling.switching import severities
from packcalc.stats.sampling.variables import estimated_fraction, variables_plan
from packcalc.stats.sampling.variables_design import find_variables_plan


def triple(plan):
    stage = plan.stages[0]
    return [stage.n, stage.accept, stage.reject]


def single_plans(given):
    return [triple(single_plan(g["letter"], g["aql"], severity=g["severity"])) for g in given]


def rows(plan):
    return [[stage.n, stage.accept, stage.reject] for stage in plan.stages]


def several_samples(look_up):
    def case(given):
        return [rows(look_up(g["letter"], g["aql"], severity=g["severity"])) for g in given]

    return case


def one_situation(given):
    def plan(severity, kind="single"):
        return plan_for_lot(
            given["lot"], given["aql"], level=given["level"], severity=severity, kind=kind
        )

    return {
        "letter": code_letter(given["lot"], given["level"]),
        **{s: triple(plan(s)) for s in ("normal", "tightened", "reduced")},
        **{kind: rows(plan("normal", kind)) for kind in ("double", "multiple")},
    }


def nist_curve(given):
    stages = [Stage(given["n"], given["c"], given["c"] + 1)]
    curve = operating_characteristic(stages, given["p"], lot=given["N"])
    limit, at = outgoing_limit(stages, lot=given["N"], finite_outgoing=True)
    return {
        "pa": curve.accept.tolist(),
        "ati": curve.inspected.tolist(),
        "aoql": limit,
        "aoql_at": at,
    }


# The plan of the R package's vignette, which its case names only in its title.
TWO_POINTS = {"p1": 0.05, "alpha": 0.05, "p2": 0.15, "beta": 0.075}


def two_points(given):
    found = TWO_POINTS | given
    return found["p1"], found["p2"], found["alpha"], found["beta"]


def vignette(given):
    stage = [Stage(given.get("n", 20), given.get("c", 0), given.get("c", 0) + 1)]
    pa = acceptance_probability(stage, [0.05, 0.15])
    good, bad, producer, consumer = two_points(given)
    plan = find_single_plan(good, bad, producer_risk=producer, consumer_risk=consumer)
    return {"pa_05": float(pa[0]), "pa_15": float(pa[1]), "n": plan.n, "c": plan.accept}


def variables_two_point(given):
    good, bad, producer, consumer = two_points(given)
    unknown, known = (
        find_variables_plan(
            good, bad, producer_risk=producer, consumer_risk=consumer, method=method
        )
        for method in ("s", "sigma")
    )
    return {
        "n_unknown": unknown.n,
        "k_unknown": unknown.k,
        "n_known": known.n,
        "k_known": known.k,
    }


SIGMA = {"known": "sigma", "unknown": "s", "sigma": "sigma", "s": "s"}


def variables_table(given):
    plans = [
        variables_plan(
            g["letter"], g["aql"], severity=g["severity"], method=SIGMA[g.get("method", "s")]
        )
        for g in given
    ]
    return [[plan.n, plan.m, plan.k] for plan in plans]


def success_runs(given, wanted):
    """Sample sizes by name: R95_C90 is a reliability of 95 % at a confidence of 90 %."""
    found = {}
    for name in wanted:
        reliability, confidence = re.fullmatch(r"R([0-9.]+)_C([0-9.]+)", name).groups()
        found[name] = success_run(float(reliability) / 100, float(confidence) / 100)
    return found


def data_of(given):
    if "hours" in given or "t" in given:
        times = given.get("hours", given.get("t"))
        states = given.get("status", given.get("event"))
        pairs = list(zip(times, states, strict=True))
        return life_data([t for t, s in pairs if s], [t for t, s in pairs if not s])
    counts = given.get("suspensions_count")
    if counts:
        return life_data(
            given["failures"],
            [float(t) for t in counts],
            survivor_counts=list(counts.values()),
        )
    brackets = [*([0.0, t] for t in given.get("left", [])), *given.get("intervals", [])]
    return life_data(
        given.get("failures", []), given.get("suspensions", []), intervals=brackets or None
    )


def weibull_answer(fit):
    return {
        "beta": fit.shape,
        "eta": fit.scale,
        "B10": fit.quantile(0.1),
        "median": fit.quantile(0.5),
        "MTTF": fit.mean,
        "mean": fit.mean,
        "sd": fit.sd,
        "loglik": fit.log_likelihood,
        "aic": fit.aic,
    }


def weibull_case(given):
    data = data_of(given)
    fit = fit_weibull(data)
    answer = weibull_answer(fit)
    return {
        **answer,
        "shape": fit.shape,
        "scale": fit.scale,
        "shape_lr_ci": lambda: list(likelihood_interval(fit, data, "shape")),
        "scale_lr_ci": lambda: list(likelihood_interval(fit, data, "scale")),
        "n": int(data.total),
        "failures": int(data.failed),
        "theta": fit_exponential(data).scale,
        "aic_lognormal": fit_lognormal(data).aic,
    }


def three_distributions(given):
    data = data_of(given)
    weibull, lognormal = fit_weibull(data), fit_lognormal(data)
    exponential = fit_exponential(data)
    return {
        "weibull": {
            **weibull_answer(weibull),
            "shape_lr_ci": list(likelihood_interval(weibull, data, "shape")),
            "scale_lr_ci": list(likelihood_interval(weibull, data, "scale")),
        },
        "lognormal": {"mulog": math.log(lognormal.scale), "sigmalog": lognormal.shape},
        "exponential": {"rate": 1 / exponential.scale, "MTTF": exponential.mean},
    }


def kaplan_meier_case(given):
    found = kaplan_meier(
        data_of(given), confidence=given.get("conf", 0.95), bounds=given.get("bounds", "log-log")
    )
    return {
        "low": found.low.tolist(),
        "high": found.high.tolist(),
        "times": found.times.tolist(),
        "S": found.reliability.tolist(),
        "median": found.quantile(0.5),
        "R": [found.at(t) for t in given.get("at", (47.04, 67.8, 95.88))],
    }


def mtbf_case(given):
    by_time = mtbf_bounds(given["T"], given["r"], confidence=given["conf"])
    by_failure = mtbf_bounds(
        given["T"], given["r"], confidence=given["conf"], terminated_by="failure"
    )
    return {
        "mtbf": by_time.mtbf,
        "lower": by_time.low,
        "upper": by_time.high,
        "lower_failure_terminated": by_failure.low,
    }


def nevada_case(given):
    shipped, returned = list(given["shipments"].values()), list(given["returns"].values())
    chart = read_nevada(shipped, returned, failed="at_end")
    fit = fit_weibull(chart.data)
    # the source forecasts with the two decimals it prints of beta and eta
    printed = replace(fit, shape=round(fit.shape, 2), scale=round(fit.scale, 2))
    r3, r4 = (float(r) for r in printed.reliability([3, 4]))
    return {
        "failures_by_age": list(chart.failures_by_age),
        "suspensions_by_age": {str(k): v for k, v in chart.survivors_by_age().items()},
        "beta": fit.shape,
        "eta": fit.scale,
        "R3": r3,
        "R4": r4,
        "Q": 1 - r4 / r3,
        "june_expected": float(forecast_returns(chart, printed).by_lot[0, 0]),
    }


def rank_case(given):
    ranks, left = given.get("ranks", "exact"), given.get("suspensions", [])
    line = rank_regression(given["failures"], left, ranks=ranks)
    other = rank_regression(given["failures"], left, on="x", ranks=ranks)
    fit = fit_weibull(data_of(given))
    return {
        "rry": [line.shape, line.scale],
        "rrx": [other.shape, other.scale],
        "rho": line.rho,
        "mle": [fit.shape, fit.scale],
        "median_ranks": (100 * median_ranks(len(given["failures"]), ranks=ranks)).tolist(),
    }


def lognormal_case(given):
    fit = fit_lognormal(data_of(given))
    return {
        "mulog": math.log(fit.scale), "sigmalog": fit.shape, "mu": math.log(fit.scale),
        "sigma": fit.shape, "median": fit.quantile(0.5), "B10": fit.quantile(0.1),
        "loglik": fit.log_likelihood, "aic": fit.aic,
    }  # fmt: skip


def exponential_case(given):
    fit = fit_exponential(data_of(given))
    return {
        "rate": 1 / fit.scale, "theta": fit.scale, "MTTF": fit.mean, "MTBF": fit.mean,
        "loglik": fit.log_likelihood, "aic": fit.aic,
    }  # fmt: skip


def weibull3_case(given):
    fit = fit_weibull_3(data_of(given))
    return {**weibull_answer(fit), "gamma": fit.location, "threshold": fit.location}


LIVES = {
    "weibull 3-parameter mle": weibull3_case,
    "3-parameter weibull": weibull3_case,
    "interval censoring": weibull_case,
    "left censoring": weibull_case,
    "weibull": weibull_case,
    "weibull mle": weibull_case,
    "lognormal": lognormal_case,
    "lognormal mle": lognormal_case,
    "exponential": exponential_case,
    "exponential mle": exponential_case,
    "type i censoring": weibull_case,
    "kaplan-meier": kaplan_meier_case,
    "median ranks": rank_case,
    "weibull rank regression on y": rank_case,
    "mtbf chi-square bounds": mtbf_case,
}
LOTS = {
    "single sampling plan look-up": single_plans,
    "double sampling plan look-up": several_samples(double_plan),
    "multiple sampling plan look-up": several_samples(multiple_plan),
    "switching rules": lambda given: {
        name: severities([tuple(lot) for lot in lots]) for name, lots in given.items()
    },
    "oc": nist_curve,
    "variables plan table": variables_table,
    "two-point plan": vignette,
    "variables plan by two points": variables_two_point,
}
ADAPTERS = {
    ("acceptance", "sample size code letter"): lambda given: [
        code_letter(g["lot"], g["level"]) for g in given
    ],
    ("acceptance", "single sampling plan look-up (arrows resolved)"): single_plans,
    ("acceptance", "single, double, variables for one situation"): one_situation,
    ("acceptance", "switching rules"): lambda given: {
        name: severities([tuple(lot) for lot in lots]) for name, lots in given.items()
    },
    ("acceptance", "OC, AOQL, ATI"): nist_curve,
    ("acceptance", "OC point, two-point plan"): vignette,
    ("acceptance", "c=0 sample size"): success_runs,
    ("acceptance", "c=0 sample size, finite lot"): lambda given: {
        "n": [zero_acceptance_in_lot(*case) for case in given["cases"]]
    },
    ("acceptance", "variables plan by two points"): variables_two_point,
    ("acceptance", "variables plan table: n, M, k"): variables_table,
    ("acceptance", "lot fraction estimate (Form 2)"): lambda given: {
        "p": [float(estimated_fraction(*case)) for case in given["cases"]]
    },
    ("reliability", "weibull MLE, 99.6 % censored field data"): weibull_case,
    ("reliability", "weibull and exponential MLE"): weibull_case,
    ("reliability", "weibull MLE, type I censoring"): weibull_case,
    ("reliability", "weibull, lognormal, exponential MLE with LR intervals"): three_distributions,
    ("reliability", "weibull rank regression on Y, MLE, median ranks"): rank_case,
    ("reliability", "kaplan-meier"): kaplan_meier_case,
    ("reliability", "MTBF chi-square bounds"): mtbf_case,
    ("reliability", "warranty: Nevada chart to Weibull"): nevada_case,
}
