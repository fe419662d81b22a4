"""Which revision is in force, and for whom."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from packline.design.models import Design
from packline.foundation.prepared import Prepared
from packline.process.calc.catalogue import operation_types
from packline.process.calc.plan import InForce
from packline.process.calc.serials import in_range
from packline.process.models import Effectivity, Instruction, InstructionPicture, Recipe

__all__ = [
    "all_effectivities",
    "all_recipes",
    "effective_for",
    "instruction_in_force",
    "pictures_of",
    "recipe_called",
    "revised_instructions",
]


_effectivities = Prepared(
    lambda operation_code, design: Effectivity.objects.filter(
        operation_code=operation_code, design=design
    ).order_by("number")
)


def instruction_in_force(operation_code: str) -> InForce:
    """Return the latest instruction of an operation; revision 1 is the one that is shipped."""
    last = Instruction.objects.filter(operation_code=operation_code).order_by("-revision").first()
    if last is None:
        return InForce(operation_types()[operation_code].instruction, 1, 1)
    return InForce(last.text, last.revision, last.trained_from)


def revised_instructions() -> dict[str, InForce]:
    """Return the latest instruction of every operation that has been revised."""
    return {
        row.operation_code: InForce(row.text, row.revision, row.trained_from)
        for row in Instruction.objects.order_by("revision")
    }


def pictures_of(operation_code: str, revision: int) -> QuerySet[InstructionPicture]:
    """Return the pictures of a revision of an instruction, in their order."""
    return (
        InstructionPicture.objects.filter(operation_code=operation_code, revision=revision)
        .select_related("file")
        .order_by("number")
    )


def recipe_called(code: str, revision: str) -> Recipe | None:
    """Return the recipe of a code and revision, as a machine names what it has loaded."""
    return Recipe.objects.filter(code=code, revision=revision).first()


def all_recipes() -> QuerySet[Recipe]:
    """Return every revision of every machine's program."""
    return Recipe.objects.order_by("code", "revision")


def all_effectivities() -> QuerySet[Effectivity]:
    """Return everything said about the effectivity of revisions, of a design the last first."""
    return Effectivity.objects.select_related("design__program").order_by(
        "design__program__code", "-design__revision", "-number"
    )


def effective_for(
    design: Design, operation_code: str, serial: str, at: datetime
) -> tuple[dict[tuple[str, str], Effectivity], frozenset[tuple[str, str]]]:
    """Return what is effective at an operation for a serial, and what is under effectivity at all.

    Both by kind and code. What is under effectivity but not effective has no revision that holds
    for this serial now.
    """
    said = _effectivities(operation_code=operation_code, design=design)
    ruling: dict[tuple[str, str], Effectivity] = {}
    known: set[tuple[str, str]] = set()
    for row in said:
        known.add((row.kind, row.code))
        begun = row.effective_from <= at
        ended = row.effective_until is not None and row.effective_until <= at
        if begun and not ended and in_range(serial, row.first_serial, row.last_serial):
            ruling[row.kind, row.code] = row
    return ruling, frozenset(known)
