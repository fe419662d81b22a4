"""The house rules that a machine can check."""

import ast
import configparser
import importlib
import inspect
import pkgutil
import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import DecimalField, FloatField

import packcalc
import packline
from packline.thread import STAGES

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"
FILES = sorted(p for p in SRC.rglob("*.py") if "migrations" not in p.parts)
SOURCES = {path: path.read_text() for path in FILES}
UNIT = re.compile(r"\[[^\]]+\]\s*$")


@cache
def tree_of(path):
    return ast.parse(SOURCES[path])


def those(broken):
    """Name the files that break a rule, all of them at once."""
    return [str(path.relative_to(SRC)) for path in FILES if broken(path)]


def public_functions(package):
    for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        module = importlib.import_module(info.name)
        for name in getattr(module, "__all__", ()):
            member = getattr(module, name)
            if inspect.isfunction(member) and member.__module__ == info.name:
                yield pytest.param(member, id=f"{info.name}.{name}")


def sections(doc):
    """Split a numpydoc docstring into its sections."""
    parts = re.split(r"\n(\w[\w ]*)\n-{3,}\n", inspect.cleandoc(doc))
    return {"Summary": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def entries(section):
    """Yield (head, description) of a Parameters or Returns section."""
    for block in re.split(r"\n(?=\S)", section.strip()):
        head, _, body = block.partition("\n")
        yield head, inspect.cleandoc(body)


@pytest.mark.parametrize("function", list(public_functions(packcalc)))
def test_docstring_states_units_shapes_and_source(function):
    found = sections(function.__doc__)
    parameters = inspect.signature(function).parameters
    for name in ("Parameters", "Returns"):
        for head, body in entries(found[name]) if name in found else ():
            assert UNIT.search(body), f"{head!r} ends without a [unit]"
            if "array" in head:
                assert "shape (" in head, f"{head!r} has no shape"
    documented = {
        part.strip().lstrip("*")
        for head, _ in (entries(found["Parameters"]) if "Parameters" in found else ())
        for part in head.split(" : ")[0].split(",")
    }
    assert documented == set(parameters)
    if not function.__module__.startswith("packcalc.rules"):  # there each value has its own
        assert "References" in found or "Derivation" in found, "no source"
    assert ">>>" in found.get("Examples", ""), "no example"


def contract(name):
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    return parser[f"importlinter:contract:{name}"]


def test_contract_lists_the_stages_in_the_order_of_the_thread():
    layers = contract("thread")["layers"].split()
    assert layers == ["site", *reversed(STAGES), "foundation", "thread"]


def test_every_stage_is_held_to_the_layers_inside_a_stage():
    assert contract("inside")["containers"].split() == [f"packline.{s}" for s in STAGES]


def test_every_stage_of_the_thread_is_built_and_no_other_folder_stands_there():
    built = {p.parent.name for p in SRC.glob("packline/*/__init__.py")}
    assert built == {*STAGES, "foundation", "site"}


def test_no_file_is_too_long_to_read():
    assert those(lambda path: len(SOURCES[path].splitlines()) > 500) == []


def test_every_module_says_what_it_is_for():
    assert those(lambda p: SOURCES[p].strip() and not ast.get_docstring(tree_of(p))) == []


FORBIDDEN_NAMES = {"utils", "helpers", "manager", "base", "common"}


def test_no_module_is_called_by_nothing_in_particular():
    def is_nothing(path):
        return FORBIDDEN_NAMES & {*path.relative_to(SRC).with_suffix("").parts}

    assert those(is_nothing) == []


SUFFIXES = (
    "_v", "_mv", "_a", "_ma", "_ah", "_wh", "_w", "_mohm", "_kohm", "_degc", "_k", "_kg", "_g",
    "_mm", "_l", "_s", "_h", "_j", "_nm", "_ratio", "_ppm", "_pct", "_per_day",
)  # fmt: skip


def thread_models():
    return [m for m in apps.get_models() if m.__module__.startswith("packline.")]


@pytest.mark.parametrize("model", thread_models(), ids=lambda m: m._meta.label)
def test_every_stored_number_says_its_unit(model):
    fields = {f.name for f in model._meta.get_fields()}
    for field in model._meta.fields:
        if isinstance(field, FloatField | DecimalField) and "unit_code" not in fields:
            assert field.name.endswith(SUFFIXES), f"{field.name}: which unit?"


@pytest.mark.parametrize("model", thread_models(), ids=lambda m: m._meta.label)
def test_every_state_is_held_to_its_machine_by_the_database(model):
    if any(f.name == "state" for f in model._meta.fields):
        conditions = [str(getattr(c, "condition", "")) for c in model._meta.constraints]
        assert any("state__in" in text for text in conditions)


def service_modules():
    for stage in STAGES:
        for path in [
            *SRC.glob(f"packline/{stage}/services.py"),
            *SRC.glob(f"packline/{stage}/services/*.py"),
        ]:
            dotted = ".".join(path.relative_to(SRC).with_suffix("").parts)
            yield importlib.import_module(dotted.removesuffix(".__init__"))


def services():
    for module in service_modules():
        for name, member in vars(module).items():
            wrapped = getattr(member, "__wrapped__", None)
            its_own = getattr(member, "__module__", "") == module.__name__
            if wrapped is not None and hasattr(member, "permission") and its_own:
                yield pytest.param(member, id=f"{module.__name__}.{name}")


@pytest.mark.parametrize("service", list(services()))
def test_every_command_takes_keywords_its_person_and_its_moment(service):
    parameters = inspect.signature(service).parameters
    assert {p.kind for p in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert {"by", "at"} <= parameters.keys()


# They stand without a door until somebody needs one; nothing is added here.
WITHOUT_A_DOOR = {"repack", "close_program", "judge_unit"}


@cache
def named_outside_the_demonstration():
    """Names that the product uses, but for where it only lists them and for `packline run`."""
    found = set()
    for path in FILES:
        parts = path.relative_to(SRC).parts
        if parts[0] == "packline" and parts[1:3] != ("site", "run") and path.stem != "__init__":
            tree = ast.parse(path.read_text())
            names = (node for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute))
            found |= {node.id if isinstance(node, ast.Name) else node.attr for node in names}
    return found


@pytest.mark.parametrize("service", list(services()))
def test_every_command_is_reached_by_more_than_the_demonstration(service):
    reached = service.__name__ in named_outside_the_demonstration()
    assert reached != (service.__name__ in WITHOUT_A_DOOR)


@pytest.mark.parametrize("service", list(services()))
def test_every_command_needs_a_permission_that_its_stage_declares(service):
    stage, _, codename = service.permission.partition(".")
    declared = {
        name for m in apps.get_app_config(stage).get_models() for name, _ in m._meta.permissions
    }
    assert service.__module__.split(".")[1] == stage
    assert codename in declared


def test_every_permission_is_in_the_table_of_roles_and_no_other():
    from packline.site.roles import PERMISSIONS

    used = {param.values[0].permission for param in services()}
    used |= {"foundation.admit_person", "foundation.store_file"}
    assert set(PERMISSIONS) == used


def calls(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


EVENT = re.compile(rf"(foundation|{'|'.join(STAGES)})\.[a-z_]+\.[a-z_]+")


def test_every_event_is_in_the_list_that_others_choose_from_and_no_other():
    from packline.insight.calc.verbs import VERBS

    listed = SRC / "packline/insight/calc/verbs.py"
    written = {
        node.value
        for path in FILES
        if path != listed and path.is_relative_to(SRC / "packline")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if EVENT.fullmatch(node.value) and not _is_module(node.value)
    }
    assert written == set(VERBS)


def _is_module(dotted):
    return (SRC / "packline" / dotted.replace(".", "/")).with_suffix(".py").exists()


WRITES = {
    "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "save",
    "_raw_delete",
}  # fmt: skip
MAY_WRITE = {
    "foundation",  # the machinery itself: events, files, people, triggers
}


def may_write(path):
    parts = path.relative_to(SRC).parts
    if parts[0] != "packline" or len(parts) < 3 or parts[1] in MAY_WRITE:
        return True
    return parts[2] in ("services", "services.py")


def test_only_services_write():
    found = {
        f"{path.relative_to(SRC)} line {node.lineno}: {node.func.attr}"
        for path in FILES
        if not may_write(path)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES | {"update", "delete"}
        and _is_of_a_table(node.func.value)
    }
    assert found == set()


def _is_of_a_table(node):
    """Whether a call chain goes through `.objects` or ends on `save`: `Unit.objects.create`."""
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and part.attr in ("objects", "_default_manager"):
            return True
    return False


def test_a_public_service_is_a_command_or_records_for_one():
    """A public function of a services module is a command; a helper of one must record."""
    found = [
        f"{module.__name__}.{node.name}"
        for module in service_modules()
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if set(calls(node)) & (WRITES | {"move", "update"})
        if not any("command" in ast.unparse(d) for d in node.decorator_list)
        if "record" not in set(calls(node))
    ]
    assert found == []


CLOCK = re.compile(r"\b(timezone|datetime|date|time)\.(now|today|utcnow|time)\(")


def test_no_stage_asks_the_clock():
    def asks(path):
        first, *others = path.relative_to(SRC).with_suffix("").parts
        edge = {"site", "management", "views"} & set(others)
        return first == "packline" and not edge and CLOCK.search(SOURCES[path])

    assert those(asks) == []


def test_packcalc_opens_only_the_data_it_ships():
    allowed = {"packcalc/rules", "packcalc/cell", "packcalc/stats", "packcalc/design"}
    opens = re.compile(r"\bopen\(|read_text\(|read_bytes\(")
    found = those(lambda p: p.is_relative_to(SRC / "packcalc") and opens.search(SOURCES[p]))
    assert [name for name in found if not name.startswith(tuple(allowed))] == []


def test_the_product_has_a_docstring():
    assert packline.__doc__
    assert packcalc.__doc__
