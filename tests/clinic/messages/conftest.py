"""A clinic with a phone and an address, and a patient who can be reached both ways."""

import pytest

from tests.factories import House


@pytest.fixture
def house(db: None) -> House:
    house = House()
    house.clinic.neutral_label = "Cabinet Voltaire"
    house.clinic.street, house.clinic.postal_code = "112 boulevard Voltaire", "75011"
    house.clinic.city, house.clinic.phone = "Paris", "+33199000100"
    house.clinic.email = "accueil@voltaire.test"
    house.clinic.save()
    house.patient.email, house.patient.phone = "marie@example.test", "+33639981234"
    house.patient.save()
    return house
