"""Revising what stations work by, and saying for which serials a revision is effective."""

from __future__ import annotations

from datetime import datetime
from string import Formatter

from packline.design.models import Design
from packline.foundation.commands import command, unchanged
from packline.foundation.errors import DomainError, Refused
from packline.foundation.events import record
from packline.foundation.models import Person, StoredFile
from packline.process.calc.catalogue import operation_types
from packline.process.calc.plan import WORDS
from packline.process.calc.serials import range_fault
from packline.process.models import Effectivity, Instruction, Recipe
from packline.process.queries.revisions import instruction_in_force
from packline.process.states import EFFECTIVE_KINDS


@command("process.register_recipe")
def register_recipe(
    *,
    code: str,
    revision: str,
    file: StoredFile | None = None,
    note: str = "",
    by: Person,
    at: datetime,
) -> Recipe:
    """Make a revision of a machine's program known; the same one again changes nothing."""
    code, revision = code.strip(), revision.strip()
    if not code or not revision:
        raise DomainError("a recipe has a code and a revision")
    known = Recipe.objects.filter(code=code, revision=revision).select_related("file").first()
    if known is not None:
        if known.file != file:
            raise Refused(f"recipe {known} is known already, with another file: give a revision")
        return unchanged(known)
    recipe = Recipe.objects.create(code=code, revision=revision, file=file, note=note[:300])
    record("process.recipe.registered", recipe, by=by, at=at, rows=[recipe])
    return recipe


@command("process.revise_instruction")
def revise_instruction(
    *,
    operation_code: str,
    text: str,
    retraining: bool = True,
    note: str = "",
    by: Person,
    at: datetime,
) -> Instruction:
    """Give an operation a new instruction; routings that are planned from now on carry it.

    Unless `retraining` is false, training on earlier revisions no longer suffices for it.
    """
    if operation_code not in operation_types():
        allowed = ", ".join(operation_types())
        raise DomainError(f"{operation_code} is no operation; allowed: {allowed}")
    text = text.strip()
    if not text:
        raise DomainError(f"{operation_code}: an instruction has a text")
    _check_words(operation_code, text)
    last = instruction_in_force(operation_code)
    if last.text == text:
        raise Refused(f"{operation_code}: revision {last.revision} has this text already")
    instruction = Instruction.objects.create(
        operation_code=operation_code,
        revision=last.revision + 1,
        text=text,
        trained_from=last.revision + 1 if retraining else last.trained_from,
        note=note[:300],
    )
    record(
        "process.instruction.revised",
        instruction,
        by=by,
        at=at,
        rows=[instruction],
        retraining=retraining,
    )
    return instruction


@command("process.make_effective")
def make_effective(
    *,
    design: Design,
    kind: str,
    operation_code: str,
    code: str = "",
    revision: str,
    first_serial: str = "",
    last_serial: str = "",
    effective_from: datetime,
    effective_until: datetime | None = None,
    reason: str,
    by: Person,
    at: datetime,
) -> Effectivity:
    """Say which revision the serials of a design are made by; what was said later rules.

    Parameters
    ----------
    design : Design
        Whose packs are meant.
    kind : str
        ``recipe``, ``instruction``, ``limit`` or ``firmware``.
    operation_code : str
        The operation that works by it.
    code : str, optional
        Code of the recipe or of the characteristic; an instruction and a firmware need none.
    revision : str
        The revision that is effective.
    first_serial, last_serial : str, optional
        Both ends of a range of serials; else every serial of the design.
    effective_from, effective_until : datetime
        From when (included) until when (not included; None: until something later rules).
    reason : str
        Why; for example the number of the change.
    by : Person
        Who says so.
    at : datetime
        When.

    Raises
    ------
    DomainError
        If kind, operation, range, dates or recipe are none.
    """
    if kind not in EFFECTIVE_KINDS:
        raise DomainError(f"{kind} has no effectivity; allowed: {', '.join(EFFECTIVE_KINDS)}")
    if fault := range_fault(first_serial, last_serial):
        raise DomainError(fault)
    if effective_until is not None and effective_until <= effective_from:
        raise DomainError("an effectivity ends after it begins")
    if not reason.strip() or not revision.strip():
        raise DomainError("an effectivity says which revision, and why")
    if kind == "recipe" and not Recipe.objects.filter(code=code, revision=revision).exists():
        raise DomainError(f"there is no recipe {code}@{revision}: register it first")
    if kind == "limit" and not code:
        raise DomainError("the effectivity of a limit names its characteristic")
    last = Effectivity.objects.filter(design=design).order_by("-number").first()
    effectivity = Effectivity.objects.create(
        design=design,
        number=last.number + 1 if last else 1,
        kind=kind,
        operation_code=operation_code,
        code=code if kind in ("recipe", "limit") else operation_code,
        revision=revision.strip(),
        first_serial=first_serial,
        last_serial=last_serial,
        effective_from=effective_from,
        effective_until=effective_until,
        reason=reason.strip()[:300],
    )
    record("process.revision.made_effective", effectivity, by=by, at=at, rows=[effectivity])
    return effectivity


@command("process.end_effectivity")
def end_effectivity(
    *, effectivity: Effectivity, because: str, by: Person, at: datetime
) -> Effectivity:
    """End an effectivity now; what was said before it rules again."""
    if effectivity.effective_until is not None and effectivity.effective_until <= at:
        raise Refused(f"{effectivity} ended already, on {effectivity.effective_until:%Y-%m-%d}")
    effectivity.effective_until = max(at, effectivity.effective_from)
    effectivity.save(update_fields=["effective_until"])
    record(
        "process.revision.ended", effectivity, by=by, at=at, rows=[effectivity], because=because
    )
    return effectivity


def _check_words(operation_code: str, text: str) -> None:
    """Let an instruction name the figures of a design, and nothing else."""
    try:
        named = [
            (field, spec, conversion)
            for _, field, spec, conversion in Formatter().parse(text)
            if field is not None
        ]
    except ValueError as error:
        raise DomainError(f"{operation_code}: a brace is written twice: {{{{ ({error})") from None
    for field, spec, conversion in named:
        if field not in WORDS or spec or conversion:
            allowed = ", ".join(f"{{{word}}}" for word in WORDS)
            raise DomainError(f"{operation_code}: {{{field}}} is no figure; allowed: {allowed}")
