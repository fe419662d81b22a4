"""What the documents say is there, and what is there is in the documents."""

import re
from pathlib import Path

import pytest

from tests.architecture.reference import PAGES

ROOT = Path(__file__).parents[2]
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])


@pytest.mark.parametrize("name", PAGES)
def test_the_reference_is_that_of_the_code(name):
    written = (ROOT / "docs/reference" / name).read_text()
    assert written == PAGES[name](), "run: python -m tests.architecture.reference"


@pytest.mark.parametrize("path", DOCS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(path):
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text()):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def test_every_setting_of_the_environment_is_in_the_reference():
    told = (ROOT / "docs/reference/settings.md").read_text()
    used = set()
    for path in ROOT.glob("src/packline/**/*.py"):
        used |= set(re.findall(r"\bPACKLINE_[A-Z_]+\b", path.read_text()))
    assert used
    assert not {name for name in used if name not in told}


def test_every_runtime_dependency_is_a_decision():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = project["dependencies"] + project["optional-dependencies"]["postgres"]
    told = (ROOT / "docs/decisions/dependencies.md").read_text()
    for requirement in named:
        package = re.match(r"[a-z0-9-]+", requirement)[0]
        assert package in told, package


def test_the_lock_names_no_place_to_fetch_from():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pins = [line for line in lines if re.match(r"[a-z0-9]", line)]
    assert all("==" in line for line in pins)
    rest = [line.strip() for line in lines if line not in pins]
    assert all(line.startswith(("--hash=sha256:", "#")) or not line for line in rest)
    assert not any("://" in line for line in lines)
