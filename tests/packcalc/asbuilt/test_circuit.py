"""Groups of cells and joints against a solved network, and the simulator against the circuit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from packcalc.asbuilt import built_circuit, rest_voltage
from packcalc.asbuilt.simulated import EndOfLineTest, simulate_as_built
from packcalc.cell import parameter_set


@given(s=st.integers(1, 4), p=st.integers(1, 5), seed=st.integers(0, 99))
def test_a_pack_resists_what_its_solved_network_does(s, p, seed):
    """Node voltages by Kirchhoff's laws: 1 A through a chain of links and parallel branches."""
    rng = np.random.default_rng(seed)
    cell, joint = rng.uniform(1, 3, (s, p)), rng.uniform(0, 0.3, (s, p))
    link = rng.uniform(0.01, 0.1, s + 1)
    edges = []
    for g in range(s):  # node 2g before the link, 2g + 1 before the cells
        edges.append((2 * g, 2 * g + 1, link[g]))
        edges += [(2 * g + 1, 2 * g + 2, r) for r in cell[g] + joint[g]]
    edges.append((2 * s, 2 * s + 1, link[s]))
    matrix = np.zeros((2 * s + 2, 2 * s + 2))
    for a, b, r in edges:
        matrix[[a, b], [a, b]] += 1 / r
        matrix[[a, b], [b, a]] -= 1 / r
    current = np.zeros(2 * s + 1)
    current[0] = 1.0
    volts = np.append(np.linalg.solve(matrix[:-1, :-1], current), 0.0)
    found = built_circuit(cell, joint, link)
    assert float(found.pack) == pytest.approx(volts[0])
    np.testing.assert_allclose(found.group, volts[0:-2:2] - volts[2::2])


@given(s=st.integers(1, 3), p=st.integers(1, 4), seed=st.integers(0, 99))
def test_the_weight_of_a_cell_is_the_slope_of_its_group(s, p, seed):
    rng = np.random.default_rng(seed)
    cell, link = rng.uniform(1, 3, (s, p)), np.full(s + 1, 0.05)
    more = cell.copy()
    more[0, 0] += 1e-6
    slope = (built_circuit(more, 0.1, link).group - built_circuit(cell, 0.1, link).group) / 1e-6
    assert slope[0] == pytest.approx(built_circuit(cell, 0.1, link).weight[0, 0], rel=1e-4)
    assert slope[1:] == pytest.approx(0, abs=1e-9)


def test_charge_is_kept_when_cells_are_joined():
    volts, charge = np.array([[3.61, 3.60, 3.64]]), np.array([[1.0, 2.0, 1.5]])
    v = rest_voltage(volts, charge)
    assert float((charge * (v[:, None] - volts)).sum()) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("cell", "joint", "link", "said"),
    [
        ([[0.0]], 0.0, [0, 0], "cell resistance of 0"),
        ([[1.0]], -1.0, [0, 0], "joint resistance of -1"),
        ([[1.0]], 0.0, [0], "one link more"),
        ([[1.0]], 0.0, [0, np.nan], "link"),
    ],
)
def test_a_circuit_that_cannot_be_is_refused(cell, joint, link, said):
    with pytest.raises(ValueError, match=said):
        built_circuit(cell, joint, link)


@pytest.fixture(scope="module")
def packs():
    """Two packs of the identified Leaf cell; the second has one weak cell and one bad joint."""
    charge = np.full((2, 3, 2), 30.0 * 3600)
    ohms, joint = np.full((2, 3, 2), 2.0e-3), np.full((2, 3, 2), 0.1e-3)
    charge[1, 0, 0] *= 0.9
    joint[1, 2, 1] += 1.0e-3
    return charge, ohms, joint, simulate_as_built(parameter_set("leaf-2013"), charge, ohms, joint)


def test_the_simulator_gives_back_what_was_measured_of_the_cells(packs):
    """No joint in the way: the capacity of two such cells, and half their resistance."""
    charge, ohms, _, _ = packs
    alone = simulate_as_built(parameter_set("leaf-2013"), charge[:1], ohms[:1], 0 * ohms[:1])
    assert alone.capacity[0] == pytest.approx(2 * 30.0 * 3600, rel=1e-3)
    np.testing.assert_allclose(alone.group_resistance[0], 1.0e-3, rtol=1e-3)


def test_simulated_groups_resist_as_the_circuit_says(packs):
    """Within 2 %: relaxing overvoltage moves current between the cells, a circuit has none."""
    _, ohms, joint, found = packs
    circuit = built_circuit(ohms, joint, np.zeros((2, 4)))
    np.testing.assert_allclose(found.group_resistance, circuit.group, rtol=0.02)
    assert found.group_resistance[1, 2] > 1.15 * found.group_resistance[0, 2]


def test_the_weakest_group_ends_the_simulated_capacity_test(packs):
    *_, found = packs
    assert found.capacity[1] / found.capacity[0] == pytest.approx(0.95, abs=0.005)
    assert (found.temperature_rise > 0).all()
    assert found.temperature_rise[1] > found.temperature_rise[0]


def test_the_simulator_refuses_to_leave_what_is_known_of_the_cell(packs):
    charge, ohms, joint, _ = packs
    hot = EndOfLineTest(temperature=400.0)
    with pytest.raises(ValueError, match="temperature"):
        simulate_as_built(parameter_set("leaf-2013"), charge, ohms, joint, hot)
    fast = EndOfLineTest(pulse_rate=20.0)
    with pytest.raises(ValueError, match="beyond"):
        simulate_as_built(parameter_set("leaf-2013"), charge, ohms, joint, fast)
