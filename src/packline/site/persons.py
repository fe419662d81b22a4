"""Who is named on the command line: a person on record, or an error that says who there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packline.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from packline.foundation.models import Person

__all__ = ["administrator_called", "person_called", "unknown_administrator"]


def person_called(username: str, *, field: str = "--as") -> Person:
    """Return the person of a name, who still works here and is no virtual one.

    Raises
    ------
    InputError
        If there is none, with the names that there are.
    """
    from packline.foundation.models import Person

    people = Person.objects.filter(is_active=True, virtual=False).order_by("username")
    found = people.filter(username=username).first()
    if found is None:
        names = ", ".join(people.values_list("username", flat=True)[:20])
        allowed = names or "none yet: `packline serve` makes the first"
        raise InputError([Problem(field, "", username, "there is no such person", allowed)])
    return found


def administrator_called(username: str, *, field: str = "--as") -> Person:
    """Return the administrator of a name, or raise `InputError` with those that there are."""
    if problem := unknown_administrator(username, field=field):
        raise InputError([problem])
    return person_called(username, field=field)


def unknown_administrator(username: str, *, field: str = "--as") -> Problem | None:
    """Return what is wrong with a name that no administrator has."""
    from packline.foundation.models import Person

    people = Person.objects.filter(is_active=True, virtual=False, is_superuser=True)
    if people.filter(username=username).exists():
        return None
    names = ", ".join(people.order_by("username").values_list("username", flat=True))
    allowed = names or "none yet: `packline serve` makes the first"
    return Problem(field, "", username, "no such administrator", allowed)
