"""The ASGI application that `packline serve` runs: Django on a few threads that stay.

Django's own ASGI handler gives each request a thread of its own and, with it, a database
connection that is made and thrown away. Here a request is read by the event loop and answered by
one of a fixed number of threads, each of which keeps its connection.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, cast

from django.core.wsgi import get_wsgi_application

__all__ = ["LARGEST", "THREADS", "Threaded", "application"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

THREADS = 8
LARGEST = 64 * 2**20  # bytes of a body; what an address takes is limited further there
IN_MEMORY = 2**20


class TooLarge(Exception):
    """A body is larger than anything that is taken."""


class Threaded:
    """Answer requests with a WSGI application on threads that stay."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], *, threads: int = THREADS) -> None:
        self._wsgi = wsgi
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="packline")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; nothing but HTTP is spoken here."""
        if scope["type"] != "http":
            raise ValueError(f"{scope['type']} is not spoken here")
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            try:
                size = await _read(scope, receive, cast(IO[bytes], body))
            except TooLarge:
                await _send(send, 413, [(b"content-type", b"text/plain")], b"too large\n")
                return
            if size is None:
                return  # who asked is gone
            body.seek(0)
            environ = _environ(scope, cast(IO[bytes], body), size)
            loop = asyncio.get_running_loop()
            status, headers, content = await loop.run_in_executor(
                self._pool, self._answer, environ
            )
        await _send(send, status, headers, content)

    def _answer(self, environ: dict[str, Any]) -> tuple[int, Headers, bytes]:
        told: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            told["status"], told["headers"] = int(status.split(" ", 1)[0]), headers

        answer = self._wsgi(environ, start)
        try:
            content = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        headers = [  # Django writes cookies with a space before them
            (n.lower().encode("latin-1"), v.strip().encode("latin-1")) for n, v in told["headers"]
        ]
        return told["status"], headers, content


async def _read(scope: Scope, receive: Receive, body: IO[bytes]) -> int | None:
    told = next((v for n, v in scope["headers"] if n == b"content-length"), b"0")
    if int(told) > LARGEST:
        raise TooLarge
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > LARGEST:
            raise TooLarge
        body.write(chunk)
        if not message.get("more_body", False):
            return size


async def _send(send: Send, status: int, headers: Headers, content: bytes) -> None:
    if not any(name == b"content-length" for name, _ in headers):
        headers = [*headers, (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _environ(scope: Scope, body: IO[bytes], size: int) -> dict[str, Any]:
    server = scope.get("server") or ("localhost", 80)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 80),
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        if "_" in name.decode("latin-1"):
            continue  # would be taken for the header with hyphens
        text = value.decode("latin-1")
        if key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            environ[key] = text
        elif f"HTTP_{key}" in environ:
            environ[f"HTTP_{key}"] += f",{text}"
        else:
            environ[f"HTTP_{key}"] = text
    environ["CONTENT_LENGTH"] = str(size)
    return environ


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "packline.site.settings")
application = Threaded(get_wsgi_application())
