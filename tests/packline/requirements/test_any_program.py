"""Whatever stands in any place of a program is read, or refused in words."""

import contextlib
import tomllib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packline.foundation.errors import InputError
from packline.requirements.forms import read_program

from .programs import MINIMAL, write_program

VALUES = st.recursive(
    st.one_of(
        st.none().map(lambda _: "x"),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.dates(),
        st.datetimes(),
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=4,
)


def places(node, path=()):
    """Yield the path of every value of a document."""
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in items:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


PLACES = list(places(tomllib.loads(MINIMAL)))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.sampled_from(PLACES), value=VALUES)
def test_whatever_stands_in_a_place_is_read_or_refused_in_words(
    tmp_path, place, value, monkeypatch
):
    document = tomllib.loads(MINIMAL)
    *path, last = place
    node = document
    for key in path:
        node = node[key]
    node[last] = value
    write_program(tmp_path)
    monkeypatch.setattr(
        "packline.requirements.forms.program.read_toml", lambda path, name: document
    )
    with contextlib.suppress(InputError):
        read_program(tmp_path)
