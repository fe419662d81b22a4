"""Adapters for capability, gauges, numbers and yields."""

import math
import re

import numpy as np

from packcalc.stats.capability import capability
from packcalc.stats.capability_nonnormal import capability_nonnormal, percentile_indices
from packcalc.stats.describe import describe, one_way_anova
from packcalc.stats.indices import cp_interval, cpk_interval, indices
from packcalc.stats.intervals import proportion
from packcalc.stats.limits import Limits
from packcalc.stats.msa.crossed import crossed_anova
from packcalc.stats.msa.kappa import cohen_kappa, fleiss_kappa
from packcalc.stats.msa.linearity import linearity
from packcalc.stats.msa.nested import nested_anova
from packcalc.stats.msa.range_method import average_and_range, short_range
from packcalc.stats.msa.single_gauge import bias, bias_of, type1
from packcalc.stats.no_data import NoData
from packcalc.stats.normality import anderson_darling, normality
from packcalc.stats.oee import oee
from packcalc.stats.reliability.fit import LifeFit
from packcalc.stats.sigma_level import dpmo, dpmo_at_sigma_level, sigma_level
from packcalc.stats.transforms import fit_box_cox
from packcalc.stats.yields import StepCount, first_pass_yield, pareto, rolled_throughput_yield

INDICES = ("pp", "ppl", "ppu", "ppk", "cpm", "cp", "cpl", "cpu", "cpk")
TAIL = 0.5 * math.erfc(3 / math.sqrt(2))


def limits_of(given):
    return Limits(given.get("lsl"), given.get("usl"), "mm")


def known(**figures):
    """Keep what is a number: an index that a one-sided limit has not is no answer."""
    return {name: value for name, value in figures.items() if not isinstance(value, NoData)}


def normal_capability(given):
    values = given["x"] if "x" in given else np.ravel(given["subgroups"])
    size = given.get("subgroup", np.shape(given.get("subgroups", [[0]]))[-1])
    blocks = np.array(values) if size == 1 else np.array(values).reshape(-1, size)
    within = None if size == 1 else given.get("within", "rbar")
    study = capability(blocks, limits_of(given), target=given.get("target"), within=within)
    made = known(**{k: getattr(study, k) for k in INDICES})
    a2, p = anderson_darling(values)
    return {
        "mean": study.mean,
        "sd_total": study.overall.sigma,
        "sd_within": study.within.sigma,
        **{k: index.value for k, index in made.items()},
        "ppm_above_total": study.ppm_above_overall,
        "ppm_below_total": study.ppm_below_overall,
        "ppm_above_within": study.ppm_above_within,
        "ppm_below_within": study.ppm_below_within,
        "ad": a2,
        "ad_p": p,
    }


def qcc_capability(given):
    low, high = given.get("lsl"), given.get("usl")
    middle = None if low is None or high is None else (low + high) / 2

    def study(sides):
        return capability(
            given["subgroups"],
            limits_of(given),
            target=given.get("target", middle),
            within="rbar",
            degrees="n-1",
            cpm_spread="within",
            side_bounds=sides,
        )

    two, one = study("two"), study("one")
    made = known(Cp=two.cp, Cpl=one.cpl, Cpu=one.cpu, Cpk=two.cpk)
    spread = known(Cpm=two.cpm)
    return {
        **{name: [index.value, index.low, index.high] for name, index in made.items()},
        **{name: index.value for name, index in spread.items()},
    }


def nonnormal(method):
    return lambda given: fitted_capability(given, method)


def fitted_capability(given, method):
    study = capability_nonnormal(
        given["x"],
        limits_of(given),
        method=method,
        judged=given.get("judged", "percentiles"),
        box_cox=given.get("lambda", "optimal"),
    )
    named = dict(study.parameters)
    return {
        **named,
        **{k: getattr(study.indices, k) for k in ("pp", "ppl", "ppu", "ppk")},
        "ppm_above": study.ppm_above,
        "ppm_below": study.ppm_below,
    }


def intervals_of_capability(given):
    confidence = 1 - given["alpha"]
    cp = cp_interval(given["cp"], given["n"] - 1, confidence=confidence)
    cpk = cpk_interval(given["cpk"], given["n"], confidence=confidence)
    return {"cp": [cp.low, cp.high], "cpk": [cpk.low, cpk.high]}


def bare_indices(given):
    found = indices(
        given["mean"],
        given.get("sigma", given.get("s")),
        limits_of(given),
        target=given.get("target"),
    )
    return known(**{k: getattr(found, k) for k in ("cp", "cpl", "cpu", "cpk", "cpm")})


def closed_form(given):
    def of(distribution, scale, shape, limits):
        fit = LifeFit(distribution, scale, shape, 0.0, 0.0, 0, 0, 0, "known")
        q = [fit.quantile(p) for p in (TAIL, 0.5, 1 - TAIL)]
        made = percentile_indices(*q, limits)
        return {"q": q, **{k: getattr(made, k) for k in ("pp", "ppl", "ppu", "ppk")}}

    mu, sigma, low, high = given["lognormal"]
    rate, upper = given["exponential"]
    return {
        "lognormal": of("lognormal", math.exp(mu), sigma, Limits(low, high, "um")),
        "exponential": of("exponential", 1 / rate, 1.0, Limits(None, upper, "um")),
    }


def crossed(given, **options):
    tolerance = given["usl"] - given["lsl"] if "usl" in given else given.get("tolerance")
    study = crossed_anova(
        given["y_part_operator_trial"],
        tolerance=tolerance,
        multiple=given.get("multiple", 6.0),
        pool_above=given.get("alpha", 0.25),
        **options,
    )
    made = study.result
    answer = {"pooled": study.pooled, "p_interaction": study.p_interaction, "ndc": made.ndc}
    for name in ("part", "operator", "interaction", "error", "total"):
        line = getattr(study, name)
        answer |= {f"ss_{name}": line.ss, f"ms_{name}": line.ms, f"F_{name}": line.f}
    names = {
        "repeatability": ("rep", "repeatability"),
        "reproducibility": ("repro", "reproducibility"),
        "operator": ("op", "operator"),
        "interaction": ("int", "interaction"),
        "part": ("part", "part"),
        "grr": ("grr", "grr"),
        "total": ("total", "total"),
    }
    for name, (short, long) in names.items():
        c = getattr(made, name)
        answer |= {
            f"var_{long}": c.variance,
            f"sd_{short}": c.sd,
            f"pc_{short}": c.contribution_pct,
        }
        answer |= {f"ps_{short}": c.study_pct, f"tol_{short}": c.tolerance_pct}
    return answer


def aiag_study(given):
    ranged = average_and_range(given["y_part_operator_trial"])
    made = ranged.result
    anova = crossed(given, tested_against="error")
    study = crossed_anova(given["y_part_operator_trial"], tested_against="error", confidence=0.9)
    return {
        "range": {
            "Rbar": ranged.mean_range,
            "xdiff": ranged.operator_difference,
            "Rp": ranged.part_range,
            **{k.upper(): getattr(ranged, k) for k in ("ev", "av", "grr", "pv", "tv")},
            "pEV": made.repeatability.study_pct,
            "pAV": made.operator.study_pct,
            "pGRR": made.grr.study_pct,
            "pPV": made.part.study_pct,
            "ndc": made.ndc,
        },
        "anova": anova,
        "components": {
            **anova,
            "EV": study.result.repeatability.sd,
            "AV": study.result.reproducibility.sd,
            "GRR": study.result.grr.sd,
            "PV": study.result.part.sd,
            "TV": study.result.total.sd,
            "pGRR": study.result.grr.study_pct,
            "EV_ci90": list(study.repeatability_interval),
        },
    }


def nested(given):
    study = nested_anova(given["y_operator_part_rep"], tolerance=given.get("tolerance"))
    return {
        "ss": [study.operator.ss, study.part.ss, study.error.ss],
        "F": [study.operator.f, study.part.f],
        "p": [study.operator.p, study.part.p],
        "var_rep": study.result.repeatability.variance,
        "var_op": study.result.operator.variance,
        "var_part": study.result.part.variance,
        "ps_grr": study.result.grr.study_pct,
        "tol_grr": study.result.grr.tolerance_pct,
    }


def bias_case(given):
    if "x" in given:
        found = bias(given["x"], given["reference"])
    else:
        found = bias_of(given["mean"], given["s"], given["n"], given["reference"])
    return {
        "mean": found.mean,
        "s": found.sd,
        "bias": found.bias,
        "t": found.t,
        "p": found.p,
        "lo": found.low,
        "hi": found.high,
        "significant": found.significant,
    }


def linearity_case(given):
    readings = {float(ref): x for ref, x in given["reference_readings"].items()}
    found = linearity(readings, process_variation=given.get("process_variation"))
    return {
        "slope": found.slope,
        "intercept": found.intercept,
        "se_slope": found.slope_error,
        "se_intercept": found.intercept_error,
        "t_slope": found.slope_t,
        "t_intercept": found.intercept_t,
        "s": found.s,
        "r2": found.r_squared,
        "pct_linearity": found.linearity_pct,
        "bias": [b.bias for b in found.biases],
        "bias_p": [b.p for b in found.biases],
    }


def type1_case(given):
    found = type1(
        given["x"],
        given["reference"],
        given["tolerance"],
        percent=given.get("percent", 20.0),
        multiple=given.get("multiple", 6.0),
    )
    return {
        **bias_case(given),
        "cg": found.cg,
        "cgk": found.cgk,
        "pct_rep": found.repeatability_pct,
        "pct_rep_bias": found.total_pct,
    }


def kappas_and_effectiveness(given):
    answer = {"kappa": {k: cohen_kappa(t).value for k, t in given["tables"].items()}, "eff": {}}
    for name, (hits, total) in given["matched"].items():
        found = proportion(hits, total, ends="two_sided")
        answer["eff"][name] = [found.value, found.low, found.high]
    return answer


def essay(given):
    made = {k: proportion(hits, given["inspected"]) for k, hits in given["matched"].items()}
    return {k: [found.low, found.high] for k, found in made.items()}


def fleiss(given):
    found = fleiss_kappa(given["counts"])
    return {"kappa": found.value, "z": found.z}


def moments(given):
    if "generate" in given:
        first, times, rest = re.fullmatch(
            r"(\S+) then (\d+) x \((.*)\)", given["generate"]
        ).groups()
        x = [float(first), *([float(v) for v in rest.split(", ")] * int(times))]
    else:
        x = given["x"]
    found = describe(x)
    return {"n": found.n, "mean": found.mean, "sd": found.sd, "r1": found.lag1}


def shapiro(given):
    found = normality(given["x"])
    return {"W": found.shapiro, "p": found.shapiro_p}


def range_study(given):
    """The short range method: one reading of each part by each operator."""
    found = short_range(
        given["y_part_operator"],
        process_sd=given.get("process_sd"),
        tolerance=given.get("tolerance"),
    )
    return {"Rbar": found.mean_range, "GRR": found.grr, "pGRR": found.study_pct}


def dpmo_and_sigma(given):
    if "dpmo" in given:
        return {"sigma": [sigma_level(v) for v in given["dpmo"]]}
    return {"dpmo": [dpmo_at_sigma_level(s) for s in given["sigma"]]}


def oee_case(given):
    found = oee(
        shift=given["shift"] * 60,
        planned_stops=given["breaks"] * 60,
        unplanned_stops=given["stops"] * 60,
        ideal_cycle=given["ideal_s"],
        total=given["total"],
        rejects=given["rejects"],
    )
    planned = (given["shift"] - given["breaks"]) * 60
    return {
        "availability": found.availability,
        "performance": found.performance,
        "quality": found.quality,
        "oee": found.oee,
        "simple": found.good * given["ideal_s"] / planned,
    }


def pareto_case(given):
    rows = pareto(given)
    return {
        "order": [row.cause for row in rows],
        "cum": [row.cumulative_count for row in rows],
        "cum_pct": [100 * row.cumulative_ratio for row in rows],
    }


def sixsigma_yield(given):
    n = given["opportunities"]
    failed = [d + r for d, r in zip(given["defects"], given["rework"], strict=True)]
    steps = [StepCount(str(i), n, n - f) for i, f in enumerate(failed)]
    return {
        "Yield": first_pass_yield(n - sum(given["defects"]), n).value,
        "FTY": first_pass_yield(n - sum(failed), n).value,
        "RTY": rolled_throughput_yield(steps).value,
        "DPMO": dpmo(sum(given["defects"]), n),
    }


def xbar_r_indices(given):
    """Indices of subgroups by their mean range."""
    study = capability(given["subgroups"], limits_of(given), within="rbar")
    return {"sigma": study.within.sigma, "cp": study.cp.value, "cpk": study.cpk.value}


GAUGES = {
    "gage r&r anova": crossed,
    "gage r&r anova pooled": crossed,
    "gage r&r crossed": crossed,
    "gage r&r nested": nested,
    "gage r&r short range": range_study,
    "bias": bias_case,
    "bias from summary": bias_case,
    "linearity": linearity_case,
    "type-1 study": type1_case,
    "fleiss kappa": fleiss,
    "cohen kappa": lambda given: {"kappa": cohen_kappa(given["table"]).value},
    "assessment agreement interval": essay,
}
ADAPTERS = {
    ("capability", "box-cox lambda"): lambda given: {"lam": fit_box_cox(given["x"]).lam},
    ("capability", "cp,cpk,pp,ppk,cpm"): normal_capability,
    ("capability", "cp,cpk,cpm + CI"): qcc_capability,
    ("capability", "non-normal percentile (Weibull)"): nonnormal("weibull"),
    ("capability", "non-normal percentile (lognormal)"): nonnormal("lognormal"),
    ("capability", "non-normal percentile (exponential)"): nonnormal("exponential"),
    ("capability", "non-normal percentile (Johnson)"): nonnormal("johnson"),
    ("capability", "non-normal (Box-Cox)"): nonnormal("box_cox"),
    ("capability", "confidence intervals"): intervals_of_capability,
    ("capability", "cp,cpk"): bare_indices,
    ("capability", "one-sided cpl"): bare_indices,
    ("capability", "percentile method (ISO 22514-4)"): closed_form,
    ("msa", "gage R&R crossed: average-range and ANOVA"): aiag_study,
    ("msa", "gage R&R ANOVA pooled"): crossed,
    ("msa", "gage R&R ANOVA pooled, tolerance"): crossed,
    ("msa", "gage R&R nested"): nested,
    ("msa", "bias"): bias_case,
    ("msa", "bias from summary"): bias_case,
    ("msa", "linearity and bias"): linearity_case,
    ("msa", "type-1 study Cg Cgk"): type1_case,
    ("msa", "cohen kappa, effectiveness"): kappas_and_effectiveness,
    ("msa", "cohen kappa"): lambda given: {"kappa": cohen_kappa(given["table"]).value},
    ("msa", "fleiss kappa"): fleiss,
    ("msa", "assessment agreement interval"): essay,
    ("numeric", "mean, sd, lag-1 autocorrelation"): moments,
    ("numeric", "one-way ANOVA"): lambda given: {"F": one_way_anova(given["groups"]).f},
    ("numeric", "normality test"): shapiro,
    ("yield", "DPMO to sigma level (1.5 shift)"): dpmo_and_sigma,
    ("yield", "OEE"): oee_case,
    ("yield", "pareto"): pareto_case,
    ("yield", "yield, FTY, RTY, DPMO"): sixsigma_yield,
}
