"""Number partitioning: certificates that a checker written for the test accepts."""

from __future__ import annotations

import json
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packcalc.matching.exchange_kernels import first_exchange_fast
from packcalc.matching.exchanges import first_exchange
from packcalc.matching.partitioning import partition, verify_partition

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "number_partitioning"
QUICK = [
    "n1000_k100_range_1-10000",
    "n1000_k100_range_1-100000",
    "n1000_k12_range_1-1000000000",
    "n1000_k19_range_1-10000",
    "n1000_k27_range_1-10000",
    "n1000_k57_range_1-10000",
    "n1000_k7_range_1-10000",
    "n1000_k162_range_1-100000",
    "n1000_k171_range_1-10000",
    "n100_k10_range_1-100000",
    "n100_k4_range_1-1000000000",
    "n500_k20_range_1-10000000",
]


def is_optimal(values, k, subsets):
    """Check a certificate with nothing but counting and adding."""
    sums = [sum(subset) for subset in subsets]
    sizes = [len(subset) for subset in subsets]
    return (
        len(subsets) == k
        and Counter(v for subset in subsets for v in subset) == Counter(values)
        and max(sizes) - min(sizes) <= 1
        and min(sums) == sum(values) // k
        and max(sums) == -(-sum(values) // k)
    )


@pytest.mark.parametrize("name", QUICK)
def test_published_instances_are_solved_with_a_certificate(name):
    """Perfect partitions exist: mllmso, doi:10.5281/zenodo.18461711 (CC BY 4.0)."""
    path = FOLDER / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{path.name} of the public data set is not here")
    instance = json.loads(path.read_text())
    found = partition(np.array(instance["values"]), instance["k"])
    subsets = [[instance["values"][i] for i in subset] for subset in found.subsets]
    assert is_optimal(instance["values"], instance["k"], subsets)


@given(st.lists(st.integers(1, 60), min_size=6, max_size=8), st.just(2))
@settings(max_examples=40, deadline=None)
def test_small_instances_are_perfect_whenever_brute_force_finds_a_perfect_one(values, k):
    total = sum(values)
    halves = {len(values) // 2, -(-len(values) // 2)}
    possible = any(
        sum(part) in {total // 2, -(-total // 2)}
        for size in halves
        for part in combinations(values, size)
    )
    found = partition(np.array(values), k, trials=20)  # one lists every split
    assert found.perfect == possible


@given(st.integers(0, 2**32), st.integers(2, 6), st.sampled_from([20, 200, 5000]))
@settings(max_examples=40, deadline=None)
def test_the_kernel_finds_the_same_exchange_as_its_twin(seed, free, largest):
    """And what both find is an exchange that gives one of two subsets an allowed sum."""
    random = np.random.default_rng(seed)
    room = 4 * (free + 1) * largest + 4
    sizes = random.integers(free, free + 2, 6)
    subsets = [random.integers(1, largest + 1, size) for size in sizes]
    sums = np.array([subset.sum() for subset in subsets])
    keys = np.zeros((6, 2**free), dtype=np.int64)
    for row, subset in zip(keys, subsets, strict=True):
        parts = (np.arange(2**free)[:, None] >> np.arange(free)) & 1
        row[:] = np.sort(parts @ (subset[:free] + room))
    allowed = np.array([int(sums.mean()), int(sums.mean()) + 1])
    others = random.permutation(np.arange(1, 6))
    arguments = (keys, sizes, sums, 0, others, allowed, room)
    at, x, y = first_exchange(*arguments)
    assert (at, x, y) == first_exchange_fast(*arguments)
    if at >= 0:
        more, change = divmod(int(keys[others[at], y] - keys[0, x]) + room // 2, room)
        change -= room // 2
        after = {int(sums[0]) + change, int(sums[others[at]]) - change}
        assert after & set(allowed.tolist())
        assert {sizes[0] + more, sizes[others[at]] - more} == {sizes[0], sizes[others[at]]}


def test_a_subset_hands_its_error_on_until_the_last_two_fit():
    """One exchange in some tens is exact here: hundreds are tried, and the kernel comes in."""
    values = np.sort(np.random.default_rng(8).integers(1, 10**4, 120))
    found = partition(values, 20)
    assert found.perfect
    assert is_optimal(values.tolist(), 20, [values[s].tolist() for s in found.subsets])


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=40), st.integers(1, 8))
@settings(max_examples=40, deadline=None)
def test_every_value_is_in_one_subset_and_sizes_differ_by_at_most_one(values, k):
    k = min(k, len(values))
    found = partition(np.array(values), k, trials=50)
    assert sorted(np.concatenate(found.subsets).tolist()) == list(range(len(values)))
    sizes = [len(subset) for subset in found.subsets]
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize(
    ("subsets", "complaint"),
    [
        ([[1, 4], [2, 3]], ""),
        ([[1, 2], [3, 4]], "sums [3, 7] are not the mean 5 rounded"),
        ([[1, 4], [2, 2]], "the subsets do not use every value exactly once"),
        ([[4, 1, 2, 3]], "1 subsets, 2 asked for"),
        ([[1, 2, 3], [4]], "sizes from 1 to 3"),
    ],
)
def test_a_certificate_is_accepted_or_the_flaw_is_named(subsets, complaint):
    assert verify_partition(np.array([1, 2, 3, 4]), 2, subsets) == complaint


def test_more_subsets_than_values_are_refused():
    with pytest.raises(ValueError, match="3 values cannot fill 4"):
        partition(np.array([1, 2, 3]), 4)
