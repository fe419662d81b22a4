"""Admitting people and giving them roles; a role is a named set of permissions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from packline.foundation.commands import command
from packline.foundation.errors import DomainError
from packline.foundation.events import record
from packline.foundation.models import Person

__all__ = ["admit_person", "define_roles", "first_person"]


def define_roles(roles: Mapping[str, frozenset[str]]) -> None:
    """Hold the roles in the database to their definition; part of preparing a database.

    Raises
    ------
    DomainError
        If a role names a permission that no stage declares.
    """
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    for name, wanted in roles.items():
        if unknown := wanted - known.keys():
            raise DomainError(f"role {name}: no such permission: {', '.join(sorted(unknown))}")
        group, _ = Group.objects.get_or_create(name=name)
        held = {
            f"{p.content_type.app_label}.{p.codename}"
            for p in group.permissions.select_related("content_type")
        }
        if held != wanted:
            group.permissions.set([known[permission] for permission in wanted])


def first_person(
    *, username: str, password: str | None, at: datetime, virtual: bool = False
) -> Person:
    """Make an administrator, who then admits the others; the one write with nobody before it."""
    with transaction.atomic():
        return _first(username, password, at, virtual)


def _first(username: str, password: str | None, at: datetime, virtual: bool) -> Person:
    person = Person.objects.create_superuser(username=username, password=password, virtual=virtual)
    record(
        "foundation.person.admitted",
        person,
        by=person,
        at=at,
        roles=["administrator"],
        virtual=virtual,
    )
    return person


@command("foundation.admit_person")
def admit_person(
    *,
    username: str,
    first_name: str,
    last_name: str,
    roles: tuple[str, ...],
    virtual: bool = False,
    customer: str = "",
    password: str | None = None,
    by: Person,
    at: datetime,
) -> Person:
    """Give a person an account and roles. Without a password the person cannot sign in."""
    groups = list(Group.objects.filter(name__in=roles))
    if missing := set(roles) - {group.name for group in groups}:
        raise DomainError(f"no such role: {', '.join(sorted(missing))}")
    person = Person(
        username=username,
        first_name=first_name,
        last_name=last_name,
        virtual=virtual,
        customer=customer,
    )
    if password is None or virtual:
        person.set_unusable_password()
    else:
        person.set_password(password)
    person.save(force_insert=True)
    person.groups.set(groups)
    record(
        "foundation.person.admitted", person, by=by, at=at, roles=sorted(roles), virtual=virtual
    )
    return person
