import pytest

from tests.packline.production.test_building import Line
from tests.packline.world import build_world, order_in


@pytest.fixture
def world(people, now):
    """A plant with an order of two matched units."""
    world = build_world(people, now)
    order_in(world, people, now)
    return world


@pytest.fixture
def line(world, people, now):
    return Line(world, people, now)


@pytest.fixture
def held(world, line):
    """A unit that failed its end-of-line test and is held by its own reading."""
    unit = world.unit()
    line.kit(unit)
    line.weld(unit)
    line.eol(unit, volts=9.0)
    return unit
