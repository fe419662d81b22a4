"""The one gate in front of every unit: whoever comes, page, API, machine or import, passes here.

It answers with every record that stands in the way, each with what clears it; an empty list lets
the work begin.
"""

from packline.production.gate.asking import blocks, let_pass

__all__ = ["blocks", "let_pass"]
