"""Reading a joint log that somebody sent: what it says about its size is checked first."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from packline.foundation.errors import InputError, Problem

__all__ = ["MOST_BYTES", "MOST_COLUMNS", "MOST_ROWS", "read_log"]

MOST_ROWS = 200_000
MOST_COLUMNS = 32
MOST_BYTES = 64 * 2**20  # when unpacked


def read_log(content: bytes) -> dict[str, NDArray[np.generic]]:
    """Return the columns of a Parquet file of joints.

    Raises
    ------
    InputError
        If it is no Parquet, not of numbers or too large when unpacked.
    """
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        found = file.metadata
        groups = [found.row_group(n) for n in range(found.num_row_groups)]
        unpacked = sum(g.total_byte_size for g in groups)
        schema = file.schema_arrow
        problems = [
            Problem("body", "rows", str(found.num_rows), "are too many or none", f"1-{MOST_ROWS}")
            for _ in [0]
            if not 1 <= found.num_rows <= MOST_ROWS
        ]
        if found.num_columns > MOST_COLUMNS:
            allowed = f"up to {MOST_COLUMNS}"
            problems.append(
                Problem("body", "columns", str(found.num_columns), "are too many", allowed)
            )
        if unpacked > MOST_BYTES:
            allowed = f"up to {MOST_BYTES} bytes"
            problems.append(
                Problem("body", "bytes", str(unpacked), "are too many unpacked", allowed)
            )
        problems += [
            Problem("body", field.name[:60], str(field.type)[:60], "is not a column of numbers")
            for field in schema
            if not (pa.types.is_integer(field.type) or pa.types.is_floating(field.type))
        ][:20]
        if problems:
            raise InputError(problems)
        table = file.read(use_threads=False)
        if table.num_rows != found.num_rows or any(c.null_count for c in table.columns):
            raise InputError([Problem("body", "rows", "", "are missing or empty")])
        return {name: table.column(name).to_numpy() for name in table.column_names}
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        said = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise InputError([Problem("body", "", "", f"is no Parquet file: {said}")]) from error
