"""The swap descent: machine code and its NumPy twin agree, and swaps never make things worse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packcalc.matching.descent import cut_alike, descend, group_sums, improve


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
