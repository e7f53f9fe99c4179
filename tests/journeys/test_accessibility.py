"""axe finds nothing against WCAG 2.1 A and AA, on a desk's screen and on a phone."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.traffic import Traffic

SIZES = {"desk": (1280, 800), "phone": (390, 844)}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
PAGES = [
    "/",
    "/agenda/",
    "/agenda/?view=week",
    "/agenda/?by=room",
    "/patients/",
    "/patients/new/",
    "{patient}",
    "{patient}edit/",
    "{patient}contacts/",
    "{patient}own-page/",
    "{patient}call/",
    "/messages/",
    "/messages/?state=planned&since=nonsense",
    "{message}",
    "/messages/calls/",
    "/desk/tell/",
    "/desk/reach/",
    "/series/new/",
    "/series/new/?patient={who}",
    "/series/new/?patient={who}&protocol={protocol}",
    "{series}",
    "{series}stop/",
    "{series}print/",
    "{appointment}",
    "{appointment}move/",
    "{appointment}cancel/",
    "/visits/new/?patient={who}",
    "/protocols/",
    "{protocol_page}",
    "/house/",
    "/search/?q=ma",
    "/password/",
    "/nothing-is-here/",
]


@pytest.fixture
def places(sign_in, clinic_address):
    """A signed-in page, and real addresses to fill into `PAGES`."""
    page = sign_in("reception")

    def first(address, pattern):
        page.goto(clinic_address + address)
        found = re.search(pattern, page.content())
        assert found, f"{address} links to no {pattern}"
        return found[0]

    patient = first("/patients/", r"/patients/[a-z0-9]{14}/")
    known = {"patient": patient, "who": patient.split("/")[2]}
    known["protocol_page"] = first("/protocols/", r"/protocols/[a-z-]{5,}/")
    known["protocol"] = first("/series/new/", r"(?<=protocol=)[\w-]+")
    known["message"] = first("/messages/?state=doubtful", r"/messages/[a-z0-9]{14}/")
    first("/desk/move/", r"/appointments/[a-z0-9]{14}/")
    known["appointment"], known["series"] = of_a_series(page, clinic_address)
    return page, known


def of_a_series(page, clinic_address):
    """The first of the listed appointments that is no single visit, and its series."""
    for address in re.findall(r"/appointments/[a-z0-9]{14}/", page.content()):
        page.goto(clinic_address + address)
        series = re.search(r"/series/[a-z0-9]{14}/", page.content())
        if series:
            return address, series[0]
    pytest.fail("no appointment of a series is listed")


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing(places, clinic_address, size):
    page, known = places
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    found, traffic = {}, Traffic(page)
    for address in PAGES:
        page.goto(clinic_address + address.format(**known))
        traffic.wait()
        violations = Axe().run(page, options=RULES).response["violations"]
        if violations:
            found[address] = [
                (each["id"], [node["html"][:160] for node in each["nodes"][:2]])
                for each in violations
            ]
    assert found == {}, json.dumps(found, indent=1)


def test_axe_finds_nothing_before_signing_in(page, clinic_address):
    for address in ("/login/", "/password/reset/"):
        page.goto(clinic_address + address)
        assert Axe().run(page, options=RULES).response["violations"] == []


def test_axe_would_find_a_button_without_a_name(page, clinic_address):
    """The check can fail: a button that says nothing is found."""
    page.goto(f"{clinic_address}/login/")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    violations = Axe().run(page, options=RULES).response["violations"]
    assert [each["id"] for each in violations] == ["button-name"]
