"""Every command tried by every role, against the table of roles; and what no table may allow."""

import importlib
import inspect
import pkgutil

import pytest

import packline
from packline.foundation.errors import NotAllowed
from packline.site.roles import PERMISSIONS, ROLES

# Whoever does the work does not sign it off, and whoever only looks changes nothing.
NEVER = {
    "operator": {
        "production.sign_deviation", "production.sign_permit", "production.lift_hold",
        "production.lift_part", "production.pass_unit", "production.release_unit",
        "production.scrap_unit", "quality.dispose_nonconformance", "assurance.release_unit",
        "resources.qualify_person", "resources.calibrate_gauge", "process.make_effective",
        "process.register_recipe", "supply.concede_cells",
    },
    "planner": {
        "production.start_step", "production.take_readings", "production.sign_permit",
        "quality.dispose_nonconformance", "assurance.release_unit", "process.make_effective",
    },
    "engineer": {
        "production.sign_permit", "production.take_readings", "quality.dispose_nonconformance",
        "assurance.release_unit", "production.lift_hold",
    },
    "inspector": {
        "production.sign_permit", "quality.dispose_nonconformance", "assurance.release_unit",
        "process.make_effective",
    },
    "approver": {"production.start_step", "production.take_readings", "production.finish_step"},
    "auditor": set(PERMISSIONS),
    "customer": set(PERMISSIONS),
}  # fmt: skip


def commands():
    """Every command there is, wherever it is written."""
    found = {}
    for info in pkgutil.walk_packages(packline.__path__, "packline."):
        parts = info.name.split(".")
        if ("services" not in parts and parts[1] != "foundation") or "management" in parts:
            continue
        for name, member in vars(importlib.import_module(info.name)).items():
            if inspect.isfunction(member) and hasattr(member, "permission"):
                found[f"{member.__module__}.{name}"] = member
    return found


@pytest.mark.django_db
def test_each_role_may_do_what_the_table_says_and_nothing_else(people, now):
    every = commands()
    assert {command.permission for command in every.values()} == set(PERMISSIONS)
    wrong = [
        (role, name)
        for name, command in every.items()
        for role in ROLES
        if _may(command, getattr(people, role), now) != (role in PERMISSIONS[command.permission])
    ]
    assert wrong == []


def _may(command, person, now):
    """Try a command with nothing but who and when: what it lacks is asked for after the right."""
    try:
        command(by=person, at=now)
    except NotAllowed:
        return False
    except TypeError:
        return True
    return True


def test_the_table_keeps_apart_what_must_be_apart():
    allowed = {
        role: {name for name, roles in PERMISSIONS.items() if role in roles} for role in ROLES
    }
    assert {role: allowed[role] & NEVER[role] for role in ROLES} == {r: set() for r in ROLES}
    assert set(NEVER) == set(ROLES)
    assert set().union(*NEVER.values()) <= set(PERMISSIONS)
