"""Making a data directory ready: database migrated, triggers on, roles defined, keys present."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import django

from packline.site.place import DATA, DATABASE


def point_at(data: Path | None, database: str | None) -> None:
    """Choose the data directory and the database of this process, before Django starts."""
    if data is not None:
        os.environ[DATA] = str(data)
    if database is not None:
        os.environ[DATABASE] = database
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "packline.site.settings")


def start_django() -> None:
    """Load the settings and the stages."""
    django.setup()


def require_record() -> None:
    """Make sure that there is a record to look at, rather than make an empty one.

    Raises
    ------
    InputError
        If the data directory or the database holds none.
    """
    from django.conf import settings
    from django.db import connection

    from packline.foundation.errors import InputError, Problem

    name = settings.DATABASES["default"]["NAME"]
    missing = connection.vendor == "sqlite" and not Path(name).exists()
    if missing or "foundation_event" not in connection.introspection.table_names():
        raise InputError(
            [
                Problem(
                    str(settings.PACKLINE_DATA),
                    message="there is no record here; `packline run PROGRAM` makes one, "
                    "--data DIR or PACKLINE_DATA says where to look",
                )
            ]
        )


def prepare_database() -> None:
    """Bring the database and the keys to what this version of Packline needs; safe to repeat."""
    from django.conf import settings
    from django.core.management import call_command

    from packline.foundation.keys import ensure_keys
    from packline.foundation.people import define_roles
    from packline.site.roles import role_permissions

    folder = Path(settings.PACKLINE_DATA)
    folder.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    define_roles(role_permissions())
    ensure_keys()
    _ensure_session_key(folder / "keys" / "session.key")


def _ensure_session_key(path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
