"""Every rule of the house was seen to refuse a planted violation; here it is seen each time."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = ("pyproject.toml", ".importlinter")


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A copy of the project in which every rule is broken once."""
    root = tmp_path_factory.mktemp("planted")
    for folder in ("src", "tests/architecture"):  # with the bytecode, as old as its source
        shutil.copytree(ROOT / folder, root / folder)
    for name in ("tests/__init__.py", "tests/conftest.py", *FILES):
        shutil.copy(ROOT / name, root / name)
    src = root / "src"

    def append(path, text):
        with (src / path).open("a") as file:
            file.write(text)

    (src / "packcalc/planted.py").write_text(
        '"""Planted."""\n\nimport django\nimport packline\n\n__all__ = ["power"]\n\n\n'
        'def power(u, i):\n    """Multiply."""\n    return u * i + (packline is django)\n'
    )
    append("packline/supply/queries/lots.py", "\nimport packline.production.models\n")
    append("packline/resources/models/stations.py", "\nimport packline.resources.services\n")
    append("packline/resources/services/stations.py", "\nimport packlink\n")
    (src / "packline/resources/views.py").write_text('"""Planted."""\n')
    append("packline/production/queries/units.py", "\nimport packline.resources.views\n")
    append(
        "packline/resources/queries/gauges.py",
        "\n\ndef forget(code):\n    Gauge.objects.filter(code=code).delete()\n",
    )
    append(
        "packline/resources/services/stations.py",
        "\n\ndef register_quietly(code: str) -> None:\n    Station.objects.create(code=code)\n\n\n"
        '@command("resources.dream")\ndef dream(by: Person) -> None:\n'
        "    print(datetime.now())\n",
    )
    append(
        "packline/production/services/reading.py",
        "\n\ndef _quietly(rows: list[Reading]) -> None:\n"
        "    Reading.objects.bulk_create(rows)\n\n\n"
        '@command("production.take_readings")\n'
        "def import_readings(*, rows: list[Reading], by: Person, at: datetime) -> None:\n"
        "    if rows:\n        let_pass(unit=rows[0].step.unit)\n    _quietly(rows)\n",
    )
    model = src / "packline/resources/models/stations.py"
    model.write_text(
        model.read_text().replace(
            "    virtual = models.BooleanField()\n",
            "    virtual = models.BooleanField()\n    width = models.FloatField(null=True)\n"
            '    state = models.CharField(max_length=5, default="")\n',
            1,
        )
    )
    (src / "packline/resources/long.py").write_text('"""Planted."""\n' + "\n" * 501)
    (src / "packline/resources/helpers.py").write_text("X = 1\n")
    thread = src / "packline/thread.py"
    thread.write_text(
        thread.read_text()
        .replace('    "design",\n', "")
        .replace('    "process",\n', '    "process",\n    "design",\n')
    )
    return root


def run(root, *command):
    environment = os.environ | {"PYTHONPATH": str(root / "src"), "PACKLINE_DATA": str(root / "d")}
    environment.pop("PACKLINE_DATABASE", None)
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )


def test_every_import_contract_breaks(planted):
    done = run(planted, str(Path(sys.executable).parent / "lint-imports"), "--no-cache")
    broken = set(re.findall(r"^(.+?) BROKEN", done.stdout, re.MULTILINE))
    assert done.returncode == 1
    assert broken == {
        "packcalc knows no framework and no product; packlink knows at most packcalc",
        "packcalc imports no framework",
        "Of packline only the site may start packlink",
        "The thread flows one way: a stage knows only what is upstream of it",
        "Inside a stage: edges, forms, services, queries, calc, models, states",
        "Nobody imports a stage's edge but its own urls and the site",
    }


def test_every_house_rule_fails(planted):
    # The imports planted for the contracts would keep Django from starting.
    for path, line in {
        "packline/supply/queries/lots.py": "\nimport packline.production.models\n",
        "packline/resources/models/stations.py": "\nimport packline.resources.services\n",
        "packcalc/planted.py": "import django\nimport packline\n",
    }.items():
        file = planted / "src" / path
        file.write_text(file.read_text().replace(line, ""))
    rules = [f"tests/architecture/test_{name}.py" for name in ("house_rules", "one_gate")]
    done = run(
        planted, sys.executable, "-m", "pytest", *rules, "-q", "-rf", "-p", "no:cacheprovider"
    )
    failed = set(re.findall(r"^FAILED \S+::(\w+)", done.stdout, re.MULTILINE))
    assert failed >= {
        "test_docstring_states_units_shapes_and_source",
        "test_contract_lists_the_stages_in_the_order_of_the_thread",
        "test_every_stage_is_held_to_the_layers_inside_a_stage",
        "test_no_file_is_too_long_to_read",
        "test_every_module_says_what_it_is_for",
        "test_no_module_is_called_by_nothing_in_particular",
        "test_every_stored_number_says_its_unit",
        "test_every_state_is_held_to_its_machine_by_the_database",
        "test_every_command_takes_keywords_its_person_and_its_moment",
        "test_every_command_is_reached_by_more_than_the_demonstration",
        "test_every_command_needs_a_permission_that_its_stage_declares",
        "test_every_permission_is_in_the_table_of_roles_and_no_other",
        "test_only_services_write",
        "test_a_public_service_is_a_command_or_records_for_one",
        "test_no_stage_asks_the_clock",
        "test_nothing_is_done_to_a_unit_without_the_gate",
    }, done.stdout[-3000:]


def test_strict_typing_refuses_an_untyped_function(tmp_path):
    file = tmp_path / "planted.py"
    file.write_text('"""Planted."""\n\n\ndef power(u, i):\n    return u * i\n')
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Function is missing a type annotation" in done.stdout
