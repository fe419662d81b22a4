"""Kernel: node voltages of the grid of cells and rails, by banded elimination."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from packcalc.pack.frame import CONTRACT, Net

Array = NDArray[np.float64]

# Rails are numbered from the positive end (0) to the negative end (s); the cells of group g lie
# between rail g and rail g + 1; neighbours on a rail are joined by links. Node (rail, column) has
# number rail * by_rail + column * by_column, so that the narrower side gives the bandwidth. The
# matrix is symmetric and positive definite, so elimination needs no pivots. Tables have a band's
# width of spare rows at the end, so that no loop has to look for the last node.


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def assemble(band: Array, link: Array, admit: Array, net: Net) -> None:
    """Write the nodal conductance matrix, upper band: band[i, d] = A[i, i + d]."""
    s, p, by_rail, by_column, pin = net.s, net.p, net.by_rail, net.by_column, net.pin
    band[:] = 0.0
    for rail in range(s + 1):
        for c in range(p - 1):
            g = link[rail, c]
            a = rail * by_rail + c * by_column
            band[a, 0] += g
            band[a + by_column, 0] += g
            band[a, by_column] -= g
    for g in range(s):
        for c in range(p):
            y = admit[g * p + c]
            a = g * by_rail + c * by_column
            band[a, 0] += y
            band[a + by_rail, 0] += y
            band[a, by_rail] -= y
    for d in range(1, band.shape[1]):  # the pinned node is at zero volts: row and column go
        band[pin, d] = 0.0
        if pin >= d:
            band[pin - d, d] = 0.0
    band[pin, 0] = 1.0


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def eliminate_narrow(band: Array, right: Array, unit: Array, both: bool) -> None:
    """Do the same for a band of four, unrolled: five times as fast for one or two groups."""
    nodes = band.shape[0] - 4
    for i in range(nodes):
        pivot = 1 / band[i, 0]
        band[i, 0] = pivot
        one, two, three = band[i, 1], band[i, 2], band[i, 3]
        by_one, by_two, by_three = one * pivot, two * pivot, three * pivot
        band[i + 1, 0] -= by_one * one
        band[i + 1, 1] -= by_one * two
        band[i + 1, 2] -= by_one * three
        band[i + 2, 0] -= by_two * two
        band[i + 2, 1] -= by_two * three
        band[i + 3, 0] -= by_three * three
        value = right[i]
        right[i + 1] -= by_one * value
        right[i + 2] -= by_two * value
        right[i + 3] -= by_three * value
        if both:
            value = unit[i]
            unit[i + 1] -= by_one * value
            unit[i + 2] -= by_two * value
            unit[i + 3] -= by_three * value
    for i in range(nodes - 1, -1, -1):
        one, two, three, pivot = band[i, 1], band[i, 2], band[i, 3], band[i, 0]
        far = right[i] - two * right[i + 2] - three * right[i + 3]
        right[i] = (far - one * right[i + 1]) * pivot
        if both:
            far = unit[i] - two * unit[i + 2] - three * unit[i + 3]
            unit[i] = (far - one * unit[i + 1]) * pivot


@njit(cache=True, error_model="numpy", fastmath=CONTRACT)
def eliminate(band: Array, right: Array, unit: Array, both: bool) -> None:
    """Replace the right-hand side (or both) by the solution; the band is used up."""
    width = band.shape[1]
    if width == 4:
        eliminate_narrow(band, right, unit, both)
        return
    nodes = band.shape[0] - width
    for i in range(nodes):
        row = band[i]
        pivot = 1 / row[0]
        row[0] = pivot
        for a in range(1, width):
            part = row[a] * pivot
            below = band[i + a]
            for b in range(a, width):
                below[b - a] -= part * row[b]
            right[i + a] -= part * right[i]
            if both:
                unit[i + a] -= part * unit[i]
    for i in range(nodes - 1, -1, -1):
        row = band[i]
        value = right[i]
        for a in range(1, width):
            value -= row[a] * right[i + a]
        right[i] = value * row[0]
        if both:
            value = unit[i]
            for a in range(1, width):
                value -= row[a] * unit[i + a]
            unit[i] = value * row[0]
