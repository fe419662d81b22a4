"""Sorting and medians against NumPy's own, on the kinds of values that readings come in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from packcalc.matching.ordering import FEW, middle, order_by, stable_order

MANY = FEW + 501


def values(kind):
    random = np.random.default_rng(3)
    return {
        "whole": random.integers(-40, 40, MANY),
        "wide": random.integers(-(2**62), 2**62, MANY),
        "decimal": np.round(random.normal(15, 0.6, MANY), 2),
        "all different": random.normal(0, 1, MANY),
        "all equal": np.full(MANY, 3.6),
        "signed zeros": np.where(np.arange(MANY) % 2, 0.0, -0.0),
        "few": np.array([3, 1, 3, 1]),
        "rows": random.integers(0, 50, (30, 200)),
        "rows of floats": np.round(random.normal(5, 1, (30, 200)), 1),
    }[kind]


KINDS = (
    "whole", "wide", "decimal", "all different", "all equal", "signed zeros", "few", "rows",
    "rows of floats",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_is_that_of_a_stable_sort(kind):
    given_values = values(kind)
    expected = np.argsort(given_values, axis=-1, kind="stable")
    assert (stable_order(given_values) == expected).all()


def test_several_keys_sort_like_lexsort():
    keys = [values("whole"), values("whole")[::-1].copy(), np.arange(MANY) % 7]
    assert (order_by(keys) == np.lexsort(keys[::-1])).all()


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=50))
def test_the_middle_is_the_median(readings):
    assert middle(np.array(readings)) == np.median(readings)
