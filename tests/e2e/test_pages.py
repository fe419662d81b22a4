"""The pages as a person meets them, in a real browser."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Seen, sign_in

DESKTOP, TABLET = {"width": 1280, "height": 720}, {"width": 768, "height": 1024}
EVERY_PAGE = (
    "/", "/programs/EB48/", "/designs/", "/programs/EB48/design/", "/processes/",
    "/programs/EB48/process/", "/lots/", "/lots/EB-2611-A/", "/orders/", "/orders/EB48-1/",
    "/units/EB48-000001/", "/units/EB48-000001/verify/", "/nonconformances/",
    "/nonconformances/NC-000001/", "/releases/", "/key-figures/", "/charts/",
    "/orders/EB48-1/charts/joint_resistance/",
    "/orders/EB48-1/charts/pack_ocv/?point=EB48-000002/1", "/orders/EB48-1/charts/self_test/",
    "/cells/", "/resources/", "/search/?q=EB-2611-A", "/search/?q=nothing",
    "/units/EB48-000001/gate/", "/holds/?kind=bms&part=1", "/materials/", "/boxes/",
    "/permits/?opens=lot_expired", "/tokens/", "/floor/", "/tools/V-weld-head/",
    "/revisions/?serial=EB48-000001&revise=welding", "/webhooks/",
)  # fmt: skip

# Ratio of luminances (WCAG 2.2, success criterion 1.4.3) of every visible text to what it lies on.
CONTRASTS = """
() => {
  const channel = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const solid = colour => { const n = numbers(colour); return n.length < 4 || n[3] > 0; };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.checkVisibility()) continue;
    if (element.closest("title, desc, option, .visually-hidden")) continue;
    const style = getComputedStyle(element);
    const text = element.closest("svg") ? style.fill : style.color;
    let ground = element;
    const paint = e => getComputedStyle(e).backgroundColor;
    while (ground && !solid(paint(ground))) ground = ground.parentElement;
    const under = ground ? paint(ground) : "rgb(255, 255, 255)";
    const [a, b] = [luminance(numbers(text)), luminance(numbers(under))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${walker.currentNode.textContent.trim()}`);
  }
  return poor;
}
"""

SMALL_TARGETS = """
() => [...document.querySelectorAll("button, .button, input, select, nav a")]
  .filter(e => e.checkVisibility() && e.type !== "hidden" && e.type !== "radio")
  .filter(e => !e.closest(".crumbs"))
  .map(e => e.type === "checkbox" ? e.closest("label") || e : e)
  .filter(e => e.getBoundingClientRect().height < 40).map(e => e.outerHTML)
"""
WITHOUT_A_NAME = """
() => [...document.querySelectorAll("[role=region], nav, [role=img]")]
  .filter(e => !e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby"))
  .map(e => e.outerHTML.slice(0, 80))
"""


@dataclass
class Look:
    """What there is to see of a page: its structure, its colours by day and night, on a tablet."""

    status: int
    headings: int
    without_a_name: list[str]
    ids: list[str]
    poor_contrasts: dict[str, list[str]]  # by scheme of colours
    width: int  # on a tablet, as what follows
    window_width: int
    small_targets: list[str]


@pytest.fixture(scope="module")
def looks(browser, site, session):
    """A look at every page: each is opened once and seen from all sides."""
    context = browser.new_context(base_url=site.url, storage_state=session, has_touch=True)
    seen = Seen()
    seen.watch(context)
    page, found = context.new_page(), {}
    for address in EVERY_PAGE:
        page.set_viewport_size(DESKTOP)
        status = page.goto(address).status
        headings, unnamed = page.locator("h1").count(), page.evaluate(WITHOUT_A_NAME)
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        poor = {}
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            poor[scheme] = page.evaluate(CONTRASTS)
        page.set_viewport_size(TABLET)
        width, shown = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        small = page.evaluate(SMALL_TARGETS)
        found[address] = Look(status, headings, unnamed, ids, poor, width, shown, small)
    context.close()
    seen.be_quiet(site)
    return found


def test_a_person_signs_in_with_what_the_server_printed(browser, site, seen):
    context = browser.new_context()
    seen.watch(context)
    page = context.new_page()
    page.goto(f"{site.url}/units/EB48-000001/")
    expect(page).to_have_url(re.compile("/sign-in/"))
    sign_in(page, site, password="not this one")
    expect(page.get_by_role("alert")).to_contain_text("correct")
    sign_in(page, site)
    expect(page.get_by_role("heading", name="Programs")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{site.url}/sign-in/")
    page.goto(f"{site.url}/orders/")
    expect(page).to_have_url(re.compile("/sign-in/"))
    context.close()


def test_the_thread_is_walked_from_program_to_unit_by_its_links(window):
    page: Page = window()
    page.goto("/")
    page.get_by_role("link", name="48 V pack for a cargo e-bike").click()
    expect(page.get_by_role("heading", name="Requirements and their verdicts")).to_be_visible()
    page.locator(".strip").get_by_text("Design", exact=True).click()
    expect(page.get_by_role("heading", name="Ranked candidates")).to_be_visible()
    expect(page.get_by_role("img", name="Mass against energy")).to_be_visible()
    page.get_by_role("link", name="EB48", exact=True).click()
    page.locator(".strip").get_by_text("Production", exact=True).click()
    expect(page.get_by_role("heading", name="Order EB48-1")).to_be_visible()
    page.get_by_role("link", name="EB48-000001").click()
    expect(page.get_by_role("heading", name="EB48-000001")).to_be_visible()
    expect(page.get_by_text("Virtual: not for shipment")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("Resistance of a joint"))).to_be_visible()


def test_the_verified_mark_is_made_when_it_is_asked_for(window):
    page: Page = window()
    page.goto("/units/EB48-000001/")
    expect(page.locator("#proof")).to_contain_text("Not verified in this visit")
    page.get_by_role("link", name="Verify this record").click()
    expect(page.locator("#proof")).to_contain_text("Nothing differs", timeout=30_000)
    expect(page.locator("#proof")).to_contain_text("signature of the release checked")
    expect(page).to_have_url(re.compile("/units/EB48-000001/$"))  # without leaving the page


def test_without_scripts_everything_still_works(window):
    page: Page = window(java_script_enabled=False)
    page.goto("/units/EB48-000001/")
    page.get_by_role("link", name="Verify this record").click()
    expect(page.locator("#proof")).to_contain_text("Nothing differs", timeout=30_000)
    page.get_by_role("link", name="EB48-000001").first.click()
    expect(page.get_by_role("heading", name="EB48-000001")).to_be_visible()


def test_a_point_of_a_chart_is_chosen_and_says_why_it_is_there(window):
    page: Page = window()
    page.goto("/")
    page.get_by_role("link", name="Control charts").click()
    page.get_by_role("link", name="Pack open-circuit voltage").click()
    point = page.get_by_role("link", name=re.compile("^point 2, EB48-00000")).first
    serial = re.search("EB48-[0-9]+", point.get_attribute("aria-label")).group()
    point.click()
    why = page.get_by_role("region", name=re.compile("^Point 2"))
    expect(why).to_contain_text(re.compile("No rule fires|Rule [1-8]"))
    expect(why).to_contain_text("V-voltmeter before and after")
    expect(why).to_contain_text(f"{serial}/80-eol/1")
    expect(point).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(re.compile("/charts/pack_ocv/$"))  # without leaving the page
    point.press("Tab")
    page.keyboard.press("Enter")  # the next point
    expect(page.get_by_role("region", name=re.compile("^Point 3"))).to_be_visible()
    expect(point).not_to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Point 1", exact=True).press("Enter")
    expect(page.get_by_role("region", name=re.compile("^Point 1"))).to_be_visible()
    expect(page.get_by_role("link", name="Point 1", exact=True)).to_be_focused()  # walk on
    page.get_by_role("link", name=re.compile("^Open EB48-")).click()
    expect(page.get_by_role("heading", name=re.compile("^EB48-00000"))).to_be_visible()


def test_a_point_of_a_chart_is_a_plain_link_without_scripts(window):
    page: Page = window(java_script_enabled=False)
    page.goto("/orders/EB48-1/charts/joint_resistance/")
    page.get_by_role("link", name=re.compile("^point 1, ")).first.click()
    why = page.get_by_role("region", name=re.compile("^Point 1"))
    expect(why).to_contain_text("104 values")
    expect(why).to_contain_text("V-weld-head before and after")
    expect(page).to_have_url(re.compile("point=EB48-00000"))


def test_a_document_is_downloaded(window):
    page: Page = window()
    page.goto("/units/EB48-000001/")
    with page.expect_download() as started:
        page.get_by_role("link", name="Device history record (PDF)").click()
    assert started.value.suggested_filename == "EB48-000001-device-history-record.pdf"
    assert started.value.path().read_bytes().startswith(b"%PDF")


@pytest.fixture
def expected_refusal(seen):
    """A browser reports a status of 422 on its console; that one is meant."""
    yield
    seen.errors[:] = [e for e in seen.errors if "status of 422" not in e]


@pytest.mark.usefixtures("expected_refusal")
def test_a_nonconformance_is_decided_and_what_was_typed_survives_a_refusal(window, site):
    page: Page = window()
    page.goto("/nonconformances/?state=contained")
    page.get_by_role("link", name=re.compile("^NC-")).first.click()
    page.get_by_label("Return to supplier").check()
    page.get_by_label("Why?").fill("below the stated capacity")
    page.get_by_label("Your password, as your signature").fill("not mine")
    with page.expect_response(re.compile("/dispose/")) as answered:
        page.get_by_role("button", name="Sign this decision").click()
    assert answered.value.status == 422
    expect(page.get_by_text("This is not your password, so nothing was signed.")).to_be_visible()
    expect(page.get_by_label("Why?")).to_have_value("below the stated capacity")
    expect(page.get_by_label("Return to supplier")).to_be_checked()
    page.get_by_label("Your password, as your signature").fill(site.password)
    page.get_by_role("button", name="Sign this decision").click()
    expect(page.get_by_role("status")).to_contain_text("signed and carried out")
    expect(page.locator(".head .pill")).to_have_text("dispositioned")
    page.get_by_label("By what was seen").fill("the cells were sent back")
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".head .pill")).to_have_text("closed")


def test_a_serial_is_found_by_scanning_it(window):
    page: Page = window()
    page.goto("/")
    page.get_by_role("searchbox").fill("EB48-000002")
    page.keyboard.press("Enter")  # a scanner ends with it
    expect(page.get_by_role("heading", name="EB48-000002")).to_be_visible()


def test_every_page_opens(looks):
    assert {look.status for look in looks.values()} == {200}
    assert list(looks) == list(EVERY_PAGE)


def test_no_page_scrolls_sideways_on_a_tablet(looks):
    assert {a: look.width for a, look in looks.items() if look.width > look.window_width} == {}


def test_every_target_is_large(looks):
    assert {a: look.small_targets for a, look in looks.items() if look.small_targets} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_it_lies_on(scheme, looks):
    poor = {address: look.poor_contrasts[scheme] for address, look in looks.items()}
    assert {address: texts for address, texts in poor.items() if texts} == {}


def test_the_colours_follow_the_device_until_a_person_chooses(window):
    page: Page = window(color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    page.goto("/")
    dark = page.evaluate(ground)
    button = page.get_by_role("button", name="Dark colours")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    light = page.evaluate(ground)
    assert light != dark
    page.goto("/orders/")
    assert page.evaluate(ground) == light  # the choice is kept
    page.emulate_media(color_scheme="light")
    page.get_by_role("button", name="Dark colours").click()
    assert page.evaluate(ground) == dark


def test_the_keyboard_reaches_the_content_first_and_shows_where_it_is(window):
    page: Page = window()
    page.goto("/orders/EB48-1/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focused = "getComputedStyle(document.activeElement)"
    assert page.evaluate("document.getElementById('main').contains(document.activeElement)")
    assert page.evaluate(f"{focused}.outlineStyle") == "solid"
    assert page.evaluate(f"parseFloat({focused}.outlineWidth)") >= 2


def test_on_paper_the_content_stays_and_the_controls_go(window):
    page: Page = window()
    page.goto("/units/EB48-000001/")
    page.emulate_media(media="print")
    for gone in (".thread-nav", ".top", "#verify"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.get_by_text("Virtual: not for shipment")).to_be_visible()
    height = page.evaluate("document.querySelector('#readings .table').scrollHeight")
    assert height == page.evaluate("document.querySelector('#readings .table').clientHeight")


def test_every_page_has_one_heading_and_what_stands_out_has_a_name(looks):
    assert {a: look.headings for a, look in looks.items() if look.headings != 1} == {}
    assert {a: look.without_a_name for a, look in looks.items() if look.without_a_name} == {}


def test_no_page_uses_an_id_twice(looks):
    assert [a for a, look in looks.items() if len(look.ids) != len(set(look.ids))] == []
