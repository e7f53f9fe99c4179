"""A clinic without practitioners or rooms says on every page to book from that they come first."""

import pytest
from django.test import Client

from clinic.models import Role
from tests.factories import (
    House,
    make_clinic,
    make_patient,
    make_resource,
    make_user,
    make_visit_type,
)

PAGES = ["/", "/agenda/", "/series/new/", "/visits/new/"]
SAYS = 'id="house-first"'
LINK = 'href="/settings/clinic/resource/add/"'


def signed_in(client: Client, role: str) -> tuple[Client, object]:
    clinic = make_clinic()
    client.force_login(make_user(clinic, role))
    return client, clinic


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("role", "linked"), [(Role.MANAGER, True), (Role.RECEPTION, False)])
def test_an_empty_clinic_says_what_comes_first(
    client: Client, path: str, role: str, linked: bool
) -> None:
    signed_in(client, role)
    text = client.get(path).text
    assert (SAYS in text, LINK in text) == (True, linked)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kinds", "said"),
    [(["practitioner"], True), (["room"], True), (["practitioner", "room"], False)],
)
def test_both_are_needed(client: Client, kinds: list[str], said: bool) -> None:
    _client, clinic = signed_in(client, Role.RECEPTION)
    for kind in kinds:
        make_resource(clinic, kind)
    assert (SAYS in client.get("/").text) is said


@pytest.mark.django_db
def test_one_that_is_out_of_use_does_not_count(client: Client) -> None:
    _client, clinic = signed_in(client, Role.RECEPTION)
    make_resource(clinic, "practitioner")
    make_resource(clinic, "room", is_active=False)
    assert SAYS in client.get("/").text


@pytest.mark.django_db
def test_it_is_said_beside_the_proposal_and_the_choice_of_a_time(client: Client) -> None:
    house, patient = House(), make_patient()
    _client, _clinic = signed_in(client, Role.RECEPTION)
    make_visit_type()
    for path in (
        f"/series/new/?patient={patient.public_id}&protocol={house.protocol.pk}",
        f"/visits/new/?patient={patient.public_id}",
    ):
        assert SAYS in client.get(path).text


@pytest.mark.parametrize("path", PAGES)
def test_a_furnished_clinic_says_nothing(desk: Client, path: str) -> None:
    assert SAYS not in desk.get(path).text
