"""The one way to write: a permission, a transaction, at least one event."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError, transaction

from packline.foundation.errors import NotAllowed, NothingRecorded, Refused
from packline.foundation.turns import own_turn

__all__ = ["command", "count_event", "unchanged"]

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

_recorded: ContextVar[int] = ContextVar("recorded", default=0)


def command(
    permission: str, *, prepare: Callable[..., Any] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a service function as a command that needs `permission` ("stage.verb_object").

    The function takes keyword arguments only: ``by`` is the acting person, ``at`` the moment.
    It runs in one transaction (a command inside a command joins the outer one), and if it ends
    without having recorded an event, nothing of it is kept.

    `prepare` is called with the same arguments before the transaction begins, and its result is
    handed over as ``prepared``: what takes long is worked out while others may still write, and
    the command checks that what it rests on has not moved since.
    """

    def decorate(func: Callable[P, R]) -> Callable[P, R]:
        @wraps(func)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            by: Any = kwargs["by"]
            if not by.has_perm(permission):
                raise NotAllowed(f"{by} may not {permission}: the roles held do not include it")
            if prepare is not None:
                kwargs["prepared"] = prepare(**kwargs)
            try:
                with own_turn(), transaction.atomic():
                    before = _recorded.get()
                    result = func(*args, **kwargs)
                    if _recorded.get() == before:
                        name = f"{func.__module__}.{func.__name__}"
                        raise NothingRecorded(f"{name} recorded no event")
                    return result
            except IntegrityError as error:
                # What must never be false is a constraint; whoever ran into it gets a sentence.
                reason = str(error).strip().splitlines()[0]
                raise Refused(f"the database refuses {permission}: {reason}") from error

        run.permission = permission  # type: ignore[attr-defined]
        return run

    return decorate


def count_event() -> None:
    """Tell the running command that an event was recorded."""
    _recorded.set(_recorded.get() + 1)


def unchanged(result: T) -> T:
    """Return `result` from a command that found its work already done, and so wrote nothing."""
    count_event()
    return result
