"""The cast of the tests, a clock that stands still, and a data directory for each test."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import typer.testing
from hypothesis import settings as hypothesis_settings

# How long an example takes is the machine's affair; what it shows is ours.
hypothesis_settings.register_profile("packline", deadline=None)
hypothesis_settings.load_profile("packline")

# Many tests start `packline` as a process, which would compile the house anew each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The commands are put together once, and not anew by each test that calls one.
typer.testing._get_command = cache(typer.testing._get_command)

TESTS = Path(__file__).parent
LONGEST = (TESTS / "reliability", TESTS / "e2e")
SHARED = Path(__file__).parents[1].parent / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with whole runs and floors: last, one worker would wait for the other's."""
    items.sort(key=lambda item: not any(item.path.is_relative_to(p) for p in LONGEST))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """Give the test database the roles that every prepared database has."""
    from packline.foundation.people import define_roles
    from packline.site.roles import role_permissions

    with django_db_blocker.unblock():
        define_roles(role_permissions())


@pytest.fixture
def now() -> datetime:
    """Half past nine on a Monday."""
    return datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def data_dir(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Point the settings at an empty data directory with keys, for tests that use the database."""
    if "django_db" not in request.keywords and "db" not in request.fixturenames:
        yield tmp_path
        return
    settings = request.getfixturevalue("settings")
    settings.PACKLINE_DATA = tmp_path / "data"
    settings.WHITENOISE_AUTOREFRESH = True  # or each client reads all static files at its start
    from packline.foundation.keys import ensure_keys

    ensure_keys()
    yield settings.PACKLINE_DATA


@dataclass
class People:
    """One person per role."""

    planner: object
    engineer: object
    operator: object
    inspector: object
    approver: object
    auditor: object
    customer: object
    admin: object


NAMES = {
    "planner": ("paula", "Paula", "Plan"),
    "engineer": ("emil", "Emil", "Eng"),
    "operator": ("otto", "Otto", "Oper"),
    "inspector": ("ida", "Ida", "Insp"),
    "approver": ("anna", "Anna", "Appr"),
    "auditor": ("axel", "Axel", "Audit"),
    "customer": ("carla", "Carla", "Cust"),
}


@pytest.fixture
def people(db) -> People:
    """Paula plans, Emil engineers, Otto builds, Ida inspects, Anna approves; two only look."""
    from django.contrib.auth.models import Group

    from packline.foundation.models import Person

    cast = {}
    for role, (username, first, last) in NAMES.items():
        person = Person.objects.create_user(username, first_name=first, last_name=last)
        person.groups.add(Group.objects.get(name=role))
        cast[role] = person
    return People(admin=Person.objects.create_superuser("root"), **cast)
