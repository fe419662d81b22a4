"""RPN and action priority."""

import csv
from collections import Counter
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packline.process.calc.priority import action_priority, risk_priority_number

TABLE = Path(__file__).parents[4] / "shared" / "reference" / "compliance" / "fmea_ap_1000.csv"
RATING = st.integers(1, 10)
RANK = {"L": 0, "M": 1, "H": 2}


@pytest.mark.skipif(
    not TABLE.exists(), reason="the table of 1000 cells is not beside the checkout"
)
def test_all_thousand_combinations_agree_with_the_published_table():
    """AIAG & VDA FMEA Handbook (2019), in the form in which two public programs agree on it."""
    with TABLE.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1000
    for row in rows:
        s, o, d = int(row["s"]), int(row["o"]), int(row["d"])
        assert action_priority(s, o, d) == row["ap"], (s, o, d)
        assert risk_priority_number(s, o, d) == int(row["rpn"])


def test_every_combination_has_exactly_one_priority():
    counts = Counter(action_priority(*sod) for sod in product(range(1, 11), repeat=3))
    assert counts == {"H": 318, "M": 214, "L": 468}  # as counted in the published table


@pytest.mark.parametrize(
    ("s", "o", "d", "priority"),
    [(10, 10, 10, "H"), (9, 4, 1, "M"), (9, 2, 4, "L"), (7, 6, 1, "M"), (1, 10, 10, "L"),
     (10, 1, 10, "L"), (5, 8, 4, "M"), (2, 8, 5, "M")],
)  # fmt: skip
def test_single_cells(s, o, d, priority):
    assert action_priority(s, o, d) == priority


@given(RATING, RATING, RATING, st.sampled_from(["s", "o", "d"]))
def test_a_worse_rating_never_lowers_the_priority(s, o, d, which):
    worse = {"s": s, "o": o, "d": d}
    worse[which] = min(worse[which] + 1, 10)
    assert RANK[action_priority(**worse)] >= RANK[action_priority(s, o, d)]


@pytest.mark.parametrize("ratings", [(0, 1, 1), (1, 11, 1), (1, 1, -1), (True, 1, 1)], ids=str)
def test_a_rating_outside_one_to_ten_is_refused(ratings):
    with pytest.raises(ValueError, match="a rating is a whole number from 1 to 10"):
        action_priority(*ratings)
    with pytest.raises(ValueError, match="a rating is a whole number from 1 to 10"):
        risk_priority_number(*ratings)
