"""Who may do what: every permission of every command, and the roles that hold it."""

from __future__ import annotations

ROLES = ("planner", "engineer", "operator", "inspector", "approver", "auditor", "customer")
SHOP = ("operator", "inspector")
EVERYONE = ("planner", "engineer", "operator", "inspector", "approver")

PERMISSIONS: dict[str, tuple[str, ...]] = {
    # foundation
    "foundation.admit_person": (),  # administrators only
    "foundation.store_file": EVERYONE,
    # resources
    "resources.register_station": ("engineer",),
    "resources.register_document": ("engineer",),
    "resources.draft_document": ("engineer", "inspector"),
    "resources.approve_document": ("engineer", "approver"),
    "resources.withdraw_document": ("approver",),
    "resources.read_document": EVERYONE,
    "resources.log_station": ("engineer", *SHOP),
    "resources.plan_maintenance": ("engineer",),
    "resources.record_maintenance": ("engineer", *SHOP),
    "resources.record_study": ("engineer", "inspector"),
    "resources.register_gauge": ("engineer", "inspector"),
    "resources.calibrate_gauge": ("engineer", "inspector"),
    "resources.recall_gauge": ("engineer", "inspector", "approver"),
    "resources.return_gauge": ("engineer", "approver"),
    "resources.register_tool": ("engineer",),
    "resources.recall_tool": ("engineer", "inspector", "approver"),
    "resources.return_tool": ("engineer", "approver"),
    "resources.qualify_person": ("engineer", "approver"),
    "resources.issue_token": (),  # administrators only
    "resources.revoke_token": (),
    "resources.set_pin": (),
    "resources.attend_station": SHOP,
    # requirements
    "requirements.open_program": ("planner", "engineer"),
    "requirements.close_program": ("planner",),
    # process
    "process.plan_process": ("engineer",),
    "process.revise_instruction": ("engineer",),
    "process.register_recipe": ("engineer",),
    "process.make_effective": ("engineer", "approver"),
    "process.end_effectivity": ("engineer", "approver"),
    # supply
    "supply.receive_cells": ("planner", *SHOP),
    "supply.inspect_lot": ("inspector",),
    "supply.allot_cells": ("planner", *SHOP),
    "supply.install_cells": SHOP,
    "supply.remove_cells": SHOP,
    "supply.restock_cells": ("planner", "inspector"),
    "supply.quarantine_cells": EVERYONE,
    "supply.concede_cells": ("approver",),
    "supply.dispose_cells": ("approver",),
    "supply.hold_lot": EVERYONE,
    "supply.set_sampling": ("inspector", "approver"),
    "supply.draw_sample": ("inspector",),
    "supply.measure_sample": ("inspector",),
    "supply.judge_sample": ("inspector",),
    "supply.resume_inspection": ("approver",),
    "supply.lift_lot": ("inspector", "approver"),
    # catalogue and design
    "catalog.register_cell": ("engineer",),
    "design.study_designs": ("engineer",),
    "design.release_design": ("engineer",),
    # production
    "production.place_order": ("planner",),
    "production.serialise_units": ("planner",),
    "production.match_cells": ("planner",),
    "production.close_order": ("planner",),
    "production.start_step": SHOP,
    "production.finish_step": SHOP,
    "production.take_readings": SHOP,
    "production.install_parts": SHOP,
    "production.book_lot": ("planner", *SHOP),
    "production.scrap_lot": ("planner", *SHOP, "approver"),
    "production.pack_box": SHOP,
    "production.pass_unit": ("inspector",),
    "production.hold_unit": EVERYONE,
    "production.lift_hold": ("inspector", "approver"),
    "production.hold_part": EVERYONE,
    "production.lift_part": ("inspector", "approver"),
    "production.sign_deviation": ("approver",),
    "production.sign_permit": ("approver",),
    "production.revoke_permit": ("approver",),
    "production.reopen_operation": ("inspector", "approver"),
    "production.scrap_unit": ("approver",),
    "production.release_unit": ("approver",),
    # quality
    "quality.open_nonconformance": EVERYONE,
    "quality.contain_nonconformance": ("inspector", "approver"),
    "quality.dispose_nonconformance": ("approver",),
    "quality.close_nonconformance": ("inspector", "approver"),
    "quality.freeze_limits": ("engineer", "approver"),
    "quality.judge_point": EVERYONE,
    "quality.acknowledge_reaction": ("engineer", *SHOP, "approver"),
    "quality.contain_reaction": ("engineer", "inspector", "approver"),
    "quality.close_reaction": ("engineer", "inspector", "approver"),
    # assurance
    "assurance.declare_evidence": ("engineer", "approver"),
    "assurance.plan_verification": ("engineer",),
    "assurance.judge_unit": ("inspector", "approver"),
    "assurance.release_unit": ("approver",),
    "assurance.issue_document": ("planner", "inspector", "approver"),
    "assurance.seal_day": ("inspector", "approver"),
    # insight
    "insight.write_report": EVERYONE,
    "insight.make_subscription": (),  # administrators only: it sends facts out of the house
    "insight.steer_subscription": (),
}


def role_permissions() -> dict[str, frozenset[str]]:
    """Return the permissions of each role; an auditor and a customer only read."""
    return {
        role: frozenset(name for name, roles in PERMISSIONS.items() if role in roles)
        for role in ROLES
    }
