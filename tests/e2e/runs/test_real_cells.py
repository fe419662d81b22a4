"""Measured cells lead to released packs, and to the same ones on both databases."""

from pathlib import Path

import pytest

CELLS = Path(__file__).parents[4] / "shared/data/pulsebat/pulsebat_cells_derived.csv"
EXAMPLES = Path(__file__).parents[3] / "examples"


def test_real_cells_give_released_packs_on_both_databases(place):
    if not CELLS.exists():
        pytest.skip("the measured cells of ../shared are not here")
    places = [place(kind) for kind in ("sqlite", "postgresql")]
    answers = [p.run(EXAMPLES / "second-life-48v", "--cells", CELLS) for p in places]
    assert answers[0]["units"] == answers[1]["units"]
    assert answers[0]["released"] == 3
    supply = next(line for line in answers[0]["stages"] if line["stage"] == "supply")
    assert (supply["facts"]["cells"], supply["facts"]["virtual"]) == (52, False)
    assert 0 < supply["facts"]["quarantined"] < 10
    for p in places:
        assert p.packline("verify").returncode == 0
