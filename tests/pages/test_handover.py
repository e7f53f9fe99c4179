"""A screen in a patient's hands shows one page; only the password leads back."""

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import AuditEntry, Role
from tests.factories import PASSWORD, House, make_patient, make_user
from tests.screening import asking

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    house = House()
    house.protocol = asking()
    return house


@pytest.fixture
def client(house: House) -> Client:
    client = Client()
    client.force_login(make_user(house.clinic, Role.RECEPTION))
    return client


@pytest.fixture
def page(house: House) -> str:
    return reverse("questionnaire", args=[house.patient.public_id, house.protocol.pk])


def hand_over(client: Client, page: str) -> int:
    return client.post(reverse("hand_over"), {"page": page}).status_code


def test_the_page_alone_opens(client: Client, house: House, page: str) -> None:
    assert hand_over(client, page) == 302
    assert client.get(page).status_code == 200
    other = make_patient("Autre", "Une")
    for address in (
        "/",
        "/patients/",
        reverse("patient", args=[house.patient.public_id]),
        reverse("questionnaire", args=[other.public_id, house.protocol.pk]),
        "/agenda/events/",
    ):
        answer = client.get(address)
        assert (answer.status_code, answer.get("Location")) == (302, reverse("take_back")), address
    assert AuditEntry.objects.filter(action="screen.hand_over").count() == 1


def test_before_it_everything_opens(client: Client, page: str) -> None:
    """The control: it is the lock that closes the rest."""
    client.get(page)
    assert client.get("/patients/").status_code == 200


def test_a_wrong_password_leaves_it_closed(client: Client, page: str) -> None:
    hand_over(client, page)
    assert client.post(reverse("take_back"), {"password": "perhaps"}).status_code == 200
    assert client.get("/patients/").status_code == 302


def test_the_password_opens_it_again(client: Client, house: House, page: str) -> None:
    hand_over(client, page)
    answer = client.post(reverse("take_back"), {"password": PASSWORD})
    assert answer["Location"] == reverse("patient", args=[house.patient.public_id])
    assert client.get("/patients/").status_code == 200


@pytest.mark.parametrize(
    "path", ["", "/patients/", "//evil.test/", "https://evil.test/", "/nowhere"]
)
def test_only_a_page_for_patients_is_handed_over(client: Client, path: str) -> None:
    assert hand_over(client, path) == 404
    assert client.get("/patients/").status_code == 200


def test_guessing_is_stopped_after_a_while(client: Client, page: str) -> None:
    hand_over(client, page)
    tried = [client.post(reverse("take_back"), {"password": "no"}).status_code for _n in range(12)]
    assert tried[0] == 200
    assert tried[-1] == 429


def test_what_is_in_a_patients_hands_names_no_other_page(client: Client, page: str) -> None:
    hand_over(client, page)
    text = client.get(page).content.decode()
    assert reverse("take_back") in text
    assert 'href="/patients/' not in text


@pytest.mark.parametrize("gives_back", [False, True])
def test_the_cookie_is_a_new_one_so_that_no_browser_brings_a_page_back(
    client: Client, page: str, gives_back: bool
) -> None:
    """Some keep pages for the back button that may not be cached, until a cookie changes."""
    if gives_back:
        hand_over(client, page)
    before = client.cookies["clinic"].value
    if gives_back:
        client.post(reverse("take_back"), {"password": PASSWORD})
    else:
        hand_over(client, page)
    after = client.cookies["clinic"].value
    assert after != before
    client.cookies["clinic"] = before
    assert client.get(page)["Location"].startswith(reverse("account_login"))
