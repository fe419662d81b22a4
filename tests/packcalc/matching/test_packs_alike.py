"""The weight for packs that are alike in total capacity."""

import numpy as np
import pytest
from benchmarks.matching import population

from packcalc.matching import CellArrays, Objective, Rules, Topology, match

SHAPE = Topology(10, 3)


def totals_apart(found):
    total = found.groups.capacity.sum(1)
    return total.std() / total.mean()


def test_packs_are_more_alike_the_greater_the_weight():
    cells = population(1800, seed=4)
    aims = [Objective(alike=alike, effort=1) for alike in (0.0, 0.5, 1.0)]
    apart = [totals_apart(match(cells, SHAPE, objective=aim)) for aim in aims]
    assert apart[0] > 1.5 * apart[1] > 1.5 * 1.5 * apart[2]


def test_without_the_weight_nothing_changes():
    cells = population(900, seed=4)
    free = match(cells, SHAPE, objective=Objective(alike=0.0))
    assert (free.assignment == match(cells, SHAPE).assignment).all()


def test_alike_packs_keep_the_rules():
    cells = population(3000, seed=4)
    rules = Rules(ocv_spread=0.005, resistance_spread=1.5)
    found = match(cells, SHAPE, rules, Objective(alike=1.0))
    assert len(found.assignment) == found.pack_bound
    assert found.groups.ocv_spread.max() <= 0.005 * (1 + 1e-9)
    assert found.groups.resistance_spread.max() <= 1.5 * (1 + 1e-9)


def test_cells_of_one_capacity_have_packs_alike_anyway():
    resistance = np.round(np.random.default_rng(1).normal(15, 0.6, 90), 2)
    found = match(CellArrays(np.full(90, 5.0), resistance), SHAPE, objective=Objective(alike=1.0))
    assert totals_apart(found) == 0


def test_a_weight_over_one_is_refused():
    with pytest.raises(ValueError, match="from 0 to 1"):
        Objective(alike=1.5)
