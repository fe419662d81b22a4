"""The training matrix: who may do which operation, for how long, by which revision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["SOON", "Standing", "Trained", "matrix"]

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Trained:
    """One qualification: who, for what, by which revision of the instruction, until when."""

    person: int
    operation: str
    revision: int
    granted_on: date
    expires_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person's training for an operation is worth on a day.

    ``current``; ``soon`` (lapses within `SOON`); ``lapsed``; ``outdated`` (on a revision of the
    instruction that does not suffice any more); ``none``.
    """

    state: str
    trained: Trained | None = None


def matrix(
    people: Sequence[int],
    operations: Sequence[str],
    qualifications: Iterable[Trained],
    suffices_from: Mapping[str, int],
    on: date,
) -> list[list[Standing]]:
    """Return a row per person and a column per operation.

    `suffices_from` is the least revision of each operation's instruction that training may be on
    (1 where it is not named). Of several trainings the best counts.
    """
    best: dict[tuple[int, str], Standing] = {}
    for q in qualifications:
        if q.granted_on > on:
            continue
        found = Standing(_worth(q, suffices_from.get(q.operation, 1), on), q)
        known = best.get((q.person, q.operation))
        if known is None or _rank(found) > _rank(known):
            best[q.person, q.operation] = found
    nothing = Standing("none")
    return [[best.get((person, code), nothing) for code in operations] for person in people]


def _worth(q: Trained, least: int, on: date) -> str:
    if q.expires_on < on:
        return "lapsed"
    if q.revision < least:
        return "outdated"
    return "soon" if q.expires_on - on <= SOON else "current"


def _rank(standing: Standing) -> tuple[int, date]:
    assert standing.trained is not None
    order = ("lapsed", "outdated", "soon", "current")
    return order.index(standing.state), standing.trained.expires_on
