"""Clearance and creepage against the published tables."""

from datetime import date

import pytest

from packcalc.rules import clearance_distance, creepage_distance, rated_impulse_voltage

DAY = date(2026, 11, 1)

# WAGO, Rail-Mounted Terminal Block Systems, volume 1, 2015, p. 594 (DIN EN 60664-1, table F.4),
# read line by line: voltage, degree 2 groups I, II, III, degree 3 groups I, II, III. [mm]
LINES = [
    (50, 0.60, 0.85, 1.20, 1.50, 1.70, 1.90),
    (63, 0.63, 0.90, 1.25, 1.60, 1.80, 2.00),
    (100, 0.71, 1.00, 1.40, 1.80, 2.00, 2.20),
    (400, 2.0, 2.8, 4.0, 5.0, 5.6, 6.3),
    (800, 4.0, 5.6, 8.0, 10.0, 11.0, 12.5),
    (1000, 5.0, 7.1, 10.0, 12.5, 14.0, 16.0),
]


def creep(volts, degree, group, **more):
    return 1000 * creepage_distance(
        volts, pollution_degree=degree, material_group=group, on=DAY, **more
    )


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line[0]} V")
def test_creepage_is_that_of_the_printed_table(line):
    asked = [(degree, group) for degree in (2, 3) for group in ("I", "II", "III")]
    assert [creep(line[0], *which) for which in asked] == pytest.approx(line[1:])


def test_between_two_lines_the_higher_one_holds():
    assert creep(50.1, 2, "III") == creep(63, 2, "III") > creep(50, 2, "III")


def test_more_dirt_or_a_worse_material_never_needs_less():
    for volts in (12, 48, 58.8, 150, 420, 900, 1500):
        for group in ("I", "II", "III"):
            assert creep(volts, 1, group) <= creep(volts, 2, group) <= creep(volts, 3, group)
        for degree in (1, 2, 3):
            assert creep(volts, degree, "I") <= creep(volts, degree, "II")
            assert creep(volts, degree, "II") <= creep(volts, degree, "III")


def test_clearance_follows_the_impulse_of_the_supply_and_the_altitude():
    # 230 V, category II: 2.5 kV, 1.5 mm (TRV Bane NOR, minimum distances in low-voltage
    # installations, gives 1.5, 3.0 and 5.5 mm for 2.5, 4 and 6 kV).
    assert rated_impulse_voltage(230, 2, DAY) == 2500
    for kilovolts, mm in ((2.5, 1.5), (4, 3.0), (6, 5.5)):
        found = clearance_distance(1e3 * kilovolts, pollution_degree=2, on=DAY)
        assert 1000 * found == pytest.approx(mm)
    high = clearance_distance(4000, pollution_degree=2, on=DAY, altitude=4000)
    assert 1000 * high == pytest.approx(3.0 * 1.29)


def test_reinforced_insulation_takes_the_next_impulse_and_twice_the_creepage():
    found = clearance_distance(2500, pollution_degree=2, on=DAY, reinforced=True)
    assert found == clearance_distance(4000, pollution_degree=2, on=DAY)
    assert creep(48, 2, "III", reinforced=True) == pytest.approx(2 * creep(48, 2, "III"))


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: creep(3000, 2, "III"), "where the table ends"),
        (lambda: creep(48, 4, "III"), "pollution degree 4: allowed are 1, 2, 3"),
        (lambda: creep(48, 2, "IV"), "material group 'IV'"),
        (lambda: creep(-1, 2, "I"), "not above zero"),
        (lambda: creep(float("nan"), 2, "I"), "not above zero"),
        (lambda: rated_impulse_voltage(230, 5, DAY), "overvoltage category 5"),
        (
            lambda: clearance_distance(2500, pollution_degree=2, on=date(2019, 1, 1)),
            "not hold yet",
        ),
        (lambda: clearance_distance(2500, pollution_degree=2, on=DAY, altitude=2e4), "altitude"),
    ],
)
def test_outside_of_its_tables_and_dates_a_rule_refuses(ask, message):
    with pytest.raises(ValueError, match=message):
        ask()
