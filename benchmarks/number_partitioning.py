"""Solve every instance of a folder of balanced multiway number partitioning problems.

    python benchmarks/number_partitioning.py FOLDER [--certificates OUT] [--seed 0]

An instance is a JSON file with `values` and `k`. Each solution is checked before it is counted;
with --certificates one file per instance holds {"k": ..., "subsets": [[value, ...], ...]}.
Instances with a known perfect partition: mllmso, "Optimal Balanced Multiway Number
Partitioning", doi:10.5281/zenodo.18461711 (CC BY 4.0).
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from packcalc.matching.partitioning import partition, verify_partition


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--certificates", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--trials", type=int, default=20_000_000)
    given = parser.parse_args()
    files = sorted(given.folder.glob("*.json"))
    if not files:
        print(f"{given.folder}: no instances (*.json) here", file=sys.stderr)
        return 2
    if given.certificates:
        given.certificates.mkdir(parents=True, exist_ok=True)
    print(
        f"{platform.machine()}, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}"
    )
    print(f"{'instance':<36} {'values':>7} {'k':>5} {'seconds':>8} {'trials':>8}  verdict")
    solved = sum(solve(path, given) for path in files)
    print(f"{solved} of {len(files)} solved to a certified optimum")
    return 0 if solved == len(files) else 1


def solve(path: Path, given: argparse.Namespace) -> bool:
    """Solve one instance, check the answer, write it down."""
    instance = json.loads(path.read_text())
    values, k = np.array(instance["values"], dtype=np.int64), int(instance["k"])
    start = time.perf_counter()
    found = partition(values, k, seed=given.seed, trials=given.trials)
    seconds = time.perf_counter() - start
    subsets = [values[subset].tolist() for subset in found.subsets]
    wrong = verify_partition(values, k, subsets)
    print(
        f"{path.stem:<36} {len(values):>7} {k:>5} {seconds:>8.2f} {found.trials:>8}  "
        f"{wrong or 'optimal'}",
        flush=True,
    )
    if given.certificates:
        text = json.dumps({"k": k, "subsets": subsets})
        (given.certificates / path.name).write_text(text + "\n")
    return not wrong


if __name__ == "__main__":
    sys.exit(main())
