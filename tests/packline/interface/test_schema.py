"""The interface keeps to its own description, whatever schemathesis thinks of to send."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.packline.interface.conftest import kit_count

UNIT = "PK-000001"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 3  # of each operation: a bounded time
BINARY = {"take_joint_log", "attach_file"}  # test_hostile.py sends these what they fear
KNOWN = {"serial": UNIT, "operation": "kitting", "attempt": 1}


@pytest.fixture
def schema(station_of, now):
    """The description as it is served, and a unit that something was done to."""
    station = station_of("kitting_bench")
    station.start(UNIT, "kitting")
    station.read(UNIT, "kitting", kit_count(3), taken_at=now.isoformat())
    app = get_wsgi_application()
    for signal in (request_started, request_finished):  # as Django's own test client does
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app), station
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_no_answer_differs_from_the_description_and_none_is_a_fault(schema):
    schema, station = schema
    seen = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.definition.raw["operationId"] in BINARY:
            continue

        @given(case=operation.as_strategy(), known=st.booleans(), signed_in=st.booleans())
        @settings(
            max_examples=EXAMPLES, derandomize=True, database=None, deadline=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        )  # fmt: skip
        def run(case, known, signed_in):
            if known:
                case.path_parameters |= {k: KNOWN[k] for k in case.path_parameters if k in KNOWN}
            headers = {"Authorization": f"Bearer {station.token}", "Host": "testserver"}
            if signed_in:
                headers["Packline-Attendance"] = station.attendance
            answer = case.call(headers=headers)
            seen.add((case.operation.label, answer.status_code))
            case.validate_response(answer, checks=CHECKS)

        run()
    assert len({label for label, _ in seen}) >= 15
    assert {200, 404, 422} <= {status for _, status in seen}
