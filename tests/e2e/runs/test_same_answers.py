"""The same run gives the same answer on both databases, on a repeat, and on real cells."""

from pathlib import Path

import pytest

CELLS = Path(__file__).parents[4] / "shared/data/pulsebat/pulsebat_cells_derived.csv"
EXAMPLES = Path(__file__).parents[3] / "examples"
BOTH = ("sqlite", "postgresql")


def test_both_databases_give_the_same_answer_and_so_does_a_repeat(place, program):
    program.replace("defect_rate = 0.0", "defect_rate = 0.5")
    answers = [place(kind).run(program.path) for kind in ("sqlite", "sqlite", "postgresql")]
    assert len(answers[0]["units"]) == 2
    assert answers[0]["units"] == answers[1]["units"] == answers[2]["units"]


def test_real_cells_give_released_packs_on_both_databases(place):
    if not CELLS.exists():
        pytest.skip("the measured cells of ../shared are not here")
    places = [place(kind) for kind in BOTH]
    answers = [p.run(EXAMPLES / "second-life-48v", "--cells", CELLS) for p in places]
    assert answers[0]["units"] == answers[1]["units"]
    assert answers[0]["released"] == 3
    supply = next(line for line in answers[0]["stages"] if line["stage"] == "supply")
    assert (supply["facts"]["cells"], supply["facts"]["virtual"]) == (52, False)
    assert 0 < supply["facts"]["quarantined"] < 10
    for p in places:
        assert p.packline("verify").returncode == 0
