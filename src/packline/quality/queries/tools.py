"""Which tool stands behind a point of a chart, and which other points it stands behind."""

from __future__ import annotations

from dataclasses import dataclass

from packline.process.models import Characteristic
from packline.production.models import ToolUse
from packline.quality.calc.charts import ChartPoint

__all__ = ["NO_TOOLS", "Tooling", "tooling_of"]


@dataclass(frozen=True, slots=True)
class Tooling:
    """The tools identified for the step of a point, and every step that one of them worked in."""

    codes: tuple[str, ...]
    steps: frozenset[str]  # empty when no tool was identified: then nothing is told apart by it

    def same(self, point: ChartPoint) -> bool:
        """Say whether a point was made with one of these tools, as far as that can be told."""
        return not self.codes or point.step in self.steps


NO_TOOLS = Tooling((), frozenset())


def tooling_of(check: Characteristic, point: ChartPoint) -> Tooling:
    """Return the tools behind a point; at most two queries."""
    here = ToolUse.objects.filter(step__operation=check.operation_id)
    mine = dict(
        here.filter(step__unit__serial=point.serial, step__attempt=point.attempt).values_list(
            "tool_id", "tool__code"
        )
    )
    if not mine:
        return NO_TOOLS
    uses = here.filter(tool__in=mine).select_related("step__unit", "step__operation")
    return Tooling(tuple(sorted(mine.values())), frozenset(str(use.step) for use in uses))
