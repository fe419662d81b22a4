"""Which chart a characteristic gets, what its limits stand on, and what a signal says."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from packcalc.stats.no_data import NoData
from packline.insight.calc.capability import capability_of
from packline.quality.calc.charts import ChartPoint, chart_points, neighbours

START = datetime(2026, 1, 5, 8, tzinfo=UTC)


def point(n, *values, attempt=1, n_failed=0, gauge="G-1"):
    return ChartPoint(
        serial=f"PK-{n:03d}", attempt=attempt, step=f"PK-{n:03d}/80-eol/{attempt}",
        operator="Otto", station="S-1", gauge=gauge, taken_at=START + timedelta(minutes=n),
        virtual=False, values=values, n_failed=n_failed,
    )  # fmt: skip


def charted(points, *, unit_code="V", low=0.0, high=100.0):
    return chart_points(
        points, code="x", name="X", operation="Eol", per="pack", unit_code=unit_code, low=low,
        high=high,
    )  # fmt: skip


def singles(values):
    return [point(n, v) for n, v in enumerate(values, start=1)]


# NIST/SEMATECH e-Handbook of Statistical Methods, sec. 6.3.2.2: individual values of a flow rate.
FLOWRATE = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


def test_one_value_per_unit_gives_the_individuals_chart_of_the_nist_handbook():
    figure = charted(singles(FLOWRATE))
    assert figure.kind == "i_mr"
    panel = figure.chart.panel("individual")
    assert panel.centre[0] == pytest.approx(50.81, abs=0.005)
    assert panel.upper[0] == pytest.approx(55.8041, abs=0.005)  # the handbook rounds d2 to 1.128
    assert panel.lower[0] == pytest.approx(45.8159, abs=0.005)
    assert figure.signals() == []


@pytest.mark.parametrize(
    ("sizes", "kind"),
    [((5, 5, 5), "xbar_r"), ((10, 10), "xbar_r"), ((11, 11), "xbar_s"), ((4, 5, 4), "xbar_s")],
)
def test_several_values_per_unit_are_a_subgroup(sizes, kind):
    points = [point(n, *np.linspace(1, 2, size)) for n, size in enumerate(sizes, start=1)]
    assert charted(points).kind == kind


def test_good_or_not_good_is_the_share_that_is_not():
    points = [point(n, 1.0) for n in range(1, 100)] + [point(100, 0.0, n_failed=1)]
    figure = charted(points, unit_code="1", low=1.0, high=None)
    assert figure.kind == "p"
    assert figure.chart.baseline.centre == pytest.approx(0.01)
    assert figure.signals() == [100]


def test_a_row_of_good_units_is_no_signal():
    points = [point(n, 1.0, n_failed=n == 1) for n in range(1, 60)]
    assert charted(points, unit_code="1", low=1.0, high=None).signals() == [1]


@pytest.mark.parametrize("values", [[], [3.6]])
def test_below_two_points_there_are_no_limits_but_the_points_are_there(values):
    figure = charted(singles(values))
    assert isinstance(figure.chart, NoData)
    assert "limits need at least 2" in str(figure.chart)
    assert figure.plotted() == values
    assert figure.signals() == []


def test_every_rule_that_fires_says_so_in_words_and_where_it_looked():
    figure = charted(singles([10.0, 10.2] * 8 + [9.0, 8.0, 7.0, 6.0, 5.0, 4.0]))
    last = len(figure.points)
    fired = {f.rule.code: f for f in figure.fired(last) if f.panel == "individual"}
    assert fired["1"].rule.words == "one point beyond three sigma"
    assert (fired["3"].first, fired["3"].last) == (last - 5, last)
    assert fired["3"].rule.words == "six points in a row, all rising or all falling"


def test_a_later_attempt_is_plotted_and_judged_but_does_not_move_the_limits():
    first = singles(FLOWRATE)
    again = [*first[:5], point(5, 90.0, attempt=2), *first[5:]]
    figure = charted(again)
    assert figure.chart.baseline == charted(first).chart.baseline
    assert figure.signals() == [6, 7]  # itself, and the moving range after it
    assert {f.panel for f in figure.fired(7)} == {"moving range"}


def test_a_reading_out_of_limits_is_judged_by_limits_that_it_did_not_widen():
    first = singles(FLOWRATE)
    figure = charted([*first, point(11, 500.0, n_failed=1)])
    assert figure.chart.baseline == charted(first).chart.baseline
    assert 11 in figure.signals()


def test_a_subgroup_of_one_value_is_left_out_and_named():
    points = [point(1, 1.0, 2.0, 3.0), point(2, 2.0), point(3, 1.0, 2.0, 4.0)]
    figure = charted(points)
    assert [p.serial for p in figure.points] == ["PK-001", "PK-003"]
    assert [p.serial for p in figure.left_out] == ["PK-002"]
    assert figure.kind == "xbar_r"


def test_around_a_point_stand_those_of_the_same_gauge():
    points = [point(n, 1.0 + n % 3, gauge="A" if n % 2 else "B") for n in range(1, 20)]
    assert neighbours(charted(points), 9, around=2) == [5, 7, 9, 11, 13]
    assert neighbours(charted(points), 1, around=2) == [1, 3, 5]


def test_capability_counts_first_attempts_only():
    first = singles([10 + 0.1 * (n % 5) for n in range(20)])
    with_repeats = charted([*first, point(3, 99.0, attempt=2)])
    assert capability_of(with_repeats) == capability_of(charted(first))


def test_capability_of_something_counted_is_no_data():
    figure = charted([point(n, 1.0) for n in range(1, 30)], unit_code="1", low=1.0)
    assert str(capability_of(figure)) == "no data: good or not good is counted, not measured"
