"""What can be done in design. The only code that writes its tables."""

from packline.design.services.release import release_design
from packline.design.services.study import study_designs

__all__ = ["release_design", "study_designs"]
