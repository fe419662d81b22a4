"""Attribute plans of MIL-STD-105E / ANSI Z1.4 / ISO 2859-1: single, double, multiple."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from packcalc.stats.sampling import master

__all__ = [
    "AttributePlan",
    "Severity",
    "Stage",
    "code_letter",
    "double_plan",
    "multiple_plan",
    "plan_for_lot",
    "single_plan",
]

Severity = Literal["normal", "tightened", "reduced"]
Kind = Literal["single", "double", "multiple"]
EDITION = {
    "normal": "MIL-STD-105E (1989) / ANSI Z1.4 / ISO 2859-1:1999",
    "tightened": "MIL-STD-105E (1989) / ANSI Z1.4 / ISO 2859-1:1999",
    "reduced": "MIL-STD-105E (1989) / ANSI Z1.4, with its gap between Ac and Re",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One sample: its size, and the cumulative numbers to accept and reject on after it.

    `accept` is -1 where acceptance is not permitted yet.
    """

    n: int
    accept: int
    reject: int


@dataclass(frozen=True, slots=True)
class AttributePlan:
    """A sampling plan. `letter` is that of the plan used, after the arrows; `asked` the lot's."""

    kind: Kind
    severity: Severity
    letter: str
    asked: str
    aql: str
    stages: tuple[Stage, ...]
    inspect_all: bool
    edition: str

    @property
    def n(self) -> int:
        """Size of the first sample."""
        return self.stages[0].n

    def judge(self, *found: int) -> str:
        """Judge the defectives found in each sample so far.

        Gives ``accept``, ``reject``, ``next sample``, or ``accept, back to normal`` when reduced
        inspection ends in the gap between its numbers.
        """
        if not 1 <= len(found) <= len(self.stages) or min(found) < 0:
            raise ValueError(f"a {self.kind} plan has {len(self.stages)} samples; {found} given")
        total = 0
        for count, stage in zip(found, self.stages, strict=False):
            total += count
            if total <= stage.accept:
                return "accept"
            if total >= stage.reject:
                return "reject"
        if len(found) < len(self.stages):
            return "next sample"
        return "accept, back to normal"


def code_letter(lot: int, level: str = "II") -> str:
    """Look up the code letter of a lot.

    Parameters
    ----------
    lot : int
        Units in the lot, at least 2. [1]
    level : {"S-1", "S-2", "S-3", "S-4", "I", "II", "III"}, optional
        Inspection level. [-]

    Returns
    -------
    str
        Code letter. [-]

    Raises
    ------
    ValueError
        If the lot is below 2 or the level unknown.

    References
    ----------
    .. [1] MIL-STD-105E (1989), Table I.

    Examples
    --------
    >>> code_letter(1000), code_letter(1000, "S-2")
    ('J', 'C')
    """
    if lot < 2:
        raise ValueError(f"a lot has 2 units or more; this has {lot}")
    if level not in master.LEVELS:
        raise ValueError(f"unknown level {level!r}; known: {', '.join(master.LEVELS)}")
    row = sum(lot > upper for upper in master.LOT_UP_TO)
    return master.LETTER_OF_LOT[row][master.LEVELS.index(level)]


def single_plan(letter: str, aql: str | float, *, severity: Severity = "normal") -> AttributePlan:
    """Look up a single sampling plan, arrows followed.

    Parameters
    ----------
    letter : str
        Code letter, A to R. [-]
    aql : str or float
        Acceptable quality level, one of the 26 preferred ones: percent nonconforming, above 10
        nonconformities per hundred units. [%]
    severity : {"normal", "tightened", "reduced"}, optional
        Severity of inspection. [-]

    Returns
    -------
    AttributePlan
        Plan with one stage. [1]

    Raises
    ------
    ValueError
        If letter, AQL or severity is not in the table.

    References
    ----------
    .. [1] MIL-STD-105E (1989), Tables II-A, II-B and II-C.

    Examples
    --------
    >>> single_plan("J", "1.0").stages
    (Stage(n=80, accept=2, reject=3),)
    >>> single_plan("E", "4.0", severity="tightened").letter  # the arrow points down
    'F'
    """
    rank, column = _ranks(letter, aql, severity)
    found = _follow(rank, column, severity)
    sizes = master.SINGLE_N_REDUCED if severity == "reduced" else master.SINGLE_N
    accept, reject = _numbers(found, column, severity)
    stage = Stage(sizes[found], accept, reject)
    return _plan("single", severity, found, letter, column, (stage,))


def double_plan(letter: str, aql: str | float, *, severity: Severity = "normal") -> AttributePlan:
    """Look up a double sampling plan, arrows followed.

    Parameters
    ----------
    letter : str
        Code letter, A to R. [-]
    aql : str or float
        Acceptable quality level (see `single_plan`). [%]
    severity : {"normal", "tightened", "reduced"}, optional
        Severity of inspection. [-]

    Returns
    -------
    AttributePlan
        Plan with two equal samples; the single plan where the table refers to it (acceptance on
        zero, and the smallest letters). [1]

    References
    ----------
    .. [1] MIL-STD-105E (1989), Tables III-A, III-B and III-C.

    Examples
    --------
    >>> double_plan("L", "1.5").stages
    (Stage(n=125, accept=3, reject=7), Stage(n=125, accept=8, reject=9))
    """
    rank, column = _ranks(letter, aql, severity)
    found = _follow(rank, column, severity)
    first, sizes = master.DOUBLE_N_REDUCED if severity == "reduced" else master.DOUBLE_N
    numbers = master.DOUBLE[severity].get(found + column)
    if found < first or numbers is None:
        return single_plan(letter, aql, severity=severity)
    size = sizes[found - first]
    stages = tuple(Stage(size, a, r) for a, r in zip(*numbers, strict=True))
    return _plan("double", severity, found, letter, column, stages)


def multiple_plan(
    letter: str, aql: str | float, *, severity: Severity = "normal"
) -> AttributePlan:
    """Look up a multiple sampling plan of seven samples, arrows followed.

    Parameters
    ----------
    letter : str
        Code letter, A to R. [-]
    aql : str or float
        Acceptable quality level (see `single_plan`). [%]
    severity : {"normal", "tightened", "reduced"}, optional
        Severity of inspection. [-]

    Returns
    -------
    AttributePlan
        Plan with seven equal samples; the double or single plan where the table refers to it. [1]

    References
    ----------
    .. [1] MIL-STD-105E (1989), Tables IV-A, IV-B and IV-C.

    Examples
    --------
    >>> plan = multiple_plan("J", "1.0")
    >>> plan.n, plan.stages[0].accept, plan.stages[-1].reject
    (20, -1, 5)
    """
    rank, column = _ranks(letter, aql, severity)
    found = _follow(rank, column, severity)
    first, sizes = master.MULTIPLE_N_REDUCED if severity == "reduced" else master.MULTIPLE_N
    numbers = master.MULTIPLE[severity].get(found + column)
    if found < first or numbers is None:
        return double_plan(letter, aql, severity=severity)
    size = sizes[found - first]
    stages = tuple(Stage(size, a, r) for a, r in zip(*numbers, strict=True))
    return _plan("multiple", severity, found, letter, column, stages)


def plan_for_lot(
    lot: int,
    aql: str | float,
    *,
    level: str = "II",
    severity: Severity = "normal",
    kind: Kind = "single",
) -> AttributePlan:
    """Choose the plan of a lot; a sample as large as the lot becomes 100 % inspection.

    Parameters
    ----------
    lot : int
        Units in the lot, at least 2. [1]
    aql : str or float
        Acceptable quality level (see `single_plan`). [%]
    level : {"S-1", "S-2", "S-3", "S-4", "I", "II", "III"}, optional
        Inspection level. [-]
    severity : {"normal", "tightened", "reduced"}, optional
        Severity of inspection. [-]
    kind : {"single", "double", "multiple"}, optional
        How many samples. [-]

    Returns
    -------
    AttributePlan
        The plan; with `inspect_all` one stage of the whole lot, accepted on zero only. [1]

    References
    ----------
    .. [1] MIL-STD-105E (1989), 4.9 and Tables I to IV.

    Examples
    --------
    >>> plan_for_lot(1000, "1.0").stages
    (Stage(n=80, accept=2, reject=3),)
    >>> plan_for_lot(40, "0.10").inspect_all
    True
    """
    letter = code_letter(lot, level)
    look_up = {"single": single_plan, "double": double_plan, "multiple": multiple_plan}[kind]
    plan = look_up(letter, aql, severity=severity)
    if sum(stage.n for stage in plan.stages) < lot:
        return plan
    if kind != "single":  # the lot may still be large enough for one sample
        return plan_for_lot(lot, aql, level=level, severity=severity)
    return replace(plan, stages=(Stage(lot, 0, 1),), inspect_all=True)


def _plan(
    kind: Kind,
    severity: Severity,
    found: int,
    asked: str,
    column: int,
    stages: tuple[Stage, ...],
) -> AttributePlan:
    letter = master.LETTERS[found]
    aql = master.AQLS[column]
    return AttributePlan(kind, severity, letter, asked, aql, stages, False, EDITION[severity])


def _ranks(letter: str, aql: str | float, severity: str) -> tuple[int, int]:
    if severity not in master.SINGLE:
        raise ValueError(f"unknown severity {severity!r}; known: {', '.join(master.SINGLE)}")
    if len(letter) != 1 or letter not in master.LETTERS[:16]:
        raise ValueError(
            f"unknown code letter {letter!r}; known: {', '.join(master.LETTERS[:16])}"
        )
    try:
        wanted = float(aql)
    except ValueError:
        wanted = -1.0
    for column, listed in enumerate(master.AQLS):
        if float(listed) == wanted:
            return master.LETTERS.index(letter), column
    raise ValueError(f"AQL {aql} is not a preferred one; allowed: {', '.join(master.AQLS)}")


def _follow(rank: int, column: int, severity: Severity) -> int:
    """Follow the arrows to the letter whose plan is used."""
    steps = master.SINGLE[severity]
    letters = 16 if severity != "tightened" else 17
    direction = 0
    while True:
        cell = _cell(rank, column, severity, steps)
        if isinstance(cell, tuple):
            return rank
        wanted = -1 if cell == master.UP else 1
        # An arrow into the edge of the table turns round; within one walk it never does.
        direction = direction or wanted
        if not 0 <= rank + direction < letters:
            direction = -direction
        rank += direction


def _cell(
    rank: int, column: int, severity: Severity, steps: dict[int, tuple[int, int] | str]
) -> tuple[int, int] | str:
    if severity == "reduced":
        own = master.SMALL_REDUCED.get(master.LETTERS[rank], {}).get(master.AQLS[column])
        if own is not None:
            return own
    total = rank + column
    if total > master.LAST or (total > master.LAST_FOR_ALL and rank >= master.A_TO_E):
        return master.UP
    return steps.get(total, master.DOWN)


def _numbers(rank: int, column: int, severity: Severity) -> tuple[int, int]:
    cell = _cell(rank, column, severity, master.SINGLE[severity])
    assert isinstance(cell, tuple)  # `_follow` ended here
    return cell
