"""The page that shows the simulator in a notebook runs as it stands, with fewer packs."""

from pathlib import Path

import numpy as np

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "simulate-a-pack.md"


def test_the_examples_of_the_page_run_one_after_another(capsys):
    blocks = [part.split("```")[0] for part in PAGE.read_text("utf-8").split("```python\n")[1:]]
    assert len(blocks) == 3
    program = "\n".join(blocks).replace("10_000", "7")
    drawn = []
    program = program.replace("from IPython.display import SVG", "")
    known = {"SVG": drawn.append}
    exec(program, known)
    run, many, found = known["run"], known["many"], known["found"]
    assert drawn
    assert b"<svg" in drawn[0]
    assert np.ptp(run.cell_current[5, 2]) > 0  # the weak group's cells share unevenly
    assert many.charge.shape == (7,)
    assert capsys.readouterr().out.endswith("7 of 7\r")
    assert [fault.code for fault in found.log.faults] == ["cell_undervoltage"]
