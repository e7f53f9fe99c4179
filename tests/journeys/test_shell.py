"""The bar in a real browser: patients found without a mouse, keys that are never in the way."""

import itertools
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

_numbers = itertools.count(1)


@pytest.fixture
def desk(sign_in: Callable[[str], Page], clinic_address: str) -> Page:
    """The list of patients, as the receptionist sees it."""
    page = sign_in("reception")
    page.goto(f"{clinic_address}/patients/")
    return page


@pytest.fixture
def two(desk: Page, clinic_address: str) -> tuple[str, list[str]]:
    """A name that nobody else in the demo clinic has, and the addresses of its two bearers."""
    family = "Zorglub" + "abcdefghijklmnopqrstuvwxyz"[next(_numbers)]
    return family, [register(desk, clinic_address, family, given) for given in ("Anna", "Bela")]


def register(page: Page, address: str, family: str, given: str) -> str:
    page.goto(f"{address}/patients/new/")
    page.fill("#id_family_name", family)
    page.fill("#id_given_name", given)
    page.locator("#id_given_name").press("Enter")
    expect(page.locator("h1")).to_have_text(f"{family.upper()} {given}")
    return page.url


def search(page: Page, text: str) -> None:
    page.keyboard.press("/")
    expect(page.locator("#search-field")).to_be_focused()
    page.keyboard.type(text)


def test_slash_type_enter_opens_the_first(desk: Page, two: tuple[str, list[str]]) -> None:
    family, (anna, _bela) = two
    search(desk, family)
    expect(desk.get_by_role("option")).to_have_count(2)
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(anna)


def test_arrows_walk_the_list_and_say_where_they_are(
    desk: Page, two: tuple[str, list[str]]
) -> None:
    family, (anna, bela) = two
    desk.goto(anna)
    search(desk, family)
    expect(desk.get_by_role("option")).to_have_count(2)
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    field = desk.locator("#search-field")
    expect(field).to_have_attribute("aria-activedescendant", "found-2")
    expect(desk.locator("#found-2")).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(bela)


def test_escape_closes_the_list(desk: Page, two: tuple[str, list[str]]) -> None:
    search(desk, two[0])
    expect(desk.get_by_role("option")).to_have_count(2)
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("option")).to_have_count(0)


def test_the_search_works_without_scripts(
    desk: Page, two: tuple[str, list[str]], browser: Browser
) -> None:
    family, (anna, _bela) = two
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(desk.context.cookies())
    page = context.new_page()
    page.goto(anna)
    page.fill("#search-field", f"{family} ann")
    page.locator("#search-field").press("Enter")
    expect(page).to_have_url(anna)
    context.close()


def test_keys_are_letters_while_somebody_types(desk: Page) -> None:
    before = desk.url
    desk.locator("#list-q").click()
    desk.keyboard.type("n?/")
    expect(desk.locator("#list-q")).to_have_value("n?/")
    expect(desk.locator("#keys")).not_to_be_visible()
    assert desk.url == before


def test_n_begins_a_new_series(desk: Page) -> None:
    desk.keyboard.press("n")
    expect(desk).to_have_url(re.compile("/series/new/"))


def test_a_question_mark_shows_the_keys_and_they_can_be_put_off(desk: Page) -> None:
    desk.keyboard.press("?")
    dialog = desk.locator("#keys")
    expect(dialog).to_be_visible()
    dialog.locator("#single-keys").uncheck()
    dialog.locator("button").click()
    desk.reload()
    desk.keyboard.press("?")
    desk.keyboard.press("n")
    expect(dialog).not_to_be_visible()
    expect(desk).to_have_url(re.compile("/patients/"))


def test_a_menu_closes_with_escape_and_gives_the_focus_back(desk: Page) -> None:
    summary = desk.locator("details.menu summary")
    summary.click()
    expect(desk.locator(".menu-body")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator(".menu-body")).not_to_be_visible()
    expect(summary).to_be_focused()


def test_enter_in_a_form_with_a_likely_twin_creates_nothing(
    desk: Page, two: tuple[str, list[str]], clinic_address: str
) -> None:
    desk.goto(f"{clinic_address}/patients/new/")
    desk.fill("#id_family_name", two[0])
    desk.fill("#id_given_name", "Anna")
    for _ in range(2):
        desk.locator("#id_family_name").press("Enter")
        expect(desk.locator("#twins-title")).to_be_visible()
    expect(desk).to_have_url(f"{clinic_address}/patients/new/")


def test_a_refused_form_is_read_from_its_summary(desk: Page, clinic_address: str) -> None:
    desk.goto(f"{clinic_address}/patients/new/")
    desk.locator(".form-actions button").click()
    expect(desk.locator(".error-summary")).to_be_focused()
    desk.locator(".error-summary a").first.click()
    expect(desk.locator("#id_family_name")).to_be_focused()
