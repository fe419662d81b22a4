"""Joint data: arrays to a Parquet file and back, judged in one pass."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from packline.foundation.errors import DomainError, NotANumber

__all__ = ["JointSummary", "from_parquet", "judge", "judge_all", "to_parquet"]

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


def to_parquet(columns: Mapping[str, NDArray[np.generic]]) -> bytes:
    """Return the joints of one step as a Parquet file, a row each; texts are kept by code."""
    lengths = {len(values) for values in columns.values()}
    if len(lengths) != 1 or lengths == {0}:
        raise DomainError(f"joint columns must be of one length, not {sorted(lengths)}")
    arrays = {}
    for name, values in columns.items():
        if values.dtype.kind in "OUS":
            arrays[name] = pa.array(values.tolist(), pa.string()).dictionary_encode()
            continue
        finite = np.isfinite(np.asarray(values, dtype=float))
        if not finite.all():
            row = int(np.flatnonzero(~finite)[0]) + 1
            raise NotANumber(f"joint column {name}, row {row}: holds a value that is not finite")
        arrays[name] = pa.array(values)
    table = pa.table(arrays)
    buffer = io.BytesIO()
    # No creation metadata in it: the same joints give the same file, and so the same name.
    pq.write_table(table, buffer, compression="zstd", write_statistics=False)
    return buffer.getvalue()


def from_parquet(
    content: bytes, columns: Sequence[str] | None = None
) -> dict[str, NDArray[np.generic]]:
    """Return the columns of a joint file, or those of `columns` that it has and no others."""
    file = pq.ParquetFile(io.BytesIO(content))
    wanted = None if columns is None else [n for n in columns if n in file.schema_arrow.names]
    table = file.read(columns=wanted)
    return {name: table.column(name).to_numpy() for name in table.column_names}


def judge(values: Array, low: float | None, high: float | None) -> JointSummary:
    """Judge all joints against one pair of limits."""
    return judge_all(values[None, :], [(low, high)])[0]


def judge_all(
    values: Array, limits: Sequence[tuple[float | None, float | None]]
) -> list[JointSummary]:
    """Judge all joints in all quantities in one pass.

    `values` has a row per quantity and a column per joint, `limits` a pair per quantity. What is
    nearest to a limit, or furthest outside, counts in the unit of its quantity.
    """
    low = np.array([-np.inf if pair[0] is None else pair[0] for pair in limits])[:, None]
    high = np.array([np.inf if pair[1] is None else pair[1] for pair in limits])[:, None]
    excess = np.maximum(low - values, values - high)
    failed = (excess > 0).sum(axis=1)
    worst = excess.argmax(axis=1) + 1
    least, greatest = values.min(axis=1), values.max(axis=1)
    median = np.median(values, axis=1)
    return [
        JointSummary(
            n=values.shape[1],
            n_failed=int(failed[q]),
            least=float(least[q]),
            median=float(median[q]),
            greatest=float(greatest[q]),
            worst_position=int(worst[q]),
        )
        for q in range(len(limits))
    ]
