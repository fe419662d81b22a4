"""What can be asked about how it goes. Reads only; a handful of queries per question."""

from packline.insight.queries.kpis import kpis_of_order

__all__ = ["kpis_of_order"]
