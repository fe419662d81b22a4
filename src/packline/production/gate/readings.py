"""Whether everything that a step has to measure was measured."""

from __future__ import annotations

from packline.foundation.errors import Blocker
from packline.foundation.prepared import Prepared
from packline.production.calc.complete import missing_readings
from packline.production.models import JointSet, Reading, Step
from packline.production.queries.joints import missing_in_words

_readings = Prepared(
    lambda step: Reading.objects.filter(step=step).select_related("characteristic")
)
_joint_sets = Prepared(
    lambda step: JointSet.objects.filter(step=step).select_related("characteristic")
)


def reading_blocks(step: Step) -> list[Blocker]:
    """Return the characteristics that a step still lacks readings of."""
    design = step.unit.order.design
    missing = missing_readings(
        sorted(step.operation.characteristics.all(), key=lambda c: c.code),
        _readings(step=step),
        _joint_sets(step=step),
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
