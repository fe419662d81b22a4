import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from packline.foundation.errors import DomainError, InputError, Refused
from packline.production.calc.joint_places import place_in_words, places_of_rows
from packline.production.calc.joints import judge_all
from packline.production.forms import read_joint_log
from packline.production.models import JointSet
from packline.production.queries.joints import joint_series
from packline.production.services import ReadingIn, finish_step, start_step, take_joints
from packline.production.services import take_readings as read

HEADER = "group,cell,end,head,program,resistance_mohm,energy_j\n"
ROWS = [
    f"{g},{c},{e},H{c},P7,0.1{g}{c}{e},3{e}.5\n"
    for g in (1, 2) for c in (1, 2) for e in (1, 2)
]  # fmt: skip
ASKED = {"joint_resistance": "joint"}


@pytest.fixture
def step(world, people, now):
    """A started welding step of a 2S2P pack: eight joints."""

    def begin(code):
        operation = world.operation(code)
        return start_step(
            unit=world.unit(), operation=operation, by=people.operator, at=now,
            station=world.stations[operation.station_kind],
        )  # fmt: skip

    kitting = begin("kitting")
    read(step=kitting, readings=[ReadingIn(code="kit_cell_count", value=4)], at=now,
         program_version="t", taken_at=now, virtual=False, by=people.operator)  # fmt: skip
    finish_step(step=kitting, by=people.operator, at=now)
    return begin("welding")


@pytest.fixture
def take(step, world, people, now):
    def run(columns, **more):
        return take_joints(
            step=step, columns=columns, judged={"joint_resistance": "resistance_mohm"},
            gauge=world.gauges["milliohm_meter"], program_version="t", taken_at=now,
            virtual=False, by=people.operator, at=now, **more,
        )  # fmt: skip

    return run


def log(tmp_path, *rows, header=HEADER):
    path = tmp_path / "weld.csv"
    path.write_text(header + "".join(rows))
    return path


def columns_of(path):
    return read_joint_log(path, asked=ASKED, series=2, parallel=2).columns


@given(
    st.lists(st.lists(st.floats(-9, 9), min_size=5, max_size=5), min_size=1, max_size=4),
    st.tuples(st.one_of(st.none(), st.floats(-5, 0)), st.one_of(st.none(), st.floats(0, 5))),
)
def test_one_pass_over_all_quantities_equals_one_joint_at_a_time(values, limits):
    low, high = limits
    found = judge_all(np.array(values), [limits] * len(values))
    for row, summary in zip(values, found, strict=True):
        out = [(low is not None and v < low) or (high is not None and v > high) for v in row]
        assert (summary.n, summary.n_failed) == (5, sum(out))
        assert (summary.least, summary.greatest) == (min(row), max(row))
        if any(out):
            assert out[summary.worst_position - 1]


def test_a_log_is_kept_in_the_order_of_the_pack_whatever_its_own(take, tmp_path):
    take(columns_of(log(tmp_path, *reversed(ROWS))), waveform=b"curve")
    joints = joint_series("joint_resistance")
    assert joints.values.tolist() == [float(f"0.1{g}{c}{e}") for g in (1, 2) for c in (1, 2)
                                      for e in (1, 2)]  # fmt: skip
    assert JointSet.objects.get().waveform.size_bytes == 5


def test_a_step_ends_only_when_every_joint_of_the_design_is_there(
    take, step, people, now, tmp_path
):
    take(columns_of(log(tmp_path, *ROWS[:6])))
    with pytest.raises(Refused, match=(
        r"joint_resistance \(6 of 8 joint readings\) without group 2, cell 2, end 1; "
        r"group 2, cell 2, end 2"
    )):  # fmt: skip
        finish_step(step=step, by=people.operator, at=now)
    with pytest.raises(InputError, match="row 1 joint = group 2, cell 1, end 2: is stated twice"):
        take(columns_of(log(tmp_path, ROWS[5])))
    take(columns_of(log(tmp_path, *ROWS[6:])))
    assert finish_step(step=step, by=people.operator, at=now).state == "passed"
    assert [s.batch for s in JointSet.objects.order_by("batch")] == [1, 2]


def test_a_bad_joint_is_named_by_its_place_in_the_pack(take, step, tmp_path):
    bad = ROWS[6].replace("0.1221", "0.9")
    take(columns_of(log(tmp_path, bad, *ROWS[:6], ROWS[7])))
    hold = step.unit.holds.get()
    assert "1 of 8 joints are out of limits, the worst is joint 7 (group 2, cell 2, end 1)" in (
        hold.reason
    )


def test_joints_of_one_head_are_found_across_packs(take, tmp_path):
    take(columns_of(log(tmp_path, *ROWS)))
    assert joint_series("joint_resistance", head="H2").row.tolist() == [3, 4, 7, 8]
    assert joint_series("joint_resistance", recipe="P7", place=(2, 1, 1)).row.tolist() == [5]
    assert joint_series("joint_resistance", head="H9").values.size == 0
    assert joint_series("joint_resistance", program="other").serials == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([ROWS[0].replace("0.1111", "nan")], "weld.csv line 2 resistance_mohm = 'nan': is not a"),
        ([ROWS[0], ROWS[1].replace("1,1,2", "3,1,2")],
         "weld.csv line 3 group = 3: is no place of this pack; allowed: 1 to 2"),
        ([ROWS[0], "\n", ROWS[0]], "weld.csv line 4 joint = group 1, cell 1, end 1: is stated"),
        (["1,1\n"], "weld.csv line 2: has 2 fields; allowed: 7, as the header"),
        ([ROWS[0].replace("P7", "P" * 50)], "program = PPPP.* is too long; allowed: 40"),
        ([ROWS[0].replace("1,1,1", "1.5,1,1")], "line 2 group = 1.5: is no place"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_log_is_named(tmp_path, rows, said):
    with pytest.raises(InputError, match=said):
        columns_of(log(tmp_path, *rows))


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (
            "group,cell,end,colour\n",
            "column = colour: is no column of a joint log; allowed: group",
        ),
        ("group,cell,energy_j,energy_j\n", "column = energy_j: is there twice"),
        ("group,cell,end,energy_j\n", "answers no check of this operation; allowed: resistance"),
        ("group,cell,resistance_mohm\n", "the log end: is no column of it"),
    ],
)
def test_a_header_that_says_too_little_is_refused(tmp_path, header, said):
    with pytest.raises(InputError, match=said):
        columns_of(log(tmp_path, ",".join("1" for _ in header.split(",")) + "\n", header=header))


def test_a_column_that_is_not_there_is_named(take):
    with pytest.raises(DomainError, match="the log has no column resistance_mohm"):
        take({"energy_j": np.ones(8)})


def test_places_count_through_the_pack():
    grid = np.array([(g, c, e) for g in (1, 2, 3) for c in (1, 2) for e in (1, 2)], dtype=float)
    columns = dict(zip(("group", "cell", "end"), grid.T, strict=True))
    places = places_of_rows(columns, per="joint", series=3, parallel=2)
    assert places.tolist() == list(range(1, 13))
    assert place_in_words(8, per="joint", parallel=2) == "group 2, cell 2, end 2"
