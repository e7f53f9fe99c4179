"""A patient on a phone: from the link in a message to a visit confirmed, moved, cancelled."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response, expect

from clinic.environment import PROJECT
from tests.journeys.conftest import environment
from tests.journeys.test_accessibility import RULES

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
MOST_BYTES = 150_000
# A patient of the demonstration with a visit behind them, two ahead, and a link of a message.
SOMEBODY = """
import datetime as dt, json
from django.db.models import Count, Q
from django.utils import timezone
from clinic import booking
from clinic.models import Appointment, Message, PatientLink
from clinic.outbox import links
from clinic.portal import places
from clinic.portal.appointments import Shown, every
now = timezone.now()
ahead = Q(appointments__status="booked", appointments__starts_at__gt=now + dt.timedelta(days=2))
from patients.models import Patient
rows = Patient.objects.filter(birth_on__isnull=False).annotate(n=Count("appointments", ahead))
used = PatientLink.objects.values("patient")
def next_of(patient):
    coming = patient.appointments.filter(status="booked", starts_at__gt=now)
    return coming.order_by("starts_at").first()
def fits(visit):  # far enough ahead to be moved online, to a free hour, and not answered yet
    is_far = visit.starts_at > now + dt.timedelta(days=2)
    return is_far and visit.session_id and visit.confirmed_at is None and has_places(visit)
def has_places(visit):  # the demonstration's coming weeks are nearly full
    shown = Shown(every(visit.patient).get(pk=visit.pk), now)
    return shown.may_move and places.choice(booking.visit_of(shown.appointment), now=now).groups
found = rows.filter(n__gte=3, series__status="active").exclude(pk__in=used).order_by("pk")
patient = next(one for one in found if fits(next_of(one)))
first = next_of(patient)
message = Message.objects.create(
    clinic=first.clinic, patient=patient, appointment=first, kind="reminder", channel="email",
    starts_at=first.starts_at, due_at=now, next_try_at=now, useful_until=first.starts_at,
    planned_at=now, status="accepted", settled_at=now, round=9,
)
key = links.issue(
    patient=patient, clinic=first.clinic, message=message, expires_at=first.ends_at, now=now
)
print(json.dumps({"key": key, "birth": f"{patient.birth_on:%d/%m/%Y}", "first": first.public_id}))
"""


@dataclass(frozen=True)
class Somebody:
    key: str
    birth: str
    first: str


@pytest.fixture
def somebody(clinic_data, clinic_address) -> Somebody:
    told = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", SOMEBODY],
        cwd=PROJECT,
        env=environment(clinic_data),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return Somebody(**json.loads(told.stdout.splitlines()[-1]))


@pytest.fixture
def phone(page: Page, somebody: Somebody, clinic_address: str) -> Page:
    page.set_viewport_size(PHONE)
    page.goto(f"{clinic_address}/r/{somebody.key}/")
    return page


def say_birth(phone: Page, somebody: Somebody) -> None:
    phone.fill("input[name=birth_on]", somebody.birth)
    phone.keyboard.press("Enter")
    expect(phone.locator("h1")).to_contain_text("Bonjour")


def card(phone: Page) -> str:
    return phone.locator(".next").inner_text()


def test_the_link_opens_a_page_whose_address_tells_nothing(phone: Page, somebody: Somebody) -> None:
    assert phone.url.endswith("/my/")
    assert somebody.key not in phone.content()
    expect(phone.locator(".stops")).to_have_count(0)
    phone.fill("input[name=birth_on]", "01/01/1900")
    phone.keyboard.press("Enter")
    expect(phone.locator(".error-summary")).to_be_focused()
    say_birth(phone, somebody)
    expect(phone.locator(".stops").first).to_be_visible()


def test_an_appointment_is_confirmed_moved_and_cancelled_by_keyboard_alone(
    phone: Page, somebody: Somebody
) -> None:
    say_birth(phone, somebody)
    phone.get_by_role("button", name="Je viens").focus()
    phone.keyboard.press("Enter")
    expect(phone.locator(".next")).to_contain_text("Vous avez dit que vous venez")
    before = card(phone)
    phone.locator(".next").get_by_role("link", name="Déplacer").focus()
    phone.keyboard.press("Enter")
    phone.wait_for_url(re.compile(r"/move/$"))
    phone.locator(".hours button").first.focus()
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("status")).to_contain_text("Votre rendez-vous est déplacé")
    assert card(phone) != before
    moved = card(phone)
    phone.locator(".next").get_by_role("link", name="Annuler").focus()
    phone.keyboard.press("Enter")
    phone.get_by_role("button", name="Annuler ce rendez-vous").focus()
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("status")).to_contain_text("Votre rendez-vous est annulé")
    assert card(phone) != moved


def test_the_link_of_before_the_move_is_dead(
    phone: Page, somebody: Somebody, clinic_address: str
) -> None:
    phone.goto(f"{clinic_address}/my/appointments/{somebody.first}/move/")
    phone.locator(".hours button").first.click()
    expect(phone.get_by_role("status")).to_be_visible()
    answer = phone.goto(f"{clinic_address}/r/{somebody.key}/")
    assert answer is not None
    assert answer.status == 404


def test_it_works_without_scripts(browser, somebody: Somebody, clinic_address: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="fr-FR", viewport=PHONE)
    phone = context.new_page()
    phone.goto(f"{clinic_address}/r/{somebody.key}/")
    say_birth(phone, somebody)
    phone.get_by_role("button", name="Je viens").click()
    expect(phone.locator(".next")).to_contain_text("Vous avez dit que vous venez")
    phone.get_by_role("button", name="English").click()
    expect(phone.locator("h1")).to_contain_text("Hello")
    context.close()


def pages(phone: Page, somebody: Somebody) -> list[str]:
    links = phone.locator(".is-asked a")
    asked = links.evaluate_all("all => all.map(a => a.getAttribute('href'))")
    first = f"/my/appointments/{somebody.first}"
    own = [
        "/my/",
        "/my/worry/",
        "/my/contact/",
        "/my/calendar/",
        f"{first}/move/",
        f"{first}/cancel/",
    ]
    return [*own, *asked, f"/r/{somebody.key}/stop/", "/r/nothing/"]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    phone: Page, somebody: Somebody, clinic_address: str, size: dict
) -> None:
    assert Axe().run(phone, options=RULES).response["violations"] == []  # before the birth date
    say_birth(phone, somebody)
    phone.set_viewport_size(size)
    found, wide = {}, []
    for address in pages(phone, somebody):
        phone.goto(clinic_address + address)
        violations = Axe().run(phone, options=RULES).response["violations"]
        if violations:
            found[address] = [(v["id"], v["nodes"][0]["html"][:160]) for v in violations]
        if phone.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(address)
    assert found == {}, json.dumps(found, indent=1)
    assert wide == []


def test_at_twice_the_size_nothing_is_cut_off(
    phone: Page, somebody: Somebody, clinic_address: str
) -> None:
    """A browser at 200 % lays a phone's page out on half its width."""
    say_birth(phone, somebody)
    phone.set_viewport_size({"width": 195, "height": 422})
    wide = []
    for address in pages(phone, somebody):
        phone.goto(clinic_address + address)
        if phone.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(address)
    assert wide == []


def test_a_page_weighs_little_and_asks_nobody_else(
    phone: Page, somebody: Somebody, clinic_address: str
) -> None:
    say_birth(phone, somebody)
    weights: dict[str, int] = {}
    strangers: list[str] = []

    def weigh(response: Response) -> None:
        weights[phone.url] = weights.get(phone.url, 0) + len(response.body())

    phone.on("requestfinished", lambda request: weigh(request.response()))
    phone.on("request", lambda r: r.url.startswith(clinic_address) or strangers.append(r.url))
    for address in pages(phone, somebody):
        phone.goto(clinic_address + address, wait_until="networkidle")
    assert {address: n for address, n in weights.items() if n > MOST_BYTES} == {}
    assert len(weights) > 5
    assert [url for url in strangers if not url.startswith("data:")] == []


def test_hours_count_down_while_the_page_is_open(phone: Page) -> None:
    """The text is right without the script; with it, it stays right."""
    phone.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend',"
        "'<time data-until=\"' + new Date(Date.now() + 90 * 60000).toISOString() + '\"></time>')"
    )
    script = phone.locator("script[src*=patient]").get_attribute("src")
    phone.clock.install()
    phone.evaluate(f"import('{script}?again')")
    phone.clock.run_for(21_000)
    expect(phone.locator("time[data-until]").last).to_have_text("encore 2 h")
