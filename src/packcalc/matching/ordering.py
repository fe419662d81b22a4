"""Sorting and medians of a million readings in a few hundredths of a second.

NumPy sorts plain whole numbers several times faster than it sorts indices in a stable way. So
the place of a value is packed behind the value, and the sorted numbers give the places back.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
FEW = 2000  # values; fewer are sorted as they are


def stable_order(values: NDArray[Any]) -> Ints:
    """Order values along the last axis, equal ones as they stand: argsort of kind 'stable'."""
    count = values.shape[-1]
    if values.size < FEW:
        return np.argsort(values, axis=-1, kind="stable")
    bits = count.bit_length()
    if values.dtype.kind == "i":
        lowest = int(values.min())
        if (int(values.max()) - lowest).bit_length() + bits < 63:
            return _unpacked((values - lowest) << bits, np.arange(count), bits)
    elif values.ndim == 1:
        rough = np.argsort(values)
        ranked = values[rough]
        run = np.zeros(count, dtype=np.int64)
        np.cumsum(ranked[1:] != ranked[:-1], out=run[1:])
        return _unpacked(run << bits, rough, bits)
    return np.argsort(values, axis=-1, kind="stable")


def _unpacked(shifted: Ints, places: Ints, bits: int) -> Ints:
    """Sort places by the numbers before them; works in place."""
    shifted |= places
    shifted.sort(axis=-1)
    shifted &= (1 << bits) - 1
    return shifted


def order_by(keys: list[NDArray[Any]]) -> Ints:
    """Sort by the first key, then the next: packed into one whole number where that fits."""
    packed = np.zeros(len(keys[0]), dtype=np.int64)
    room = 1
    for key in keys:
        if key.dtype.kind not in "iu" or not len(key):
            return np.lexsort(keys[::-1])
        lowest = int(key.min())
        width = int(key.max()) - lowest + 1
        room *= width
        if room >= 2**62:
            return np.lexsort(keys[::-1])
        packed *= width
        packed += key - lowest
    return stable_order(packed)


def middle(values: NDArray[np.float64]) -> float:
    """Median of finite values; of an even number the mean of the two in the middle."""
    half = len(values) // 2
    parted = np.partition(values, half)
    upper = float(parted[half])
    return upper if len(values) % 2 else (float(parted[:half].max()) + upper) / 2
