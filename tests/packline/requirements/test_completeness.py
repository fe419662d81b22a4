"""Completeness: what a specification of its playbook should state."""

import pytest

from packline.requirements.calc.completeness import completeness

from .programs import MINIMAL, spec_of, with_requirement


def group_of(spec, name):
    return next(group for group in completeness(spec).groups if group.group == name)


def test_a_stated_quantity_counts_once(tmp_path):
    performance = group_of(spec_of(tmp_path), "performance")
    assert (performance.stated, performance.expected) == (2, 9)
    assert performance.score == pytest.approx(2 / 9)
    assert "peak discharge" in {expectation.item for expectation in performance.missing}


def test_a_further_requirement_raises_the_score_of_its_group_only(tmp_path):
    before = completeness(spec_of(tmp_path / "a"))
    text = with_requirement("ship_soc", "<=", 30, "%", group="logistics", method="test")
    after = completeness(spec_of(tmp_path / "b", text))
    changed = [b.group for a, b in zip(before.groups, after.groups, strict=True) if a != b]
    assert changed == ["logistics"]
    assert after.score > before.score


def test_a_second_requirement_on_one_quantity_adds_nothing(tmp_path):
    text = with_requirement("energy", "<=", 2, "kWh")
    assert group_of(spec_of(tmp_path, text), "performance").stated == 2


def test_a_named_standard_meets_what_only_that_standard_meets(tmp_path):
    def missing(test):
        text = with_requirement("standard_passed", "==", 1, group="safety", method="test",
                                more=f'test = "{test}"')  # fmt: skip
        safety = group_of(spec_of(tmp_path / test, text), "safety")
        return {expectation.item for expectation in safety.missing}

    wanted = "a standard for light electric vehicle packs"
    assert wanted not in missing("UL2271")
    assert wanted in missing("UL1973")


def test_the_playbook_decides_what_is_expected(tmp_path):
    spec = spec_of(tmp_path, MINIMAL.replace('"micromobility"', '"stationary"'))
    assert group_of(spec, "performance").expected == 7  # no peak is asked of storage


def test_a_group_in_which_everything_is_stated_scores_one(tmp_path):
    rows = MINIMAL
    for n, quantity in enumerate(
        ("first_pass_yield", "on_time_delivery", "capa_response_time", "change_notification_time")
    ):
        unit = "%" if n < 2 else "d"
        row = with_requirement(quantity, ">=" if n < 2 else "<=", 90, unit, group="kpi",
                               method="inspection", ref=f"KPI-0{n}")  # fmt: skip
        rows = rows.replace("[design]", row[row.index(f'[[requirement]]\nid = "KPI-0{n}"'):
                                            row.index("[design]")] + "[design]")  # fmt: skip
    assert group_of(spec_of(tmp_path, rows), "kpi").score == 1.0
