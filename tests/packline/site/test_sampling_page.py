"""A lot through its sample on its page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.packline.supply.conftest import cell_model, receive, write  # noqa: F401  (fixtures)

SET = {"aql": "4.0", "level": "II", "agreement_pct": "2", "checks": ["visual", "cell_ocv"]}


@pytest.fixture
def lot(receive):  # noqa: F811
    return receive(*((f"C{n:03d}", 5.0, 3.6, 15.0) for n in range(40)), number="L9")


def test_the_inspector_takes_a_lot_through_its_sample(client, people, lot):
    client.force_login(people.inspector)

    def act(verb, **told):
        return client.post(f"/lots/L9/sampling/{verb}/", told, follow=True).content.decode()

    assert "not sampled" in client.get("/lots/L9/").content.decode()
    assert "Refused, nothing was changed" in act("set", **SET | {"aql": "1.1"})
    assert "Sampling was set" in act("set", **SET)
    assert "13 cells were drawn" in act("draw")
    sheet = client.get("/lots/L9/sampling/sheet/").content.decode().splitlines()
    rows = [line.split(",")[0] for line in sheet[1:]]
    filled = [sheet[0], *(f"{s},{'nok' if s == rows[0] else 'ok'},3.6," for s in rows)]
    shown = act("measure", file=SimpleUploadedFile("s.csv", "\n".join(filled).encode()))
    assert "26 results were recorded, 1 do not conform" in shown
    assert "Judge the lot by its sample" in shown
    shown = act("judge")
    assert "The lot is accepted by its sample" in shown
    assert "Nonconformance" in shown  # of the cell that does not conform
    assert rows[0] in shown


def test_others_see_and_do_not_and_a_customer_sees_nothing(client, people, lot):
    client.force_login(people.operator)
    assert "Set how" not in client.get("/lots/L9/").content.decode()
    assert client.post("/lots/L9/sampling/set/", SET).status_code == 403
    client.force_login(people.customer)
    assert client.post("/lots/L9/sampling/draw/").status_code == 404
    assert client.get("/lots/L9/sampling/sheet/").status_code == 404
