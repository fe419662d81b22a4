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
    found = partition(np.array(values), k, trials=300)
    assert found.perfect == possible


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
