"""Every route, every role, every method: the answer is the one of the hand-written table."""

import logging
from collections.abc import Iterator

import pytest
from django.core.checks import run_checks
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from clinic import urls
from clinic.checks import every_view_has_a_policy
from tests.pages.policy_table import (
    CLOSED,
    MANAGER,
    MANAGERS,
    METHODS,
    NOBODY,
    ROLES,
    SETTINGS,
    TABLE,
    WITHOUT_TOKEN,
    Row,
    expected,
)
from tests.pages.routes import CANARY, Place, pages, routes

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse(CANARY)


urlpatterns = [path("undeclared/", undeclared, name="undeclared"), *urls.urlpatterns]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of refusals are meant here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def place(db: None) -> Place:
    return Place()


def answer(client: Client, method: str, address: str) -> HttpResponse:
    """One request that leaves nothing behind, in the database or in the browser."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = client.generic(method, address)
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert set(pages()) == set(TABLE)


@pytest.mark.parametrize("role", ROLES)
def test_each_route_answers_each_method_as_the_table_says(place: Place, role: str) -> None:
    client, wrong = place.client(role), {}
    for name, row in TABLE.items():
        for method in METHODS:
            response = answer(client, method, place.address(name))
            if response.status_code != expected(row, role, method):
                wrong[name, method] = response.status_code, expected(row, role, method)
            if response.status_code in {302, 403, 404, 405} and method != "HEAD":
                assert CANARY.lower() not in response.content.decode().lower(), (name, method)
    assert wrong == {}


@pytest.mark.parametrize("role", sorted(set(ROLES) - MANAGERS))
def test_only_managers_come_into_the_settings(place: Place, role: str) -> None:
    refusal = expected(Row(MANAGERS), role, "GET")
    client, settings = place.client(role), settings_addresses()
    assert len(settings) > 20
    wrong = {
        (address, method): status
        for address in settings
        for method in ("GET", "POST")
        if (status := answer(client, method, address).status_code) != refusal
    }
    assert wrong == {}


def test_managers_come_into_the_settings(place: Place) -> None:
    client = place.client(MANAGER)
    assert answer(client, "GET", reverse("admin:index")).status_code == 200
    lists = [name for name in routes() if name.startswith(SETTINGS) and "changelist" in name]
    answers = {name: answer(client, "GET", reverse(name)).status_code for name in lists}
    assert answers == dict.fromkeys(lists, 200)
    assert len(lists) > 5


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_managers_change_the_settings_by_post_only(place: Place, method: str) -> None:
    address = reverse("admin:clinic_user_changelist")
    assert answer(place.client(MANAGER), method, address).status_code == 405


def settings_addresses() -> list[str]:
    """Addresses of the settings; the objects in them do not exist."""
    found = []
    for name, pattern in routes().items():
        if name.startswith(SETTINGS):
            converters = pattern.pattern.converters
            known = {"app_label": "clinic", "url": "nothing/", "object_id": "1"}
            kwargs = {key: known.get(key, "1") for key in converters}
            if name == "admin:app_list":
                kwargs = {"app_label": "clinic"}
            if name == "admin:view_on_site":
                kwargs = {"content_type_id": 1, "object_id": 1}
            found.append(reverse(name, kwargs=kwargs) if name != SETTINGS else "/settings/nothing/")
    return found


@pytest.mark.parametrize("role", [MANAGER, "anonymous"])
def test_an_unsafe_request_without_its_token_is_refused_on_every_route(
    place: Place, role: str
) -> None:
    client = place.client(role, enforce_csrf_checks=True)
    addresses = [place.address(name) for name in set(TABLE) - WITHOUT_TOKEN]
    addresses += settings_addresses()[:5]
    wrong = {
        (address, method): status
        for address in addresses
        for method in UNSAFE
        if (status := answer(client, method, address).status_code) != 403
    }
    assert wrong == {}


def test_refused_anonymous_people_are_sent_to_sign_in(place: Place) -> None:
    address = place.address("patient")
    assert Client().get(address).url == f"/login/?next={address}"
    assert place.client(CLOSED).get(address).url == f"/login/?next={address}"


# --- Controls: a view that nobody thought of -----------------------------------------------------


@pytest.mark.urls("tests.pages.test_policy")
@pytest.mark.parametrize("role", [MANAGER, NOBODY, "anonymous"])
def test_a_view_without_a_policy_is_refused_to_everybody(place: Place, role: str) -> None:
    response = place.client(role).get("/undeclared/")
    assert response.status_code == 403
    assert CANARY not in response.content.decode()


@pytest.mark.urls("tests.pages.test_policy")
def test_a_view_without_a_policy_keeps_the_product_from_starting() -> None:
    (error,) = every_view_has_a_policy(None)
    assert (error.id, error.msg) == ("clinic.E001", "The route undeclared has no policy.")
    assert error in run_checks()


@pytest.mark.urls("tests.pages.test_policy")
def test_a_route_without_a_row_is_missed() -> None:
    assert set(pages()) - set(TABLE) == {"undeclared"}
