"""Joints in arrays and in a file, files with a step, and traces."""

import io
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from packline.foundation.models import Event
from packline.foundation.verification import verify_record
from packline.production.models import JointSet
from packline.production.services import install_parts
from tests.packline.interface.conftest import kit_count

UNIT = "PK-000001"


def kitted(station_of, now):
    kitting = station_of("kitting_bench")
    kitting.start(UNIT, "kitting")
    kitting.read(UNIT, "kitting", kit_count(), taken_at=now.isoformat())
    assert kitting.finish(UNIT, "kitting").status_code == 200
    welder = station_of("welder")
    assert welder.start(UNIT, "welding").status_code == 201
    return welder


def test_joints_come_as_arrays_and_one_that_is_out_holds_the_unit(station_of, now):
    welder = kitted(station_of, now)
    body = {
        "columns": {"r": [0.1] * 7 + [0.5]}, "judged": {"joint_resistance": "r"},
        "gauge": "G-milliohm_meter", "taken_at": now.isoformat(), "program_version": "1",
    }  # fmt: skip
    answer = welder.post(f"/units/{UNIT}/steps/welding/1/joints", body)
    assert answer.status_code == 201, answer.content
    told = answer.json()["sets"][0]
    assert (told["n"], told["n_failed"], told["greatest"]) == (8, 1, 0.5)
    assert (answer.json()["passed"], answer.json()["unit_state"]) == (False, "held")
    assert JointSet.objects.get().n_failed == 1


def test_joints_come_as_parquet(station_of, now):
    welder = kitted(station_of, now)
    buffer = io.BytesIO()
    pq.write_table(pa.table({"r": np.full(8, 0.1), "time_ms": np.arange(8)}), buffer)
    path = f"/units/{UNIT}/steps/welding/1/joints.parquet?judged=joint_resistance:r"
    path += f"&gauge=G-milliohm_meter&taken_at={quote(now.isoformat())}&program_version=1"
    answer = welder.post(path, buffer.getvalue(), content_type="application/vnd.apache.parquet")
    assert answer.status_code == 201, answer.content
    assert answer.json()["passed"]
    assert welder.finish(UNIT, "welding").status_code == 200
    assert verify_record(f"production.unit:{UNIT}").proven


def test_a_file_is_kept_with_its_step_and_handed_out_unopened(station_of, now):
    welder = kitted(station_of, now)
    path = f"/units/{UNIT}/steps/welding/1/files?name={quote('größe 1.png')}"
    kept = welder.post(path, b"\x89PNG<script>", content_type="image/png")
    assert kept.status_code == 201, kept.content
    told = Event.objects.get(verb="production.file.attached")
    assert kept.json()["sha256"] in told.text
    answer = welder.get(f"/files/{kept.json()['sha256']}")
    assert answer.content == b"\x89PNG<script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert welder.get(f"/files/{'0' * 64}").status_code == 404


def test_a_trace_goes_both_ways(station_of, people, now):
    welder = kitted(station_of, now)
    from packline.production.models import Unit

    install_parts(unit=Unit.objects.get(serial=UNIT), by=people.operator, at=now)
    down = welder.get(f"/trace/{UNIT}").json()
    cells = [p["serial"] for p in down["parts"] if p["kind"] == "cell"]
    assert (len(cells), down["lots"]) == (4, ["L1"])
    up = welder.get(f"/trace/{cells[0]}").json()
    assert [u["serial"] for u in up["units"]] == [UNIT]
    assert welder.get("/trace/nothing").status_code == 404


def test_what_is_next_at_a_station(station_of, now):
    eol = station_of("eol_bench")
    assert eol.get("/queue").json() == []
    welder = kitted(station_of, now)
    assert [(u["serial"], u["next"]["operation"]) for u in welder.get("/queue").json()] == [
        (UNIT, "welding")
    ]
    assert [o["order"] for o in welder.get("/orders").json()] == ["O1"]
    routing = welder.get("/orders/O1").json()["routing"]
    assert [o["operation"] for o in routing] == ["kitting", "welding", "eol"]
    assert len(welder.get("/units?limit=1").json()["units"]) == 1
    assert welder.get("/units?limit=1").json()["next_cursor"] == UNIT
    assert welder.get(f"/units?cursor={UNIT}").json()["units"][0]["serial"] == "PK-000002"
    assert welder.get("/nonconformances").json() == []
