"""Badges, PINs, and signing in at a station with them."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F

from packline.foundation.commands import command, unchanged
from packline.foundation.errors import InputError, NotSignedIn, Problem, Refused
from packline.foundation.events import record
from packline.foundation.models import Person
from packline.resources.models import Attendance, Pin, Station

BADGE = re.compile(r"[A-Za-z0-9._-]{3,40}")
DIGITS = re.compile(r"[0-9]{4,12}")
TRIES = 5  # wrong PINs in a row
LOCKED = timedelta(minutes=5)
SHIFT = timedelta(hours=12)  # after that, whoever forgot to sign out is signed out


@command("resources.set_pin")
def set_pin(*, person: Person, badge: str, pin: str, by: Person, at: datetime) -> Pin:
    """Give a person a badge and a PIN to sign in with at stations, instead of earlier ones."""
    problems = []
    if not BADGE.fullmatch(badge):
        problems.append(
            Problem("badge", "badge", badge, "cannot be one", "3 to 40 letters, digits, . _ -")
        )
    elif Pin.objects.filter(badge=badge).exclude(person=person).exists():
        problems.append(Problem("badge", "badge", badge, "is somebody else's"))
    if not DIGITS.fullmatch(pin) or len(set(pin)) == 1:
        problems.append(Problem("badge", "pin", "", "cannot be one", "4 to 12 digits, not alike"))
    if person.virtual:
        problems.append(Problem("badge", "person", str(person), "is virtual and never signs in"))
    if problems:
        raise InputError(problems)
    row, _ = Pin.objects.update_or_create(
        person=person,
        defaults={
            "badge": badge,
            "digest": make_password(pin),
            "set_at": at,
            "failures": 0,
            "locked_until": None,
        },
    )
    record("resources.pin.set", person, by=by, at=at, badge=badge)
    return row


def person_of_badge(badge: str, pin: str, at: datetime) -> Person:
    """Return whose badge and PIN these are; wrong ones in a row lock the badge for a while.

    Raises
    ------
    NotSignedIn
        If they are not, or the badge is locked.
    """
    row = Pin.objects.select_related("person").filter(badge=badge).first()
    if row is None:
        make_password(pin)  # takes as long as checking that of a known badge
        raise NotSignedIn("badge or PIN is wrong")
    if row.locked_until is not None and at < row.locked_until:
        raise NotSignedIn(
            f"badge {badge} is locked until {row.locked_until:%H:%M:%S} UTC, "
            f"after {TRIES} wrong PINs in a row"
        )
    if not check_password(pin, row.digest) or not row.person.is_active:
        _count_failure(row, at)
        raise NotSignedIn("badge or PIN is wrong")
    if row.failures or row.locked_until:
        _forget_failures(row)
    return row.person


def _forget_failures(row: Pin) -> None:
    Pin.objects.filter(pk=row.pk).update(failures=0, locked_until=None)


def _count_failure(row: Pin, at: datetime) -> None:
    Pin.objects.filter(pk=row.pk).update(failures=F("failures") + 1)
    row.refresh_from_db(fields=["failures"])
    if row.failures >= TRIES:
        Pin.objects.filter(pk=row.pk).update(failures=0, locked_until=at + LOCKED)


@command("resources.attend_station")
def attend_station(*, station: Station, by: Person, at: datetime) -> Attendance:
    """Sign a person in at a station; whoever was signed in there is signed out by that."""
    if station.virtual != by.virtual:
        raise Refused(f"{by} cannot sign in at station {station}: one is virtual, one is not")
    for earlier in Attendance.objects.select_for_update().filter(
        station=station, ended_at__isnull=True
    ):
        _end(earlier, by=by, at=at)
    attendance = Attendance.objects.create(
        station=station,
        person=by,
        code=secrets.token_urlsafe(18),
        began_at=at,
        expires_at=at + SHIFT,
    )
    record("resources.attendance.began", station, by=by, at=at, rows=[attendance], person=by)
    return attendance


@command("resources.attend_station")
def leave_station(*, attendance: Attendance, by: Person, at: datetime) -> Attendance:
    """Sign a person out of a station; nobody is signed in there then."""
    if attendance.ended_at is not None:
        return unchanged(attendance)
    _end(attendance, by=by, at=at)
    return attendance


def _end(attendance: Attendance, *, by: Person, at: datetime) -> None:
    attendance.ended_at = max(attendance.began_at, min(at, attendance.expires_at))
    attendance.save(update_fields=["ended_at"])
    record(
        "resources.attendance.ended",
        attendance.station,
        by=by,
        at=at,
        rows=[attendance],
        person=attendance.person,
    )
