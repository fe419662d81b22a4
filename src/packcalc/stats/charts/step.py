"""One point of a chart: plain functions that numba compiles and streams may run as they are.

The past of a stream is five shift registers: bit 0 is the last point and 1 means "yes"; what is
true above the centre lives in bits 0-29, what is true below it in bits 32-61. A rule is a mask
over a register, so one point costs the same whatever came before it, and batch and stream cannot
differ. `kernels` compiles these functions; `monitor` may run them plain.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__: list[str] = []

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Past = tuple[int, int, int, int, int]
HALF = 0x3FFFFFFF  # thirty points of history; no rule looks further back
BOTH = HALF << 32 | HALF

# Configuration of a monitor, shape (CONFIG,)
CENTRE, UP1, LOW1, UP2, LOW2, UPPER, LOWER, MR_UPPER = 0, 1, 2, 3, 4, 5, 6, 7
LAMBDA, EWMA_REACH, CUSUM_K, CUSUM_H, EXACT, CONFIG = 8, 9, 10, 11, 12, 13
# State of a monitor, shape (STATE,), and its registers, shape (REGISTERS,)
LAST, COUNT, MEAN, SQUARES, EWMA, DECAY, C_PLUS, C_MINUS, STATE = 0, 1, 2, 3, 4, 5, 6, 7, 8
REGISTERS = 5
MR_BIT, EWMA_BIT, CUSUM_UP_BIT, CUSUM_DOWN_BIT = 8, 9, 10, 11


def shift_in(
    x: float,
    last: float,
    centre: float,
    up1: float,
    low1: float,
    up2: float,
    low2: float,
    side: int,
    slope: int,
    two: int,
    one: int,
    seen: int,
) -> Past:
    """Shift one point into the registers; a value that is not a number empties them."""
    if x != x:
        return 0, 0, 0, 0, 0
    return (
        (side << 1 | int(x > centre) | int(x < centre) << 32) & BOTH,
        (slope << 1 | int(x > last) | int(x < last) << 32) & BOTH,
        (two << 1 | int(x > up2) | int(x < low2) << 32) & BOTH,
        (one << 1 | int(x > up1) | int(x < low1) << 32) & BOTH,
        (seen << 1 | 1) & HALF,
    )


def completed(
    beyond: int,
    side: int,
    slope: int,
    two: int,
    one: int,
    seen: int,
    run: int,
    trend: int,
    swing: int,
    inside: int,
    outside: int,
    both: int,
) -> int:
    """Give the bits of the rules that the last point completes (`beyond`: it is past a limit)."""
    fired = beyond
    if side & run == run or side >> 32 & run == run:
        fired |= 2
    if slope & trend == trend or slope >> 32 & trend == trend:
        fired |= 4
    turns = (slope & slope >> 33) | (slope >> 32 & slope >> 1)
    if turns & swing == swing:
        fired |= 8
    # 2 of 3 and 4 of 5: the point itself, and all but one of those before it, on one side
    fired |= ((two & (two >> 1 | two >> 2)) | (two >> 32 & (two >> 33 | two >> 34))) << 4 & 16
    b1, b2, b3, b4 = one >> 1, one >> 2, one >> 3, one >> 4
    four = one & ((b1 & b2 & (b3 | b4)) | (b3 & b4 & (b1 | b2)))
    fired |= (four | four >> 32) << 5 & 32
    away = one | one >> 32
    if seen & ~away & inside == inside:
        fired |= 64
    if away & outside == outside and (
        both == 0 or (one & outside != 0 and one >> 32 & outside != 0)
    ):
        fired |= 128
    return fired


def accumulate(x: float, config: Floats, state: Floats) -> int:
    """Take one point into moments, EWMA and CUSUM; give the bits of those that fire.

    A value that is not a number leaves the sums as they are.
    """
    if x != x:
        state[LAST] = math.nan
        return 0
    fired = 0
    if abs(x - state[LAST]) > config[MR_UPPER]:  # false while there is no point before
        fired |= 1 << MR_BIT
    state[LAST] = x
    state[COUNT] += 1
    change = x - state[MEAN]
    state[MEAN] += change / state[COUNT]
    state[SQUARES] += change * (x - state[MEAN])

    centre, weight = config[CENTRE], config[LAMBDA]
    state[EWMA] += weight * (x - state[EWMA])
    state[DECAY] *= (1 - weight) * (1 - weight)
    share = 1 - state[DECAY] if config[EXACT] > 0 else 1.0
    if abs(state[EWMA] - centre) > config[EWMA_REACH] * math.sqrt(share):
        fired |= 1 << EWMA_BIT
    state[C_PLUS] = max(0.0, state[C_PLUS] + (x - centre - config[CUSUM_K]))
    state[C_MINUS] = max(0.0, state[C_MINUS] + (centre - config[CUSUM_K] - x))
    if state[C_PLUS] > config[CUSUM_H]:
        fired |= 1 << CUSUM_UP_BIT
    if state[C_MINUS] > config[CUSUM_H]:
        fired |= 1 << CUSUM_DOWN_BIT
    return fired
