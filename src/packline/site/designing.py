"""What an engineer does about a design: study, release, and plan how it is built and verified."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

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

__all__ = ["ACTS", "Act"]


@dataclass(frozen=True, slots=True)
class Act:
    """What may be done about the design of a program: when, with which permission, and how."""

    title: str
    hint: str
    button: str
    needs: str
    form: Callable[..., forms.Form]
    can_be: Callable[[Program], bool]
    do: Callable[[Program, dict[str, Any], Person, datetime], str]


def _last_study(program: Program) -> Study | None:
    return program.studies.order_by("-number").first()


def _released(program: Program) -> Design | None:
    return (
        program.designs.filter(state="released")
        .select_related("cell", "program", "study__program")
        .first()
    )


def _nothing(*args: Any, of: Program, **kwargs: Any) -> forms.Form:
    return forms.Form(*args, **kwargs)


def _candidates(*args: Any, of: Program, **kwargs: Any) -> forms.Form:
    return ReleaseDesign(*args, of=_last_study(of), **kwargs)


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


ACTS: dict[str, Act] = {
    "study": Act(
        "Study designs",
        "Searches the catalogue for packs that meet the requirements and simulates the best of "
        "them. This takes some seconds; every study is kept.",
        "Search the catalogue",
        "design.study_designs",
        _nothing,
        lambda program: True,
        _study,
    ),
    "release": Act(
        "Release a design",
        "From a released design follow the limits of its cells, its process and its battery "
        "management. Orders are placed for it.",
        "Release it",
        "design.release_design",
        _candidates,
        _has_feasible,
        _release,
    ),
    "plan": Act(
        "Plan the process",
        "Generates routing, control plan and PFMEA from the released design, with the "
        "instructions in force. Where nothing has changed, nothing is planned anew.",
        "Plan it",
        "process.plan_process",
        _nothing,
        lambda program: _released(program) is not None,
        _plan,
    ),
    "verify": Act(
        "Plan the verification",
        "Writes down by which measurement, report or document each requirement is verified. It is "
        "planned once for a program.",
        "Plan it",
        "assurance.plan_verification",
        _nothing,
        _is_not_verified,
        _verify,
    ),
}
