"""The answer of a statistic that has nothing, or too little, to go on."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["NoData"]


@dataclass(frozen=True, slots=True)
class NoData:
    """No figure, and why: neither 0 nor 100 %, and not to be computed with.

    It is false in a condition, prints its reason, and refuses arithmetic and order with numbers
    (there is nothing it could be less than), so it cannot pass for a figure by accident.

    Parameters
    ----------
    reason : str
        What is missing, in words for the reader of a report. [-]

    Examples
    --------
    >>> str(NoData("no unit was tested")), bool(NoData("no unit was tested"))
    ('no data: no unit was tested', False)
    """

    reason: str

    def __str__(self) -> str:
        return f"no data: {self.reason}"

    def __bool__(self) -> bool:
        return False
