"""What insight writes: reports, nothing else."""

from packline.insight.services.report import write_report

__all__ = ["write_report"]
