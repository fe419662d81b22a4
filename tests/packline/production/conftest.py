import pytest

from tests.packline.world import build_world, order_in


@pytest.fixture
def world(people, now):
    """A plant with an order of two matched units."""
    world = build_world(people, now)
    order_in(world, people, now)
    return world
