"""Starting the server: what it says, and what it says when it cannot start."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def start(data, *arguments):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PACKLINE_")}
    return subprocess.Popen(
        [sys.executable, "-m", "packline.site.cli", "serve", "--data", str(data), *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**kept, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip


@pytest.fixture
def serve(tmp_path):
    running = []

    def begin(*arguments):
        running.append(start(tmp_path / "data", "--port", "0", *arguments))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.communicate(timeout=20)


def said_until_ready(process):
    lines = []
    while not lines or not lines[-1].startswith("Stop"):
        line = process.stdout.readline()
        assert line, process.stderr.read()
        lines.append(line)
    return lines


def test_the_first_start_prints_a_password_and_the_second_does_not(serve, tmp_path):
    first = serve()
    said = said_until_ready(first)
    password = next(line.split()[-1] for line in said if line.startswith("Sign in"))
    first.terminate()
    first.wait(timeout=20)
    assert not [line for line in said_until_ready(serve()) if line.startswith("Sign in")]
    kept = [p for p in (tmp_path / "data").rglob("*") if p.is_file()]
    assert kept
    assert not [p for p in kept if password.encode() in p.read_bytes()]


def test_static_files_come_without_a_warning_and_may_be_kept(serve):
    process = serve("--host", "127.0.0.1")
    url = said_until_ready(process)[0].split()[-1]
    with urllib.request.urlopen(f"{url}static/django_htmx/htmx-2.min.js", timeout=60) as answer:
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert "max-age" in answer.headers["Cache-Control"]
        assert len(answer.read()) == int(answer.headers["Content-Length"])
    with pytest.raises(urllib.error.HTTPError, match="404") as missing:
        urllib.request.urlopen(f"{url}static/none.js", timeout=60)
    missing.value.close()
    process.terminate()
    assert process.communicate(timeout=20)[1] == ""


def test_a_taken_port_is_said_in_a_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(tmp_path / "data", "--port", str(port))
        _, complaint = process.communicate(timeout=120)
    assert process.returncode == 2
    assert f"--port {port}: Address already in use; choose another with --port" in complaint


def test_no_header_begins_with_a_blank_though_djangos_cookies_do():
    """h11 refuses such a header (RFC 9110, 5.5), and with it the whole page."""
    import asyncio

    from packline.site.asgi import Threaded

    def wsgi(environ, start):
        start("200 OK", [("Set-Cookie", " csrftoken=x; Path=/"), ("Content-Type", "text/plain")])
        return [b"good"]

    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": "/", "query_string": b"", "http_version": "1.1",
        "headers": [],
    }  # fmt: skip
    asyncio.run(Threaded(wsgi, threads=1)(scope, receive, send))
    assert (b"set-cookie", b"csrftoken=x; Path=/") in sent[0]["headers"]
    assert sent[1]["body"] == b"good"


@pytest.mark.parametrize(
    ("setting", "said"),
    [("PACKLINE_WEBHOOK_NETWORKS", "10.0.0.300"), ("PACKLINE_KEEP_DAYS", "7")],
)
def test_a_setting_that_cannot_be_used_is_named_at_the_start(setting, said, tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from packline.site import answering
    from packline.site.cli import app
    from packline.site.commands import serve

    monkeypatch.setenv(setting, said)
    for name in ("point_at", "start_django", "prepare_database", "_keep_sessions", "_introduce"):
        monkeypatch.setattr(serve, name, lambda *_: None)
    monkeypatch.setattr(answering, "answer", lambda _: pytest.fail("served"))
    done = CliRunner().invoke(app, ["serve", "--port", "0"])
    assert done.exit_code == 2
    assert f"{setting} = {said}" in done.output


def test_several_processes_at_the_embedded_database_are_refused_in_a_sentence(serve):
    process = serve("--workers", "2")
    _, complaint = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "--workers = 2: the embedded database has room for one writer" in complaint
    assert "allowed: 1, or a PostgreSQL named with --database" in complaint
