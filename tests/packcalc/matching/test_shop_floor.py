"""What a shop needs beside the match: reasons, replacements, grades, arrivals, odd stocks."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from benchmarks.matching import population

from packcalc.matching import (
    CellArrays,
    Rules,
    Topology,
    explain,
    find_replacements,
    grade,
    match,
    match_arrivals,
)
from packcalc.matching.diagnosis import oddities, two_populations
from packcalc.matching.document import as_document
from packcalc.matching.explanation import best_swap
from packcalc.matching.picture import draw_matching, draw_pack

SHAPE = Topology(10, 3)


def everything(cells):
    return np.arange(len(cells))


def test_the_best_swap_is_the_best_of_all_swaps_tried_one_by_one():
    found = match(population(90, seed=2), SHAPE)
    steps = np.rint(found.cells.capacity[found.assignment[0]] * 1e4).astype(np.int64)
    total = steps.sum(1)
    weakest = int(total.argmin())
    gains = []
    for other in range(10):
        for a in range(3):
            for b in range(3):
                trial = steps.copy()
                trial[weakest, a], trial[other, b] = steps[other, b], steps[weakest, a]
                gains.append(trial.sum(1).min() - total.min())
    assert max(best_swap(found, 0, total, weakest)[0], 0) == max(gains)


def test_an_explanation_names_the_limiting_group_and_the_floor():
    lines = explain(match(population(90, seed=2), SHAPE), 0)
    assert "limits" in lines[0]
    assert "leaves unknown" in lines[-1]


def test_a_replacement_keeps_the_rules_and_is_the_best_that_does():
    cells = population(400, seed=6)
    rules = Rules(ocv_spread=0.004)
    found = match(cells, SHAPE, rules, packs=8)
    failed = int(found.assignment[2, 4, 1])
    offered = find_replacements(found, failed, rules, most=400)
    mates = np.delete(found.assignment[2, 4], 1)
    for one in offered:
        assert np.ptp(cells.ocv[[*mates, one.cell]]) <= 0.004 + 1e-9
    spreads = [round(one.capacity_spread_ppm / 100) for one in offered]
    assert spreads == sorted(spreads)


def test_a_replacement_is_asked_for_a_cell_that_stands_in_a_pack():
    found = match(population(40, seed=6), SHAPE)
    with pytest.raises(ValueError, match="stands in no pack"):
        find_replacements(found, int(found.leftover[0]), Rules())


def test_a_replacement_comes_from_the_same_lot_when_lots_are_kept_apart():
    cells = population(400, seed=6, lots=3)
    rules = Rules(lots="pack")
    found = match(cells, SHAPE, rules, packs=3)
    failed = int(found.assignment[0, 0, 0])
    offered = find_replacements(found, failed, rules, most=50)
    assert offered
    assert {int(cells.lot[one.cell]) for one in offered} == {int(cells.lot[failed])}


def test_every_graded_cell_lies_inside_its_class():
    cells = population(500, seed=7)
    graded = grade(cells, everything(cells), SHAPE).grades
    assert sum(len(one.cells) for one in graded) == 500
    for one in graded:
        low, high = one.capacity
        assert (cells.capacity[one.cells] >= low - 1e-9).all()
        assert (cells.capacity[one.cells] < high).all()


def test_arrivals_finish_good_packs_and_hold_the_rest():
    cells = population(900, seed=8)
    finished, held = [], np.zeros(0, dtype=np.int64)
    for day in np.split(np.arange(900), 6):
        stock = np.concatenate([held, day])
        part = CellArrays(cells.capacity[stock], cells.resistance[stock], cells.ocv[stock])
        found = match_arrivals(part, SHAPE, spread=300e-6, reserve=60)
        finished += [stock[pack] for pack in found.assignment]
        held = stock[found.leftover]
        assert (found.packs.capacity_spread_ppm <= 300 + 1e-6).all()
        assert len(held) >= 60
    used = np.concatenate(finished).ravel()
    assert len(np.unique(used)) == len(used)
    assert len(finished) >= 24


def test_two_mixed_populations_are_said():
    rng = np.random.default_rng(1)
    mixed = np.concatenate([rng.normal(5.0, 0.03, 300), rng.normal(4.7, 0.03, 300)])
    cells = CellArrays(rng.permutation(mixed))
    assert any(
        "Two populations in capacity" in line for line in oddities(cells, everything(cells))
    )


@pytest.mark.parametrize("seed", range(20))
def test_one_population_is_not_taken_for_two(seed):
    rng = np.random.default_rng(seed)
    assert two_populations(np.round(rng.normal(5, 0.03, 400), 4)) is None
    assert two_populations(5 + 0.02 * rng.standard_t(4, 400)) is None


def test_drift_along_the_file_is_said():
    rng = np.random.default_rng(2)
    cells = CellArrays(np.round(rng.normal(5, 0.03, 500) + np.linspace(0, 0.05, 500), 4))
    assert any("drifts" in line for line in oddities(cells, everything(cells)))


def test_a_good_stock_raises_no_doubt():
    cells = population(3000, seed=9)
    assert oddities(cells, everything(cells)) == ()


def test_the_document_is_plain_json_with_every_cell_once():
    cells = population(95, seed=3)
    cells = replace(cells, serial=np.array([f"S{i}" for i in range(95)]))
    written = json.loads(json.dumps(as_document(match(cells, SHAPE)), allow_nan=False))
    serials = [s for pack in written["packs"] for group in pack["groups"] for s in group]
    serials += [one["serial"] for one in written["rejected"]] + written["leftover"]
    assert sorted(serials) == sorted(cells.serial.tolist())
    assert [pack["pack"] for pack in written["packs"]] == [1, 2, 3]


def test_the_same_matching_draws_the_same_picture():
    found = match(population(95, seed=3), SHAPE)
    assert draw_matching(found) == draw_matching(found)
    assert "limiting group red" in draw_pack(found, 0)
