"""Who speaks: the station behind a token, and the person signed in at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.db.models import QuerySet
from django.http import HttpRequest

from packline.foundation.errors import NotAllowed, NotSignedIn
from packline.foundation.models import Person
from packline.foundation.prepared import Prepared
from packline.resources.calc.tokens import is_secret_of, prefix_of
from packline.resources.models import Attendance, Station, StationToken

__all__ = [
    "SKEW",
    "Caller",
    "all_tokens",
    "attendance_at",
    "caller_behind",
    "caller_of",
    "operator_at",
    "operator_of",
]

_tokens = Prepared(
    lambda prefix: StationToken.objects.filter(prefix=prefix).select_related("station")
)
_attendances = Prepared(
    lambda code: Attendance.objects.filter(code=code).select_related("person", "station")
)

SKEW = timedelta(minutes=5)  # how far the clock of a station may be off that of the site


@dataclass(frozen=True, slots=True)
class Caller:
    """The station that speaks, and what its token lets it do."""

    token: StationToken
    station: Station
    scopes: frozenset[str]
    at: datetime  # when the request came in, by the clock of the site

    def need(self, scope: str) -> None:
        """Go on only with a scope.

        Raises
        ------
        NotAllowed
            If the token does not have it.
        """
        if scope not in self.scopes:
            raise NotAllowed(f"token {self.token} of station {self.station} lacks scope {scope}")


def caller_behind(presented: str, at: datetime) -> Caller:
    """Return who speaks with a token.

    Raises
    ------
    NotSignedIn
        If there is no such token, or it is revoked or expired.
    """
    prefix = prefix_of(presented)
    token = _tokens.first(prefix=prefix) if prefix else None
    if token is None or not is_secret_of(presented, token.secret_sha256):
        raise NotSignedIn("this token is not known: ask your administrator for one")
    if token.revoked_at is not None:
        raise NotSignedIn(f"token {token} was revoked on {token.revoked_at:%Y-%m-%d}")
    if token.expires_at <= at:
        raise NotSignedIn(f"token {token} expired on {token.expires_at:%Y-%m-%d}")
    return Caller(token, token.station, frozenset(token.scopes.split()), at)


def caller_of(request: HttpRequest) -> Caller:
    """Return who speaks in a request that the interface has let in."""
    return cast(Caller, request.auth)  # type: ignore[attr-defined]


def attendance_at(station: Station, at: datetime) -> Attendance | None:
    """Return who is signed in at a station, if anybody is."""
    return (
        Attendance.objects.filter(station=station, ended_at__isnull=True, expires_at__gt=at)
        .select_related("person")
        .first()
    )


def operator_at(station: Station, code: str, done_at: datetime) -> Person:
    """Return the person who was signed in at a station when something was done there.

    Work that waited in a queue while the network was down is still that person's, after the
    next one has signed in: it must have been done while the attendance lasted, as far as the
    clocks of station and site agree.

    Raises
    ------
    NotSignedIn
        If there is no such attendance at this station, or it did not last until then.
    """
    found = _attendances.first(code=code) if code else None
    if found is None or found.station_id != station.pk:
        raise NotSignedIn(
            f"nobody is signed in at station {station}: sign in by badge and PIN, "
            "and name the attendance in the header Packline-Attendance"
        )
    until = found.expires_at if found.ended_at is None else min(found.ended_at, found.expires_at)
    if not found.began_at - SKEW <= done_at <= until + SKEW:
        raise NotSignedIn(
            f"{found.person} was signed in at station {station} from {_said(found.began_at)} "
            f"to {_said(until)}, not on {_said(done_at)}"
        )
    if not found.person.is_active:
        raise NotSignedIn(f"the account of {found.person} is closed")
    return found.person


def operator_of(request: HttpRequest, caller: Caller, done: datetime | None = None) -> Person:
    """Return who did what a request tells, as the header Packline-Attendance says."""
    code = request.headers.get("Packline-Attendance", "")
    return operator_at(caller.station, code[:60], done or caller.at)


def all_tokens() -> QuerySet[StationToken]:
    """Return every token, the newest first."""
    return StationToken.objects.select_related("station", "issued_by").order_by("-issued_at")


def _said(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
