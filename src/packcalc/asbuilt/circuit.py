"""Resistance and rest voltage of groups, from the resistance and voltage of each cell in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["BuiltCircuit", "built_circuit", "rest_voltage"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class BuiltCircuit:
    """Resistances of packs as built.

    Parameters
    ----------
    group : ndarray, shape (..., s)
        Between the two sense taps of each group: its cells, their joints and one link. [Ohm]
    pack : ndarray, shape (...)
        Between the terminals: all groups, and the link beyond the last tap. [Ohm]
    weight : ndarray, shape (..., s, p)
        Change of the group's resistance with that of one cell or joint in it. [1]
    """

    group: Array
    pack: Array
    weight: Array


def built_circuit(cell: ArrayLike, joint: ArrayLike, link: ArrayLike) -> BuiltCircuit:
    """Work out what groups and pack resist, from every cell and joint.

    Parameters
    ----------
    cell : array_like, shape (..., s, p)
        Resistance of each cell. [Ohm]
    joint : array_like, shape (..., s, p) or ()
        Joints of each cell, both ends together. [Ohm]
    link : array_like, shape (..., s + 1)
        Conductor before each group, and after the last. [Ohm]

    Returns
    -------
    circuit : BuiltCircuit
        Resistances of the groups and of the pack. [Ohm]

    Raises
    ------
    ValueError
        If a resistance is not finite and above zero (joints and links: not below zero), or the
        number of links is not one more than that of the groups.

    Derivation
    ----------
    Each cell with its joints is one branch r_i; branches side by side have R = 1 / sum(1 / r_i),
    and so dR/dr_i = (R / r_i)^2. In a group of p equal cells a joint that is x too high shows as
    x / p^2 only: with many cells side by side a single joint hides.

    Examples
    --------
    Two groups of two cells of 20 mOhm; one joint of the second is 2 mOhm too high.

    >>> circuit = built_circuit([[0.02, 0.02], [0.02, 0.02]], [[0, 0], [0, 0.002]], [0, 0, 0])
    >>> circuit.group.round(5).tolist(), round(float(circuit.pack), 5)
    ([0.01, 0.01048], 0.02048)
    """
    cells, joints = np.broadcast_arrays(np.asarray(cell, float), np.asarray(joint, float))
    links = np.asarray(link, float)
    if cells.ndim < 2 or links.shape[-1:] != (cells.shape[-2] + 1,):
        raise ValueError(
            f"cells of shape {cells.shape} need one link more than groups, "
            f"not links of shape {links.shape}"
        )
    for name, values, least in (("cell", cells, np.nextafter(0, 1)), ("joint", joints, 0.0)):
        if not (np.isfinite(values).all() and values.min() >= least):
            raise ValueError(f"a {name} resistance of {values.min():g} Ohm cannot be")
    if not (np.isfinite(links).all() and links.min() >= 0):
        raise ValueError(f"a link of {links.min():g} Ohm cannot be")
    branch = cells + joints
    alone = 1 / (1 / branch).sum(axis=-1)
    group = alone + links[..., :-1]
    weight = (alone[..., None] / branch) ** 2
    return BuiltCircuit(group, np.asarray(group.sum(axis=-1) + links[..., -1]), weight)


def rest_voltage(voltage: ArrayLike, capacity: ArrayLike) -> Array:
    """Return where the voltage of each group comes to rest after its cells were joined.

    Parameters
    ----------
    voltage : array_like, shape (..., p)
        Voltage of each cell at rest before. [V]
    capacity : array_like, shape (..., p)
        Capacity of each cell. [A s]

    Returns
    -------
    voltage : ndarray, shape (...)
        Voltage of the group at rest. [V]

    Raises
    ------
    ValueError
        If a capacity is not above zero.

    Derivation
    ----------
    Charge is kept. Close together the voltages of cells of one kind rise alike with their states
    of charge, dv = dz / k, so sum(C_i (v - v_i)) = 0 and v is the mean weighted by capacity. (At
    the first moment it is the mean weighted by conductance; that passes within minutes.)

    Examples
    --------
    >>> rest_voltage([[3.60, 3.61]], [[1.0, 3.0]]).round(4).tolist()
    [3.6075]
    """
    volts, charge = np.asarray(voltage, float), np.asarray(capacity, float)
    if not (np.isfinite(charge).all() and charge.min() > 0):
        raise ValueError(f"a capacity of {charge.min():g} A s cannot be")
    return np.asarray((volts * charge).sum(axis=-1) / charge.sum(axis=-1))
