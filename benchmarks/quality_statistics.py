"""The figures that are quoted of the statistics: charts, streams and lives, in one run.

    python benchmarks/quality_statistics.py [--peers] [--quick] [--markdown FILE]

Every figure is the best of several runs after a warm-up (compiling is not counted).
--peers installs mfgqc, capstat-core, shewhart, pycontrolcharts, lifelines, SurPyval and
reliability in an environment of their own (temporary) and runs them on the same numbers; a peer
that is slow gets fewer points, and rates are compared. (Not named statistics.py: beside other
scripts that would hide the standard library's module.) At the end stands every goal with what was
measured and whether it holds; it exits with 1 when one does not. With --quick goals are shown, not
judged: fixed costs weigh more on few points.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from packcalc.stats.charts.chart import Baseline
from packcalc.stats.charts.individuals import i_mr
from packcalc.stats.charts.monitor import Monitor, MonitorBank, Watch
from packcalc.stats.charts.shewhart import xbar_r
from packcalc.stats.reliability.fit import fit_weibull
from packcalc.stats.reliability.life_data import life_data

PEERS = (
    "mfgqc==0.3.1",
    "capstat-core==0.4.3",
    "shewhart==0.1.1",
    "pycontrolcharts==0.1.2",
    "lifelines==0.30.3",
    "surpyval==0.25",
    "reliability==0.9.0",
    "pandas<3",
)
LINES: list[str] = []
GOALS: list[tuple[str, bool, str]] = []  # goal, whether it holds, what was measured


def say(text: str) -> None:
    print(text, flush=True)
    LINES.append(text)


def goal(text: str, holds: bool, measured: str) -> None:
    GOALS.append((text, bool(holds), measured))


def best(function, runs: int = 5) -> float:
    """Seconds of the quickest run, after one that does not count."""
    function()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def points(n: int) -> np.ndarray:
    return np.random.default_rng(1).normal(3.6, 0.002, n)


def lives(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Weibull(1.7, 1000) lives, observed for 1200."""
    t = 1000 * np.random.default_rng(2).weibull(1.7, n)
    return t[t < 1200], np.full(int((t >= 1200).sum()), 1200.0)


def charts(peers: dict, quick: bool) -> None:
    n = 100_000 if quick else 1_000_000
    x = points(n)
    say(f"\n## Individuals and moving ranges with eight rules, {n:,} points\n")
    say("| what | points/s | times the best peer |\n|---|---|---|")
    known = {k: v for k, v in peers.get("i_mr", {}).items() if isinstance(v, float)}
    top = max(known.values(), default=math.nan)
    for engine, least in (("numba", 20e6), ("numpy", 3e6)):
        rate = n / best(lambda engine=engine: i_mr(x, engine=engine))
        say(f"| Packline, {engine} | {rate / 1e6:.1f} M | {rate / top:.0f} |")
        text = f"I-MR with eight rules, {engine}: {least / 1e6:g} M points/s or more"
        goal(text, rate >= least, f"{rate / 1e6:.1f} M/s")
        if known:
            text = f"I-MR with eight rules, {engine}: faster than every peer"
            goal(text, rate > top, f"{rate / top:.0f} times the best")
    for name, rate in peers.get("i_mr", {}).items():
        say(f"| {name} | {rate if isinstance(rate, str) else f'{rate:,.0f}'} | |")

    groups = 20_000 if quick else 200_000
    block = points(groups * 5).reshape(-1, 5)
    say(f"\n## Means and ranges, {groups:,} subgroups of five\n")
    say("| what | seconds | subgroups/s |\n|---|---|---|")
    quickest = math.inf
    for engine in ("numba", "numpy"):
        took = best(lambda engine=engine: xbar_r(block, engine=engine))
        say(f"| Packline, {engine} | {took:.4f} | {groups / took / 1e6:.1f} M |")
        quickest = min(quickest, took)
    goal("Xbar-R of 2e5 subgroups of five: 0.02 s at most", quickest <= 0.02, f"{quickest:.4f} s")
    for name, rate in peers.get("xbar_r", {}).items():
        say(f"| {name} | | {rate if isinstance(rate, str) else f'{rate:,.0f}'} |")


def streams(quick: bool) -> None:
    base = Baseline("i_mr", 3.6, 0.002, 1, 25, 3.0, "given", version="A")
    watch = Watch(base, ewma_width=3.0, cusum_interval=5.0)
    count = 10_000 if quick else 100_000
    x = points(count)
    values = x.tolist()
    say("\n## Streams: eight rules, moving range, moments, EWMA and CUSUM at every point\n")
    for compiled, how in ((True, "compiled"), (False, "plain Python, nothing to load")):
        stream = Monitor(watch, compiled=compiled)
        some = values if compiled else values[: count // 10]

        def push_all(stream=stream, some=some) -> None:
            for value in some:
                stream.push(value)

        took = best(push_all, 3) / len(some) * 1e6
        say(f"- one stream, one point at a time ({how}): {took:.2f} us")
        if compiled:
            goal("one stream: 2 us a point at most", took <= 2, f"{took:.2f} us")
    bank = MonitorBank([watch] * count)
    which = np.arange(count)
    each = best(lambda: bank.push(which, x)) / count * 1e9
    say(f"- {count:,} streams, one point each: {each:.0f} ns per point")
    goal("1e5 streams at once: 250 ns a point at most", each <= 250, f"{each:.0f} ns")
    assert bank.counts().min() > 0


def weibull(peers: dict, quick: bool) -> None:
    n = 10_000 if quick else 100_000
    failures, survivors = lives(n)
    say(f"\n## Weibull by maximum likelihood, {n:,} units\n")
    data = life_data(failures, survivors)
    fit = fit_weibull(data)
    took = best(lambda: fit_weibull(life_data(failures, survivors)))
    logs = np.log(np.concatenate([failures, survivors]))
    low, high = 1.0, 3.0  # the score of the shape, solved independently by bisection
    for _ in range(200):
        shape = (low + high) / 2
        w = np.exp(shape * (logs - 7))
        if (w @ logs) / w.sum() - 1 / shape - logs[: failures.size].mean() > 0:
            high = shape
        else:
            low = shape
    say("| what | seconds | shape off the optimum |\n|---|---|---|")
    off = abs(fit.shape / low - 1)
    say(f"| Packline | {took:.3f} | {off:.1e} |")
    goal("Weibull MLE of 1e5 units: 0.1 s at most", took <= 0.1, f"{took:.3f} s")
    goal("Weibull MLE: within 1e-6 of the optimum", off <= 1e-6, f"{off:.1e}")
    for name, found in peers.get("weibull", {}).items():
        if isinstance(found, str):
            say(f"| {name} | {found} | |")
        else:
            seconds, theirs = found
            say(f"| {name} | {seconds:.3f} | {abs(theirs / low - 1):.1e} |")


PEER_SCRIPT = r"""
import json, sys, time, warnings
import numpy as np
warnings.simplefilter("ignore")
import logging; logging.disable(logging.CRITICAL)
def points(n): return np.random.default_rng(1).normal(3.6, 0.002, n)
def rate(n, function):
    function()
    start = time.perf_counter(); function(); return n / (time.perf_counter() - start)
def attempt(function):
    try: return function()
    except Exception as error: return "failed: " + type(error).__name__ + " " + str(error)[:60]
quick = sys.argv[1] == "quick"
found = {"i_mr": {}, "xbar_r": {}, "weibull": {}}
few, many, groups = (2000, 20000, 400) if quick else (20000, 200000, 2000)
def mfgqc_i():
    import mfgqc, pandas as pd
    frame = pd.DataFrame({"x": points(few), "t": np.arange(few)})
    data = mfgqc.load(frame, measure="x", roles={"time": "t"})
    return rate(few, lambda: data.control_chart(rules="nelson"))
def mfgqc_x():
    import mfgqc, pandas as pd
    data = mfgqc.load(pd.DataFrame({"x": points(groups * 5)}), measure="x", subgroup_size=5)
    return rate(groups, lambda: data.control_chart(rules="nelson"))
def capstat_i():
    import capstat_core as c
    def run():
        pair = c.i_mr_chart(points(few)); c.nelson_rules(pair.location)
    return rate(few, run)
def capstat_x():
    import capstat_core as c
    block = points(groups * 5).reshape(-1, 5)
    def run():
        pair = c.xbar_r_chart(block); c.nelson_rules(pair.location)
    return rate(groups, run)
def shewhart_i():
    import shewhart, pandas as pd
    frame = pd.DataFrame({"x": points(many)})
    return rate(many, lambda: shewhart.imr(frame, value="x", rules="nelson"))
def shewhart_x():
    import shewhart, pandas as pd
    frame = pd.DataFrame({"x": points(groups * 5), "g": np.repeat(np.arange(groups), 5)})
    return rate(groups, lambda: shewhart.xbar_r(frame, value="x", subgroup="g", rules="nelson"))
def pcc_i():
    import pycontrolcharts as p
    x = points(many).tolist()
    return rate(many, lambda: p.calc_xmr(x))
def pcc_x():
    import pycontrolcharts as p
    x = points(groups * 5).tolist()
    return rate(groups, lambda: p.calc_xbar_r(x, subgroup_size=5))
n = 10000 if quick else 100000
t = 1000 * np.random.default_rng(2).weibull(1.7, n)
failures, survivors = t[t < 1200], np.full(int((t >= 1200).sum()), 1200.0)
times = np.concatenate([failures, survivors])
observed = np.concatenate([np.ones(failures.size), np.zeros(survivors.size)])
def timed(function):
    function()
    start = time.perf_counter(); shape = function()
    return time.perf_counter() - start, float(shape)
def lifelines_w():
    from lifelines import WeibullFitter
    return timed(lambda: WeibullFitter().fit(times, observed).rho_)
def surpyval_w():
    from surpyval import Weibull
    return timed(lambda: Weibull.fit(times, c=1 - observed).params[1])
def reliability_w():
    from reliability.Fitters import Fit_Weibull_2P
    def run():
        return Fit_Weibull_2P(failures=failures, right_censored=survivors,
                              show_probability_plot=False, print_results=False).beta
    return timed(run)
for name, i, x in (("mfgqc 0.3.1", mfgqc_i, mfgqc_x), ("capstat-core 0.4.3", capstat_i, capstat_x),
                   ("shewhart 0.1.1", shewhart_i, shewhart_x),
                   ("pycontrolcharts 0.1.2 (its five tests)", pcc_i, pcc_x)):
    found["i_mr"][name] = attempt(i); found["xbar_r"][name] = attempt(x)
for name, w in (("lifelines 0.30.3", lifelines_w), ("SurPyval 0.25", surpyval_w),
                ("reliability 0.9.0", reliability_w)):
    found["weibull"][name] = attempt(w)
print("RESULT" + json.dumps(found))
"""


IMPORT_SCRIPT = """
import importlib, sys, time
import numpy
start = time.process_time()
importlib.import_module(sys.argv[1])
print(time.process_time() - start)
"""
# Those that reach furthest: what a program imports that charts, studies, samples, fits or draws.
REACHING = (
    *("charts.stream", "charts.monitor", "capability_nonnormal", "msa.crossed"),
    *("sampling.variables_design", "reliability.warranty", "drawings.study_plot"),
)


def imports() -> None:
    """Measure, in processor time, what importing the statistics adds to importing numpy."""
    took = {}
    for name in ("", *(f".{name}" for name in REACHING)):
        module = f"packcalc.stats{name}"
        runs = [
            subprocess.run(
                [sys.executable, "-c", IMPORT_SCRIPT, module], capture_output=True, text=True
            ).stdout
            for _ in range(3)
        ]
        took[module] = min(float(run) for run in runs)
    say("\n## Importing, beside numpy\n")
    for module, seconds in took.items():
        say(f"- {module}: {seconds:.4f} s")
    worst = max(took.values())
    goal(
        "importing packcalc.stats, or any part, adds 0.1 s at most", worst <= 0.1, f"{worst:.3f} s"
    )


def ask_peers(quick: bool) -> dict:
    """Install the peers away from our environment, and let them work on the same numbers."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = str(Path(folder) / ("Scripts" if sys.platform == "win32" else "bin") / "python")
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, *PEERS], check=True, stderr=subprocess.DEVNULL)
        done = subprocess.run(
            [python, "-c", PEER_SCRIPT, "quick" if quick else "full"],
            capture_output=True,
            text=True,
            check=True,
        )
    return json.loads(done.stdout.split("RESULT")[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", action="store_true", help="also run the peers")
    parser.add_argument("--quick", action="store_true", help="ten times fewer points")
    parser.add_argument("--markdown", type=Path, help="also write the report here")
    given = parser.parse_args()
    say("# Quality statistics")
    say(
        f"\n{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}"
    )
    peers = ask_peers(given.quick) if given.peers else {}
    charts(peers, given.quick)
    streams(given.quick)
    weibull(peers, given.quick)
    imports()
    say("\n## Goals\n")
    say("| goal | measured | holds |\n|---|---|---|")
    for text, holds, measured in GOALS:
        judged = "-" if given.quick else "yes" if holds else "**no**"
        say(f"| {text} | {measured} | {judged} |")
    if given.markdown:
        given.markdown.write_text("\n".join(LINES) + "\n")
    if not given.quick and not all(holds for _, holds, _ in GOALS):
        sys.exit(1)


if __name__ == "__main__":
    main()
