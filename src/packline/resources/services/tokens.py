"""Issuing and revoking the tokens with which stations speak."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from packline.foundation.commands import command, unchanged
from packline.foundation.errors import InputError, Problem
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.resources.calc.tokens import SCOPES, digest_of, make_token
from packline.resources.models import Station, StationToken

LONGEST_TOKEN = timedelta(days=800)


@command("resources.issue_token")
def issue_token(
    *,
    station: Station,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime,
    by: Person,
    at: datetime,
) -> tuple[StationToken, str]:
    """Issue a token of a station; returns it in the open, which is the only time it is seen."""
    wanted = sorted(set(scopes))
    problems = [
        Problem("token", "scope", scope, "is not known", ", ".join(SCOPES))
        for scope in wanted
        if scope not in SCOPES
    ]
    if not wanted:
        problems.append(Problem("token", "scope", "", "is missing", ", ".join(SCOPES)))
    if not at < expires_at <= at + LONGEST_TOKEN:
        problems.append(
            Problem(
                "token",
                "expires_at",
                f"{expires_at:%Y-%m-%d}",
                "is too early or too late",
                f"after now, at most {LONGEST_TOKEN.days} days ahead",
            )
        )
    if not name.strip():
        problems.append(Problem("token", "name", name, "says nothing", "what runs with it"))
    if problems:
        raise InputError(problems)
    shown, prefix = make_token()
    token = StationToken.objects.create(
        station=station,
        name=name.strip()[:60],
        prefix=prefix,
        secret_sha256=digest_of(shown),
        scopes=" ".join(wanted),
        issued_at=at,
        issued_by=by,
        expires_at=expires_at,
    )
    record("resources.token.issued", token, by=by, at=at, rows=[token], station=station)
    return token, shown


@command("resources.revoke_token")
def revoke_token(*, token: StationToken, reason: str, by: Person, at: datetime) -> StationToken:
    """Let a token speak no more, from this moment; a revoked one stays revoked."""
    if token.revoked_at is not None:
        return unchanged(token)
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    record("resources.token.revoked", token, by=by, at=at, rows=[token], reason=reason)
    return token
