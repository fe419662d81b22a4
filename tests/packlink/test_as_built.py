"""The as-built twin against the virtual line, which shares no code with it."""

import pytest
from benchmarks import as_built as trial

from packline.production.calc.as_built_predict import predict
from packlink.virtual import VirtualLine


def test_sound_packs_are_explained():
    for case in trial.CASES:
        line = VirtualLine(3, 0.0)
        for unit in trial.units(case, 25, seed=3):
            assert not predict(trial.built(case, unit, line)).out, case.name


def test_a_joint_that_cracks_after_it_was_measured_is_found_in_its_group():
    """Its weld reads well below the limit, the pack stays far below its own; the group tells."""
    case, line = trial.CASES[0], VirtualLine(3, 1.0, ("cracked_joint",))
    for unit in trial.units(case, 12, seed=3):
        facts = trial.built(case, unit, line)
        assert line.weld(unit).resistance_mohm.max() < 2 * case.joint_mohm
        assert facts.measured["pack_dc_resistance", 0] < 44.3
        (found,) = predict(facts).out
        assert found.code == "group_dc_resistance"
        truth = facts.measured["group_dc_resistance", found.position] - found.predicted
        assert found.residual == pytest.approx(truth, abs=0.15)
        assert predict(trial.built(case, unit, VirtualLine(3, 0.0))).out == ()
