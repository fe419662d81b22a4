"""The charts of an order: every check from its first reading, and why each point is there."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest

from packline.foundation.files import path_of
from packline.process.models import Characteristic
from packline.production.models import JointSet, Reading, Step, Unit
from packline.site.charts.control import Mark, Strip, control
from tests.packline.site.conftest import text_of

SVG = "{http://www.w3.org/2000/svg}"
OCV = "/orders/O1/charts/pack_ocv/"


@pytest.fixture
def page(client, people):
    def open_page(address, person=None, **headers):
        client.force_login(person or people.auditor)
        return client.get(address, headers=headers)

    return open_page


def measure(world, people, now, n, volts, *, attempt=1):
    """Write one more unit with its end-of-line reading straight into the tables."""
    unit, _ = Unit.objects.get_or_create(
        serial=f"PX-{n:03d}",
        defaults={"order": world.order, "number": 500 + n, "virtual": False, "state": "building"},
    )
    operation = world.operation("eol")
    at = now + timedelta(days=1, minutes=n)
    step = Step.objects.create(
        unit=unit, operation=operation, attempt=attempt, operator=people.inspector,
        station=world.stations["eol_bench"], started_at=at, state="started",
    )  # fmt: skip
    Reading.objects.create(
        step=step, characteristic=operation.characteristics.get(code="pack_ocv"), value=volts,
        unit_code="V", low=7, high=7.4, passed=7 <= volts <= 7.4,
        gauge=world.gauges["eol_tester"], characteristic_revision="1", program_version="x",
        taken_at=at, virtual=False,
    )  # fmt: skip


@pytest.fixture
def series(thread, unit, people, now):
    """Ten units near the middle, one far off, and that one again."""
    for n in range(1, 11):
        measure(thread, people, now, n, 7.2 + 0.01 * (n % 2))
    measure(thread, people, now, 11, 7.38)
    measure(thread, people, now, 12, 7.2, attempt=2)
    return thread


def links(picture):
    return [a for a in picture.iter(f"{SVG}a") if a.get("tabindex") is None]


def picture_of(response):
    said = text_of(response)
    start = said.index("<svg", said.index('id="h-chart"'))
    return ElementTree.fromstring(said[start : said.index("</svg>", start) + 6])


def test_the_list_shows_every_check_on_the_units_and_none_of_the_lots(page, series):
    said = text_of(page("/charts/?order=O1"))
    on_units = Characteristic.objects.filter(operation__routing=series.routing)
    assert on_units.count() == 4
    for check in on_units:
        assert f"/orders/O1/charts/{check.code}/" in said
    assert "Xbar-S" in said or "Xbar-R" in said
    assert "(I-MR)" in said
    assert "(p)" in said


def test_the_picture_has_a_link_for_every_point_and_says_what_it_shows(page, series):
    response = page(OCV)
    picture = picture_of(response)
    assert picture.get("role") == "group"
    assert "Control chart of pack_ocv" in picture.get("aria-label")
    assert len(links(picture)) == Reading.objects.filter(characteristic__code="pack_ocv").count()
    assert links(picture)[0].get("href") == "?point=PK-000001%2F1"
    assert "PK-000001: 7.2\N{NO-BREAK SPACE}V" in links(picture)[0].get("aria-label")


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("", 11, 13),
        ("?page=1", 1, 5),
        ("?point=PX-006/1", 6, 10),
        ("?point=PX-006/1&page=1", 1, 5),
    ],
)
def test_a_long_chart_is_shown_in_parts(query, first, last, page, series, monkeypatch):
    monkeypatch.setattr("packline.site.views.charts.PER_CHART", 5)
    shown = [a.get("aria-label").partition(",")[0] for a in links(picture_of(page(OCV + query)))]
    assert (shown[0], shown[-1]) == (f"point {first}", f"point {last}")


def test_a_repeated_attempt_is_marked(page, series):
    repeated = [a for a in links(picture_of(page(OCV))) if "attempt 2" in a.get("aria-label")]
    assert len(repeated) == 1
    assert "repeated" in repeated[0].findall("*")[2].get("class")


def test_a_point_says_why_it_is_there(page, series):
    said = text_of(page(f"{OCV}?point=PX-011/1"))
    assert "<strong>Rule 1</strong> on the value: one point beyond three sigma" in said
    for fact in ("7.38", "G-eol_tester", "S-eol_bench", "PX-011/80-eol/1", "/units/PX-011/"):
        assert fact in said
    assert "PX-007" in said  # four of the same gauge before it


def test_a_chosen_point_is_marked_in_the_picture(page, series):
    (chosen,) = [
        a for a in links(picture_of(page(f"{OCV}?point=PX-011/1"))) if a.get("aria-current")
    ]
    assert "PX-011" in chosen.get("aria-label")


def test_where_scripts_run_only_what_is_said_of_the_point_is_sent(page, series):
    response = page(f"{OCV}?point=PX-011/1", HX_Request="true")
    assert text_of(response).lstrip().startswith('<section class="card"')
    assert "<html" not in text_of(response)
    assert "HX-Request" in response.headers["Vary"]


def test_a_quiet_point_says_that_no_rule_fires(page, series):
    assert "No rule fires" in text_of(page(f"{OCV}?point=PX-005/1"))


@pytest.mark.parametrize(
    "address",
    [f"{OCV}?point=nobody/1", "/orders/O1/charts/nothing/", "/orders/O9/charts/pack_ocv/",
     "/charts/?order=O9"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(address, page, series):
    assert page(address).status_code == 404


def test_the_first_reading_is_on_its_chart_though_there_are_no_limits_yet(page, thread, unit):
    said = text_of(page(OCV))
    assert "limits need at least 2" in said
    assert "no limits yet" in said
    assert len(links(picture_of(page(OCV)))) == 1
    assert "no data" in text_of(page(f"{OCV}?point=PK-000001/1"))


def test_a_check_without_a_reading_says_when_its_chart_begins(page, thread):
    Characteristic.objects.create(
        operation=thread.operation("eol"), code="pack_mass", name="Mass", per="pack",
        unit_code="kg", low=1, gauge_kind="scale", sample="all", reaction="hold", ctq=False,
        revision="1", source="test",
    )  # fmt: skip
    assert "No reading yet" in text_of(page("/orders/O1/charts/pack_mass/"))


def test_a_joint_file_that_was_changed_is_named_and_its_point_is_missing(page, thread, unit):
    joints = JointSet.objects.select_related("file").get(step__unit=unit)
    file = path_of(joints.file.sha256)
    file.chmod(0o644)
    file.write_bytes(b"something else")
    said = text_of(page("/orders/O1/charts/joint_resistance/"))
    assert "1 joint file cannot be read" in said
    assert joints.file.sha256[:12] in said


def test_lines_and_names_are_escaped_and_need_nothing_that_the_policy_forbids():
    nasty = '<script>"&'
    picture = ElementTree.fromstring(
        control(
            [Mark(1, nasty, "?a=1&b=2", repeated=False, chosen=True)],
            [Strip(nasty, [1.0], [["1"]], [1.0], [0.0], [2.0], 0.3)],
            title=nasty, description="x", target="#point",
        )
    )  # fmt: skip
    assert nasty in links(picture)[0].get("aria-label")
    for found in picture.iter():
        assert found.tag not in (f"{SVG}script", f"{SVG}style", f"{SVG}image")
        assert not {"style", "onload", "onclick"} & set(found.keys())


def test_a_share_is_drawn_from_nothing_to_all_though_all_were_good(
    page, thread, unit, people, now
):
    said = text_of(page("/orders/O1/charts/kit_cell_count/"))
    assert "share not good" in said
    assert "-0.5" not in said
