"""A worried patient on a phone, without scripts: everything by keyboard, and axe finds nothing."""

import json
import re
import sqlite3
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
MOST_BYTES = 150_000


@pytest.fixture
def leaflet(clinic_data: Path, clinic_address: str) -> str:
    """The address of the demo clinic that shows its leaflet."""
    with sqlite3.connect(clinic_data / "clinic.sqlite3") as database:
        (public_id,) = database.execute(
            "SELECT public_id FROM clinic_clinic WHERE shows_leaflet"
        ).fetchone()
    database.close()
    return f"{clinic_address}/leaflet/{public_id}/"


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def reader(request: pytest.FixtureRequest, page: Page) -> Page:
    page.set_viewport_size(request.param)
    return page


def assert_accessible(page: Page, about: str) -> None:
    violations = Axe().run(page, options=RULES).response["violations"]
    found = [(one["id"], [node["html"][:160] for node in one["nodes"][:2]]) for one in violations]
    assert found == [], f"{about}: {json.dumps(found, indent=1)}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), about


def tick(page: Page, *signs: str) -> None:
    for sign in signs:
        page.check(f"input[name=signs][value={sign}]")


def test_axe_finds_nothing_on_any_page(reader: Page, leaflet: str) -> None:
    for part in ("", "look-up/", "how-long/", "how-many/", "quiz/"):
        reader.goto(leaflet + part)
        assert_accessible(reader, part)
    reader.goto(f"{leaflet}look-up/")
    reader.click("text=Voir ce que dit la notice")
    assert_accessible(reader, "errors")
    tick(reader, "redness", "nodule", "intense_redness", "pus")
    reader.fill("#id_since", "60")
    reader.select_option("#id_unit", "hours")
    reader.click("button.button")
    assert_accessible(reader, "alert")
    reader.goto(f"{leaflet}how-long/")
    tick(reader, "redness", "bruise", "tingling")
    reader.fill("#id_since", "30")
    reader.click("button.button")
    assert_accessible(reader, "how long")
    reader.goto(f"{leaflet}how-many/")
    reader.check("input[value=skin]")
    reader.click("button.button")
    assert_accessible(reader, "how many")
    reader.goto(f"{leaflet}quiz/")
    reader.check("input[name=q1][value='1']")
    reader.click("button.button")
    assert_accessible(reader, "quiz")


def test_a_patient_looks_something_up_by_keyboard_without_scripts(
    browser: Browser, leaflet: str
) -> None:
    context = browser.new_context(locale="fr-FR", viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(leaflet)
    page.keyboard.press("Tab")  # the way past the head
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("Je remarque quelque chose")).press("Enter")
    page.locator("input[value=redness]").press("Space")
    page.locator("#id_since").press_sequentially("2")
    page.locator("#id_unit").select_option("days")
    page.locator("#id_since").press("Enter")
    page.wait_for_url(f"{leaflet}look-up/#answer")
    expect(page.locator("#answer")).to_contain_text("Habituel, dit la notice")
    page.locator("input[value=breathing]").press("Space")
    page.locator("#id_since").press("Enter")
    expect(page.locator("#answer")).to_contain_text("Sans attendre")
    answer = page.inner_text("#answer")
    assert "Habituel" not in answer
    first = page.locator("main section").first
    assert first.get_attribute("id") == "answer"
    context.close()


def test_a_page_is_light_and_the_language_changes(page: Page, leaflet: str) -> None:
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.set_viewport_size(PHONE)
    page.goto(f"{leaflet}look-up/")
    page.wait_for_load_state("networkidle")
    assert sum(sizes) < MOST_BYTES
    page.click("text=English")
    expect(page.locator("h1")).to_have_text("I notice something after a session")
    assert page.url == f"{leaflet}look-up/"
    small = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, summary, label.tick, select')]
        .filter(e => e.offsetParent && !e.closest('.skip, li > p, .others, .cited > :not(summary)')
          && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 90))"""
    )
    assert [one for one in small if "skip" not in one] == []


def test_the_demo_shows_it_and_its_other_site_does_not(
    page: Page, clinic_data: Path, clinic_address: str
) -> None:
    with sqlite3.connect(clinic_data / "clinic.sqlite3") as database:
        (public_id,) = database.execute(
            "SELECT public_id FROM clinic_clinic WHERE NOT shows_leaflet"
        ).fetchone()
    database.close()
    answer = page.goto(f"{clinic_address}/leaflet/{public_id}/")
    assert answer is not None
    assert answer.status == 404
