"""Whether everything that a step has to measure was measured."""

from __future__ import annotations

from packline.foundation.errors import Blocker
from packline.production.calc.complete import missing_readings
from packline.production.models import Step
from packline.production.queries.joints import missing_in_words


def reading_blocks(step: Step) -> list[Blocker]:
    """Return the characteristics that a step still lacks readings of."""
    design = step.unit.order.design
    missing = missing_readings(
        step.operation.characteristics.order_by("code"),
        step.readings.select_related("characteristic"),
        step.joint_sets.select_related("characteristic"),
        series=design.series,
        parallel=design.parallel,
        named=lambda characteristic: missing_in_words(step, characteristic),
    )
    return [
        Blocker(
            f"characteristic {words.partition(' ')[0]}",
            f"readings are missing: {words}",
            "measuring it",
            code="reading_missing",
        )
        for words in missing
    ]
