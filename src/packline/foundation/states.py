"""State machines as data, checked when they are written, and moved by compare-and-set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from packline.foundation.errors import IllegalTransition, StaleObject


@dataclass(frozen=True)
class StateMachine:
    """Which state leads to which.

    Parameters
    ----------
    initial : str
        The state of a new object.
    moves : mapping of str to set of str
        Every state, with the states it leads to. A final state leads to none.

    Raises
    ------
    ValueError
        If a move leads to an undeclared state, or a state cannot be reached.
    """

    initial: str
    moves: Mapping[str, frozenset[str]]

    def __post_init__(self) -> None:
        targets = frozenset[str]().union(*self.moves.values())
        if unknown := (targets | {self.initial}) - self.moves.keys():
            raise ValueError(f"undeclared states: {sorted(unknown)}")
        reached = frontier = frozenset({self.initial})
        while frontier:
            frontier = frozenset[str]().union(*(self.moves[s] for s in frontier)) - reached
            reached |= frontier
        if lost := self.moves.keys() - reached:
            raise ValueError(f"unreachable states: {sorted(lost)}")

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order in which it was declared."""
        return tuple(self.moves)

    def allows(self, old: str, new: str) -> bool:
        """Say whether `old` leads to `new`."""
        return new in self.moves[old]

    def condition(self, field: str = "state") -> models.Q:
        """The database condition that holds a column to the declared states."""
        return models.Q(**{f"{field}__in": list(self.states)})


def move(obj: Any, machine: StateMachine, to: str, **also: Any) -> None:
    """Move `obj` to state `to` in the database, only from the state it was read in.

    `also` are further fields that are written with it.

    Raises
    ------
    IllegalTransition
        If the machine has no such move.
    StaleObject
        If another transaction moved the object since it was read.
    """
    if not machine.allows(obj.state, to):
        raise IllegalTransition(f"{obj} is {obj.state}: it cannot become {to}")
    model: type[models.Model] = type(obj)
    moved = model._default_manager.filter(pk=obj.pk, state=obj.state).update(state=to, **also)
    if not moved:
        raise StaleObject(f"{obj} is no longer {obj.state}: reload and try again")
    for field, value in {"state": to, **also}.items():
        setattr(obj, field, value)
