"""The same race through the real web server: what fifty browsers are told, and what is written."""

import re
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.factories import House, make_patient
from tests.faults import invariants
from tests.faults.conftest import Report
from tests.faults.processes import Work, errors, together
from tests.faults.serving import Browser

pytestmark = [pytest.mark.usefixtures("own_database"), pytest.mark.alone]

CLIENTS = 50
TOKEN = re.compile(r'name="(token|key|csrfmiddlewaretoken)"\s+value="([^"]+)"')


def signed_in(house: House) -> dict[str, str]:
    client = Client()
    client.force_login(house.user)
    return {name: morsel.value for name, morsel in client.cookies.items()}


def posting(browser: Browser, address: str, form: dict[str, str]) -> Work:
    return lambda: browser.ask("POST", address, form)


def test_fifty_browsers_that_saw_the_same_free_hour(port: int, report: Report) -> None:
    house = House(sessions=1)
    cookies, works, seen = signed_in(house), [], set()
    for _ in range(CLIENTS):
        browser = Browser(port, dict(cookies))
        query = {"patient": make_patient().public_id, "protocol": house.protocol.pk}
        address = f"/series/new/?{urlencode(query)}"
        status, page = browser.ask("GET", address)
        assert status == 200
        form = dict(TOKEN.findall(page))
        seen.add(form["token"])
        works.append(posting(browser, address, form))
    answers = together(works)
    assert errors(answers) == []
    statuses = [status for status, _page in (answer.value for answer in answers)]
    assert sorted(statuses) == [302] + [409] * (CLIENTS - 1)
    for status, page in (answer.value for answer in answers):
        if status == 409:  # with what is free now, ready to be booked
            assert dict(TOKEN.findall(page))["token"] not in seen
    assert invariants.broken() == {}
    assert invariants.count("clinic_appointment") == 1
    report(answers, clients=CLIENTS, booked=1, refused_with_a_new_proposal=CLIENTS - 1)
