"""A matching again, from its document and the cells that it was made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from packcalc.matching.figures import group_figures, pack_figures
from packcalc.matching.result import Matching
from packcalc.matching.rules import Rules, Topology
from packcalc.matching.screening import screen
from packcalc.matching.stock import CellArrays, reading_step

__all__ = ["rebuild"]


def rebuild(
    cells: CellArrays, document: Mapping[str, Any], rules: Rules | None = None
) -> Matching:
    """Rebuild a matching from its document, so that a cell that failed later can be replaced.

    Parameters
    ----------
    cells : CellArrays
        The stock with serials: the cells of the packs, and whatever else is there now. [units of
        the readings]
    document : mapping
        What `as_document` wrote; of it 'packs' with their groups of serials. [1]
    rules : Rules, optional
        Windows that cells left over must lie in. [units of the readings]

    Returns
    -------
    Matching
        The packs; every other cell that is let in is left over. [units of the readings]

    Raises
    ------
    ValueError
        If the document has no packs of one topology, or names a cell that is not in stock or
        stands twice.

    References
    ----------
    .. [1] T. Bray, "The JavaScript Object Notation (JSON) data interchange format," RFC 8259,
           2017.

    Examples
    --------
    >>> stock = CellArrays(np.array([5.0, 4.9, 5.1]), serial=np.array(["a", "b", "c"]))
    >>> found = rebuild(stock, {"packs": [{"pack": 1, "groups": [["a"], ["c"]]}]})
    >>> found.assignment.tolist(), found.leftover.tolist()
    ([[[0], [2]]], [1])
    """
    groups = [pack["groups"] for pack in document.get("packs", ())]
    shapes = {(len(pack), len(group)) for pack in groups for group in pack}
    if len(shapes) != 1:
        raise ValueError("there are no packs of one topology in it")
    kept, reasons = screen(cells, rules or Rules())
    first_row: dict[str, int] = {}
    for index in range(len(cells)):
        first_row.setdefault(cells.name(index), index)
    serials = [str(serial) for pack in groups for group in pack for serial in group]
    missing = [serial for serial in serials if serial not in first_row]
    if missing:
        raise ValueError(f"{missing[0]} stands in a pack, but not among the cells")
    if len(set(serials)) < len(serials):
        twice = next(serial for serial in serials if serials.count(serial) > 1)
        raise ValueError(f"{twice} stands in two places")
    topology = Topology(*next(iter(shapes)))
    places = np.array([first_row[serial] for serial in serials], dtype=np.int64)
    assignment = places.reshape(-1, topology.series, topology.parallel)
    step = cells.gauge.capacity_step or reading_step(cells.capacity[kept])
    figures = group_figures(cells, assignment)
    used = np.zeros(len(cells), dtype=bool)
    used[places] = True
    rejected = np.array(sorted(index for index in reasons if not used[index]), dtype=np.int64)
    return Matching(
        cells=cells,
        topology=topology,
        assignment=assignment,
        rejected=rejected,
        reasons=tuple(reasons[index] for index in rejected.tolist()),
        leftover=kept[~used[kept]],
        groups=figures,
        packs=pack_figures(figures, step),
        pack_bound=len(assignment),
        capacity_step=step,
        floor_ratio=0.0,
    )
