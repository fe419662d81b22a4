"""Which joint a row of a log is: its place in the pack, from the columns that say so."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from packline.foundation.errors import InputError, Problem
from packline.production.calc.complete import JOINTS_PER_CELL, places_of

__all__ = ["PLACE_COLUMNS", "place_in_words", "places_of_rows"]

PLACE_COLUMNS = {"joint": ("group", "cell", "end"), "fastener": ("fastener",)}
MOST_NAMED = 20

Columns = Mapping[str, NDArray[np.generic]]


def places_of_rows(
    columns: Columns,
    *,
    per: str,
    series: int,
    parallel: int,
    taken: Collection[int] = (),
    where: str = "row",
    first: int = 1,
) -> NDArray[np.int64]:
    """Return the number of each row's place, from 1 in the order of the pack.

    Rows without place columns are the places in order, which only a whole log can be. `taken`
    are places of which there are values already; `where` and `first` say how a row is named.

    Raises
    ------
    InputError
        If a place is outside the pack, stated twice, or taken; each is named with its row.
    """
    count = places_of(per, series, parallel)
    names = PLACE_COLUMNS[per]
    n = len(next(iter(columns.values())))
    given = [name for name in names if name in columns]
    if not given:
        if n > count or taken:
            raise InputError(
                [
                    Problem(
                        f"{n} rows",
                        message="do not say which joints they are",
                        allowed=f"columns {', '.join(names)}, or all {count} in order, at once",
                    )
                ]
            )
        return np.arange(1, n + 1, dtype=np.int64)
    if missing := sorted(set(names) - set(given)):
        raise InputError([Problem("the log", missing[0], message="is no column of it")])
    most = (series, parallel, JOINTS_PER_CELL) if per == "joint" else (count,)
    problems = _outside(columns, names, most, where, first)
    if problems:
        raise InputError(problems)
    place = np.zeros(n, dtype=np.int64)
    for name, size in zip(names, most, strict=True):
        place = place * size + columns[name].astype(np.int64) - 1
    place += 1
    if twice := _twice(place, taken, per, parallel, where, first):
        raise InputError(twice)
    return place


def place_in_words(place: int, *, per: str, parallel: int) -> str:
    """Return how a person finds a place: ``group 3, cell 2, end 1``."""
    if per != "joint":
        return f"{per} {place}"
    cell, end = divmod(place - 1, JOINTS_PER_CELL)
    group, slot = divmod(cell, parallel)
    return f"group {group + 1}, cell {slot + 1}, end {end + 1}"


def _outside(
    columns: Columns, names: tuple[str, ...], most: tuple[int, ...], where: str, first: int
) -> list[Problem]:
    problems = []
    for name, size in zip(names, most, strict=True):
        values = np.asarray(columns[name], dtype=float)
        wrong = ~((values >= 1) & (values <= size) & (values == np.floor(values)))
        problems += [
            Problem(
                f"{where} {first + int(k)}",
                name,
                f"{values[k]:g}",
                "is no place of this pack",
                f"1 to {size}",
            )
            for k in np.flatnonzero(wrong)[:MOST_NAMED]
        ]
    return problems


def _twice(
    place: NDArray[np.int64],
    taken: Collection[int],
    per: str,
    parallel: int,
    where: str,
    first: int,
) -> list[Problem]:
    """Name rows whose place an earlier row, or an earlier log, has."""
    _, index = np.unique(place, return_index=True)
    again = np.ones(len(place), dtype=bool)
    again[index] = False
    again |= np.isin(place, np.fromiter(taken, dtype=np.int64, count=len(taken)))
    return [
        Problem(
            f"{where} {first + int(k)}",
            per,
            place_in_words(int(place[k]), per=per, parallel=parallel),
            "is stated twice",
            "each joint once; a repaired one is welded in a new attempt",
        )
        for k in np.flatnonzero(again)[:MOST_NAMED]
    ]
