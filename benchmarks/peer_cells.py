"""One cell in PyBaMM's Thevenin model, in `thevenin`, and here: `peer_cells.py [--write DIR]`.

Same made cell (below), same current in steps of 1 s: US06 and WLTC. The peers are installed into
an environment of their own (`--peer-environment`, default: a temporary one), solving at tight
tolerance. `--write DIR` keeps their traces, which the tests compare with. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from packcalc.cell.parameters import CellParameters
from packcalc.pack import Limits, ThermalNetwork, build_pack, follow_current, simulate

Array = NDArray[np.float64]
CYCLES = Path(__file__).parents[1].parent / "shared" / "data" / "drive_cycles"
WANTED = ["pybamm==25.1.1", "thevenin==0.2.1"]

# The cell, as text that both sides run: no cell that exists, but of a usual size (5 Ah).
CELL = """
from math import exp
def ocv(z): return 3.0 + 1.1*z - 0.35*z*z + 0.45*z**3 + 0.08*(1 - np.exp(-12*z))
def r0(z): return 0.020 + 0.012*(z - 0.5)**2
def r1(z): return 0.010 + 0.008*(z - 0.6)**2
def r2(z): return 0.015 + 0.010*(z - 0.4)**2
TAU1, TAU2, AMP_HOURS, START = 8.0, 120.0, 5.0, 0.9
"""

PYBAMM = """
import json, sys
import numpy as real
import pybamm
pybamm.set_logging_level("ERROR")
class np: exp = staticmethod(pybamm.exp)
exec(sys.argv[1])
amps = json.loads(sys.stdin.read())
values = pybamm.ParameterValues("ECM_Example")
values.update({
    "Open-circuit voltage [V]": ocv, "Initial SoC": START, "Cell capacity [A.h]": AMP_HOURS,
    "Nominal cell capacity [A.h]": AMP_HOURS, "Current function [A]": "[input]",
    "R0 [Ohm]": lambda t, i, z: r0(z), "R1 [Ohm]": lambda t, i, z: r1(z),
    "C1 [F]": lambda t, i, z: TAU1 / r1(z), "R2 [Ohm]": lambda t, i, z: r2(z),
    "C2 [F]": lambda t, i, z: TAU2 / r2(z), "Entropic change [V/K]": lambda u, t: 0 * u,
    "Element-1 initial overpotential [V]": 0, "Element-2 initial overpotential [V]": 0,
    "Upper voltage cut-off [V]": 6.0, "Lower voltage cut-off [V]": 1.0,
    "Cell thermal mass [J/K]": 1e12,
}, check_already_exists=False)
model = pybamm.equivalent_circuit.Thevenin(options={"number of rc elements": 2})
solver = pybamm.CasadiSolver(mode="fast", rtol=1e-9, atol=1e-10)
sim = pybamm.Simulation(model, parameter_values=values, solver=solver)
volts, last = [], None
for i in amps:
    last = sim.step(1.0, inputs={"Current function [A]": i}, save=False, starting_solution=last)
    volts.append(float(last["Voltage [V]"].entries[-1]))
    last = last.last_state
print(json.dumps(volts))
"""

THEVENIN = """
import json, sys
import numpy as np
import thevenin
exec(sys.argv[1])
amps = json.loads(sys.stdin.read())
sim = thevenin.Simulation({
    "num_RC_pairs": 2, "soc0": START, "capacity": AMP_HOURS, "gamma": 0.0, "ce": 1.0, "mass": 1.0,
    "isothermal": True, "Cp": 1000.0, "T_inf": 298.15, "h_therm": 1.0, "A_therm": 1.0,
    "ocv": ocv, "M_hyst": lambda z: 0 * z, "R0": lambda z, t: r0(z), "R1": lambda z, t: r1(z),
    "C1": lambda z, t: TAU1 / r1(z), "R2": lambda z, t: r2(z), "C2": lambda z, t: TAU2 / r2(z),
})
course = thevenin.Experiment(rtol=1e-9, atol=1e-11)
for i in amps:
    course.add_step("current_A", i, (1.0, 1.0))
found = sim.run(course)
print(json.dumps([float(found.get_steps(k).vars["voltage_V"][-1]) for k in range(len(amps))]))
"""


def made_cell() -> CellParameters:
    """The made cell as a parameter set."""
    known: dict[str, object] = {"np": np}
    exec(CELL, known)
    z = np.linspace(0, 1, 401)
    call = {name: known[name](z) for name in ("ocv", "r0", "r1", "r2")}  # type: ignore[operator]
    return CellParameters(
        name="made",
        capacity=3600 * float(known["AMP_HOURS"]),  # type: ignore[arg-type]
        soc=z,
        temperature=np.array([298.15]),
        ocv=call["ocv"],
        entropic=0 * z,
        r0=call["r0"][None],
        r1=call["r1"][None],
        tau1=np.full((1, 401), float(known["TAU1"])),  # type: ignore[arg-type]
        r2=call["r2"][None],
        tau2=np.full((1, 401), float(known["TAU2"])),  # type: ignore[arg-type]
        heat_capacity=70.0,
        voltage_min=2.5,
        voltage_max=4.4,
        temperature_min=293.15,
        temperature_max=303.15,
        current_discharge_max=100.0,
        current_charge_max=100.0,
        provenance=("made for comparison with other programs; no cell that exists",),
    )


def voltages(amps: Array) -> Array:
    """What this simulator says at the end of each second."""
    still = ThermalNetwork(
        np.array([1e12]), np.zeros((0, 2), dtype=np.int64), np.zeros(1)[:0], np.zeros(1)
    )
    pack = build_pack(made_cell(), 1, 1, thermal=still, limits=Limits())
    load = follow_current(np.arange(amps.size + 1.0), np.r_[amps, 0.0], 1.0)
    return simulate(pack, load, soc=0.9).voltage[1:]


def cycles() -> dict[str, Array]:
    """Currents of the two drive cycles: US06 as recorded; WLTC's power scaled to a peak of 4C."""
    us06 = np.loadtxt(CYCLES / "US06.csv", delimiter=",", comments="#")
    wltc = np.loadtxt(CYCLES / "WLTC.csv", delimiter=",", comments="#")
    power = np.interp(np.arange(0, 1800.0), wltc[:, 0], wltc[:, 1])
    return {
        "us06": np.round(us06[:600, 1], 6),
        "wltc": np.round(20.0 * power / np.abs(power).max(), 6),
    }


def main() -> int:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-environment", type=Path)
    parser.add_argument("--write", type=Path)
    args = parser.parse_args()
    out: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        home = args.peer_environment or Path(folder)
        python = home / "bin" / "python"
        if not python.exists():
            venv.create(home, with_pip=True)
            install = [python, "-m", "pip", "install", "-q", *WANTED]
            subprocess.run(install, check=True, stdout=sys.stderr)
        for name, amps in cycles().items():
            traces = {}
            for peer, script in (("pybamm", PYBAMM), ("thevenin", THEVENIN)):
                done = subprocess.run(
                    [python, "-c", script, CELL],
                    input=json.dumps(amps.tolist()),
                    stdout=subprocess.PIPE,
                    check=True,
                    text=True,
                )
                traces[peer] = np.array(json.loads(done.stdout.strip().splitlines()[-1]))
            mine = voltages(amps)
            out[name] = {
                f"{peer}_max_mv": 1e3 * float(np.abs(mine - trace).max())
                for peer, trace in traces.items()
            }
            if args.write:
                head = (
                    f"{name}: current held for 1 s, then the voltage of the made cell of "
                    f"benchmarks/peer_cells.py in {', '.join(WANTED)} at 1e-9\n"
                    "current_a,pybamm_v,thevenin_v"
                )
                table = np.column_stack([amps, traces["pybamm"], traces["thevenin"]])
                np.savetxt(args.write / f"{name}.csv", table, "%.7g", ",", header=head)
    print(json.dumps(out, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
