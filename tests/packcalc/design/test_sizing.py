"""Wires, spacing, enclosure: against closed forms and published factors."""

from math import inf, log, pi

import pytest

from packcalc.design.enclosure import covers_ip, isolation_floor, read_ip
from packcalc.design.spacing import FILLINGS, compare_fillings, screened_gap
from packcalc.design.wire import size_wire, withstand_energy


@pytest.mark.parametrize(
    ("material", "start", "end", "factor"),
    [("copper", 70, 160, 115), ("copper", 90, 250, 143), ("aluminium", 70, 160, 76),
     ("aluminium", 90, 250, 94)],
)  # fmt: skip
def test_adiabatic_withstand_gives_the_factors_of_the_wiring_rules(material, start, end, factor):
    # IEC 60364-4-43, table 43A: k = 115 and 143 (copper, PVC and XLPE), 76 and 94 (aluminium).
    found = withstand_energy(1e-6, start + 273.15, end + 273.15, material)
    assert found**0.5 == pytest.approx(factor, rel=0.01)


def test_the_rise_of_a_wire_balances_its_heat():
    # 16 mm2, class 5: 1.21 mOhm/m at 20 degC. Its heat crosses insulation and film.
    wire = size_wire(50.0, 2.0, rise=30.0)
    per_metre = 50.0**2 * wire.resistance / 2.0
    inner = (wire.cross_section / 0.75 / pi) ** 0.5
    outer = inner + 1e-3
    path = log(outer / inner) / (2 * pi * 0.2) + 1 / (2 * pi * outer * 10)
    assert wire.temperature_rise == pytest.approx(per_metre * path, rel=1e-9)
    warm = 1 + 3.93e-3 * (45 + wire.temperature_rise - 20)
    assert wire.resistance == pytest.approx(2 * 1.21e-3 * warm)
    assert wire.cross_section == pytest.approx(16e-6)


def test_each_bound_can_decide_a_wire():
    free = size_wire(10.0, 1.0)
    long = size_wire(10.0, 10.0, drop=0.3)
    short = size_wire(10.0, 1.0, let_through=1e6)
    assert (free.bound_by, long.bound_by, short.bound_by) == ("rise", "drop", "short circuit")
    assert long.drop <= 0.3
    assert short.withstand >= 1e6
    assert free.cross_section < min(long.cross_section, short.cross_section)


def test_a_current_that_no_wire_carries_is_refused():
    with pytest.raises(ValueError, match="use a busbar"):
        size_wire(3000.0, 1.0)


CELL = {"heat_capacity": 65.0, "released": 30e3, "onset": 423.15}


def test_the_screened_gap_is_where_the_neighbour_meets_its_onset():
    air = FILLINGS[0]
    gap = screened_gap(0.021, 0.07, air, neighbour_loss=0.03, **CELL)
    assert 1e-4 < gap < 0.05
    at, wider = (
        compare_fillings(0.021, 0.07, g, heat=0.1, neighbour_loss=0.03, fillings=[air], **CELL)[0]
        for g in (gap, 1.2 * gap)
    )
    assert abs(at.screening.margin) < 1.0
    assert wider.screening.margin > at.screening.margin
    assert screened_gap(0.021, 0.07, air, neighbour_loss=0.0, **CELL | {"released": 60e3}) == inf


def test_potting_evens_out_but_feeds_the_neighbour_and_cannot_be_repaired():
    air, *_, filled = compare_fillings(0.021, 0.07, 0.002, heat=0.5, neighbour_loss=0.05, **CELL)
    # Two parallel cylinders: S = 2 pi h / acosh(2 (1 + gap / d)^2 - 1), Bergman table 4.1.
    assert filled.spread == pytest.approx(air.spread * 0.026 / 1.0)
    assert filled.screening.neighbour_peak > air.screening.neighbour_peak
    space = (0.023**2 - pi * 0.021**2 / 4) * 0.07
    assert filled.added_mass == pytest.approx(1600 * space)
    assert air.filling.repairable
    assert not filled.filling.repairable


@pytest.mark.parametrize(
    ("have", "need", "covers"),
    [
        ("IP67", "IP54", True),
        ("IP67", "IP65", False),
        ("IP67", "IP66", False),
        ("IP68", "IP67", True),
        ("IP66", "IP65", True),
        ("IP65/IP67", "IP65", True),
        ("IP69", "IP67", False),
        ("IP54", "IP64", False),
        ("IPX7", "IP67", False),
        ("IP67", "IP65/IP67", False),
    ],
)
def test_immersion_does_not_show_jets(have, need, covers):
    # IEC 60529, clause 6.
    found, reason = covers_ip(have, need)
    assert found is covers
    assert reason


def test_codes_that_are_none_are_refused():
    for code in ("IP7", "IP77", "67", "IP6A", ""):
        with pytest.raises(ValueError, match="is no IP code"):
            read_ip(code)


def test_isolation_is_a_hundred_ohm_per_volt_of_dc_and_five_hundred_with_ac():
    # UN R100, 5.1.3; FMVSS 305, S5.4.3.
    assert isolation_floor(800.0)[0] == 80e3
    assert isolation_floor(800.0, alternating=True)[0] == 400e3
    assert isolation_floor(800.0, monitored=False)[0] == 400e3
    with pytest.raises(ValueError, match="above zero"):
        isolation_floor(0.0)
