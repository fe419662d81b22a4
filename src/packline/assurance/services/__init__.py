"""What can be done about assurance. The only code that writes these tables."""

from packline.assurance.services.documents import issue_document
from packline.assurance.services.evidence import declare_evidence, plan_verification
from packline.assurance.services.release import CHECKLIST, MEANING, judge_unit, release_unit
from packline.assurance.services.seal import seal_day, seal_days

__all__ = [
    "CHECKLIST",
    "MEANING",
    "declare_evidence",
    "issue_document",
    "judge_unit",
    "plan_verification",
    "release_unit",
    "seal_day",
    "seal_days",
]
