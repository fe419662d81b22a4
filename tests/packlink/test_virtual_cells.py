"""The population of the virtual lot: what is stated is what is drawn, everywhere the same."""

import csv
import hashlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packlink.virtual import population

STATED = dict(
    capacity_mean_ah=5.0,
    capacity_sd_ah=0.03,
    ocv_mean_v=3.6,
    ocv_sd_v=0.002,
    resistance_mean_mohm=15.0,
    resistance_sd_mohm=0.4,
)


def test_the_same_seed_and_number_give_the_same_bytes_on_every_platform():
    """The hash was taken once; a change of numpy or of the machine must not change it."""
    text = population(seed=7, n=3000, **STATED).to_csv()
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert digest == "abc2b4e09b8f7140fd6705f8b88608152144a251fbe5c05b824ac6a6d15fbdfb"


def test_another_seed_gives_other_cells():
    one, two = (population(seed=s, n=50, **STATED).to_csv() for s in (1, 2))
    assert one != two


def test_mean_spread_and_correlation_are_those_stated():
    """Standard errors at n = 20,000: mean sd/141, sd sd/200, correlation (1 - r^2)/141."""
    lot = population(seed=11, n=20_000, outlier_share=0.0, correlation=-0.6, **STATED)
    assert lot.capacity_ah.mean() == pytest.approx(5.0, abs=5 * 0.03 / 141)
    assert lot.capacity_ah.std() == pytest.approx(0.03, abs=5 * 0.03 / 200)
    assert lot.ocv_v.std() == pytest.approx(0.002, abs=5 * 0.002 / 200)
    assert lot.resistance_mohm.mean() == pytest.approx(15.0, abs=5 * 0.4 / 141)
    r = np.corrcoef(lot.capacity_ah, lot.resistance_mohm)[0, 1]
    assert r == pytest.approx(-0.6, abs=5 * 0.64 / 141)


def test_each_outlier_lies_outside_on_its_own_side():
    lot = population(seed=5, n=1000, outlier_share=0.03, outlier_sd=6.0, **STATED)
    assert sum(kind != "" for kind in lot.outlier) == 30
    z = {
        "low_capacity": (5.0 - lot.capacity_ah) / 0.03,
        "low_ocv": (3.6 - lot.ocv_v) / 0.002,
        "high_resistance": (lot.resistance_mohm - 15.0) / 0.4,
    }
    for cell, kind in enumerate(lot.outlier):
        if kind:
            assert z[kind][cell] > 5.9, kind


def test_sublots_are_consecutive_and_shifted():
    lot = population(seed=3, n=4000, sublots=4, sublot_shift_sd=3.0, outlier_share=0.0, **STATED)
    assert [lot.sublots.index(name) for name in dict.fromkeys(lot.sublots)] == [
        0,
        1000,
        2000,
        3000,
    ]
    means = lot.capacity_ah.reshape(4, 1000).mean(axis=1)
    assert np.ptp(means) > 1.0 * 0.03


def test_readings_are_rounded_to_the_gauge():
    lot = population(seed=3, n=500, capacity_decimals=2, ocv_decimals=3, **STATED)
    np.testing.assert_array_equal(lot.capacity_ah, np.round(lot.capacity_ah, 2))
    np.testing.assert_array_equal(lot.ocv_v, np.round(lot.ocv_v, 3))


def test_the_file_says_the_kind_of_resistance_and_every_unit(tmp_path):
    lot = population(seed=1, n=3, resistance_kind="dc_resistance", **STATED)
    lot.write_csv(tmp_path / "lot.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "lot.csv").read_text("utf-8"))))
    assert rows[0] == ["serial", "sublot", "capacity_Ah", "ocv_V", "dcir_mohm"]
    assert [float(row[2]) for row in rows[1:]] == lot.capacity_ah.tolist()


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**32), n=st.integers(1, 200), share=st.floats(0, 1), sd=st.floats(0, 9)
)
def test_every_drawn_cell_has_positive_finite_readings_and_its_own_serial(seed, n, share, sd):
    lot = population(seed=seed, n=n, outlier_share=share, sublot_shift_sd=sd, **STATED)
    for values in (lot.capacity_ah, lot.ocv_v, lot.resistance_mohm):
        assert values.shape == (n,)
        assert np.all(np.isfinite(values) & (values > 0))
    assert len(set(lot.serials)) == n


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"n": 0}, "n must"),
        ({"capacity_mean_ah": 0.0}, "capacity mean"),
        ({"ocv_sd_v": float("nan")}, "ocv sd"),
        ({"resistance_kind": "ir"}, "resistance_kind"),
        ({"correlation": 1.0}, "correlation"),
        ({"outlier_share": 1.5}, "outlier_share"),
        ({"sublots": 9}, "sublots"),
    ],
)
def test_an_unusable_argument_is_refused_by_name(change, named):
    with pytest.raises(ValueError, match=named):
        population(**{"seed": 1, "n": 5, **STATED, **change})
