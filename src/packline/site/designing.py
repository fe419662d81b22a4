"""What an engineer does about a design: study, release, and plan how it is built and verified."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from packline.assurance.models import VerificationItem
from packline.assurance.services import plan_verification
from packline.design.models import Design, Study
from packline.design.services import release_design, study_designs
from packline.foundation.errors import Refused
from packline.foundation.models import Person
from packline.process.services import plan_process
from packline.requirements.models import Program
from packline.site.catalogue import cell_sheets
from packline.site.forms.designs import ReleaseDesign
from packline.site.offering import Offer

__all__ = ["ACTS"]


def _last_study(program: Program) -> Study | None:
    return program.studies.order_by("-number").first()


def _released(program: Program) -> Design | None:
    return (
        program.designs.filter(state="released")
        .select_related("cell", "program", "study__program")
        .first()
    )


def _has_feasible(program: Program) -> bool:
    last = _last_study(program)
    return last is not None and last.state != "infeasible"


def _is_not_verified(program: Program) -> bool:
    planned = VerificationItem.objects.filter(requirement__program=program)
    return _released(program) is not None and not planned.exists()


def _study(program: Program, said: dict[str, Any], by: Person, at: datetime) -> str:
    made = study_designs(program=program, cells=cell_sheets(), by=by, at=at)
    n = made.candidates.filter(feasible=True).count()
    return f"Study {made.number} found {n} feasible designs" + (
        "; release one of them." if n else ": each candidate says what rejects it."
    )


def _release(program: Program, said: dict[str, Any], by: Person, at: datetime) -> str:
    candidate = said["candidate"]
    made = release_design(study=candidate.study, candidate=candidate, by=by, at=at)
    return f"Design {made.revision} is released: {made.series}S{made.parallel}P of {made.cell}."


def _plan(program: Program, said: dict[str, Any], by: Person, at: datetime) -> str:
    design = _released(program)
    if design is None:
        raise Refused(f"program {program} has no released design: release one first")
    made = plan_process(design=design, by=by, at=at)
    n = made.operations.count()
    return f"Routing {made.revision} holds for new orders: {n} operations."


def _verify(program: Program, said: dict[str, Any], by: Person, at: datetime) -> str:
    items = plan_verification(program=program, by=by, at=at)
    return f"It is planned by what each of {len(items)} requirements is verified."


ACTS: dict[str, Offer[Program]] = {
    "study": Offer(
        title="Study designs",
        hint="Searches the catalogue for packs that meet the requirements and simulates the best "
        "of them. This takes some seconds; every study is kept.",
        button="Search the catalogue",
        needs="design.study_designs",
        do=_study,
    ),
    "release": Offer(
        title="Release a design",
        hint="From a released design follow the limits of its cells, its process and its battery "
        "management. Orders are placed for it.",
        button="Release it",
        needs="design.release_design",
        when=_has_feasible,
        form=ReleaseDesign,
        more=lambda program: {"of": _last_study(program)},
        do=_release,
    ),
    "plan": Offer(
        title="Plan the process",
        hint="Generates routing, control plan and PFMEA from the released design, with the "
        "instructions in force. Where nothing has changed, nothing is planned anew.",
        button="Plan it",
        needs="process.plan_process",
        when=lambda program: _released(program) is not None,
        do=_plan,
    ),
    "verify": Offer(
        title="Plan the verification",
        hint="Writes down by which measurement, report or document each requirement is verified. "
        "It is planned once for a program.",
        button="Plan it",
        needs="assurance.plan_verification",
        when=_is_not_verified,
        do=_verify,
    ),
}
