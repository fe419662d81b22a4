"""`packline token` and `packline badge`: who may speak for a station, and who signs in at one."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from packline.site.options import (
    DatabaseOption,
    DataOption,
    JsonOption,
    ends_well,
    out,
    print_json,
)
from packline.site.persons import administrator_called, person_called
from packline.site.prepare import point_at, prepare_database, require_record, start_django

if TYPE_CHECKING:
    pass

token = typer.Typer(
    help="Tokens with which stations speak at the interface (/api/v1).", no_args_is_help=True
)

SignedBy = Annotated[str, typer.Option("--as", help="Administrator who does this.")]


@token.command("issue")
@ends_well
def issue(
    station: Annotated[str, typer.Argument(help="Code of the station it speaks for.")],
    name: Annotated[str, typer.Option("--name", help="What runs with it: 'EOL rig, left PC'.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            help="units:read, trace:read, quality:read, steps:write or files:write; repeat for "
            "more. [default: units:read and steps:write]",
        ),
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=800, help="How long it holds.")] = 365,
    kind: Annotated[
        str,
        typer.Option("--kind", help="Register the station as one of this kind, if it is new."),
    ] = "",
    signed_by: SignedBy = "admin",
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Issue a token of a station; it is shown once and kept only as a digest.

    Exit code 0: issued. 1: refused. 2: a station, scope or administrator cannot be used.
    """
    point_at(data, database)
    start_django()
    from packline.foundation.errors import InputError, Problem
    from packline.resources.models import Station
    from packline.resources.services import issue_token, register_station

    prepare_database()
    by, at = administrator_called(signed_by), datetime.now(UTC)
    place = Station.objects.filter(code=station).first()
    if place is None:
        if not kind:
            known = ", ".join(Station.objects.order_by("code").values_list("code", flat=True))
            message = "no such station; --kind registers it"
            raise InputError([Problem("STATION", "", station, message, known or "none yet")])
        place = register_station(code=station, kind=kind, virtual=False, by=by, at=at)
    row, shown = issue_token(
        station=place,
        name=name,
        scopes=scope or ["units:read", "steps:write"],
        expires_at=at + timedelta(days=days),
        by=by,
        at=at,
    )
    if as_json:
        print_json({"token": shown, **_said(row)})
        return
    screen = out()
    screen.print(f"Token     {shown}", markup=False)
    screen.print("          This token is stored nowhere and not shown again.")
    screen.print(f"Station   {place}, until {row.expires_at:%Y-%m-%d}", markup=False)
    screen.print(f"Scopes    {row.scopes}", markup=False)
    screen.print(f"Revoke    packline token revoke {row.prefix} --reason ...", markup=False)


@token.command("list")
@ends_well
def list_tokens(
    data: DataOption = None, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """List every token with its station, scopes and end; the tokens themselves are not kept."""
    point_at(data, database)
    start_django()
    require_record()
    from packline.resources.queries import all_tokens

    now = datetime.now(UTC)
    rows = [{**_said(row), "state": _state(row, now)} for row in all_tokens()]
    if as_json:
        print_json(rows)
        return
    screen = out()
    for row in rows:
        line = "{prefix}  {state:<8}  {station}  until {expires_at:.10}  {scopes}  {name}"
        screen.print(line.format(**row), markup=False)
    if not rows:
        screen.print("No token was issued yet.")


@token.command("revoke")
@ends_well
def revoke(
    prefix: Annotated[str, typer.Argument(help="The token's prefix, as `token list` shows it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")],
    signed_by: SignedBy = "admin",
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Let a token speak no more, from this moment.

    Exit code 0: revoked. 1: refused. 2: there is no such token.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.foundation.errors import InputError, Problem
    from packline.resources.models import StationToken
    from packline.resources.services import revoke_token

    row = StationToken.objects.select_related("station").filter(prefix=prefix).first()
    if row is None:
        raise InputError([Problem("PREFIX", "", prefix, "no such token", "see `token list`")])
    by = administrator_called(signed_by)
    revoke_token(token=row, reason=reason, by=by, at=datetime.now(UTC))
    out().print(f"Token {row} of station {row.station} is revoked.", markup=False)


@ends_well
def badge(
    username: Annotated[str, typer.Argument(help="Whose badge it is.")],
    code: Annotated[str, typer.Option("--badge", help="What the badge says when it is scanned.")],
    signed_by: SignedBy = "admin",
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Give a person a badge and a PIN to sign in with at stations; the PIN is printed once.

    Exit code 0: given. 1: refused. 2: a person or badge cannot be used.
    """
    point_at(data, database)
    start_django()
    require_record()
    from packline.resources.services import set_pin

    person = person_called(username, field="USERNAME")
    pin = f"{secrets.randbelow(10**6):06d}"
    by = administrator_called(signed_by)
    set_pin(person=person, badge=code, pin=pin, by=by, at=datetime.now(UTC))
    screen = out()
    screen.print(f"{person.shown_name} signs in with badge {code}", markup=False)
    screen.print(f"PIN {pin}, shown only now", markup=False)


def _said(row: Any) -> dict[str, Any]:
    return {
        "prefix": row.prefix,
        "station": row.station.code,
        "name": row.name,
        "scopes": row.scopes,
        "expires_at": row.expires_at.isoformat(),
    }


def _state(row: Any, now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.expires_at <= now else "valid"
