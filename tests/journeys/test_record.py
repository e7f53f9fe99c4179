"""A practitioner logs a session: by keyboard alone, on a phone's screen, and without scripts."""

import json
import re
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from clinic.demo.accounts import PASSWORD
from clinic.environment import PROJECT
from tests.journeys.conftest import environment
from tests.journeys.test_accessibility import RULES, SIZES

LONGEST = 60  # seconds, the product's promise
MOST_KEYS = 80


@pytest.fixture
def chair(clinic_address: str, clinic_data: Path, request) -> dict[str, str]:
    """A patient in the chair of a practitioner of their own, in the running server's database."""
    name = f"{request.node.name[5:20]}{zlib.crc32(request.node.name.encode()):x}"
    name = re.sub(r"\W+", "", name).lower()
    made = subprocess.run(
        [sys.executable, "-m", "tests.journeys.record_house", name],
        cwd=PROJECT,
        env=environment(clinic_data),
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    found = json.loads(made.stdout.splitlines()[-1])
    return found | {"record": f"{clinic_address}/sessions/{found['series']}/2/record/"}


def enter(page: Page, address: str, chair: dict[str, str]) -> None:
    page.goto(f"{address}/login/")
    page.fill("input[name=login]", chair["email"])
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")


class Keys:
    """Presses keys and counts them; one typed letter is one."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press(name)
            self.count += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text, delay=15)
        self.count += len(text)

    def tab_to(self, selector: str) -> None:
        for _n in range(40):
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            self.press("Tab")
        pytest.fail(f"no Tab leads to {selector}")


def test_a_session_is_logged_by_keyboard_in_under_a_minute(
    page, clinic_address, chair, record_property
):
    enter(page, clinic_address, chair)
    page.goto(f"{clinic_address}/agenda/?view=list")
    link = page.locator(f"a[href='/appointments/{chair['appointment']}/']").first
    link.focus()
    begin = time.monotonic()
    keys = Keys(page)
    keys.press("Enter")
    expect(page.locator("a[href$='/record/']").first).to_be_visible()
    keys.tab_to("a[href$='/record/']")
    keys.press("Enter")
    page.wait_for_url(chair["record"])
    keys.press("Enter")  # begin: the button has the focus
    page.wait_for_selector("[data-same]")
    keys.press("Enter")  # same as last time
    page.wait_for_selector("#part-products .is-confirm")
    keys.press("Shift+Tab")  # from the lot that is proposed to the field: another box is in hand
    keys.type("neuf-2")
    expect(page.locator(".lot-option[aria-selected=true]")).to_be_visible()
    keys.press("Enter")
    expect(page.locator("[data-lot-info] strong").first).to_be_visible()
    keys.tab_to("[name=pain_before]")
    keys.press("3")
    keys.tab_to("[name=pain_after]")
    keys.press("4")
    keys.tab_to("[name=satisfaction]")
    keys.press("8")
    keys.tab_to("[name=aftercare_given]")
    keys.press("Space")
    keys.press("Control+Enter")
    expect(page.locator("[data-sign]")).to_be_focused()
    expect(page.locator("#sign")).to_contain_text("NEUF-2")
    keys.press("Enter")
    page.wait_for_selector(".record-signed")
    seconds = time.monotonic() - begin
    signed = page.locator(".record-signed").inner_text()
    assert ("NEUF-2" in signed, "3/10" in signed, "4/10" in signed) == (True, True, True)
    record_property(
        "figures", f"a session logged by keyboard: {seconds:.1f} s, {keys.count} keystrokes"
    )
    assert (seconds < LONGEST, keys.count < MOST_KEYS) == (True, True)


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_while_it_is_written_and_once_it_is_signed(
    page, clinic_address, chair, size
):
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    enter(page, clinic_address, chair)
    page.goto(chair["record"])
    found = {"begin": faults(page)}
    page.click("main form [type=submit]")
    page.wait_for_selector("[data-same]")
    found["empty"] = faults(page)
    page.click("[data-same]")
    page.wait_for_selector(".is-confirm")
    found["filled"] = faults(page)
    page.fill("[data-find-lot] >> nth=1", "journ")
    page.wait_for_selector(".lot-option")
    found["lots"] = faults(page)
    page.fill("[data-find-lot] >> nth=1", "")
    page.click(".is-confirm")
    page.click("[data-sign]")
    page.wait_for_selector(".record-signed")
    found["signed"] = faults(page)
    wrong = {name: each for name, each in found.items() if each}
    assert wrong == {}, json.dumps(wrong, indent=1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def faults(page: Page) -> list[tuple[str, str]]:
    page.wait_for_load_state("networkidle")
    violations = Axe().run(page, options=RULES).response["violations"]
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in violations]


def test_a_scanned_box_is_taken_and_a_place_is_tapped(page, clinic_address, chair):
    enter(page, clinic_address, chair)
    page.goto(chair["record"])
    page.click("main form [type=submit]")
    page.wait_for_selector("[data-find-lot]")
    page.click("[data-place='chin']")
    expect(page.locator("#place-chin")).to_be_checked()
    page.click("[data-find-lot] >> nth=0")
    page.keyboard.type(chair["scan"])
    page.keyboard.press("Enter")
    expect(page.locator("[data-lot-info]").first).to_contain_text("NEUF-1")
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "saved")
    page.reload()
    expect(page.locator("#place-chin")).to_be_checked()
    expect(page.locator("[data-lot-info]").first).to_contain_text("NEUF-1")


def test_words_survive_the_end_of_the_session(page, clinic_address, chair):
    enter(page, clinic_address, chair)
    page.goto(chair["record"])
    page.click("main form [type=submit]")
    page.wait_for_selector("[name=notes]")
    page.context.clear_cookies()
    page.fill("[name=notes]", "tapé après la fin")
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "out")
    other = page.context.new_page()
    enter(other, clinic_address, chair)
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "saved")
    other.goto(chair["record"])
    assert other.input_value("[name=notes]") == "tapé après la fin"
    assert until(page, lambda: shelves(page) == [])


def test_words_survive_a_tab_that_lost_its_connection(page, clinic_address, chair):
    enter(page, clinic_address, chair)
    page.goto(chair["record"])
    page.click("main form [type=submit]")
    page.wait_for_selector("[name=notes]")
    page.route("**/record/save/", lambda route: route.abort())
    page.fill("[name=notes]", "sans réseau")
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "offline")
    assert until(page, lambda: len(shelves(page)) == 1)
    assert "sans" not in shelves(page)[0]
    page.unroute("**/record/save/")
    page.reload()
    expect(page.locator("[name=notes]")).to_have_value("sans réseau")
    expect(page.locator("[data-status]")).to_have_attribute("data-state", "saved")


def shelves(page: Page) -> list[str]:
    """What lies in the tab of words that are not saved, as somebody else could read it."""
    entries = page.evaluate("Object.entries(sessionStorage)")
    return [value for name, value in entries if name.startswith("record-shelf:")]


def until(page: Page, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    return condition()


def test_two_writers_choose_between_their_words(page, clinic_address, chair, browser: Browser):
    enter(page, clinic_address, chair)
    page.goto(chair["record"])
    page.click("main form [type=submit]")
    page.wait_for_selector("[name=notes]")
    other = page.context.new_page()
    other.goto(chair["record"])
    other.fill("[name=notes]", "les uns")
    expect(other.locator("[data-status]")).to_have_attribute("data-state", "saved")
    page.fill("[name=notes]", "les autres")
    page.wait_for_selector(".kept")
    expect(page.locator(".kept")).to_contain_text("les uns")
    page.click(".kept-choice input[value=both]")
    page.click(".kept [data-save]")
    page.wait_for_selector(".kept", state="detached")
    assert page.input_value("[name=notes]") == "les uns\n\nles autres"


def test_a_session_is_logged_without_scripts(
    browser: Browser, clinic_address: str, chair: dict[str, str]
):
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    enter(page, clinic_address, chair)
    page.goto(chair["record"])
    page.click("main form [type=submit]")
    page.click("[data-same]")
    page.check(".is-confirm input", force=True)
    page.check("[name=pain_after][value='4']", force=True)
    page.click("[data-sign]")
    page.wait_for_selector(".record-signed")
    signed = page.locator(".record-signed").inner_text()
    assert ("NEUF-1" in signed, "4/10" in signed) == (True, True)
    context.close()


def test_words_of_a_plain_form_survive_the_end_of_the_session(
    page: Page, clinic_address: str, chair: dict[str, str]
) -> None:
    """A reaction typed while the session ran out: held back, then sent under a new token."""
    page.clock.install()
    enter(page, clinic_address, chair)
    page.goto(chair["record"])
    patient = page.locator(".record-head h1 a").get_attribute("href")
    page.goto(f"{clinic_address}{patient}reactions/new/")
    page.fill("[name=description]", "tapé après la fin")
    for name, chosen in (("severity", "mild"), ("channel", "none")):
        page.locator(f"select[name={name}]").select_option(chosen)
    page.context.clear_cookies()
    page.clock.fast_forward("06:00")
    page.click("main [type=submit]")
    expect(page.locator("[data-not-sent][data-why=out]")).to_be_visible()
    assert page.input_value("[name=description]") == "tapé après la fin"
    other = page.context.new_page()
    enter(other, clinic_address, chair)
    page.bring_to_front()
    page.click("main [type=submit]")
    page.wait_for_url(re.compile("/reactions/(?!new)"))
    expect(page.locator("main")).to_contain_text("tapé après la fin")


def test_words_of_a_plain_form_are_not_sent_as_somebody_elses(
    page: Page, clinic_address: str, chair: dict[str, str]
) -> None:
    page.clock.install()
    enter(page, clinic_address, chair)
    page.goto(chair["record"])
    patient = page.locator(".record-head h1 a").get_attribute("href")
    page.goto(f"{clinic_address}{patient}reactions/new/")
    page.fill("[name=description]", "de moi")
    page.context.clear_cookies()
    enter(page.context.new_page(), clinic_address, {"email": "praticien@demo.test"})
    page.bring_to_front()
    page.clock.fast_forward("06:00")
    page.click("main [type=submit]")
    expect(page.locator("[data-not-sent]")).to_be_visible()
    assert page.input_value("[name=description]") == "de moi"
