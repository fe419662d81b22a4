"""Adapters for constants, charts, run rules, run lengths and multivariate charts."""

import re

import numpy as np

from packcalc.stats.capability import capability
from packcalc.stats.charts.arl import cusum_arl, ewma_arl, shewhart_arl
from packcalc.stats.charts.attributes import c_chart, np_chart, p_chart, u_chart
from packcalc.stats.charts.individuals import i_mr
from packcalc.stats.charts.laney import laney_p, laney_u
from packcalc.stats.charts.mewma_limit import mewma_arl, mewma_limit
from packcalc.stats.charts.multivariate import mewma, t2_individuals, t2_subgroups
from packcalc.stats.charts.run_rules import run_rules
from packcalc.stats.charts.shewhart import xbar_r, xbar_s
from packcalc.stats.charts.time_weighted import cusum, ewma
from packcalc.stats.constants import chart_constants, d2, d2_star
from packcalc.stats.limits import Limits


def constants(given):
    return {
        str(n): {k: getattr(chart_constants(n), k) for k in chart_constants(n).__slots__}
        for n in given["n"]
    }


def duncan(given):
    g = given["g"]
    return {
        "d2star": {str(n): d2_star(n, g) for n in range(2, 11)},
        "K1": {str(n): 1 / d2(n) for n in (2, 3)},
        "K2": {str(n): 1 / d2_star(n, 1) for n in (2, 3)},
        "K3": {str(n): 1 / d2_star(n, 1) for n in (2, 3, 4, 5, 6, 7, 8, 9, 10)},
    }


def lines(panel):
    return float(panel.centre[0]), float(panel.lower[0]), float(panel.upper[0])


def c_case(given):
    if "counts" in given:
        counts = given["counts"]
    else:  # only the total is published: any split has the same limits
        each = given["total_defects"] // given["n_wafers"]
        counts = [each] * given["n_wafers"]
    centre, lower, upper = lines(c_chart(counts).panels[0])
    return {"cbar": centre, "lcl": lower, "ucl": upper}


def c_u(given):
    answer = c_case(given)
    ubar, lower, upper = lines(u_chart(given["counts"], given["size"]).panels[0])
    return {**answer, "ubar": ubar, "u_lcl": lower, "u_ucl": upper}


def u_case(given):
    centre, lower, upper = lines(u_chart(given["counts"], given["size"]).panels[0])
    return {"ubar": centre, "lcl": lower, "ucl": upper}


def p_case(given):
    centre, lower, upper = lines(p_chart(given["defectives"], given["n"]).panels[0])
    return {"pbar": centre, "lcl": lower, "ucl": upper}


def p_np(given):
    trial = p_case(given)
    centre, lower, upper = lines(np_chart(given["defectives"], given["n"]).panels[0])
    drop = {number: "assignable cause found" for number in given["drop_1based"]}
    revised = lines(p_chart(given["defectives"], given["n"], exclude=drop).panels[0])
    return {
        "trial": {**trial, "np_center": centre, "np_lcl": lower, "np_ucl": upper},
        "revised": dict(zip(("pbar", "lcl", "ucl"), revised, strict=True)),
    }


def individuals(given):
    chart = i_mr(given["x"], method=given.get("sigma_method", "mean"))
    centre, lower, upper = lines(chart.panel("individual"))
    moving = float(chart.panel("moving range").centre[0])
    return {"x_center": centre, "x_lcl": lower, "x_ucl": upper, "mr_center": moving}


def xbar_r_s(given):
    by_range, by_sd = xbar_r(given["subgroups"]), xbar_s(given["subgroups"])
    centre, lower, upper = lines(by_range.panel("mean"))
    r, s = lines(by_range.panel("range")), lines(by_sd.panel("sd"))
    return {
        "xbar_center": centre,
        "xbar_lcl": lower,
        "xbar_ucl": upper,
        "sigma_r": by_range.baseline.sigma,
        "sigma_s": by_sd.baseline.sigma,
        **dict(zip(("r_center", "r_lcl", "r_ucl"), r, strict=True)),
        **dict(zip(("s_center", "s_lcl", "s_ucl"), s, strict=True)),
    }


def xbar_r_capability(given):
    chart = xbar_r(given["subgroups"])
    limits = Limits(given["lsl"], given["usl"], "um")
    study = capability(given["subgroups"], limits, within="rbar")
    return {
        **xbar_r_s(given),
        "sigma": chart.baseline.sigma,
        "cp": study.cp.value,
        "cpk": study.cpk.value,
        "nelson_violations": len(chart.panel("mean").signals.points()),
    }


def cusum_case(given):
    sigma = given.get("sigma", 1.0)  # k and h are in sigmas, K and H in the unit
    chart = cusum(
        given["x"],
        centre=given["target"],
        slack=given["K"] if "K" in given else given["k"] * sigma,
        interval=given["H"] if "H" in given else given["h"] * sigma,
        head_start=given.get("head_start", given.get("fir", 0.0)),
    )
    return {
        "c_plus": chart.high.tolist(),
        "c_minus": chart.low.tolist(),
        "signal_points": chart.signals,
    }


def choice(given, name, allowed, default):
    """Return what a case chose of a convention; one that is not known is refused."""
    said = str(given.get(name, default)).split()[0].replace("_", "-")
    if said not in allowed:
        raise ValueError(
            f"{name} {given[name]!r} is no convention known; known: {sorted(allowed)}"
        )
    return allowed[said]


LIMITS = {
    "steady": "steady", "steady-state": "steady", "asymptotic": "steady",
    "exact": "exact", "time-varying": "exact",
}  # fmt: skip


def ewma_case(given):
    chart = ewma(
        given["x"],
        centre=given["mu0"],
        sigma=given["sigma"],
        weight=given["lambda"],
        width=given["L"],
        limits=choice(given, "limits", LIMITS, "exact"),
    )
    return {
        "ewma": chart.statistic.tolist(),
        "ucl": float(chart.upper[-1]),
        "lcl": float(chart.lower[-1]),
        "signals": chart.signals,
    }


def ewma_limits(given):
    if "subgroups" in given:
        found = xbar_r(given["subgroups"])
        x = found.panel("mean").points
        sigma = found.baseline.sigma / np.sqrt(found.baseline.subgroup_size)
    else:
        found = i_mr(given["x"])
        x, sigma = np.array(given["x"]), found.baseline.sigma
    chart = ewma(
        x, centre=found.baseline.centre, sigma=sigma, weight=given["lambda"], width=given["L"]
    )
    answer = {}
    for i, (low, high) in enumerate(zip(chart.lower, chart.upper, strict=True), start=1):
        answer |= {f"lcl_{i}": float(low), f"ucl_{i}": float(high)}
    return answer


def arl_of_cusum(given, wanted):
    start, two = given.get("head_start", given.get("fir", 0.0)), not given.get("one_sided", False)
    return {
        d: cusum_arl(
            float(d), slack=given["k"], interval=given["h"], head_start=start, two_sided=two
        )
        for d in wanted
    }


def arl_of_ewma(given, wanted):
    weights = given.get("lambda", (0.5, 0.05))
    several = weights if isinstance(weights, list | tuple) else [weights]
    answer = {}
    for d in wanted:
        found = [ewma_arl(float(d), weight=w, width=given["L"]) for w in several]
        answer[d] = found if isinstance(weights, list | tuple) else found[0]
    return answer


def arl_of_rules(given):
    return {
        str(shift): {
            name: shewhart_arl(shift, convention="western_electric", codes=codes).mean
            for name, codes in given["rules"].items()
        }
        for shift in given["shift_sigma"]
    }


def gap_width(given):
    constants = chart_constants(given["n"])
    sigma = np.mean(given["range"]) / constants.d2 / np.sqrt(given["n"])
    signals = run_rules(given["xbar"], np.mean(given["xbar"]), sigma, codes=list("12345"))
    return {"signals": signals.by_rule()}


CONVENTIONS = ("nelson", "minitab", "western_electric")


def sequences(given, wanted):
    """Apply the conventions whose rules are asked for; Minitab's only where a case names them."""
    answer = {}
    for name, z in given.items():
        found = {}
        asked = wanted.get(name, {}) if isinstance(wanted, dict) else {}
        for convention in CONVENTIONS:
            if convention in asked:
                found[convention] = run_rules(z, 0.0, 1.0, convention=convention).by_rule()
        found |= run_rules(z, 0.0, 1.0, convention="nelson").by_rule()
        answer[name] = found | run_rules(z, 0.0, 1.0, convention="western_electric").by_rule()
    return answer


def minitab_sequences(given):
    return {
        name: run_rules(z, 0.0, 1.0, convention="minitab").by_rule() for name, z in given.items()
    }


def confidence(given):
    """A confidence that is a number; the usual one of qcc is written as a formula."""
    said = given.get("conf")
    return None if said is None or isinstance(said, str) else said


def t2_of_individuals(given):
    chart = t2_individuals(
        given["X"], confidence=confidence(given), spread=given.get("spread", "sample")
    )
    return {
        "t2": chart.t2.tolist(),
        "upl": chart.prediction_limit,
        "conf": chart.confidence,
        "det": float(np.linalg.det(chart.covariance)),
        "ucl": chart.limit,
        "center": chart.centre.tolist(),
        "in_control": not chart.signals,
    }


def t2_of_subgroups(given):
    names = sorted((k for k in given if re.fullmatch(r"X\d+", k)), key=lambda k: int(k[1:]))
    chart = t2_subgroups(
        np.stack([given[k] for k in names], axis=-1), confidence=confidence(given)
    )
    return {
        "t2": chart.t2.tolist(),
        "center": chart.centre.tolist(),
        "cov": chart.covariance.tolist(),
        "det": float(np.linalg.det(chart.covariance)),
        "ucl": chart.limit,
        "upl": chart.prediction_limit,
    }


def mewma_limits(given):
    found = mewma_limit(given["p"], weight=given["r"], arl=given["arl"])
    return {"h4": found, "arl": mewma_arl(found, given["p"], weight=given["r"])}


def mewma_case(given):
    def statistic(weight, limits):
        chart = mewma(
            given["X"], centre=[0, 0], covariance=given["Sigma"], weight=weight, limits=limits
        )
        return chart.statistic.tolist()

    return {
        "exact": statistic(given["r"], "exact"),
        "steady": statistic(given["r"], "steady"),
        "r1": statistic(1.0, "exact"),
    }


def laney(chart):
    def case(given):
        counts = given.get("defectives", given.get("counts"))
        found = chart(counts, given.get("n", given.get("size")))
        panel = found.panels[0]
        return {
            "center": float(panel.centre[0]),
            "sigma_z": found.baseline.sigma_ratio,
            "lcl": panel.lower.tolist(),
            "ucl": panel.upper.tolist(),
        }

    return case


def np_case(given):
    centre, lower, upper = lines(np_chart(given["defectives"], given["n"]).panels[0])
    return {
        "np_center": centre, "np_lcl": lower, "np_ucl": upper,
        "center": centre, "lcl": lower, "ucl": upper,
    }  # fmt: skip


SHEWHART = {
    "c": c_case,
    "u": u_case,
    "p": p_case,
    "np": np_case,
    "i_mr": individuals,
    "xbar_r": xbar_r_s,
    "xbar_s": xbar_r_s,
    "laney_p": laney(laney_p),
    "laney_u": laney(laney_u),
}
TIME_WEIGHTED = {
    "ewma": ewma_case,
    "cusum": cusum_case,
    "tabular cusum": cusum_case,
    "ewma arl": arl_of_ewma,
    "cusum arl": arl_of_cusum,
    "ewma exact limits": ewma_limits,
}
ADAPTERS = {
    ("constants", "control_chart_constants"): constants,
    ("constants", "d2_star"): duncan,
    ("shewhart", "c"): c_case,
    ("shewhart", "c,u"): c_u,
    ("shewhart", "u"): u_case,
    ("shewhart", "p"): p_case,
    ("shewhart", "p,np"): p_np,
    ("shewhart", "i_mr"): individuals,
    ("shewhart", "xbar_r,xbar_s"): xbar_r_s,
    ("shewhart", "xbar_r + capability"): xbar_r_capability,
    ("time_weighted", "tabular cusum"): cusum_case,
    ("time_weighted", "ewma"): ewma_case,
    ("time_weighted", "ewma exact limits"): ewma_limits,
    ("time_weighted", "cusum ARL"): arl_of_cusum,
    ("time_weighted", "ewma ARL"): arl_of_ewma,
    ("run_rules", "average run length"): arl_of_rules,
    ("run_rules", "tests 1-5"): gap_width,
    ("run_rules", "nelson,western_electric"): sequences,
    ("run_rules", "minitab"): minitab_sequences,
    ("multivariate", "hotelling T2 (individuals)"): t2_of_individuals,
    ("multivariate", "hotelling T2 (subgroups)"): t2_of_subgroups,
    ("multivariate", "mewma"): mewma_case,
    ("multivariate", "mewma limit"): mewma_limits,
}
