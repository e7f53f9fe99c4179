"""A receptionist signed in at a small clinic, at a fixed hour."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from tests.factories import NOW, House
from tests.pages.record_room import Room


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def house(db: None, clock: time_machine.Traveller) -> House:
    return House()


@pytest.fixture
def desk(house: House, client: Client) -> Client:
    """The browser of the clinic's receptionist."""
    client.force_login(house.user)
    return client


@pytest.fixture
def room(db: None, clock: time_machine.Traveller) -> Room:
    return Room()


@pytest.fixture
def doctor(room: Room, client: Client) -> Client:
    client.force_login(room.doctor)
    return client
