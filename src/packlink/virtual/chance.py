"""Chance that depends only on what is asked, never on the order of asking or on the machine.

A name (the seed, the serial, the operation, ...) is hashed with SHA-256; the digest is the number,
or the seed of a PCG64 generator when many numbers are needed. Normal numbers are made with
Wichura's inverse of the normal distribution (AS 241), which uses nothing but arithmetic, one
logarithm and one square root.
"""

from __future__ import annotations

import hashlib
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

__all__ = ["deviate", "generator", "normal", "uniform"]

_STANDARD = NormalDist()


def uniform(*name: object) -> float:
    """Return the one number in the open interval (0, 1) that belongs to this name. [1]"""
    first = int.from_bytes(_digest(name)[:8], "big") >> 11  # the 53 bits that a float holds
    return (first + 0.5) * 2.0**-53


def deviate(*name: object) -> float:
    """Return the one standard normal number that belongs to this name. [1]"""
    return _STANDARD.inv_cdf(uniform(*name))


def generator(*name: object) -> np.random.Generator:
    """Return the generator that belongs to this name, at its start."""
    return np.random.Generator(np.random.PCG64(int.from_bytes(_digest(name), "big")))


def normal(chance: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Draw standard normal numbers through the inverse of the distribution.

    numpy does not promise that ``Generator.normal`` stays the same from version to version; the
    53-bit ``random`` under it is plain PCG64.
    """
    u = chance.random(shape)
    flat = [_STANDARD.inv_cdf(x) for x in np.maximum(u, 2.0**-54).ravel().tolist()]
    return np.array(flat, dtype=float).reshape(shape)


def _digest(name: tuple[object, ...]) -> bytes:
    return hashlib.sha256("\x1f".join(map(str, name)).encode()).digest()
