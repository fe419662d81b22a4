"""`packline serve`: the pages of a data directory, with everything that they need."""

from __future__ import annotations

import secrets
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from packline.site.options import UNUSABLE, DatabaseOption, DataOption, ends_well, out, warn
from packline.site.prepare import point_at, prepare_database, start_django

ADMINISTRATOR = "admin"


@ends_well
def serve(
    data: DataOption = None,
    database: DatabaseOption = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")
    ] = 8000,
    workers: Annotated[
        int,
        typer.Option("--workers", min=1, max=64, help="Processes that answer; needs PostgreSQL."),
    ] = 1,
) -> None:
    """Serve the pages. The first start makes an administrator and prints how to sign in.

    To serve other machines, listen on their network with --host, name the host names that they
    use in PACKLINE_HOSTS, and put a proxy with TLS in front.

    Exit code 2: the port is taken, or the database cannot be used.
    """
    point_at(data, database)
    start_django()
    _refuse_workers(workers)
    prepare_database()
    from packline.site.answering import answer, answer_in_workers
    from packline.site.forgetting import Forgetting
    from packline.site.listening import Listening
    from packline.site.telling import Telling

    _keep_sessions()
    listening = _listen(host, port)
    with listening:
        url = f"http://{_spoken(host)}:{listening.getsockname()[1]}/"
        _introduce(url)
        with Listening(), Telling(), Forgetting():
            if workers == 1:
                answer(listening)
            else:
                answer_in_workers(listening, workers)


def _refuse_workers(workers: int) -> None:
    """Refuse several processes at the embedded database, whose writers queue within one."""
    from django.db import connection

    from packline.foundation.errors import InputError, Problem

    if workers > 1 and connection.vendor == "sqlite":
        message = "the embedded database has room for one writer, who queues in one process"
        allowed = "1, or a PostgreSQL named with --database"
        raise InputError([Problem("--workers", "", str(workers), message, allowed)])


def _keep_sessions() -> None:
    """Sign sessions with the key that the first start has just made, not with a passing one."""
    from django.conf import settings

    key = Path(settings.PACKLINE_DATA) / "keys" / "session.key"
    settings.SECRET_KEY = key.read_text()


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything is said, so that what is printed is true."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # whoever comes before the pages are ready waits, and is not refused
    except OSError as error:
        listening.close()
        warn(f"--host {host} --port {port}: {error.strerror}; choose another with --port")
        raise typer.Exit(UNUSABLE) from error
    return listening


def _spoken(host: str) -> str:
    if host in ("0.0.0.0", "::"):
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _introduce(url: str) -> None:
    from django.urls import get_resolver

    assert get_resolver().url_patterns  # loaded now, not while the first station waits
    screen = out()
    screen.print(f"Pages     {url}", markup=False)
    password = _first_administrator()
    if password is not None:
        screen.print(f"Sign in   user name {ADMINISTRATOR}, password {password}", markup=False)
        screen.print("          This password is stored nowhere and not shown again.")
        screen.print("          Change it with: packline admin changepassword admin")
    screen.print("Stop      Ctrl+C")


def _first_administrator() -> str | None:
    """Make the administrator if nobody could sign in as one; return the password once."""
    from packline.foundation.models import Person
    from packline.foundation.people import first_person

    if Person.objects.filter(is_superuser=True, virtual=False).exists():
        return None
    password = secrets.token_urlsafe(12)
    first_person(username=ADMINISTRATOR, password=password, at=datetime.now(UTC))
    return password
