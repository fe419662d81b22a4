"""Verdicts on requirements, places of joints, and a proof that needs no database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packline.assurance.calc.document import make_document
from packline.assurance.calc.joints import place_joints
from packline.assurance.calc.vv import Bounds, Observation, judge
from packline.foundation.keys import key_id
from tests.packline.assurance.histories import Key, sample_history

ROOT = Path(__file__).parents[3]


def seen(value, **more):
    return Observation(evidence="E", shown=f"{value}", si_value=value, **more)


@pytest.mark.parametrize(
    ("observations", "verdict"),
    [
        ([], "open"),
        ([seen(5.0)], "pass"),
        ([seen(4.0)], "pass"),  # the bound itself
        ([seen(3.9)], "fail"),
        ([seen(5.0), seen(3.0)], "fail"),
        ([seen(5.0, failed=True)], "fail"),  # meets the requirement, not the characteristic
        ([seen(3.0, conceded=True)], "conceded"),
        ([seen(3.0, conceded=True), seen(3.0)], "fail"),
        ([seen(None)], "pass"),  # a report that proves by being there
    ],
)
def test_the_worst_observation_decides(observations, verdict):
    assert judge(Bounds(4.0, None), observations).verdict == verdict


def test_many_observations_are_shown_as_a_range_and_name_the_worst():
    observations = [seen(6.0), Observation("bad one", "3", 3.0), seen(5.0)]
    judged = judge(Bounds(4.0, None), observations)
    assert judged.observed == "3 to 6.0"
    assert judged.evidence == "bad one and 2 more"


@pytest.mark.parametrize("mark", ["sample", "virtual"])
def test_one_mark_marks_the_verdict(mark):
    judged = judge(Bounds(4.0, None), [seen(5.0), seen(5.0, **{mark: True})])
    assert getattr(judged, mark)


def test_what_a_conversion_of_units_rounds_does_not_fail_a_value_at_its_bound():
    assert Bounds(None, 0.35e-3).admits(0.35 / 1000 * (1 + 1e-12))
    assert not Bounds(None, 0.35e-3).admits(0.3501e-3)


def test_two_joints_per_cell_lie_in_the_order_of_the_pack():
    facts = place_joints([0.1] * 12, low=None, high=0.2, series=3, parallel=2)
    assert [(j.group, j.cell, j.pole) for j in facts[:5]] == [
        (1, 1, "-"), (1, 1, "+"), (1, 2, "-"), (1, 2, "+"), (2, 1, "-"),
    ]  # fmt: skip


@given(
    values=st.lists(st.floats(min_value=0, max_value=1), min_size=1, max_size=60),
    series=st.integers(1, 5),
    parallel=st.integers(1, 4),
)
def test_every_joint_has_a_place_of_its_own_and_keeps_its_value(values, series, parallel):
    facts = place_joints(values, low=0.2, high=0.8, series=series, parallel=parallel)
    assert [j.value for j in facts] == values
    assert len({(j.group, j.cell, j.pole) for j in facts}) == len(values)
    assert [j.passed for j in facts] == [0.2 <= v <= 0.8 for v in values]


def test_a_record_is_proven_where_there_are_no_settings_and_no_database(tmp_path):
    key = Key(1)
    record, public = tmp_path / "record.pdf", tmp_path / "public.pem"
    record.write_bytes(
        make_document(sample_history(key), sign=key.sign, key_id=key_id(key.public))
    )
    public.write_bytes(key.public)
    program = (
        "import sys; from pathlib import Path;"
        "from packline.assurance.calc.proof import verify_document;"
        "verdict = verify_document(*(Path(p).read_bytes() for p in sys.argv[1:]));"
        "assert not any(m.startswith('django.db') for m in sys.modules);"
        "sys.stdout.write(verdict.lines()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(record), str(public)],
        capture_output=True,
        text=True,
        env={"PATH": "", "PYTHONPATH": ":".join(sys.path)},
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.startswith("Proven: device history record of EB48-000001")


def test_the_check_in_the_how_to_works_as_printed(tmp_path):
    key = Key(1)
    record, public = tmp_path / "record.pdf", tmp_path / "public.pem"
    record.write_bytes(
        make_document(sample_history(key), sign=key.sign, key_id="0123456789abcdef")
    )
    public.write_bytes(key.public)
    page = (ROOT / "docs" / "how-to" / "verify-a-record.md").read_text(encoding="utf-8")
    program = page.split("```python\n")[1].split("```")[0]
    done = subprocess.run(
        [sys.executable, "-c", program, str(record), str(public)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "EB48-000001: 24 events, sealed by 0123456789abcdef\n", done.stderr
