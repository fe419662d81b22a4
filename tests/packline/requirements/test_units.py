"""Units: what is read, converted and refused."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packline.requirements.calc.units import (
    UnitProblem,
    convert,
    from_si,
    is_offset,
    same_dimension,
    to_si,
)


@pytest.mark.parametrize(
    ("value", "unit", "si"),
    [
        (1, "kWh", 3.6e6),  # SI Brochure, 9th ed., table 8 by way of the hour
        (1, "Ah", 3600.0),
        (2500, "mAh", 9000.0),
        (25, "degC", 298.15),  # SI Brochure: t/degC = T/K - 273.15
        (25, "°C", 298.15),
        (77, "degF", 298.15),  # NIST SP 811, B.8: (F + 459.67) / 1.8
        (50, "%", 0.5),
        (100, "ppm", 1e-4),
        (30, "1/min", 0.5),
        (5, "MOhm", 5e6),
        (2.5, "N.m", 2.5),
        (2.5, "N m", 2.5),
        (1, "mV/d", 1e-3 / 86400),
        (1, "l", 1e-3),
        (1, "cm^3", 1e-6),
        (1, "g_n", 9.80665),  # SI Brochure: standard acceleration of free fall
        (1, "in", 0.0254),  # NIST SP 811, exact
        (1, "lb", 0.45359237),  # NIST SP 811, exact
        (1, "a", 365.25 * 86400),
        (7, "1", 7.0),
    ],
)
def test_a_value_is_expressed_in_coherent_si(value, unit, si):
    assert to_si(value, unit) == pytest.approx(si, rel=1e-12)


@pytest.mark.parametrize(
    "unit",
    ["", " ", "Wx", "C", "5 kWh", "V)(", "**", "1/", "..", "V^V", "V^99", "__class__", "kWh" * 20,
     "0", "9", "V/0", "1e400", "V+A", "import os", "V\n"],
)  # fmt: skip
def test_what_is_not_a_unit_is_refused(unit):
    with pytest.raises(UnitProblem):
        to_si(1, unit)


def test_a_value_that_is_infinite_in_si_is_refused():
    with pytest.raises(UnitProblem, match="not a finite number"):
        to_si(1e305, "kWh")


@given(
    st.floats(-1e9, 1e9),
    st.sampled_from(["kWh", "mV", "degC", "degF", "%", "mV/d", "N.m", "l", "Pa/s"]),
)
def test_from_si_undoes_to_si(value, unit):
    assert from_si(to_si(value, unit), unit) == pytest.approx(value, rel=1e-9, abs=1e-6)


@given(st.text(alphabet="VAhkmdegCOg1%/*^.µ °_-29", max_size=10))
def test_whatever_is_written_is_a_unit_or_refused(unit):
    try:
        to_si(1, unit)
    except UnitProblem:
        return


def test_units_of_two_dimensions_are_not_converted():
    with pytest.raises(UnitProblem, match="cannot be expressed in"):
        convert(1, "Ah", "Wh")


def test_units_of_one_dimension_are():
    assert convert(1500, "Wh", "kWh") == pytest.approx(1.5)
    assert same_dimension("J", "kWh")


def test_only_scales_with_a_zero_of_their_own_are_offset():
    assert [is_offset(u) for u in ("degC", "degF", "K", "V")] == [True, True, False, False]


def test_importing_the_module_does_not_load_pint():
    code = "import sys, packline.requirements.calc.quantities; print('pint' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
