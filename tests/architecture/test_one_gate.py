"""No path through the code writes a step, a reading, joints or a part's link without the gate.

A function that makes one of these rows asks the gate first, in a statement of its own that nothing
skips; or else each function that calls it does, and so on outwards. What nobody calls and has not
asked is a way around the gate.
"""

import ast
from functools import cache
from pathlib import Path

SRC = Path(__file__).parents[2] / "src" / "packline"
GUARDED = {"Step", "Reading", "JointSet", "Link", "ToolUse"}
WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "update"}
GATES = {"let_pass", "let_parts_pass"}
UNDOING = {"superseded", "conceded"}  # what becomes of a step without anybody working on the unit

# Links that put nothing into a unit: a lot into the lot it was split into or merged with, and
# units into a box, which asks for their holds itself.
NO_PART_OF_A_UNIT = {"split_lot", "merge_lots", "_into_box"}


@cache
def functions():
    """Return every function of the house with its file, and what each file does by itself."""
    return tuple(found_functions())


def found_functions():
    for path in sorted(SRC.rglob("*.py")):
        if {"models", "migrations", "gate"} & set(path.relative_to(SRC).parts):
            continue
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node.name, node.body
        yield path, "<module>", [n for n in tree.body if not isinstance(n, DEFINITIONS)]


DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def own_nodes(statement):
    """Walk a statement without the functions that are only defined in it."""
    yield statement
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, DEFINITIONS):
            yield from own_nodes(child)


def called(node):
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def makes_a_row(node):
    """Whether a call makes a guarded row, or moves a step by the work of somebody."""
    name = called(node)
    if name in GUARDED:
        return True
    if name in WRITES and isinstance(node.func, ast.Attribute):
        through = ast.unparse(node.func.value)
        return any(through.startswith(f"{model}.objects") for model in GUARDED)
    if name == "move" and any(ast.unparse(a) == "STEP" for a in node.args):
        to = next((k.value for k in node.keywords if k.arg == "to"), None)
        return not (isinstance(to, ast.Constant) and to.value in UNDOING)
    return False


def first(body, wanted):
    """Return the place of the first statement with a call that is wanted, or None."""
    for place, statement in enumerate(body):
        if any(isinstance(n, ast.Call) and wanted(n) for n in own_nodes(statement)):
            return place
    return None


def gate_before(body, place):
    return any(
        isinstance(statement, ast.Expr | ast.Assign)
        and isinstance(statement.value, ast.Call)
        and called(statement.value) in GATES
        for statement in body[:place]
    )


def ways_around():
    everything = functions()
    calls = [(path, name, body, places_of_calls(body)) for path, name, body in everything]
    open_ends, seen = [], set()
    pending = [
        (path, name)
        for path, name, body in everything
        if (place := first(body, makes_a_row)) is not None and not gate_before(body, place)
    ]
    while pending:
        path, name = pending.pop()
        if (path, name) in seen or name in NO_PART_OF_A_UNIT:
            continue
        seen.add((path, name))
        callers = [
            (where, caller, gate_before(body, places[name]))
            for where, caller, body, places in calls
            if name in places
            and (where, caller) != (path, name)
            and (where == path or not name.startswith("_") or name in imported(where))
        ]
        if not callers or is_command(path, name):
            open_ends.append(f"{path.relative_to(SRC)}: {name}")
        pending += [(where, caller) for where, caller, gated in callers if not gated]
    return sorted(open_ends)


@cache
def imported(path):
    """Return the names that a module imports from others."""
    tree = ast.parse(path.read_text())
    froms = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {alias.name for node in froms for alias in node.names}


def places_of_calls(body):
    """Return where each function is called first, by the name that it is called by."""
    places = {}
    for place, statement in enumerate(body):
        for node in own_nodes(statement):
            if isinstance(node, ast.Call):
                places.setdefault(called(node), place)
    return places


def is_command(path, name):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return any("command" in ast.unparse(d) for d in node.decorator_list)
    return False


def test_nothing_is_done_to_a_unit_without_the_gate():
    assert ways_around() == []


def test_the_rows_are_made_somewhere():
    """If the code were moved out of sight of this test, it would pass for no reason."""
    made = {name for _, name, body in functions() if first(body, makes_a_row) is not None}
    assert {"start_step", "finish_step", "take_readings", "take_joints", "_open_links"} <= made
