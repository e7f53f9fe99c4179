"""A patient with three appointments, and a phone that came by the link of one."""

import datetime as dt

import pytest
from django.test import Client

from clinic.models import Appointment
from tests.factories import NOW, House
from tests.pages.visiting import (
    BIRTH,
    link_of,
    visit,
)

DAY = dt.timedelta(days=1)


@pytest.fixture
def appointments(house: House) -> list[Appointment]:
    """Three sessions, the first in a week."""
    house.patient.birth_on = BIRTH
    house.patient.save()
    return list(house.book_series(start_on=NOW.date() + 7 * DAY).appointments)


@pytest.fixture
def key(appointments: list[Appointment]) -> str:
    return link_of(appointments[0], expires_at=NOW + 30 * DAY)


@pytest.fixture
def phone(key: str, client: Client) -> Client:
    """A browser that came by the link."""
    return visit(client, key)
