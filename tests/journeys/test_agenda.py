"""The agenda in a real browser: by keyboard, by drag, on a phone, and without a script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

PHONE = {"width": 390, "height": 844}
EVENT = "#agenda [data-event]"


@pytest.fixture
def agenda(sign_in: Callable[[str], Page], clinic_address: str) -> Page:
    """A day to come on which there are appointments, by practitioner."""
    page = sign_in("reception")
    page.goto(f"{clinic_address}/agenda/")
    for _day in range(14):
        with page.expect_navigation():
            page.locator('[data-agenda-key="Shift+ArrowRight"]').click()
        if page.locator("#day-list .row-link").count() > 3:
            break
    expect(page.locator(EVENT).first).to_be_visible()
    return page


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.dataset.event ?? ''")


def test_arrows_walk_enter_opens_escape_comes_back(agenda: Page) -> None:
    agenda.keyboard.press("ArrowDown")
    first = focused(agenda)
    assert first
    seen = set()
    for key in ("ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"):
        agenda.keyboard.press(key)
        seen.add(focused(agenda))
    assert seen - {first}
    here = focused(agenda)
    agenda.keyboard.press("Enter")
    expect(agenda.locator("#drawer")).to_be_visible()
    expect(agenda.locator("#detail-title")).to_be_focused()
    shown = agenda.locator("#appointment").get_attribute("data-appointment")
    assert here.startswith(f"{shown}.")
    agenda.keyboard.press("Escape")
    expect(agenda.locator("#drawer")).to_be_hidden()
    assert focused(agenda) == here


def test_one_tab_stop_for_the_whole_calendar(agenda: Page) -> None:
    assert agenda.locator(f"{EVENT}[tabindex='0']").count() == 1
    agenda.keyboard.press("ArrowDown")
    assert agenda.locator(f"{EVENT}[tabindex='0']").count() == 1


def test_m_opens_the_form_that_moves(agenda: Page, clinic_address: str) -> None:
    agenda.keyboard.press("ArrowDown")
    shown = focused(agenda).split(".")[0]
    agenda.keyboard.press("m")
    agenda.wait_for_url(f"{clinic_address}/appointments/{shown}/move/")
    expect(agenda.locator("button[name=starts_at]").first).to_be_visible()


def test_keys_of_the_days(agenda: Page) -> None:
    there = agenda.url
    agenda.keyboard.press("Shift+ArrowLeft")
    agenda.wait_for_url(lambda url: url != there)
    agenda.keyboard.press("Shift+ArrowRight")
    agenda.wait_for_url(there)


def test_letters_typed_in_a_field_are_letters(agenda: Page) -> None:
    agenda.locator("#id_q").press("m")
    agenda.locator("#id_q").press("t")
    expect(agenda.locator("#id_q")).to_have_value("mt")


def drag(page: Page, event: Locator, down: int) -> None:
    box = event.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 5
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + down / 2, steps=6)
    page.mouse.move(x, y + down, steps=6)
    page.mouse.up()


def test_a_refused_drop_goes_back_and_says_why(agenda: Page) -> None:
    """Onto its neighbour: the practitioner is taken."""
    agenda.route(
        "**/move/",
        lambda route: route.fulfill(
            status=409, json={"problems": ["Rien n’est libre à cette heure."]}
        ),
    )
    event = agenda.locator(f"{EVENT}.ec-draggable").first
    event.scroll_into_view_if_needed()
    name, before = event.get_attribute("data-event"), event.bounding_box()
    drag(agenda, event, 60)
    expect(agenda.locator("#messages")).to_contain_text("Rien n’est libre à cette heure.")
    assert agenda.locator(f'[data-event="{name}"]').bounding_box() == before


def test_the_list_says_the_same_as_the_calendar(agenda: Page) -> None:
    listed = agenda.locator("#day-list .row-link a").evaluate_all(
        "links => links.map(link => link.pathname.split('/')[2])"
    )
    drawn = agenda.locator(EVENT).evaluate_all("all => all.map(event => event.dataset.visit)")
    assert set(drawn) == set(listed)


def test_on_a_phone_the_list_is_the_agenda(agenda: Page) -> None:
    agenda.set_viewport_size(PHONE)
    agenda.reload()
    expect(agenda.locator("#agenda")).to_be_hidden()
    row = agenda.locator("#day-list .row-link a").first
    row.click()
    expect(agenda.locator("#drawer")).to_be_visible()
    assert agenda.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_without_a_script_the_list_and_the_forms_work(
    agenda: Page, browser: Browser, clinic_address: str
) -> None:
    context = browser.new_context(
        java_script_enabled=False, storage_state=agenda.context.storage_state()
    )
    page = context.new_page()
    page.goto(agenda.url)
    expect(page.locator("#agenda")).to_be_hidden()
    page.locator("#day-list .row-link a").first.click()
    expect(page.locator("#detail-title")).to_be_visible()
    page.goto(f"{clinic_address}/")
    expect(page.locator("#desk-lists")).to_be_visible()
    context.close()
