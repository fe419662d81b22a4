"""A real server on a real, small run, and a real browser in front of it."""

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "ebike-48v"
# Three packs instead of forty, from a lot with more outsiders, so that cells are quarantined.
SMALLER = {
    r"(?m)^quantity = 40$": "quantity = 3",
    r"(?m)^n = 2240$": "n = 320",
    r"(?m)^outlier_ratio = [\d.]+$": "outlier_ratio = 0.06",
}
CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PACKLINE = [sys.executable, "-m", "packline.site.cli"]


@dataclass
class Site:
    """Where the pages are, and the administrator's password as it was printed."""

    url: str
    password: str
    data: Path


@dataclass
class Seen:
    """What a browser did while it was watched."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", lambda m: m.type in ("error", "warning") and self.say(m.text))
        context.on("weberror", lambda error: self.say(str(error.error)))

    def say(self, what: str) -> None:
        self.errors.append(what)

    def be_quiet(self, site: Site) -> None:
        """Nothing left this machine, and nothing went wrong."""
        assert {url.split("/")[2] for url in self.requests} <= {site.url.split("/")[2]}
        assert self.errors == []


def environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PACKLINE_")}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a run of a few packs."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    folder = tmp_path_factory.mktemp("pages")
    program = folder / "program"
    shutil.copytree(EXAMPLE, program)
    text = (program / "program.toml").read_text()
    for old, new in SMALLER.items():
        text, n = re.subn(old, new, text)
        assert n == 1, f"{old} is not in the example any more"
    (program / "program.toml").write_text(text)
    subprocess.run(
        [*PACKLINE, "run", str(program), "--data", str(folder / "data")],
        check=True, capture_output=True, env=environment(), timeout=600,
    )  # fmt: skip
    return folder / "data"


@pytest.fixture(scope="module")
def site(data: Path) -> Iterator[Site]:
    """`packline serve` on a free port, as a user starts it."""
    server = subprocess.Popen(
        [*PACKLINE, "serve", "--data", str(data), "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
    )  # fmt: skip
    assert server.stdout is not None
    try:
        lines = [server.stdout.readline() for _ in range(2)]
        url = lines[0].split()[-1]
        password = lines[1].split()[-1]
        urllib.request.urlopen(f"{url}sign-in/", timeout=60).close()  # it answers
        yield Site(url.rstrip("/"), password, data)
    finally:
        server.terminate()
        _, complaints = server.communicate(timeout=20)
    assert complaints == "", "the server complained"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; nothing is downloaded."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def session(browser: Browser, site: Site) -> dict:
    """The cookies of an administrator who has signed in."""
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, site)
    state = context.storage_state()
    context.close()
    return state


def sign_in(page: Page, site: Site, password: str | None = None) -> None:
    page.goto(f"{site.url}/sign-in/")
    page.fill("#id_username", "admin")
    page.fill("#id_password", password or site.password)
    page.click("main button[type=submit]")


@pytest.fixture
def seen(site: Site) -> Iterator[Seen]:
    """What happened in every window of a test; nothing may leave this machine or go wrong."""
    watched = Seen()
    yield watched
    watched.be_quiet(site)


@pytest.fixture
def window(browser: Browser, site: Site, session: dict, seen: Seen) -> Iterator[object]:
    """Open windows of somebody signed in; what differs from a desktop is given by name."""
    opened: list[BrowserContext] = []

    def new(**options: object) -> Page:
        context = browser.new_context(base_url=site.url, storage_state=session, **options)
        seen.watch(context)
        opened.append(context)
        return context.new_page()

    yield new
    for context in opened:
        context.close()
