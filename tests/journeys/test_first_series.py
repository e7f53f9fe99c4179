"""A receptionist who never saw the product books a series: in how many clicks, and what if late."""

import re

import pytest
from playwright.sync_api import Page, expect

MOST_CLICKS = 12


class Clicks:
    """Counts what the hand does; typing into a field is one click into it."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def on(self, selector: str) -> None:
        self.page.click(selector)
        self.count += 1

    def type(self, selector: str, text: str) -> None:
        self.on(selector)
        self.page.keyboard.type(text, delay=10)


def some_patient(page: Page, address: str, place: int) -> tuple[str, str]:
    """The public id and the name of a patient of the demo clinic."""
    page.goto(f"{address}/patients/")
    link = page.locator("table a[href^='/patients/']").nth(place)
    return link.get_attribute("href").split("/")[2], link.inner_text().strip()


def protocol_numbers(page: Page, address: str) -> list[str]:
    """The links of the protocols on offer, as the page gives them."""
    page.goto(f"{address}/series/new/")
    links = page.locator(".found-protocol").all()
    return [link.get_attribute("href").split("protocol=")[1].split("&")[0] for link in links]


def give_the_quote(page: Page) -> None:
    """Where the series costs enough for one and none was given yet."""
    if page.locator(".btn-quote").count():
        page.click(".btn-quote")
        expect(page.locator(".quote-panel.is-good")).to_be_visible()


def test_a_first_series_takes_at_most_twelve_clicks(sign_in, clinic_address):
    page = sign_in("reception")
    _who, name = some_patient(page, clinic_address, 11)
    page.goto(f"{clinic_address}/")
    clicks = Clicks(page)
    clicks.on("a[href='/series/new/'] >> visible=true")
    clicks.type("#find", name)
    clicks.on("#patients-found .found >> nth=0")
    clicks.on(".found-protocol >> nth=3")
    expect(page.locator("tr[data-row]").first).to_be_visible()
    shown = page.locator("tr[data-row] .when-cell strong").all_inner_texts()
    proposed = page.url
    with page.expect_download() as paper:
        clicks.on(".btn-quote")
    assert re.fullmatch(r"(devis|quote)-D\d{4}-\d{4,}\.pdf", paper.value.suggested_filename)
    expect(page.locator(".quote-panel.is-good")).to_be_visible()
    assert page.url.partition("?")[0] == proposed.partition("?")[0]
    assert page.locator("tr[data-row] .when-cell strong").all_inner_texts() == shown
    clicks.on(".btn-book")
    page.wait_for_url(re.compile(r"/series/[a-z0-9]{14}/$"))
    assert clicks.count <= MOST_CLICKS
    booked = page.locator("main").inner_text()
    assert [day for day in shown if day not in booked] == []


def test_another_day_moves_what_follows_and_is_what_is_booked(sign_in, clinic_address):
    page = sign_in("reception")
    who, _name = some_patient(page, clinic_address, 17)
    protocol = protocol_numbers(page, clinic_address)[1]
    page.goto(f"{clinic_address}/series/new/?patient={who}&protocol={protocol}")
    before = page.locator("tr[data-row] .when-cell strong").all_inner_texts()
    page.locator("tr[data-row='2'] summary").click()
    page.locator("tr[data-row='2'] .row-actions a[href*='pick=']").first.click()
    expect(page.locator("tr[data-row='2'].is-picked")).to_be_visible()
    after = page.locator("tr[data-row] .when-cell strong").all_inner_texts()
    assert (after[0], after[1] == before[1]) == (before[0], False)
    assert "pick=" in page.url
    page.reload()
    give_the_quote(page)
    assert page.locator("tr[data-row] .when-cell strong").all_inner_texts() == after
    page.click(".btn-book")
    page.wait_for_url(re.compile(r"/series/[a-z0-9]{14}/$"))
    booked = page.locator("main").inner_text()
    assert [day for day in after if day not in booked] == []


def test_who_is_late_gets_a_new_proposal_and_nothing_is_half_booked(sign_in, clinic_address, page):
    sign_in("reception")
    protocol = protocol_numbers(page, clinic_address)[0]
    (first, _n), (second, _m) = (some_patient(page, clinic_address, place) for place in (23, 29))
    late = page.context.new_page()
    for tab, who in ((page, first), (late, second)):
        tab.goto(f"{clinic_address}/series/new/?patient={who}&protocol={protocol}")
        give_the_quote(tab)
    wanted = page.locator("tr[data-row] .when-cell").all_inner_texts()
    assert late.locator("tr[data-row] .when-cell").all_inner_texts() == wanted
    page.click(".btn-book")
    page.wait_for_url(re.compile(r"/series/[a-z0-9]{14}/$"))
    with late.expect_navigation():
        late.click(".btn-book")
    expect(late.locator("[role=alert], .notice").first).to_be_visible()
    assert "/series/new/" in late.url
    assert late.locator("tr[data-row] .when-cell").all_inner_texts() != wanted
    late.click(".btn-book")
    late.wait_for_url(re.compile(r"/series/[a-z0-9]{14}/$"))


def test_works_without_scripts(browser, clinic_address):
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{clinic_address}/login/")
    page.fill("input[name=login]", "reception@demo.test")
    page.fill("input[name=password]", "demonstration-2026")
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{clinic_address}/")
    who, _name = some_patient(page, clinic_address, 31)
    protocol = protocol_numbers(page, clinic_address)[2]
    page.goto(f"{clinic_address}/series/new/?patient={who}&protocol={protocol}")
    rows = page.locator("tr[data-row]").count()
    give_the_quote(page)
    page.click(".btn-book")
    page.wait_for_url(re.compile(r"/series/[a-z0-9]{14}/$"))
    assert rows > 1
    context.close()


@pytest.mark.parametrize(("key", "place"), [("n", "/series/new/"), ("/", None)])
def test_keys_reach_the_main_acts(sign_in, clinic_address, key, place):
    page = sign_in("reception")
    page.keyboard.press(key)
    if place:
        page.wait_for_url(f"{clinic_address}{place}")
    else:
        assert page.evaluate("document.activeElement.type") == "search"
