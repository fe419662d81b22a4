"""The swap descent: machine code and its NumPy twin agree, and swaps never make things worse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packcalc.matching.descent import cut_alike, descend, group_sums, improve
from packcalc.matching.differencing import balanced_groups
from packcalc.matching.settling import settle


@st.composite
def blocks(draw):
    """Points and groups of a block, some points alike so that gains tie."""
    size, series = draw(st.integers(2, 5)), draw(st.integers(1, 6))
    groups = draw(st.integers(2, 24))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    points = rng.normal(size=(groups * size, 2)) * [1.0, draw(st.sampled_from([0.0, 0.0125, 0.3]))]
    if draw(st.booleans()):
        points = np.round(points, 1)
    return points, rng.permutation(groups * size).reshape(groups, size), series


@given(blocks(), st.integers(1, 8), st.floats(-1, 1))
@settings(max_examples=60, deadline=None)
def test_machine_code_and_numpy_give_the_same_groups(block, rounds, common):
    kernels = pytest.importorskip("packcalc.matching.kernels")
    points, groups, series = block
    ours = improve(points, groups, series, rounds, common)
    theirs = kernels.improve_fast(points, groups, series, rounds, common)
    assert (ours == theirs).all()


@given(blocks())
@settings(max_examples=40, deadline=None)
def test_descent_never_raises_the_sum_of_squared_residuals(block):
    points, groups, _ = block
    points = points[np.argsort(points[:, 0], kind="stable")]
    standing = np.empty(len(points), dtype=np.int64)
    standing[groups] = np.arange(len(groups))[:, None]
    targets = np.zeros((len(groups), 2))
    before = (group_sums(points, standing, len(groups)) ** 2).sum()
    descend(points, standing, targets, 4)
    after = (group_sums(points, standing, len(groups)) ** 2).sum()
    assert after <= before + 1e-12
    assert (np.bincount(standing) == groups.shape[1]).all()


def test_the_gain_of_a_swap_is_as_the_derivation_says():
    """|r - q|^2 / 2 - 2 |P_a - P_b|^2 against the two sums of squares worked out."""
    rng = np.random.default_rng(1)
    r, q, a, b = rng.normal(size=(4, 2))
    change = (r**2 + q**2).sum() - ((r - a + b) ** 2 + (q + a - b) ** 2).sum()
    apart = (a - r / 2) - (b - q / 2)
    assert change == pytest.approx(((r - q) ** 2).sum() / 2 - 2 * (apart**2).sum())


def test_groups_of_a_pack_are_neighbours_in_both_coordinates():
    corners = np.array([[0.0, 0.0], [0.0, 9.0], [9.0, 0.0], [9.0, 9.0]])
    sums = np.repeat(corners, 3, axis=0)[np.random.default_rng(1).permutation(12)]
    packs = sums[cut_alike(sums, 3)].reshape(4, 3, 2)
    assert (np.ptp(packs, axis=1) == 0).all()


@st.composite
def parts(draw):
    """Steps, conductances and groups of a part, the last of which may make no whole pack."""
    size, series, groups = (
        draw(st.integers(2, 4)),
        draw(st.integers(1, 6)),
        draw(st.integers(2, 60)),
    )
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    steps = np.rint(rng.normal(5000, draw(st.sampled_from([4, 30])), groups * size))
    across = np.round(rng.normal(1e7, draw(st.sampled_from([0.0, 4e5])), groups * size))
    standing = balanced_groups(steps.astype(np.int64), size)
    return steps.astype(np.int64), across, standing, series


def pack_errors(steps, groups, series):
    """Steps by which each group of a whole pack is off the two sums next to its pack's mean."""
    sums = steps[groups].sum(1)[: len(groups) // series * series].reshape(-1, series)
    low = sums.sum(1, keepdims=True) // series
    return np.where(sums < low, sums - low, np.maximum(sums - low - 1, 0))


@given(parts(), st.sampled_from([0.0, 2e5, 1e7]))
@settings(max_examples=40, deadline=None)
def test_settling_is_the_same_in_machine_code_and_never_harms(part, reach):
    kernels = pytest.importorskip("packcalc.matching.settling_kernels")
    steps, across, groups, series = part
    common = int(steps.mean() * groups.shape[1])
    ours = settle(steps, across, groups, series, common, reach)
    theirs = kernels.settle_fast(steps, across, groups, series, common, reach)
    assert (ours == theirs).all()
    assert sorted(ours.ravel().tolist()) == list(range(len(steps)))
    whole = len(groups) // series * series
    before, after = (across[g].sum(1)[:whole].reshape(-1, series) for g in (groups, ours))
    widest = np.ptp(before, axis=1).max(initial=reach)
    assert (np.ptp(after, axis=1) <= widest + 1e-6 * 1e7).all()


def test_settling_mends_four_groups_in_five_of_a_large_part():
    rng = np.random.default_rng(3)
    steps = np.rint(rng.normal(50_000, 300, 1500)).astype(np.int64)
    across = rng.normal(1e7, 4e5, 1500)
    points = np.stack(((steps - steps.mean()) / 300, 0.018 * (across - 1e7) / 4e5), axis=1)
    left = improve(points, balanced_groups(steps, 3), 10, 1, 0.0)
    settled = settle(steps, across, left, 10, int(steps.mean() * 3), 7e5)
    was, now = (np.count_nonzero(pack_errors(steps, g, 10)) for g in (left, settled))
    assert was > 100
    assert now <= was / 5
