"""A house whose protocol asks everything, its practitioner, and what they open."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.models import Role
from patients.models import Patient, Series
from tests.factories import House, make_user, open_record
from tests.screening import CANARIES, NOTHING, answer, asking


@pytest.fixture(autouse=True)
def _english(client: Client) -> None:
    """The desk of these tests reads English."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture
def house(db: None, clock: time_machine.Traveller) -> House:
    """Its protocol asks everything, and its patient reads English: tests name what stands there."""
    house = House()
    house.protocol = asking()
    Patient.objects.filter(pk=house.patient.pk).update(language="en")
    return house


@pytest.fixture
def practitioner(house: House) -> Client:
    """Who cares for the house's patient."""
    user = make_user(house.clinic, Role.PRACTITIONER)
    open_record(user, house.patient, house.clinic)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def tablet(house: House) -> str:
    return reverse("questionnaire", args=[house.patient.public_id, house.protocol.pk])


@pytest.fixture
def record(house: House) -> str:
    return reverse("screening", args=[house.patient.public_id])


@pytest.fixture
def told(house: House) -> None:
    """A blocker, a warning and nothing else, with words that reception must not see."""
    words = {"infection": ("yes", CANARIES[1]), "history": CANARIES[0]}
    answer(house.patient, house.protocol, NOTHING | words, by=house.user)


@pytest.fixture
def booked(house: House) -> Series:
    series = house.book_series().series
    assert series is not None
    return series
