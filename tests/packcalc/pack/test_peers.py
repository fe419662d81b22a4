"""One cell through US06 and WLTC, against two other programs.

Traces: PyBaMM 25.1.1 (Thevenin model) and thevenin 0.2.1 at a tolerance of 1e-9, written by
`benchmarks/peer_cells.py --write`; the head of each file says so.
"""

from pathlib import Path

import numpy as np
import pytest
from benchmarks.peer_cells import voltages

FOLDER = Path(__file__).parent / "peers"


@pytest.mark.parametrize("cycle", ["us06", "wltc"])
@pytest.mark.parametrize(("peer", "column"), [("pybamm", 1), ("thevenin", 2)])
def test_a_drive_cycle_agrees_with_another_program(cycle, peer, column):
    # Goal: at most 0.5 mV; reached: 0.03 mV.
    table = np.loadtxt(FOLDER / f"{cycle}.csv", delimiter=",", comments="#")
    assert np.abs(voltages(table[:, 0]) - table[:, column]).max() < 0.1e-3
