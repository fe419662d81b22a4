"""An operator at a bench with a scanner: one next action, large verdicts, nothing lost."""

import json
import subprocess
import sys
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import CHROMIUM, PACKLINE, ROOT, environment


@pytest.fixture(scope="module")
def plant(tmp_path_factory):
    """A server in front of an order of seven units, and the tokens of its stations."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    data = tmp_path_factory.mktemp("plant") / "data"
    told = subprocess.run(
        [sys.executable, "-m", "tests.e2e.plant"], cwd=ROOT, check=True, capture_output=True,
        text=True, env=environment() | {"PACKLINE_DATA": str(data)},
    )  # fmt: skip
    server = subprocess.Popen(
        [*PACKLINE, "serve", "--data", str(data), "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment(),
    )  # fmt: skip
    try:
        url = server.stdout.readline().split()[-1]
        urllib.request.urlopen(f"{url}sign-in/", timeout=60).close()
        yield {**json.loads(told.stdout), "url": url.rstrip("/"), "data": data}
    finally:
        server.terminate()
        server.communicate(timeout=20)


@pytest.fixture
def bench(browser, plant):
    """A tablet at the kitting bench, with Otto signed in."""
    yield from tablet(browser, plant, "kitting_bench")


@pytest.fixture
def welder(browser, plant):
    """A tablet at the welder, where in this plant the cells go in."""
    yield from tablet(browser, plant, "welder")


def tablet(browser, plant, kind):
    context = browser.new_context(
        base_url=plant["url"], viewport={"width": 1024, "height": 768}, has_touch=True
    )
    page = context.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/station/")
    page.fill("#token", plant["tokens"][kind])
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nobody is signed in")).to_be_visible()
    page.fill("#badge", plant["badge"])
    page.fill("#pin", plant["pin"])
    page.keyboard.press("Enter")
    expect(page.locator("#who")).to_contain_text("Oper")
    yield page
    assert complaints == []
    context.close()


def scan(page, serial):
    """Type as a keyboard wedge does: wherever the focus is, and Enter."""
    expect(page.get_by_role("heading", name="Scan a unit")).to_be_visible()
    page.keyboard.type(serial)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="PK-")).to_be_visible()


def history(plant, serial):
    request = urllib.request.Request(
        f"{plant['url']}/api/v1/units/{serial}/history?limit=200",
        headers={"Authorization": f"Bearer {plant['tokens']['kitting_bench']}"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return [event["verb"] for event in json.load(answer)["events"]]


def test_a_scan_leads_to_the_one_next_action_and_its_verdict(bench):
    scan(bench, "(01)09506000134352(21)PK-000001")
    bench.get_by_role("button", name="Start Kitting").click()
    expect(bench.locator(".limits").first).to_have_text("exactly 4")
    picture = bench.get_by_role("img", name="The tray")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
    expect(bench.locator(".checks input")).to_be_focused()
    bench.keyboard.type("4")
    expect(bench.locator(".word")).to_have_text("within")
    bench.get_by_role("button", name="Keep readings").click()
    expect(bench.locator(".verdict.good strong")).to_have_text("PASS")
    bench.get_by_role("button", name="Finish").click()
    expect(bench.locator(".verdict.good")).to_contain_text("Kitting is done")
    expect(bench.locator(".next")).to_contain_text("Welding")


def test_a_failure_is_large_and_a_refusal_names_what_clears_it_and_keeps_what_was_typed(bench):
    scan(bench, "PK-000002")
    bench.get_by_role("button", name="Start Kitting").click()
    expect(bench.locator(".checks input")).to_be_focused()
    bench.keyboard.type("four")
    bench.get_by_role("button", name="Keep readings").click()
    expect(bench.get_by_role("alert")).to_contain_text("is no number")
    expect(bench.locator(".checks input")).to_have_value("four")
    bench.locator(".checks input").fill("3")
    expect(bench.locator(".word")).to_have_text("OUTSIDE")
    bench.get_by_role("button", name="Keep readings").click()
    expect(bench.locator(".verdict.bad strong")).to_have_text("FAIL")
    bench.get_by_role("button", name="Another unit").click()
    expect(bench.locator(".queue .unit.held")).to_contain_text("on hold")


def test_work_done_without_a_server_survives_a_reload_and_is_sent_once_in_order(bench, plant):
    scan(bench, "PK-000003")
    bench.get_by_role("button", name="Start Kitting").click()
    expect(bench.locator(".checks input")).to_be_focused()
    bench.wait_for_function("navigator.serviceWorker.ready.then((r) => !!r.active)")
    bench.context.set_offline(True)
    bench.keyboard.type("4")
    bench.get_by_role("button", name="Keep readings").click()
    expect(bench.locator(".verdict.warn")).to_contain_text("Kept here")
    bench.get_by_role("button", name="Finish").click()
    expect(bench.locator("#link")).to_contain_text("2 kept here, not yet sent")
    bench.reload()
    expect(bench.locator("#link")).to_contain_text("2 kept here, not yet sent")
    bench.locator("#link").click()
    expect(bench.locator(".kept strong").first).to_contain_text("1 readings of kitting")
    assert "production.readings.taken" not in history(plant, "PK-000003")
    bench.context.set_offline(False)
    expect(bench.locator("#link")).to_have_text("Connected", timeout=15000)
    told = history(plant, "PK-000003")
    assert told[-2:] == ["production.readings.taken", "production.step.finished"]
    assert told.count("production.readings.taken") == 1


def test_what_is_typed_survives_a_reload(bench):
    scan(bench, "PK-000004")
    bench.get_by_role("button", name="Start Kitting").click()
    expect(bench.locator(".checks input")).to_be_focused()
    bench.keyboard.type("4")
    bench.reload()
    scan(bench, "PK-000004")
    expect(bench.locator(".checks input")).to_have_value("4")


def test_good_and_scrap_are_reported_in_one_action_and_what_is_typed_stays(bench, plant):
    """The bench has kept readings of two units; one more came out bad before anything was read."""
    bench.get_by_role("button", name="Several at once: good and scrap").click()
    expect(bench.get_by_role("heading", name="Good and scrap")).to_be_visible()
    bench.get_by_role("button", name="PK-000005 good").click()
    bench.get_by_role("button", name="PK-000006 scrap").click()
    report = bench.get_by_role("button", name="Report 1 good, 1 scrap")
    report.click()
    expect(bench.get_by_role("alert")).to_contain_text("PK-000006: why is it scrap?")
    bench.keyboard.type("case cracked")
    report.click()  # nobody counted the cells of PK-000005 yet
    expect(bench.get_by_role("alert")).to_contain_text("PK-000005, ")
    expect(bench.get_by_role("button", name="PK-000005 good")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert "production.unit.set_aside" not in history(plant, "PK-000006")
    bench.get_by_role("button", name="Another unit").click()
    scan(bench, "PK-000005")
    bench.get_by_role("button", name="Start Kitting").click()
    expect(bench.locator(".checks input")).to_be_focused()
    bench.keyboard.type("4")
    bench.get_by_role("button", name="Keep readings").click()
    expect(bench.locator(".verdict.good strong")).to_have_text("PASS")
    bench.get_by_role("button", name="Another unit").click()
    bench.get_by_role("button", name="Several at once: good and scrap").click()
    expect(bench.get_by_label("Serial")).to_be_focused()
    bench.keyboard.type("(01)09506000134352(21)PK-000005")
    bench.keyboard.press("Enter")
    bench.get_by_role("button", name="PK-000006 scrap").click()
    bench.get_by_role("button", name="case cracked").last.click()
    bench.get_by_role("button", name="Report 1 good, 1 scrap").click()
    expect(bench.locator(".verdict.good")).to_contain_text("1 good")
    expect(bench.locator(".verdict.good")).to_contain_text("PK-000006")
    assert history(plant, "PK-000005")[-1] == "production.step.finished"
    assert "production.unit.set_aside" in history(plant, "PK-000006")


def test_what_governs_the_work_is_read_and_signed_for_where_the_work_is_done(bench, plant):
    subprocess.run(
        [sys.executable, "-m", "tests.e2e.plant", "document"], cwd=ROOT, check=True,
        env=environment() | {"PACKLINE_DATA": str(plant["data"])},
    )  # fmt: skip
    scan(bench, "PK-000007")
    box = bench.get_by_role("region", name="WI-10, revision 1")
    expect(box).to_contain_text("Gloves from now on.")
    expect(bench.get_by_role("button", name="Start")).to_have_count(0)
    confirm = box.get_by_role("button", name="have read and understood")
    expect(confirm).to_be_disabled()  # nobody signs for what was never open
    with bench.context.expect_page() as opened:
        box.get_by_role("button", name="Open it").click()
    expect(opened.value.locator("body")).to_contain_text("Wear gloves.")
    opened.value.close()
    confirm.click()
    expect(bench.get_by_role("button", name="Start")).to_be_visible()
    expect(box).to_have_count(0)


def test_each_cell_is_scanned_into_its_place_and_a_weak_one_is_replaced(welder, plant):
    scan(welder, "PK-000008")
    welder.get_by_role("button", name="Start Welding").click()
    expect(welder.locator("#cell")).to_be_focused()
    waiting = inside(plant, "PK-000008")["waiting"]
    welder.keyboard.type("C000\n")
    expect(welder.get_by_role("alert")).to_contain_text("C000 does not belong into this unit")
    expect(welder.get_by_role("button", name="Put the cells in", exact=True)).to_be_disabled()
    for cell in waiting:
        welder.keyboard.type(f"{cell['serial']}\n")
        place = f"Group {cell['group']}, place {cell['place']}"
        expect(welder.locator(".placed strong")).to_have_text(place)
    welder.get_by_role("button", name="Put the cells in", exact=True).click()
    expect(welder.locator(".verdict.good")).to_contain_text("The parts are on record")
    welder.get_by_text("Put a part in").click()
    welder.fill("#part-number", "BMS-0042")
    welder.get_by_role("button", name="Put it in").click()
    expect(welder.locator(".parts li")).to_have_text("BMS-0042 bms")
    welder.get_by_text("Replace a part or take it out").click()
    welder.fill("#old-part", "BMS-0042")
    welder.fill("#new-part", "BMS-0043")
    welder.get_by_role("button", name="Do it").click()
    expect(welder.get_by_role("alert")).to_contain_text("Why does it come out?")
    expect(welder.locator("#new-part")).to_have_value("BMS-0043")
    welder.fill("#why-part", "does not answer")
    welder.get_by_role("button", name="Do it").click()
    expect(welder.locator(".parts li")).to_have_text("BMS-0043 bms")
    kinds = [part["kind"] for part in inside(plant, "PK-000008")["parts"]]
    assert (kinds.count("cell"), kinds.count("bms")) == (4, 1)


def inside(plant, serial):
    request = urllib.request.Request(
        f"{plant['url']}/api/v1/units/{serial}/parts",
        headers={"Authorization": f"Bearer {plant['tokens']['welder']}"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)
