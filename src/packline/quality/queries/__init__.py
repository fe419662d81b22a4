"""What can be asked about quality. Reads only."""

from packline.quality.queries.charts import charts_of_order, checks_of_order
from packline.quality.queries.nonconformances import (
    DefectCount,
    defect_counts,
    nonconformances_of_lot,
    nonconformances_of_unit,
    open_decisions_about,
    open_nonconformances,
)
from packline.quality.queries.reactions import reactions, signals_of

__all__ = [
    "DefectCount",
    "charts_of_order",
    "checks_of_order",
    "defect_counts",
    "nonconformances_of_lot",
    "nonconformances_of_unit",
    "open_decisions_about",
    "open_nonconformances",
    "reactions",
    "signals_of",
]
