"""What can be asked about how it goes. Reads only; a handful of queries per question."""

from packline.insight.queries.charts import charts_of_order, checks_of_order
from packline.insight.queries.kpis import kpis_of_order

__all__ = ["charts_of_order", "checks_of_order", "kpis_of_order"]
