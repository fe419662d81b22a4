"""A plan follows from a design, and only from it."""

from dataclasses import replace

import pytest

from packline.foundation.errors import Refused
from packline.process.calc.catalogue import characteristic_types
from packline.process.calc.limits import DesignRow
from packline.process.calc.plan import DesignFacts, plan_hash, plan_operations

LEFT_OUT = {"cell_dc_resistance", "leakage_current"}


def row(code, unit=None, low=0.0, high=1.0, target=None):
    unit = unit or characteristic_types()[code].unit
    return DesignRow(f"D/{code}", unit, low, high, target, "because")


ROWS = {code: row(code) for code in characteristic_types() if code not in LEFT_OUT}
DESIGN = DesignFacts("design D", "some-cell", 13, 4, ROWS)


def checks(plan):
    return {c.type.code: c for operation in plan for c in operation.characteristics}


def test_the_operations_come_in_order_with_their_checks():
    plan = plan_operations(DESIGN)
    assert [operation.number for operation in plan] == list(range(10, 91, 10))
    assert [c.type.code for c in plan[2].characteristics] == [
        "group_capacity_spread", "group_ocv_spread", "group_resistance_spread",
    ]  # fmt: skip


def test_an_instruction_speaks_of_this_design():
    kitting, grouping = plan_operations(DESIGN)[1:3]
    assert "Take the 52 cells" in kitting.instruction
    assert "13 groups of 4 cells" in grouping.instruction


def test_limits_are_those_of_the_design_and_say_so():
    limits = checks(plan_operations(DESIGN))["pack_ocv"].limits
    assert (limits.low, limits.high) == (0.0, 1.0)
    assert limits.source == "limit D/pack_ocv: because"


def test_limits_are_expressed_in_the_unit_of_the_characteristic():
    rows = {**ROWS, "cure_time": row("cure_time", "s", 86400.0, None, 90000.0)}
    limits = checks(plan_operations(replace(DESIGN, rows=rows)))["cure_time"].limits
    assert (limits.low, limits.high, limits.target) == (pytest.approx(24), None, pytest.approx(25))


def test_a_changed_design_changes_the_limits():
    rows = {**ROWS, "joint_resistance": row("joint_resistance", high=0.25)}
    before, after = plan_operations(DESIGN), plan_operations(replace(DESIGN, rows=rows))
    assert checks(before)["joint_resistance"].limits.high == 1.0
    assert checks(after)["joint_resistance"].limits.high == 0.25
    assert plan_hash(before) != plan_hash(after)


def test_the_same_design_gives_the_same_plan():
    assert plan_hash(plan_operations(DESIGN)) == plan_hash(plan_operations(replace(DESIGN)))


def test_a_check_without_a_limit_is_left_out_with_its_risks():
    rows = {code: r for code, r in ROWS.items() if code != "leak_rate"}
    plan = plan_operations(replace(DESIGN, rows=rows))
    assert "leak_rate" not in checks(plan)
    assert "leak_rate" in checks(plan_operations(DESIGN))


def test_a_design_without_a_needed_limit_is_refused_with_all_that_is_missing():
    rows = {c: r for c, r in ROWS.items() if c not in ("pack_ocv", "ocv_drop")}
    with pytest.raises(Refused) as caught:
        plan_operations(replace(DESIGN, rows=rows))
    assert "design D cannot be planned" in str(caught.value)
    assert "the design states no limit ocv_drop" in str(caught.value)
    assert "the design states no limit pack_ocv" in str(caught.value)


def test_a_limit_in_the_unit_of_something_else_is_refused():
    rows = {**ROWS, "pack_ocv": row("pack_ocv", "Ah")}
    with pytest.raises(Refused, match="limit D/pack_ocv: Ah cannot be expressed in V"):
        plan_operations(replace(DESIGN, rows=rows))


def test_cells_are_judged_by_one_kind_of_resistance():
    both = {**ROWS, "cell_dc_resistance": row("cell_dc_resistance")}
    with pytest.raises(Refused, match="limits both of cell_ac_ir and cell_dc_resistance"):
        plan_operations(replace(DESIGN, rows=both))
    neither = {code: r for code, r in ROWS.items() if code != "cell_ac_ir"}
    with pytest.raises(Refused, match="limits neither of"):
        plan_operations(replace(DESIGN, rows=neither))


def test_every_check_of_a_plan_controls_a_rated_risk():
    for check in checks(plan_operations(DESIGN)).values():
        assert check.failures
        for failure in check.failures:
            assert failure.rpn == failure.type.s * failure.type.o * failure.type.d
            assert failure.ap in "HML"
