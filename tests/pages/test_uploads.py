"""A file is taken on two pages, of people who are signed in, and not without end."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from clinic import uploads
from clinic.models import Role
from tests.factories import House, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def practitioner(house: House) -> Client:
    client = a_browser()
    client.force_login(make_user(house.clinic, Role.PRACTITIONER))
    return client


def a_browser() -> Client:
    """The form's token is asked for, so that what is sent is read before any view."""
    return Client(enforce_csrf_checks=True)


def send(client: Client, address: str, size: int = 100) -> int:
    client.cookies["csrftoken"] = "a" * 32
    file = SimpleUploadedFile("a.jpg", b"x" * size, "image/jpeg")
    return client.post(address, {"pictures": file, "file": file}).status_code


def photos(house: House) -> str:
    return reverse("photos", args=[house.patient.public_id])


@pytest.mark.parametrize("address", ["/login/", "/password/reset/", "/language/"])
def test_nobody_fills_the_disk_from_outside(address: str) -> None:
    assert a_browser().post(address, {"login": "x"}).status_code != 400
    assert send(a_browser(), address) == 400


def test_a_stranger_sends_no_photo(house: House) -> None:
    assert send(a_browser(), photos(house)) == 400


def test_a_page_that_asks_for_no_file_takes_none(house: House, practitioner: Client) -> None:
    assert send(practitioner, reverse("patient_new")) == 400


def test_a_page_that_asks_takes_files_up_to_an_end(
    house: House, practitioner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the form's token it is refused then, but not for the file."""
    assert send(practitioner, photos(house)) == 403
    monkeypatch.setattr(uploads, "MOST", 99)
    assert send(practitioner, photos(house)) == 400
