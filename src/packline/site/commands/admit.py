"""`packline admit`: give a person an account and roles."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Annotated

import typer

from packline.site.options import DatabaseOption, DataOption, ends_well, out
from packline.site.persons import administrator_called, unknown_administrator
from packline.site.prepare import point_at, prepare_database, start_django
from packline.site.roles import ROLES


@ends_well
def admit(
    username: Annotated[str, typer.Argument(help="Name to sign in with.")],
    role: Annotated[
        list[str], typer.Option("--role", help=f"One or more of: {', '.join(ROLES)}.")
    ],
    first_name: Annotated[str, typer.Option("--first-name", help="As printed on records.")],
    last_name: Annotated[str, typer.Option("--last-name", help="As printed on records.")],
    customer: Annotated[
        str, typer.Option("--customer", help="For the role customer: whose programs are seen.")
    ] = "",
    signed_by: Annotated[
        str, typer.Option("--as", help="Administrator who admits the person.")
    ] = "admin",
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Give a person an account and roles; a first password is made and printed once.

    Exit code 0: admitted. 1: refused. 2: a name or role cannot be used.
    """
    point_at(data, database)
    start_django()
    from packline.foundation.errors import InputError, Problem
    from packline.foundation.models import Person
    from packline.foundation.people import admit_person

    prepare_database()
    problems = []
    if unknown := [name for name in role if name not in ROLES]:
        problems.append(
            Problem("--role", value=", ".join(unknown), message="no such role",
                    allowed=", ".join(ROLES))
        )  # fmt: skip
    if Person.objects.filter(username=username).exists():
        problems.append(Problem("USERNAME", value=username, message="is taken"))
    if "customer" in role and not customer:
        problems.append(Problem("--customer", message="a customer needs the name of one"))
    if wrong := unknown_administrator(signed_by):
        problems.append(wrong)
    if problems:
        raise InputError(problems)
    password = secrets.token_urlsafe(9)
    person = admit_person(
        username=username,
        first_name=first_name,
        last_name=last_name,
        roles=tuple(dict.fromkeys(role)),
        customer=customer,
        password=password,
        by=administrator_called(signed_by),
        at=datetime.now(UTC),
    )
    screen = out()
    screen.print(f"{person.shown_name} may sign in as {username}: {', '.join(role)}", markup=False)
    screen.print(f"First password {password}, shown only now", markup=False)
