"""Switching between normal, tightened and reduced inspection, as a state machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

__all__ = ["MOVES", "Inspection", "judged", "resumed", "severities"]

State = Literal["normal", "tightened", "reduced", "discontinued"]
MOVES: dict[str, frozenset[str]] = {
    "normal": frozenset({"tightened", "reduced"}),
    "tightened": frozenset({"normal", "discontinued"}),
    "reduced": frozenset({"normal"}),
    "discontinued": frozenset({"tightened"}),
}
WINDOW, BAD_IN_WINDOW, GOOD_TO_NORMAL, BAD_TO_STOP, SCORE_TO_REDUCE = 5, 2, 5, 5, 30


@dataclass(frozen=True, slots=True)
class Inspection:
    """Where the inspection of one supplier's product stands; immutable.

    `recent` are the last lots under this severity (True is accepted), `refused` those not
    accepted since tightened inspection began, `score` the switching score. `why` says in words
    what the last lot led to.
    """

    severity: State = "normal"
    recent: tuple[bool, ...] = ()
    refused: int = 0
    score: int = 0
    why: str = ""


def judged(
    inspection: Inspection,
    *,
    accepted: bool,
    tighter_accepted: bool | None = None,
    acceptance_number: int = 0,
    in_gap: bool = False,
    reduced_allowed: bool = True,
    steady: bool = True,
) -> Inspection:
    """Take the verdict on one lot, on original inspection; give where inspection stands then.

    Parameters
    ----------
    inspection : Inspection
        Where inspection stood when the lot was inspected. [-]
    accepted : bool
        Whether the lot was accepted. [-]
    tighter_accepted : bool, optional
        Whether it would have been accepted one AQL step tighter; scores when the acceptance
        number is 2 or more. [-]
    acceptance_number : int, optional
        Acceptance number of the plan used. [1]
    in_gap : bool, optional
        Reduced inspection by MIL-STD-105E ended between Ac and Re: accepted, but back. [-]
    reduced_allowed : bool, optional
        Whether the responsible authority considers reduced inspection desirable. [-]
    steady : bool, optional
        Whether production is at a steady rate. [-]

    Returns
    -------
    Inspection
        State for the next lot. [-]

    Raises
    ------
    ValueError
        If inspection is discontinued: it resumes by `resumed` only.

    References
    ----------
    .. [1] ISO 2859-1:1999, 9.3 and 9.4: to tightened on 2 of 5 or fewer lots, back on 5 in a
           row, stop on 5 not accepted under tightened, to reduced from a switching score of 30
           (2 per lot with Ac of 0 or 1, 3 with Ac of 2 or more if it passes one AQL tighter).

    Examples
    --------
    >>> state = judged(judged(Inspection(), accepted=False), accepted=False)
    >>> state.severity, state.why
    ('tightened', '2 of the last 2 lots were not accepted')
    """
    if inspection.severity == "discontinued":
        raise ValueError("inspection is discontinued until the supplier has acted")
    if inspection.severity == "normal":
        score = _score(inspection.score, accepted, tighter_accepted, acceptance_number)
        return _from_normal(inspection, accepted, score, reduced_allowed and steady)
    if inspection.severity == "tightened":
        return _from_tightened(inspection, accepted)
    if not accepted:
        return Inspection(why="a lot was not accepted under reduced inspection")
    if in_gap:
        return Inspection(why="a lot under reduced inspection ended between Ac and Re")
    if not (steady and reduced_allowed):
        return Inspection(why="production is not steady, or reduced inspection not wanted")
    return replace(inspection, why="")


def resumed(inspection: Inspection) -> Inspection:
    """Resume discontinued inspection after the supplier has acted: under tightened inspection.

    Parameters
    ----------
    inspection : Inspection
        A discontinued inspection. [-]

    Returns
    -------
    Inspection
        Tightened inspection with a clean count. [-]

    Raises
    ------
    ValueError
        If inspection is not discontinued.

    References
    ----------
    .. [1] ISO 2859-1:1999, 9.4.

    Examples
    --------
    >>> resumed(Inspection("discontinued")).severity
    'tightened'
    """
    if inspection.severity != "discontinued":
        raise ValueError(f"inspection is {inspection.severity}; there is nothing to resume")
    return Inspection("tightened", why="the supplier has acted")


def severities(lots: Iterable[tuple[bool, bool | None, int]]) -> list[State]:
    """Follow the switching rules over a history of lots.

    Parameters
    ----------
    lots : iterable of tuple
        For each lot: accepted; accepted one AQL step tighter (or None); acceptance number. [-]

    Returns
    -------
    list of str
        Severity applied to each lot, and as last entry that for the next one. [-]

    References
    ----------
    .. [1] ISO 2859-1:1999, 9.3 and 9.4.

    Examples
    --------
    >>> severities([(False, None, 1), (False, None, 1)])
    ['normal', 'normal', 'tightened']
    """
    state = Inspection()
    applied: list[State] = [state.severity]
    for accepted, tighter, number in lots:
        if state.severity != "discontinued":
            state = judged(
                state, accepted=accepted, tighter_accepted=tighter, acceptance_number=number
            )
        applied.append(state.severity)
    return applied


def _score(score: int, accepted: bool, tighter: bool | None, number: int) -> int:
    if number <= 1:
        return score + 2 if accepted else 0
    return score + 3 if accepted and tighter else 0


def _from_normal(inspection: Inspection, accepted: bool, score: int, may: bool) -> Inspection:
    recent = (*inspection.recent, accepted)[-WINDOW:]
    bad = recent.count(False)
    if bad >= BAD_IN_WINDOW:
        return Inspection(
            "tightened", why=f"{bad} of the last {len(recent)} lots were not accepted"
        )
    if score >= SCORE_TO_REDUCE and may:
        return Inspection("reduced", why=f"the switching score reached {score}")
    return Inspection("normal", recent, 0, score)


def _from_tightened(inspection: Inspection, accepted: bool) -> Inspection:
    recent = (*inspection.recent, accepted)[-GOOD_TO_NORMAL:]
    refused = inspection.refused + (not accepted)
    if refused >= BAD_TO_STOP:
        why = f"{refused} lots were not accepted under tightened inspection"
        return Inspection("discontinued", refused=refused, why=why)
    if len(recent) == GOOD_TO_NORMAL and all(recent):
        return Inspection(why=f"{GOOD_TO_NORMAL} lots in a row were accepted")
    return Inspection("tightened", recent, refused)
