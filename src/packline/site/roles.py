"""Who may do what: every permission of every command, and the roles that hold it."""

from __future__ import annotations

ROLES = ("planner", "engineer", "operator", "inspector", "approver", "auditor", "customer")
SHOP = ("operator", "inspector")
EVERYONE = ("planner", "engineer", "operator", "inspector", "approver")

PERMISSIONS: dict[str, tuple[str, ...]] = {
    # foundation
    "foundation.admit_person": (),  # administrators only
    "foundation.store_file": EVERYONE,
}


def role_permissions() -> dict[str, frozenset[str]]:
    """Return the permissions of each role; an auditor and a customer only read."""
    return {
        role: frozenset(name for name, roles in PERMISSIONS.items() if role in roles)
        for role in ROLES
    }
