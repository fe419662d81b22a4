"""The one gate in front of every unit: whoever comes, page, API, machine or import, passes here.

It answers with every record that stands in the way, each with what clears it; an empty list lets
the work begin. Only a signed, scoped, expiring deviation opens it.
"""

from packline.production.gate.asked import Act, Measuring
from packline.production.gate.asking import blocks, let_pass, let_unit_pass
from packline.production.gate.parts import let_parts_pass
from packline.production.gate.permits import Opened

__all__ = ["Act", "Measuring", "Opened", "blocks", "let_parts_pass", "let_pass", "let_unit_pass"]
