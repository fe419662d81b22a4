"""Who may open which page, as a table; and what stands in every answer."""

import re
from datetime import timedelta

import pytest
from django.urls import get_resolver

from packline.foundation.models import Event, Person
from packline.production.queries.genealogy import links_of_unit
from packline.quality.models import ControlLimits, Nonconformance, Reaction
from packline.resources.models import Calibration
from packline.site.middleware import POLICY
from packline.site.navigation import PAGES
from packline.thread import STAGES

HOUSE = ("planner", "engineer", "operator", "inspector", "approver", "auditor", "admin")

# address -> who gets it: "own" is the customer whose program it is, "other" another customer.
# Lists are open to customers too, and show only what is theirs.
EVERYBODY = {*HOUSE, "own", "other"}
OWNER = {*HOUSE, "own"}
INSIDE = set(HOUSE)
MAY_READ = {
    "/": EVERYBODY,
    "/search/": EVERYBODY,
    "/search/?q=PK": EVERYBODY,
    "/cells/": INSIDE,
    "/resources/": INSIDE,
    "/gauges/G-eol_tester/studies/": INSIDE,
    "/gauges/G-eol_tester/studies/1/readings/": INSIDE,
    "/stations/S-welder/": INSIDE,
    "/maintenance/": INSIDE,
    "/training/": INSIDE,
    "/documents/": INSIDE,
    "/documents/WI-40/": INSIDE,
    "/documents/WI-40/revisions/1/": INSIDE,
    "/gauges/G-multimeter/": INSIDE,
    "/gauges/G-eol_tester/calibrations/1/certificate/": INSIDE,
    "/designs/": EVERYBODY,
    "/processes/": EVERYBODY,
    "/lots/": INSIDE,
    "/orders/": EVERYBODY,
    "/nonconformances/": EVERYBODY,
    "/releases/": EVERYBODY,
    "/key-figures/": EVERYBODY,
    "/programs/P1/": OWNER,
    "/programs/P1/design/": OWNER,
    "/programs/P1/process/": OWNER,
    "/lots/L1/": INSIDE,
    "/lots/L1/file/": INSIDE,
    "/lots/L1/rejects/": INSIDE,
    "/lots/L1/sampling/sheet/": INSIDE,
    "/orders/O1/": OWNER,
    "/orders/O1/reports/1/": OWNER,
    "/orders/O1/release/": INSIDE,
    "/key-figures/?order=O1": OWNER,
    "/charts/": EVERYBODY,
    "/charts/?order=O1": OWNER,
    "/orders/O1/charts/pack_ocv/": OWNER,
    "/orders/O1/charts/pack_ocv/?point=PK-000001/1": OWNER,
    "/units/PK-000001/": OWNER,
    "/units/PK-000001/verify/": OWNER,
    "/units/PK-000001/label.pdf": OWNER,
    "/units/PK-000001/epcis.json": OWNER,
    "/orders/O1/labels.zpl": OWNER,
    "/recall/?q=L1": INSIDE,
    "/joints/?code=joint_resistance&place=1/1/1": INSIDE,
    "/units/PK-000001/documents/device_history/1/": OWNER,
    "/nonconformances/NC-000001/": OWNER,
    "/signals/": EVERYBODY,
    "/signals/SR-000001/": OWNER,
    "/tokens/": INSIDE,
    "/boxes/": INSIDE,
    "/boxes/box:B/1/": INSIDE,
    "/boxes/box:B/1/label.pdf": INSIDE,
    "/floor/": INSIDE,
    "/tools/H-1/": INSIDE,
    "/revisions/": INSIDE,
    "/revisions/?serial=PK-000001": INSIDE,
    "/materials/": INSIDE,
    "/materials/adhesive-lot:AD/7/": INSIDE,
    "/holds/": INSIDE,
    "/permits/": INSIDE,
    "/permits/DP-000001/": INSIDE,
    "/units/PK-000001/gate/": INSIDE,
    "/units/PK-000001/cells/": INSIDE,
    "/webhooks/": INSIDE,
    "/webhooks/erp/": INSIDE,
}
MAY_POST = {
    "/nonconformances/NC-000001/contain/": {"inspector", "approver", "admin"},
    "/nonconformances/NC-000001/dispose/": {"approver", "admin"},
    "/nonconformances/NC-000001/close/": {"inspector", "approver", "admin"},
}
MAY_ANSWER = {
    "/orders/O1/charts/pack_ocv/freeze/": {"engineer", "approver", "admin"},
    "/signals/SR-000001/acknowledge/": {
        "engineer", "operator", "inspector", "approver", "admin",
    },
    "/signals/SR-000001/contain/": {"engineer", "inspector", "approver", "admin"},
    "/signals/SR-000001/let-go/": {"engineer", "inspector", "approver", "admin"},
    "/signals/SR-000001/close/": {"engineer", "inspector", "approver", "admin"},
}  # fmt: skip
# What a form sends, and who may: for the others it is refused and writes nothing.
MAY_ACT = {
    "/gauges/G-eol_tester/studies/record/": {"engineer", "inspector", "admin"},
    "/stations/S-welder/do/log/": {"engineer", "operator", "inspector", "admin"},
    "/training/grant/": {"engineer", "approver", "admin"},
    "/documents/register/": {"engineer", "admin"},
    "/documents/WI-40/do/withdraw/": {"approver", "admin"},
    "/lots/L1/sampling/set/": {"inspector", "approver", "admin"},
    "/webhooks/erp/do/pause/": {"admin"},
    "/floor/station/": {"engineer", "admin"},
    "/floor/gauge/": {"engineer", "inspector", "admin"},
    "/tools/H-1/do/service/": {"engineer", "admin"},
    "/tools/H-1/do/recall/": {"engineer", "inspector", "approver", "admin"},
    "/tools/H-1/do/return/": {"engineer", "approver", "admin"},
    "/revisions/do/recipe/": {"engineer", "admin"},
    "/revisions/do/revise/": {"engineer", "admin"},
    "/revisions/do/effective/": {"engineer", "approver", "admin"},
    "/revisions/P1/design/1/effectivity/1/end/": {"engineer", "approver", "admin"},
    "/tokens/issue/": {"admin"},
    "/tokens/abc/revoke/": {"admin"},
    "/lots/L1/hold/": INSIDE - {"auditor"},
    "/lots/L1/holds/1/lift/": {"inspector", "approver", "admin"},
    "/lots/L1/cells/": INSIDE - {"auditor"},
    "/materials/book/": {"planner", "operator", "inspector", "admin"},
    "/materials/adhesive-lot:AD/7/do/split/": {"planner", "operator", "inspector", "admin"},
    "/materials/adhesive-lot:AD/7/do/merge/": {"planner", "operator", "inspector", "admin"},
    "/materials/adhesive-lot:AD/7/do/scrap/": {
        "planner",
        "operator",
        "inspector",
        "approver",
        "admin",
    },
    "/holds/place/": INSIDE - {"auditor"},
    "/holds/cell:C011/hold/1/lift/": {"inspector", "approver", "admin"},
    "/units/PK-000001/book/": INSIDE - {"auditor"},
    "/units/PK-000001/pass/": {"inspector", "admin"},
    "/units/PK-000001/release/": {"approver", "admin"},
    "/units/PK-000001/issue/": {"planner", "inspector", "approver", "admin"},
    "/orders/O1/release/sign/": {"approver", "admin"},
    "/releases/seal/": {"inspector", "approver", "admin"},
    "/orders/O1/release/issue/": {"planner", "inspector", "approver", "admin"},
    "/make-webhook/": {"admin"},
    "/units/PK-000001/cells/replace/": {"operator", "inspector", "admin"},
    "/boxes/pack/": {"operator", "inspector", "admin"},
    "/boxes/box:B/1/out/": {"operator", "inspector", "admin"},
    "/webhooks/erp/rekey/": {"admin"},
    "/webhooks/erp/do/claim/": {"admin"},
    "/permits/sign/": {"approver", "admin"},
    "/programs/P1/design/do/study/": {"engineer", "admin"},
    "/programs/P1/design/do/release/": {"engineer", "admin"},
    "/programs/P1/design/do/plan/": {"engineer", "admin"},
    "/programs/P1/design/do/verify/": {"engineer", "admin"},
    "/place-order/": {"planner", "admin"},
    "/orders/O1/do/match/": {"planner", "admin"},
    "/orders/O1/do/close/": {"planner", "admin"},
    "/orders/O1/do/report/": INSIDE - {"auditor"},
    "/permits/DP-000001/revoke/": {"approver", "admin"},
}
SENT = {
    "kind": "type1", "code": "pack_ocv", "unit": "V", "low": "7", "high": "7.4",
    "reference": "7.2", "taken_on": "2026-11-23", "name": "s.csv", "confirmed": "yes",
    "content": "value\n7.21\n7.19\n7.2", "condition": "running", "reason": "x",
    "person": "axel", "operation": "welding", "granted_on": "2026-11-23",
    "expires_on": "2027-11-23", "title": "x", "aql": "1.0", "level": "II", "checks": "visual",
    "agreement_pct": "2",
}  # fmt: skip
GAUGE_FORMS = {
    "/gauges/G-multimeter/calibrate/": {"engineer", "inspector", "admin"},
    "/gauges/G-multimeter/recall/": {"engineer", "inspector", "approver", "admin"},
    "/gauges/G-multimeter/return/": {"engineer", "approver", "admin"},
    "/gauges/G-multimeter/calibrations/1/hold/": INSIDE - {"auditor"},
}
WITHOUT_SIGNING_IN = ("sign-in", "station", "station-picture", "station-worker")


@pytest.fixture
def somebody(people, strangers):
    return {role: getattr(people, role) for role in HOUSE} | {
        "own": people.customer,
        "other": strangers,
    }


def test_a_page_opens_for_those_who_may_see_it_and_does_not_exist_for_others(
    client, somebody, thread, released, held, signal
):
    answered = {address: set() for address in MAY_READ}
    statuses = set()
    for name in sorted(EVERYBODY):
        client.force_login(somebody[name])
        for address, seen_by in answered.items():
            status = client.get(address).status_code
            statuses.add(status)
            if status == 200:
                seen_by.add(name)
    assert answered == MAY_READ
    assert statuses == {200, 404}


@pytest.mark.parametrize("address", [*MAY_READ, *MAY_POST, *MAY_ANSWER, *MAY_ACT, *GAUGE_FORMS])
def test_nothing_opens_without_signing_in(address, client, db):
    response = client.get(address)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("address", MAY_POST)
def test_a_form_works_only_for_those_who_hold_its_permission(address, client, somebody, held):
    stood = Nonconformance.objects.values().get(number="NC-000001")
    for name, person in somebody.items():
        if name in MAY_POST[address]:
            continue
        person.set_password("a good password")
        person.save()
        client.force_login(person)
        page = client.get("/nonconformances/NC-000001/")
        assert b'<form class="form"' not in page.content, name
        typed = {"disposition": "scrap", "justification": "x", "password": "a good password"}
        status = client.post(address, {**typed, "containment": "x", "note": "x"}).status_code
        assert status == (404 if name == "other" else 403), name
    assert Nonconformance.objects.values().get(number="NC-000001") == stood


def test_a_signal_is_answered_only_by_those_who_may(client, somebody, signal):
    stood = Reaction.objects.values().get(number="SR-000001")
    typed = {"reason": "x", "unit": "PX-001", "because": "x", "verdict": "removed"}
    for name, person in somebody.items():
        client.force_login(person)
        for address, may in MAY_ANSWER.items():
            if name not in may:
                status = client.post(address, {**typed, "found": "x", "done": "x"}).status_code
                assert status == (404 if name == "other" else 403), (name, address)
    assert Reaction.objects.values().get(number="SR-000001") == stood
    assert ControlLimits.objects.count() == 1


def test_what_one_may_not_do_is_refused_and_writes_nothing(client, somebody, thread):
    before = Event.objects.count()
    for address, who in MAY_ACT.items():
        for name in [name for name in somebody if name not in who]:
            client.force_login(somebody[name])
            status = client.post(address, SENT).status_code
            assert status == (404 if name in ("own", "other") else 403), (address, name)
    assert Event.objects.count() == before


def test_the_forms_of_a_gauge_work_only_for_those_who_hold_their_permission(
    client, somebody, world, now
):
    gauge = world.gauges["multimeter"]
    Calibration.objects.create(
        gauge=gauge, number=1, calibrated_on=now.date(), due_on=now.date() + timedelta(9),
        as_found="out_of_tolerance", as_left="in_tolerance",
    )  # fmt: skip
    typed = {
        "calibrated_on": "2026-11-20", "due_on": "2027-11-20", "as_found": "in_tolerance",
        "as_left": "in_tolerance", "reason": "x", "because": "x",
    }  # fmt: skip
    for address, allowed in GAUGE_FORMS.items():
        for name, person in somebody.items():
            client.force_login(person)
            status = client.post(address, typed).status_code
            if name in ("own", "other"):
                assert status == 404, (address, name)
            else:
                assert (status != 403) == (name in allowed), (address, name, status)


def test_every_address_is_in_one_of_these_tables(db):
    # The interface is opened by tokens: tests/packline/interface holds every address to that.
    pages = [p for p in get_resolver().url_patterns if "api/v1/" not in str(p.pattern)]
    known = {p.name for p in pages}
    tested = set()
    for address in [*MAY_READ, *MAY_POST, *MAY_ANSWER, *MAY_ACT, *GAUGE_FORMS]:
        tested.add(get_resolver().resolve(address.partition("?")[0]).url_name)
    exempt = {*WITHOUT_SIGNING_IN, "sign-out"}
    assert known - tested == exempt


def test_a_person_without_any_role_sees_no_program(client, released):
    client.force_login(Person.objects.create_user("nobody"))
    assert b"PK-000001" not in client.get("/releases/").content
    assert client.get("/programs/P1/").status_code == 404


def test_a_customer_without_a_name_of_a_customer_sees_no_program(client, people, released):
    client.force_login(people.customer)
    assert client.get("/programs/P1/").status_code == 404


def test_a_customer_finds_a_cell_only_in_their_own_units(client, people, strangers, released):
    serial = links_of_unit(released, kinds=("cell",))[0].child.number
    client.force_login(people.customer)
    assert released.serial in client.get(f"/search/?q={serial}").content.decode()
    client.force_login(strangers)
    assert released.serial not in client.get(f"/search/?q={serial}").content.decode()


def test_lists_show_a_customer_only_what_is_theirs(client, strangers, released, held, signal):
    client.force_login(strangers)
    for address in (
        "/",
        "/orders/",
        "/nonconformances/",
        "/releases/",
        "/designs/",
        "/search/?q=P",
        "/charts/",
        "/signals/",
    ):
        page = client.get(address).content.decode()
        page = re.sub(r"csrf[^>]*>", "", page)  # its token may hold any letters
        assert "P1" not in page, address
        assert "PK-00" not in page, address
        assert "SR-00" not in page, address


@pytest.mark.parametrize("address", ["/sign-in/", "/", "/nowhere/", "/static/site/packline.css"])
def test_every_answer_tells_the_browser_to_load_nothing_from_elsewhere(address, client, people):
    client.force_login(people.auditor)
    headers = client.get(address, follow=False).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_menu_lists_the_stages_in_the_order_of_the_thread():
    assert [stage for stage in STAGES if stage in PAGES] == list(PAGES)
    assert set(PAGES) == set(STAGES)


def test_the_control_charts_stand_under_the_key_figures_and_mark_only_themselves(client, people):
    client.force_login(people.customer)
    said = client.get("/charts/").content.decode()
    menu = said[said.index('class="thread-nav"') : said.index("</nav>")]
    assert menu.index(">Key figures<") < menu.index(">Control charts<")
    assert menu.count("aria-current") == 1
    assert '<a href="/charts/" aria-current="page">Control charts<' in menu


def test_an_inactive_person_cannot_sign_in(client, people):
    people.auditor.set_password("a good password")
    people.auditor.is_active = False
    people.auditor.save()
    typed = {"username": people.auditor.username, "password": "a good password"}
    assert client.post("/sign-in/", typed).status_code == 200
    assert client.get("/").status_code == 302


def test_a_next_page_elsewhere_is_not_followed(client, people):
    people.auditor.set_password("a good password")
    people.auditor.save()
    typed = {"username": people.auditor.username, "password": "a good password"}
    response = client.post("/sign-in/?next=https://example.org/", typed)
    assert response.headers["Location"] == "/"


def test_what_no_database_can_look_for_is_refused_before_it_is_asked(client, people, db):
    client.force_login(people.admin)
    for address in ("/search/?q=%00", "/materials/a:%00/", "/revisions/?serial=P%00"):
        assert client.get(address).status_code == 400, address
    told = {"kind": "bms", "part": "B\x00", "reason": "x"}
    assert client.post("/holds/place/", told).status_code == 400
