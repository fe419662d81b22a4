"""Finding the place of each weld of a joint file in the pack."""

from __future__ import annotations

from collections.abc import Sequence

from packline.assurance.calc.dhr import JointFact

__all__ = ["place_joints"]

_ROW = 20  # joints side by side when their places in the pack are not known


def place_joints(
    values: Sequence[float],
    *,
    low: float | None,
    high: float | None,
    series: int,
    parallel: int,
    places: Sequence[int] = (),
) -> tuple[JointFact, ...]:
    """Return the joints with their places.

    A file with two joints per cell is in the order of the pack: group by group from the
    negative end, cell by cell, the negative pole first; of a part of the log `places` are the
    numbers of its joints in that order. Any other file is shown in rows.
    """
    two_per_cell = bool(places) or len(values) == 2 * series * parallel
    facts = []
    for index, value in enumerate(values):
        if two_per_cell:
            cell, pole = divmod(places[index] - 1 if places else index, 2)
            group, slot = divmod(cell, parallel)
            place = (group + 1, slot + 1, "+" if pole else "-")
        else:
            row, column = divmod(index, _ROW)
            place = (column + 1, row + 1, "")
        within = (low is None or value >= low) and (high is None or value <= high)
        facts.append(JointFact(*place, value=value, passed=within))
    return tuple(facts)
