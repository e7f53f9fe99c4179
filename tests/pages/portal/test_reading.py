"""Reading writes nothing, costs the same, and tells no log."""

import logging

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import Appointment, User
from tests.factories import House
from tests.pages.visiting import (
    address,
    cancelled,
    health_pages,
    visit,
)

COOKIE = settings.PATIENT_COOKIE_NAME


def reading(phone: Client, house: House, key: str) -> list[str]:
    pages = ["/my/", "/my/?done=moved", "/my/worry/", "/my/calendar/", "/my/appointments.ics"]
    pages += [reverse("patient_link", args=[key]), reverse("patient_stop", args=[key])]
    pages += [page for page in health_pages(house) if "aaa" not in page and "slip" not in page]
    found = house.patient.appointments.all()
    return pages + [address(what, one) for one in found for what in ("move", "cancel")]


@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_sends_no_statement_that_writes(
    house: House, key: str, client: Client, method: str
) -> None:
    phone = visit(client, key, knows_birth=True)
    for page in reading(phone, house, key):
        with CaptureQueriesContext(connection) as asked:
            getattr(phone, method)(page)
        verbs = {query["sql"].split()[0].upper() for query in asked}
        assert verbs <= {"SELECT", "WITH"}, (page, verbs)
    assert "sessionid" not in phone.cookies
    assert not User.objects.filter(email__contains="portal").exists()


@pytest.mark.parametrize("knows_birth", [False, True])
def test_one_appointment_or_three_cost_the_same_queries(
    house: House, key: str, client: Client, appointments: list[Appointment], knows_birth: bool
) -> None:
    phone = visit(client, key, knows_birth=knows_birth)
    with CaptureQueriesContext(connection) as three:
        phone.get("/my/")
    for appointment in appointments[1:]:
        cancelled(appointment)
    with CaptureQueriesContext(connection) as one:
        phone.get("/my/")
    assert len(one) == len(three)


def test_links_and_cookies_stay_out_of_the_log(
    house: House, key: str, phone: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """As the handler of the product writes it: `tests.clinic.test_logs` has the rest."""
    with caplog.at_level(logging.DEBUG):
        phone.get("/my/")
        phone.post("/my/birth/", {"birth_on": "01/01/1990"})
    assert key not in caplog.text
    assert phone.cookies[COOKIE].value not in caplog.text
