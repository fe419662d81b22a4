"""`packline permit`: deviation permits, signed with a password at the moment of signing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from packline.site.options import DatabaseOption, DataOption, ends_well, out
from packline.site.persons import person_called
from packline.site.prepare import point_at, require_record, start_django

if TYPE_CHECKING:
    from packline.foundation.models import Person

permit = typer.Typer(
    help="Deviation permits: what the gate lets pass although it is not as laid down.",
    no_args_is_help=True,
)

SignedBy = Annotated[str, typer.Option("--as", help="Username of who signs.")]
Password = Annotated[
    str, typer.Option("--password", prompt=True, hide_input=True, help="Asked for, as signature.")
]


@permit.command("sign")
@ends_well
def sign(
    opens: Annotated[str, typer.Argument(help="Code of the obstacle, as the gate names it.")],
    first: Annotated[str, typer.Option("--first", help="First serial it is meant for.")],
    last: Annotated[str, typer.Option("--last", help="Last serial it is meant for.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it is part of what is signed.")],
    until: Annotated[
        datetime,
        typer.Option("--until", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="When it ends, UTC."),
    ],
    signed_by: SignedBy,
    password: Password,
    record: Annotated[
        str, typer.Option("--record", help="The one record it opens: 'recipe weld@B'.")
    ] = "",
    operation: Annotated[str, typer.Option("--operation", help="Only at this operation.")] = "",
    quantity: Annotated[
        int | None, typer.Option("--quantity", min=1, help="How many units may pass.")
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Permit by signature that units of a range pass one obstacle until a moment.

    Exit code 0: signed. 1: refused, for example because the password is wrong. 2: no such person.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.production.services import sign_permit

    found = sign_permit(
        opens=opens,
        record_named=record,
        operation_code=operation,
        first_serial=first,
        last_serial=last,
        quantity=quantity,
        reason=reason,
        expires_at=until.replace(tzinfo=UTC),
        by=_signer(signed_by, password),
        at=datetime.now(UTC),
    )
    screen = out()
    screen.print(f"{found} is signed by {found.signed_by.shown_name}", markup=False)
    screen.print(f"It opens {found.opens} for {first} to {last} until {until} UTC", markup=False)


@permit.command("list")
@ends_well
def list_permits(data: DataOption = None, database: DatabaseOption = None) -> None:
    """List every permit with its scope, its end and how many units passed by it."""
    point_at(data, database)
    start_django()
    require_record()
    from django.db.models import Count

    from packline.production.models import Permit

    now, screen = datetime.now(UTC), out()
    for row in Permit.objects.annotate(n=Count("uses")).order_by("number"):
        state = "valid" if row.expires_at > now else "expired"
        state = "revoked" if row.revoked_at else state
        of = f" of {row.quantity}" if row.quantity else ""
        screen.print(
            f"{row}  {state:<7}  {row.opens} {row.record}  {row.first_serial} to "
            f"{row.last_serial}  {row.n}{of} passed  until {row.expires_at:%Y-%m-%d %H:%M}  "
            f"{row.reason}",
            markup=False,
        )


@permit.command("revoke")
@ends_well
def revoke(
    number: Annotated[str, typer.Argument(help="Number of the permit: DP-000001.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")],
    signed_by: SignedBy,
    password: Password,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Take a permit back: from this moment it opens nothing.

    Exit code 0: revoked. 1: refused. 2: there is no such permit or person.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.foundation.errors import InputError, Problem
    from packline.production.models import Permit
    from packline.production.services import revoke_permit

    found = Permit.objects.filter(number=number).first()
    if found is None:
        raise InputError([Problem("NUMBER", "", number, "there is no such permit")])
    by = _signer(signed_by, password)
    revoke_permit(permit=found, because=reason, by=by, at=datetime.now(UTC))
    out().print(f"{found} opens nothing any more", markup=False)


def _signer(username: str, password: str) -> Person:
    """Return who signs, known by the password given just now."""
    from packline.foundation.errors import Refused

    person = person_called(username)
    if not person.check_password(password):
        raise Refused("this is not the password of whoever signs, so nothing was signed")
    return person
