"""Tables of supply: lots with their file, every cell with its figures, limits, holds, samples."""

from packline.supply.models.lots import LIMIT_CODES, Cell, CellLot, LotHold, LotLimit
from packline.supply.models.sampling import (
    LEVELS,
    SAMPLE_CODES,
    LotSample,
    SampleReading,
    SamplingScheme,
)

__all__ = [
    "LEVELS",
    "LIMIT_CODES",
    "SAMPLE_CODES",
    "Cell",
    "CellLot",
    "LotHold",
    "LotLimit",
    "LotSample",
    "SampleReading",
    "SamplingScheme",
]
