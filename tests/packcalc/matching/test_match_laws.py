"""What must hold of every matching, whatever the stock."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packcalc.matching import CellArrays, Objective, Rules, Topology, Window, match
from packcalc.matching.differencing import serpentine_groups

LOTS = st.sampled_from(["free", "pack", "group"])


@st.composite
def stocks(draw, largest=90):
    """A stock of random size with readings as they are written down, some of them alike."""
    count = draw(st.integers(0, largest))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    alike = draw(st.booleans())
    capacity = np.round(rng.normal(5.0, 0.0 if alike else 0.05, count), 4)
    return CellArrays(
        capacity=capacity,
        resistance=np.round(rng.normal(15.0, 0.6, count), 1 if alike else 2),
        ocv=np.round(rng.normal(3.6, 0.0015, count), 4),
        lot=rng.integers(0, draw(st.integers(1, 4)), count),
        serial=np.array([f"C{i:04d}" for i in rng.permutation(count)], dtype="U8"),
    )


@st.composite
def rule_sets(draw):
    """Rules of every kind, loose enough to leave something."""
    return Rules(
        windows={"capacity": Window(sigmas=draw(st.sampled_from([1.5, 3.0])))},
        ocv_spread=draw(st.sampled_from([None, 0.002, 0.004])),
        resistance_spread=draw(st.sampled_from([None, 0.5, 1.0])),
        resistance_deviation=draw(st.sampled_from([None, 0.02])),
        capacity_spread=draw(st.sampled_from([None, 0.01])),
        lots=draw(LOTS),
    )


topologies = st.builds(Topology, st.integers(1, 6), st.integers(1, 4))


@given(stocks(), topologies, rule_sets())
@settings(max_examples=60, deadline=None)
def test_every_cell_is_used_rejected_or_left_over_exactly_once(cells, topology, rules):
    found = match(cells, topology, rules)
    seen = np.concatenate([found.assignment.ravel(), found.rejected, found.leftover])
    assert sorted(seen.tolist()) == list(range(len(cells)))


@given(stocks(), topologies, rule_sets())
@settings(max_examples=60, deadline=None)
def test_no_rule_is_broken(cells, topology, rules):
    found = match(cells, topology, rules)
    assert found.assignment.shape[1:] == (topology.series, topology.parallel)
    tiny = 1e-9
    for name, limit in (
        ("ocv_spread", rules.ocv_spread),
        ("resistance_spread", rules.resistance_spread),
        ("resistance_deviation", rules.resistance_deviation),
    ):
        if limit is not None:
            assert (getattr(found.groups, name) <= limit * (1 + tiny) + 1e-12).all()
    if rules.capacity_spread is not None:
        assert (found.packs.capacity_spread_ppm <= 1e6 * rules.capacity_spread + 1).all()
    if rules.lots != "free":
        lots = cells.lot[found.assignment]
        axis = (1, 2) if rules.lots == "pack" else 2
        assert (lots.max(axis) == lots.min(axis)).all()


@given(stocks(), topologies, rule_sets(), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_input_is_irrelevant(cells, topology, rules, seed):
    order = np.random.default_rng(seed).permutation(len(cells))
    shuffled = CellArrays(
        cells.capacity[order],
        cells.resistance[order],
        cells.ocv[order],
        lot=cells.lot[order],
        serial=cells.serial[order],
    )
    one, other = match(cells, topology, rules), match(shuffled, topology, rules)
    assert (cells.serial[one.assignment] == shuffled.serial[other.assignment]).all()


@given(stocks(), topologies, LOTS)
@settings(max_examples=60, deadline=None)
def test_without_windows_the_bound_on_packs_is_reached(cells, topology, lots):
    found = match(cells, topology, Rules(lots=lots))
    assert len(found.assignment) == found.pack_bound


@given(stocks(), topologies)
@settings(max_examples=60, deadline=None)
def test_usable_capacity_stays_under_its_bound(cells, topology):
    found = match(cells, topology)
    assert (found.packs.usable_capacity <= found.packs.usable_bound + 1e-9).all()


@given(stocks(), st.integers(2, 8), st.integers(2, 4))
@settings(max_examples=60, deadline=None)
def test_one_pack_is_never_worse_than_dealt_out_forth_and_back(cells, series, parallel):
    count = series * parallel
    if len(cells) < count:
        return
    steps = np.rint(cells.capacity[:count] * 1e4).astype(np.int64)
    one = CellArrays(cells.capacity[:count])
    found = match(one, Topology(series, parallel), objective=Objective(conductance=0))
    dealt = steps[serpentine_groups(steps, parallel)].sum(1)
    ours = steps[found.assignment[0]].sum(1)
    assert np.ptp(ours) <= np.ptp(dealt)


@given(
    st.integers(0, 2**32),
    st.integers(2, 5),
    st.integers(2, 4),
    st.integers(1, 3),
    st.sampled_from(["normal", "two", "wide", "tailed"]),
)
@settings(max_examples=12, deadline=None)
def test_by_default_packs_are_never_worse_in_capacity_than_dealt_out(
    seed, series, parallel, packs, kind
):
    """Though resistance counts too. Dealt forth and back by capacity, then by sum to packs."""
    rng = np.random.default_rng(seed)
    count = series * parallel * packs
    capacity = {
        "normal": rng.normal(5, 0.03, count),
        "two": rng.normal(5, 0.02, count) - 0.3 * (rng.random(count) < 0.5),
        "wide": rng.uniform(4, 5, count),
        "tailed": 5 + np.abs(0.03 * rng.standard_t(2, count)),
    }[kind].round(4)
    found = match(
        CellArrays(capacity, rng.normal(15, 0.6, count).round(2)), Topology(series, parallel)
    )
    steps = np.rint(capacity * 1e4).astype(np.int64)
    dealt = np.sort(steps[serpentine_groups(steps, parallel)].sum(1)).reshape(packs, series)
    ours = steps[found.assignment].sum(2)
    assert ours.min(1).sum() >= dealt.min(1).sum()
    assert np.ptp(ours, axis=1).max() <= np.ptp(dealt, axis=1).max()


def test_a_rule_on_a_reading_that_is_missing_is_refused():
    with pytest.raises(ValueError, match="spread"):
        match(CellArrays(np.full(8, 5.0)), Topology(2, 2), Rules(ocv_spread=0.005))


def test_asking_for_some_packs_gives_as_many():
    rng = np.random.default_rng(1)
    cells = CellArrays(np.round(rng.normal(5, 0.03, 500), 4))
    assert len(match(cells, Topology(10, 3), packs=4).assignment) == 4


def test_the_oldest_cells_go_first_when_asked():
    rng = np.random.default_rng(2)
    cells = CellArrays(np.round(rng.normal(5, 0.03, 300), 4), made_on=np.arange(300) // 30)
    found = match(cells, Topology(10, 3), Rules(oldest_first=True), packs=2)
    assert cells.made_on[found.assignment].max() == 1


def test_every_reject_has_its_reason():
    cells = CellArrays(
        np.array([5.0, np.nan, -1.0, 5.0, 9.0, 5.0, 5.0]),
        serial=np.array(["a", "b", "c", "d", "e", "f", "f"]),
    )
    found = match(cells, Topology(1, 1), Rules(windows={"capacity": Window(high=6.0)}))
    assert dict(zip(found.rejected.tolist(), found.reasons, strict=True)) == {
        1: "no capacity reading",
        2: "capacity -1 is not positive",
        4: "capacity 9 is over 6",
        6: "repeats the row of serial f",
    }
