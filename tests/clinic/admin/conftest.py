"""A clinic with a manager who is signed in."""

import pytest
from django.test import Client

from clinic.models import (
    Role,
    User,
)
from tests.factories import (
    House,
    make_user,
)


@pytest.fixture
def house() -> House:
    house = House()
    house.manager = make_user(house.clinic, Role.MANAGER)
    return house


@pytest.fixture
def manager(house: House) -> Client:
    return signed_in(house.manager)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
