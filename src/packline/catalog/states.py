"""The declared words of the catalogue: chemistries and formats that a cell may have."""

from __future__ import annotations

__all__ = ["CHEMISTRIES", "FORMATS"]

CHEMISTRIES = ("LFP", "NMC", "NCA", "LTO", "Na-ion")
FORMATS = ("cylindrical", "prismatic", "pouch")
