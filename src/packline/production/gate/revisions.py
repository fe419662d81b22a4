"""Whether recipe, instruction, limits and firmware are those effective for this serial now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from packline.foundation.errors import Blocker
from packline.process.models import Effectivity, Operation, Recipe
from packline.process.queries import effective_for
from packline.production.models import Unit

Ruling = Mapping[tuple[str, str], Effectivity]


def revision_blocks(
    unit: Unit, operation: Operation, recipe: Recipe | None, at: datetime
) -> list[Blocker]:
    """Return what is worked by in a revision that is not effective for the unit.

    A recipe always needs a revision that is effective. Instruction, limits and firmware are those
    of the order's routing, unless something was said about their effectivity.
    """
    ruling, known = effective_for(unit.order.design, operation.code, unit.serial, at)
    found = list(_recipe(unit, operation, recipe, ruling))
    used = {
        ("instruction", operation.code): str(operation.instruction_revision),
        ("firmware", operation.code): unit.firmware_version,
    }
    if any(kind == "limit" for kind, _ in known):
        used |= {("limit", c.code): c.revision for c in operation.characteristics.all()}
    for key in sorted(used.keys() & known):
        kind, code = key
        row = ruling.get(key)
        if row is None or row.revision != used[key]:
            yield_of = "a new order on the routing that is effective"
            found.append(
                Blocker(
                    f"{kind} {code}@{used[key]}",
                    _why(row, unit),
                    f"the effective revision ({yield_of}), or a signed deviation permit",
                    code=f"{kind}_not_effective",
                )
            )
    return found


def _recipe(
    unit: Unit, operation: Operation, recipe: Recipe | None, ruling: Ruling
) -> Iterator[Blocker]:
    code = operation.recipe_code
    if not code:
        return
    row = ruling.get(("recipe", code))
    if recipe is None:
        yield Blocker(
            f"recipe {code}",
            f"{operation.title} runs a program, and none was named",
            "naming what the machine has loaded",
            code="recipe_not_identified",
        )
    elif recipe.code != code or row is None or row.revision != recipe.revision:
        wanted = f"{code}: " if recipe.code != code else ""
        yield Blocker(
            f"recipe {recipe}",
            f"{wanted}{_why(row, unit)}",
            "loading the effective revision, or a signed deviation permit",
            code="recipe_not_effective",
        )


def _why(row: Effectivity | None, unit: Unit) -> str:
    if row is None:
        return f"no revision is effective for {unit} now"
    return f"revision {row.revision} is effective for {unit} ({row.reason})"
