"""The block of cells: nothing overlaps, everything fits, and the box is used."""

from dataclasses import replace
from math import pi

from hypothesis import given
from hypothesis import strategies as st

from packcalc.design import DesignRules, lay_out_cells
from tests.packcalc.design.cells import BARE, ROUND

RULES = DesignRules()


@given(count=st.integers(1, 300))
def test_there_is_a_place_for_every_cell_and_room_for_it(count):
    block = lay_out_cells(ROUND, count, RULES)
    assert block.columns * block.rows * block.layers >= count
    assert block.volume > count * pi / 4 * ROUND.diameter**2 * ROUND.height


def test_a_box_is_used_even_if_another_block_is_smaller():
    free = lay_out_cells(ROUND, 52, RULES)
    flat = lay_out_cells(ROUND, 52, RULES, height_max=0.06)
    assert free.height > 0.06
    assert flat.height <= 0.06
    assert flat.volume >= free.volume


def test_prismatic_cells_stay_upright():
    cell = replace(BARE, width=0.130, thickness=0.036, height=0.200)
    block = lay_out_cells(cell, 4, RULES, height_max=0.05)
    assert block.height > 0.200


def test_a_sheet_without_dimensions_gives_no_block():
    assert lay_out_cells(BARE, 16, RULES) is None


def test_a_single_cell_has_its_own_size_plus_walls():
    block = lay_out_cells(ROUND, 1, RULES)
    sides = sorted((block.length, block.width, block.height))
    extra = 2 * RULES.wall
    assert sides[0] == ROUND.diameter + extra
