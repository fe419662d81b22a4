import numpy as np
import pytest

from packcalc.stats.no_data import NoData
from packline.insight.calc.kpis import UnitHistory, compute, study_ctq
from packline.insight.calc.pictures import capability_picture, pareto_picture, yield_picture


def unit(n, *, weld=(True,), eol=(True,), defects=(), state="released"):
    attempts = {name: list(a) for name, a in (("Weld", weld), ("EOL", eol)) if a}
    return UnitHistory(f"PK-{n}", state, attempts, list(defects))


def figures(units):
    return compute("O1", units, ["Weld", "EOL"], [])


def test_first_pass_counts_units_that_nothing_was_repeated_on():
    kpis = figures([unit(1), unit(2), unit(3, weld=(False, True), defects=["weld"]), unit(4)])
    assert (kpis.first_pass.count, kpis.first_pass.total) == (3, 4)
    assert kpis.first_pass_units == ("PK-1", "PK-2", "PK-4")


def test_rolled_yield_is_the_product_of_the_operations_yields():
    units = [unit(n) for n in range(8)]
    units += [unit(8, weld=(False, True)), unit(9, eol=(False, True))]
    kpis = figures(units)
    assert kpis.rolled.value == pytest.approx(0.9 * 0.9)
    assert kpis.rolled_percent == "81.0"


def test_a_step_is_counted_over_the_units_that_came_to_it():
    kpis = figures([unit(1), unit(2, weld=(False,), eol=(), state="held", defects=["weld"])])
    assert [(len(s.entered), len(s.first_pass)) for s in kpis.steps] == [(2, 1), (1, 1)]


def test_defects_are_ranked_with_the_units_behind_them():
    units = [
        unit(1, defects=["weld", "weld"]),
        unit(2, defects=["weld"]),
        unit(3, defects=["leak"]),
        unit(4),
    ]
    kpis = figures(units)
    assert [(d.row.cause, d.row.count, d.units) for d in kpis.defects] == [
        ("weld", 2, ("PK-1", "PK-2")),
        ("leak", 1, ("PK-3",)),
    ]
    assert kpis.defective_units == ("PK-1", "PK-2", "PK-3")
    assert kpis.dppm.value == 750_000


def test_zero_defects_still_have_an_upper_bound():
    kpis = figures([unit(n) for n in range(40)])
    assert kpis.dppm.value == 0
    assert kpis.dppm.high > 70_000


def test_without_a_unit_there_is_no_data_and_not_a_hundred_percent():
    kpis = figures([])
    assert isinstance(kpis.first_pass, NoData)
    assert isinstance(kpis.rolled, NoData)
    assert isinstance(kpis.dppm, NoData)
    assert kpis.top_defects == ()


def ctq(values):
    return study_ctq(
        code="pack_ocv", name="Pack OCV", unit_code="V", low=9.0, high=11.0, values=values
    )


def test_capability_on_three_packs_is_no_data_however_many_values_they_have():
    found = ctq([list(np.linspace(9.9, 10.1, 14))] * 3)
    assert str(found.study) == "no data: 3 packs; a capability index needs at least 10"


def test_capability_of_single_values_agrees_with_its_definition():
    values = np.random.default_rng(1).normal(10, 0.1, 40)
    found = ctq([[v] for v in values])
    by_hand = min(11 - values.mean(), values.mean() - 9) / (3 * values.std(ddof=1))
    assert found.study.ppk.value == pytest.approx(by_hand)


def test_a_unit_with_several_values_is_a_subgroup():
    rng = np.random.default_rng(2)
    values = [list(rng.normal(10 + shift, 0.02, 13)) for shift in rng.normal(0, 0.1, 40)]
    study = ctq(values).study
    assert study.subgroups == 40
    assert study.cpk.value > 3 * study.ppk.value  # packs differ, cells of one pack do not


def test_pictures_are_the_same_file_each_time():
    kpis = figures([unit(1), unit(2, weld=(False, True), defects=["weld"])])
    study = ctq([[v] for v in np.random.default_rng(3).normal(10, 0.1, 40)])
    for draw in (
        lambda: yield_picture(kpis.steps),
        lambda: pareto_picture(kpis.defects),
        lambda: capability_picture(study),
    ):
        picture = draw()
        assert picture.startswith("<svg")
        assert picture == draw()
