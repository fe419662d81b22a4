"""The pictures: well-formed, escaped, announced, and true to their numbers."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packline.site.charts import (
    Point,
    bullet,
    histogram,
    interval,
    joint_map,
    pareto,
    scatter,
)
from packline.site.charts.scale import Scale, tick_text, ticks

SVG = "{http://www.w3.org/2000/svg}"
NASTY = '<script>"&'


def parsed(markup):
    return ElementTree.fromstring(markup)


def rects(picture, class_):
    return [r for r in picture.iter(f"{SVG}rect") if class_ in r.get("class", "").split()]


def counts_in(picture):
    return [int(r.find(f"{SVG}title").text.rpartition(": ")[2]) for r in rects(picture, "bar")]


PICTURES = {
    "histogram": histogram([1.0, 2.0, 2.5], name=NASTY, unit="V", low=1.5),
    "bullet": bullet(1.0, low=0.0, high=2.0, name=NASTY, limits="0 to 2", passed=True),
    "scatter": scatter([Point(1, 2, NASTY, "chosen")], title=NASTY, x_label="x", y_label="y"),
    "joints": joint_map([1.0, 2.0], name=NASTY, unit="J", low=None, high=1.5, worst=2),
    "pareto": pareto([(NASTY, 3)], title=NASTY),
    "interval": interval(0.5, low=0.4, high=0.6, name=NASTY),
}


@pytest.mark.parametrize("markup", PICTURES.values(), ids=PICTURES)
def test_a_picture_escapes_names_and_says_what_it_shows(markup):
    picture = parsed(markup)
    assert NASTY in picture.find(f"{SVG}title").text
    assert picture.find(f"{SVG}desc").text
    assert picture.get("role") == "img"
    assert picture.find(f"{SVG}desc").text in picture.get("aria-label")
    assert NASTY in picture.get("aria-label")


@pytest.mark.parametrize("markup", PICTURES.values(), ids=PICTURES)
def test_a_picture_needs_nothing_that_the_content_security_policy_forbids(markup):
    for found in parsed(markup).iter():
        assert found.tag not in (f"{SVG}script", f"{SVG}style", f"{SVG}image")
        assert not {"style", "onload", "href"} & set(found.keys())


@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200),
    low=st.none() | st.floats(-1e6, 1e6),
    high=st.none() | st.floats(-1e6, 1e6),
)
def test_a_histogram_shows_every_value_once(values, low, high):
    picture = parsed(histogram(values, name="x", low=low, high=high))
    assert sum(counts_in(picture)) == len(values)


@given(values=st.lists(st.integers(0, 60), min_size=1, max_size=80))
def test_bars_marked_as_outside_hold_exactly_the_values_outside(values):
    low, high = 20, 40
    picture = parsed(histogram([float(v) for v in values], name="x", low=low, high=high))
    marked = [r for r in rects(picture, "bar") if "out" in r.get("class").split()]
    counted = sum(int(r.find(f"{SVG}title").text.rpartition(": ")[2]) for r in marked)
    assert counted == sum(not low <= v <= high for v in values)


def test_a_limit_far_away_is_named_with_an_arrow_and_does_not_crush_the_bars():
    picture = parsed(histogram([1.0, 1.1, 1.2], name="x", high=1000.0))
    words = [t.text for t in picture.iter(f"{SVG}text")]
    assert "high 1000 \N{RIGHTWARDS ARROW}" in words
    assert min(float(r.get("width")) for r in rects(picture, "bar")) > 5


def test_no_values_give_no_picture():
    assert histogram([], name="x") == ""
    assert scatter([], title="t", x_label="x", y_label="y") == ""
    assert joint_map([], name="x", unit="J", low=None, high=None, worst=1) == ""
    assert pareto([], title="t") == ""


@given(value=st.floats(-1e4, 1e4))
def test_a_reading_within_its_limits_is_drawn_within_the_band(value):
    low, high = -100.0, 250.0
    inside = low <= value <= high
    markup = bullet(value, low=low, high=high, name="x", limits="", passed=inside)
    picture = parsed(markup)
    band = rects(picture, "band")[0]
    start, width = float(band.get("x")), float(band.get("width"))
    dot = picture.find(f"{SVG}circle")
    assert (dot is not None) == inside
    if dot is not None:
        assert start - 0.02 <= float(dot.get("cx")) <= start + width + 0.02


def test_a_reading_out_of_limits_has_another_shape_not_only_another_colour():
    picture = parsed(bullet(9, low=0, high=2, name="x", limits="0 to 2", passed=False))
    assert picture.find(f"{SVG}circle") is None
    assert picture.find(f"{SVG}polygon") is not None


def test_the_joint_map_frames_the_worst_and_marks_those_out_of_limits():
    markup = joint_map(
        [0.1, 0.9, 0.2, 0.5], name="resistance", unit="mOhm", low=None, high=0.4, worst=2
    )
    cells = rects(parsed(markup), "cell")
    assert [k for k, c in enumerate(cells, 1) if "worst" in c.get("class").split()] == [2]
    assert [k for k, c in enumerate(cells, 1) if "out" in c.get("class").split()] == [2, 4]


def test_joints_are_drawn_where_they_are():
    places = [(0, 0, "group 1"), (0, 1, "group 1"), (1, 0, "group 2")]
    markup = joint_map(
        [1, 2, 3], name="r", unit="J", low=None, high=None, worst=1, places=places, row_name="G"
    )
    picture = parsed(markup)
    ys = [float(c.get("y")) for c in rects(picture, "cell")]
    assert ys[0] == ys[1] < ys[2]
    assert [t.text for t in picture.iter(f"{SVG}text")] == ["G1", "G2"]


def test_candidates_that_differ_a_hundredfold_are_spread_by_ratio():
    points = [Point(x, x, str(x), "rejected") for x in (1.0, 10.0, 100.0)]
    xs = [
        float(c.get("cx"))
        for c in parsed(scatter(points, title="t", x_label="x", y_label="y")).iter(f"{SVG}circle")
    ]
    assert xs[1] - xs[0] == pytest.approx(xs[2] - xs[1], abs=0.02)


@given(low=st.floats(-1e5, 1e5), width=st.floats(1e-3, 1e5))
def test_ticks_are_round_and_lie_within_their_axis(low, width):
    found = ticks(low, low + width)
    assert 1 <= len(found) <= 12
    assert all(low - width * 1e-6 <= t <= low + width * (1 + 1e-6) for t in found)
    assert len(set(tick_text(found))) == len(found)


def test_a_scale_by_ratio_takes_its_ticks_from_one_two_five():
    assert Scale(0.9, 110, 0, 100, by_ratio=True).ticks(about=5) == [1, 2, 5, 10, 20, 50, 100]
