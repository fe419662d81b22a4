"""Speed of the simulator: `simulation.py [--peers] [--batch N]`; prints JSON.

One pack: 16P2S, ladder, heat, float64, 10 s steps, 1 h, one thread; with `--peers` the same
problem in liionpack 0.4.0 (Thevenin cells), installed into an environment of its own in a
temporary directory. Batch: packs of 10S4P, 1 h at 10 s, two threads, progress on stderr.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from packcalc.cell import parameter_set
from packcalc.pack import (
    Bleed,
    Limits,
    Pack,
    ThermalNetwork,
    build_pack,
    constant_current,
    even_rails,
    simulate,
    simulate_batch,
)

# liionpack asks its model for two names that the Thevenin model spells differently.
PEER = """
import json, sys, time
import liionpack as lp
import pybamm
pybamm.set_logging_level("ERROR")
p, s, steps = 16, 2, int(sys.argv[1])
values = pybamm.ParameterValues("ECM_Example")
values.update({"Initial SoC": 0.95})
amps = p * float(values["Cell capacity [A.h]"]) * 0.8
netlist = lp.setup_circuit(Np=p, Ns=s, Rb=1e-5, Rc=1e-4, Ri=1e-3, V=4.0, I=amps)

def ecm(parameter_values=None):
    model = pybamm.equivalent_circuit.Thevenin()
    found = model.variables
    found["Terminal voltage [V]"] = found["Voltage [V]"]
    found["Surface open-circuit voltage [V]"] = found["Open-circuit voltage [V]"]
    model = lp.add_events_to_model(model)
    solver = pybamm.CasadiSolver(mode="safe")
    return pybamm.Simulation(model=model, parameter_values=parameter_values, solver=solver)

experiment = pybamm.Experiment(
    [f"Discharge at {amps} A for {10 * steps} seconds"], period="10 seconds"
)
start = time.perf_counter()
out = lp.solve(netlist=netlist, sim_func=ecm, parameter_values=values, experiment=experiment)
seconds = time.perf_counter() - start
print(json.dumps({"cell_steps": p * s * len(out["Time [s]"]), "seconds": seconds}))
"""


def grid_heat(cell_capacity: float, s: int, p: int) -> ThermalNetwork:
    """Cells in a grid that touch their neighbours and lose some heat."""
    index = np.arange(s * p).reshape(s, p)
    pairs = [
        *zip(index[:, :-1].ravel(), index[:, 1:].ravel(), strict=True),
        *zip(index[:-1].ravel(), index[1:].ravel(), strict=True),
    ]
    edges = np.array(pairs, dtype=np.int64)
    n = s * p
    return ThermalNetwork(
        np.full(n, cell_capacity), edges, np.full(len(edges), 0.5), np.full(n, 0.1)
    )


def design(s: int, p: int, ladder: bool) -> Pack:
    """A pack with everything switched on."""
    cell = parameter_set("leaf-2013")
    rng = np.random.default_rng(1)
    return build_pack(
        cell,
        s,
        p,
        capacity_factor=rng.normal(1, 0.01, (s, p)),
        resistance_factor=rng.normal(1, 0.05, (s, p)),
        joint_resistance=1e-4,
        rails=even_rails(s, p, 1e-4) if ladder else None,
        thermal=grid_heat(cell.heat_capacity, s, p),
        bleed=Bleed(30.0, 5e-3, 4.0),
        limits=Limits(voltage_min=2.6),
    )


def one_pack() -> dict[str, float]:
    """Rate of one pack on one thread: best of a second of runs."""
    pack = design(2, 16, ladder=True)
    load = constant_current(16 * 25.0, 3600.0, 10.0)
    run = simulate(pack, load, soc=0.95, every=360)  # compile
    best, until = np.inf, time.perf_counter() + 1.0
    while time.perf_counter() < until:
        start = time.perf_counter()
        run = simulate(pack, load, soc=0.95, every=360)
        best = min(best, time.perf_counter() - start)
    return {"cell_steps": 32 * run.steps, "seconds": best, "per_second": 32 * run.steps / best}


def liionpack(folder: Path, steps: int = 360) -> dict[str, float]:
    """Install the peer apart from everything else and time it on the same problem."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        wanted = ["liionpack==0.4.0", "pybamm==25.1.1", "pandas<3"]
        install = [python, "-m", "pip", "install", "-q", *wanted]
        subprocess.run(install, check=True, stdout=sys.stderr)
    done = subprocess.run(
        [python, "-c", PEER, str(steps)],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    found["per_second"] = found["cell_steps"] / found["seconds"]
    return found


def batch(count: int) -> dict[str, float]:
    """Many packs on two threads."""
    pack = design(10, 4, ladder=False)
    rng = np.random.default_rng(2)
    shape = (count, 10, 4)
    capacity = rng.normal(1, 0.01, shape)
    resistance = rng.normal(1, 0.05, shape)
    joint = rng.uniform(0.5e-4, 2e-4, shape)
    load = constant_current(4 * 25.0, 3600.0, 10.0)
    simulate_batch(pack, load, soc=0.95, count=2)  # compile
    shown = [0.0]

    def progress(done: int, of: int) -> None:
        if time.perf_counter() - shown[0] > 1 or done == of:
            shown[0] = time.perf_counter()
            print(f"\r{done:,} of {of:,} packs", end="\n" if done == of else "", file=sys.stderr)

    start = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        run = simulate_batch(
            pack,
            load,
            soc=0.95,
            capacity_factor=capacity,
            resistance_factor=resistance,
            joint_resistance=joint,
            executor=pool,
            progress=progress,
        )
    seconds = time.perf_counter() - start
    steps = 40.0 * float(run.steps.sum())
    return {
        "packs": count,
        "cell_steps": steps,
        "seconds": seconds,
        "per_second": steps / seconds,
        "largest_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", action="store_true", help="install and time liionpack 0.4.0")
    parser.add_argument("--peer-environment", type=Path, help="keep the peer here, and reuse it")
    parser.add_argument("--batch", type=int, default=100_000, metavar="N", help="0: leave out")
    args = parser.parse_args()
    out: dict[str, object] = {"one_pack_16p2s_ladder": one_pack()}
    if args.peers or args.peer_environment:
        before = one_pack()
        with tempfile.TemporaryDirectory() as folder:
            peer = liionpack(args.peer_environment or Path(folder))
        after = one_pack()
        out["liionpack_0_4_0"] = peer
        mine = 0.5 * (before["per_second"] + after["per_second"])
        out["ratio"] = mine / peer["per_second"]
    if args.batch:
        out["batch_10s4p"] = batch(args.batch)
    print(json.dumps(out, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
