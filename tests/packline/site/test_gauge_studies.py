"""The page of a gauge's studies, and the command that records one."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from typer.testing import CliRunner

from packline.resources.models import GaugeStudy
from packline.site.cli import app
from tests.packline.resources.test_gauge_studies import TYPE1, aiag, gauge, study  # noqa: F401

URL = "/gauges/G1/studies/"
FORM = {
    "kind": "type1", "code": "pack_ocv", "unit": "V", "low": "9.75", "high": "10.25",
    "reference": "10", "reference_uncertainty": "", "taken_on": "2026-11-23", "valid_until": "",
}  # fmt: skip


@pytest.fixture
def page(client, gauge, people):  # noqa: F811
    """Post to the gauge's page as somebody."""

    def post(person, sent=TYPE1, **told):
        client.force_login(person)
        file = {"file": SimpleUploadedFile("s.csv", sent)} if sent is not None else {}
        return client.post(URL + "record/", FORM | file | told)

    return post


def test_a_study_is_shown_before_it_is_recorded(page, people, client):
    shown = page(people.engineer)
    assert shown.status_code == 200
    text = shown.content.decode()
    assert "What would be recorded" in text
    assert "accepted with a guard band" in text
    assert not GaugeStudy.objects.exists()
    again = page(
        people.engineer, None, name="s.csv", content=TYPE1.decode(), confirmed="yes",
        verdict="guarded",
    )  # fmt: skip
    assert again.status_code == 302
    made = GaugeStudy.objects.get()
    assert (str(made), made.recorded_by) == ("G1/study/1", people.engineer)
    listed = client.get(URL).content.decode()
    assert "Guard band" in listed
    assert "<svg" in listed
    assert client.get(URL + "1/readings/").content.strip() == TYPE1.strip()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"sent": b"value\nten\neleven\n"}, "not a finite number"),
        ({"sent": b"\xff\xfe\x00"}, "not text in UTF-8"),
        ({"sent": None}, "choose a file"),
        ({"kind": "<script>"}, "no such study"),
        ({"low": "nan"}, "is no number"),
        ({"low": "11"}, "exceeds high"),
        ({"taken_on": "today"}, "is no day"),
        ({"reference": ""}, "needs the reference value"),
    ],
)
def test_what_cannot_be_used_is_said_and_kept(page, people, told, said):
    answer = page(people.engineer, **told)
    assert answer.status_code in (409, 422)
    text = answer.content.decode()
    assert said in text
    assert 'value="pack_ocv"' in text
    assert "<script>" not in text.replace('<script src="', "").split("h-new")[-1]


def test_who_may_not_record_is_refused_and_a_customer_sees_nothing(page, people, client):
    confirmed = {"name": "s.csv", "content": TYPE1.decode(), "confirmed": "yes"}
    assert page(people.operator, None, **confirmed).status_code == 403
    assert page(people.customer, None, **confirmed).status_code == 404
    assert client.get(URL).status_code == 404


def test_the_pictures_of_studies_ask_no_more_questions_when_there_are_more(
    client, gauge, people, now, django_assert_max_num_queries  # noqa: F811
):  # fmt: skip
    client.force_login(people.engineer)
    for _ in range(4):
        study(gauge, people, now)
    with django_assert_max_num_queries(9):
        assert client.get(URL).status_code == 200


def test_the_command_records_a_crossed_study(gauge, people, tmp_path, data_dir):  # noqa: F811
    file = tmp_path / "aiag.csv"
    file.write_bytes(aiag())
    told = [
        "gauge-study", str(file), "--gauge", "G1", "--characteristic", "pack_ocv", "--kind",
        "crossed", "--unit", "V", "--low", "0", "--high", "10", "--as", "emil", "--taken-on",
        "2026-11-24", "--json",
    ]  # fmt: skip
    done = CliRunner().invoke(app, told)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["study"] == "G1/study/1"
    assert said["guard_band"] == pytest.approx(1.644854 * 0.302373, rel=1e-4)
    unknown = CliRunner().invoke(app, [*told[:3], "G9", *told[4:]])
    assert unknown.exit_code == 2
    assert "no such gauge" in unknown.output
