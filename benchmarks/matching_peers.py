"""What `matching.py` compares with: annealing and anticlustering, compiled here, and prtpy."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

PEERS = ("prtpy==0.8.3",)


def anneal(steps, series: int, parallel: int, trials: int):
    """Random swaps of two cells, accepted by Metropolis on the variance of the group sums."""
    import numba

    @numba.njit
    def run(steps, group, sums, target, trials):
        np.random.seed(1)
        heat = 1e6
        cooling = (1.0 / heat) ** (1.0 / trials)
        for _ in range(trials):
            heat *= cooling
            a, b = np.random.randint(len(steps)), np.random.randint(len(steps))
            if group[a] == group[b]:
                continue
            move = steps[a] - steps[b]
            x, y = sums[group[a]] - target, sums[group[b]] - target
            worse = (x - move) ** 2 + (y + move) ** 2 - x * x - y * y
            if worse < 0 or np.random.random() < np.exp(-worse / heat):
                sums[group[a]] -= move
                sums[group[b]] += move
                group[a], group[b] = group[b], group[a]

    count = len(steps) // parallel
    group = np.random.default_rng(1).permutation(np.repeat(np.arange(count), parallel))
    sums = np.bincount(group, steps).astype(float)
    run(steps, group, sums, sums.mean(), 10)
    run(steps, group, sums, sums.mean(), trials)
    members = np.argsort(group, kind="stable").reshape(count, parallel)
    return members[np.argsort(sums)].reshape(-1, series, parallel)


def anticluster(cells, series: int, parallel: int):
    """Exchange method for anticlusters of alike means in capacity and resistance.

    M. Papenberg and G. W. Klau, "Using anticlustering to partition data sets into equivalent
    parts," Psychological Methods 26 (2021), doi:10.1037/met0000301: each element is exchanged
    with the one that lowers the sum of squared deviations of the cluster means most; as in
    their fast variant the partners are a sample (here 50 for each element).
    """
    import numba

    @numba.njit
    def run(x, group, sums):
        np.random.seed(1)
        for a in range(len(x)):
            best, found = -1e-12, -1
            for _ in range(50):
                b = np.random.randint(len(x))
                if group[a] == group[b]:
                    continue
                change = 0.0
                for k in range(2):
                    move = x[a, k] - x[b, k]
                    p, q = sums[group[a], k], sums[group[b], k]
                    change += (p - move) ** 2 + (q + move) ** 2 - p * p - q * q
                if change < best:
                    best, found = change, b
            if found >= 0:
                for k in range(2):
                    move = x[a, k] - x[found, k]
                    sums[group[a], k] -= move
                    sums[group[found], k] += move
                group[a], group[found] = group[found], group[a]

    x = np.stack([cells.capacity, 1 / cells.resistance], axis=1)
    x = (x - x.mean(0)) / x.std(0)
    count = len(x) // parallel
    group = np.random.default_rng(1).permutation(np.repeat(np.arange(count), parallel))
    sums = np.stack([np.bincount(group, x[:, k]) for k in range(2)], axis=1)
    for _ in range(5):
        run(x, group, sums)
    members = np.argsort(group, kind="stable").reshape(count, parallel)
    return members[np.argsort(sums[:, 0])].reshape(-1, series, parallel)


def prtpy_greedy(steps, series: int, parallel: int, say: Callable[[str], None]):
    """prtpy's greedy for all groups at once, in an environment of its own; None if it is not to
    be had."""
    script = (
        "import json, sys, time, prtpy\n"
        "values, bins = json.load(sys.stdin)\n"
        "items = {str(i): v for i, v in enumerate(values)}\n"
        "start = time.perf_counter()\n"
        "found = prtpy.partition(algorithm=prtpy.partitioning.greedy, numbins=bins, items=items)\n"
        "print(json.dumps([time.perf_counter() - start, found]))\n"
    )
    bins = len(steps) // parallel
    with tempfile.TemporaryDirectory() as folder:
        python = str(Path(folder) / "bin" / "python")
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for step in ([sys.executable, "-m", "venv", folder], [*install, *PEERS]):
            done = subprocess.run(step, capture_output=True, text=True, check=False)
            if done.returncode:
                said = (done.stderr or done.stdout).strip().rpartition("\n")[2]
                say(f"{PEERS[0]} could not be installed and was not run: {said}\n")
                return None
        told = json.dumps([steps.tolist(), bins])
        run = subprocess.run(
            [python, "-c", script], input=told, capture_output=True, text=True, check=True
        )
    seconds, found = json.loads(run.stdout)
    groups = [np.array([int(i) for i in group]) for group in found]
    whole = np.stack([g for g in groups if len(g) == parallel])  # greedy does not balance counts
    whole = whole[np.argsort(steps[whole].sum(1))]
    return whole[: len(whole) // series * series].reshape(-1, series, parallel), seconds
