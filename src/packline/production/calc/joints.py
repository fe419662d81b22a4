"""Joint data: arrays to a Parquet file and back, judged in one pass."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from packline.foundation.errors import DomainError, NotANumber

__all__ = ["JointSummary", "from_parquet", "judge", "to_parquet"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class JointSummary:
    """What one quantity of a unit's joints comes to."""

    n: int
    n_failed: int
    least: float
    median: float
    greatest: float
    worst_position: int  # from 1: the joint that is furthest out, or nearest to a limit


def to_parquet(columns: Mapping[str, Array]) -> bytes:
    """Return the joints of one step as a Parquet file; row k is joint k + 1."""
    lengths = {len(values) for values in columns.values()}
    if len(lengths) != 1 or lengths == {0}:
        raise DomainError(f"joint columns must be of one length, not {sorted(lengths)}")
    for name, values in columns.items():
        if not np.isfinite(np.asarray(values, dtype=float)).all():
            raise NotANumber(f"joint column {name} holds a value that is not finite")
    table = pa.table({name: pa.array(np.asarray(values)) for name, values in columns.items()})
    buffer = io.BytesIO()
    # No creation metadata in it: the same joints give the same file, and so the same name.
    pq.write_table(table, buffer, compression="zstd", write_statistics=False)
    return buffer.getvalue()


def from_parquet(content: bytes) -> dict[str, NDArray[np.generic]]:
    """Return the columns of a joint file."""
    table = pq.read_table(io.BytesIO(content))
    return {name: table.column(name).to_numpy() for name in table.column_names}


def judge(values: Array, low: float | None, high: float | None) -> JointSummary:
    """Judge all joints against one pair of limits."""
    under = np.full(len(values), -np.inf) if low is None else low - values
    over = np.full(len(values), -np.inf) if high is None else values - high
    excess = np.maximum(under, over)
    return JointSummary(
        n=len(values),
        n_failed=int((excess > 0).sum()),
        least=float(values.min()),
        median=float(np.median(values)),
        greatest=float(values.max()),
        worst_position=int(excess.argmax()) + 1,
    )
