"""Signing in, and who is kept out of it for a while."""

import re

import pytest
from django.core import mail
from django.test import Client
from django_q.models import OrmQ

from clinic.models import User
from tests.factories import PASSWORD, House, make_user
from tests.worker import work_off

WRONG = "not the passphrase"
LIMIT = 5


def sign_in(client: Client, email: str, password: str = PASSWORD, **headers: str):
    form = {"login": email, "password": password}
    return client.post("/login/?next=/patients/", form, headers=headers)


def is_signed_in(client: Client) -> bool:
    return client.get("/patients/").status_code == 200


@pytest.mark.parametrize(
    "typed", ["anne@example.test", "ANNE@Example.TEST", "  anne@example.test "]
)
def test_sign_in_by_email_in_any_case(house: House, client: Client, typed: str) -> None:
    make_user(house.clinic, email="anne@example.test")
    assert sign_in(client, typed).headers["Location"] == "/patients/"
    page = client.get("/patients/")
    assert page.status_code == 200
    assert list(page.context["messages"]) == []  # no toast every morning


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("anne@example.test", WRONG), ("nobody@example.test", PASSWORD), ("", ""),
        ("anne@example.test", ""), ("anne\0@example.test", PASSWORD), ("x" * 10_000, "y" * 10_000),
    ],
)  # fmt: skip
def test_a_wrong_sign_in_says_so_and_lets_nobody_in(
    house: House, client: Client, email: str, password: str
) -> None:
    make_user(house.clinic, email="anne@example.test")
    response = sign_in(client, email, password)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not is_signed_in(client)


def test_a_wrong_password_and_an_unknown_address_read_the_same(
    house: House, client: Client
) -> None:
    make_user(house.clinic, email="anne@example.test")
    wrong = sign_in(client, "anne@example.test", WRONG).context["form"].errors
    unknown = sign_in(client, "nobody@example.test", WRONG).context["form"].errors
    assert wrong == unknown


def test_somebody_no_longer_active_cannot_sign_in(house: House, client: Client) -> None:
    make_user(house.clinic, email="anne@example.test", is_active=False)
    response = sign_in(client, "anne@example.test")
    assert response.status_code in {200, 302}
    assert not is_signed_in(client)


def test_the_sixth_wrong_try_shuts_one_account_and_not_its_neighbours(
    house: House, client: Client
) -> None:
    make_user(house.clinic, email="anne@example.test")
    make_user(house.clinic, email="lea@example.test")
    for _ in range(LIMIT):
        sign_in(client, "anne@example.test", WRONG)
    refused = sign_in(client, "anne@example.test")  # the right one, too late
    assert not is_signed_in(client)
    assert "15 minutes" in refused.text
    sign_in(client, "lea@example.test")  # same address, another person
    assert is_signed_in(client)


def test_five_wrong_tries_are_not_too_many(house: House, client: Client) -> None:
    make_user(house.clinic, email="anne@example.test")
    for _ in range(LIMIT - 1):
        sign_in(client, "anne@example.test", WRONG)
    sign_in(client, "anne@example.test")
    assert is_signed_in(client)


def test_a_made_up_address_does_not_lift_the_limit(house: House, client: Client) -> None:
    make_user(house.clinic, email="anne@example.test")
    for number in range(LIMIT):
        sign_in(client, "anne@example.test", WRONG, X_Forwarded_For=f"203.0.113.{number}")
    sign_in(client, "anne@example.test", X_Forwarded_For="203.0.113.99")
    assert not is_signed_in(client)


def test_the_case_of_an_email_does_not_lift_the_limit(house: House, client: Client) -> None:
    make_user(house.clinic, email="anne@example.test")
    for typed in ("anne", "Anne", "ANNE", "aNNe", "annE"):
        sign_in(client, f"{typed}@example.test", WRONG)
    sign_in(client, "anne@example.test")
    assert not is_signed_in(client)


def test_a_made_up_address_does_not_lift_the_limit_of_an_address(
    house: House, client: Client
) -> None:
    """100 wrong tries from one address on any accounts, whatever the header says."""
    make_user(house.clinic, email="anne@example.test")
    for number in range(100):
        sign_in(client, f"guess{number}@example.test", WRONG, X_Forwarded_For=f"203.0.113.{number}")
    sign_in(client, "anne@example.test", X_Forwarded_For="203.0.113.250")
    assert not is_signed_in(client)


def test_after_a_quarter_of_an_hour_one_may_try_again(house: House, client: Client, clock) -> None:
    make_user(house.clinic, email="anne@example.test")
    for _ in range(LIMIT):
        sign_in(client, "anne@example.test", WRONG)
    clock.shift(15 * 60 + 1)
    sign_in(client, "anne@example.test")
    assert is_signed_in(client)


def test_sign_out_asks_for_a_post(desk: Client) -> None:
    assert desk.get("/logout/").status_code == 200
    assert is_signed_in(desk)
    desk.post("/logout/")
    assert not is_signed_in(desk)


def test_the_way_back_leads_nowhere_else(house: House, client: Client) -> None:
    form = {"login": house.user.email, "password": PASSWORD, "next": "https://evil.example/"}
    assert not client.post("/login/", form).headers["Location"].startswith("https://")


def test_the_sign_in_page_names_no_account(house: House, client: Client) -> None:
    text = client.get("/login/").text
    assert house.user.email not in text
    assert "demo" not in text.lower()


def test_nobody_signs_up(house: House, client: Client) -> None:
    assert client.get("/signup/").status_code == 404
    assert "signup" not in client.get("/login/").text


def test_a_forgotten_password_is_chosen_anew(house: House, client: Client) -> None:
    response = client.post("/password/reset/", {"email": house.user.email})
    assert response.headers["Location"] == "/password/reset/sent/"
    assert mail.outbox == []  # not while the page waits
    work_off()
    (letter,) = mail.outbox
    assert letter.to == [house.user.email]
    link = re.search(r"http://testserver(/password/reset/\S+)", letter.body)
    assert link
    page = client.get(link[1], follow=True)
    new = "an even longer passphrase"
    form = {"password1": new, "password2": new}
    client.post(page.redirect_chain[-1][0], form)
    assert User.objects.get(pk=house.user.pk).check_password(new)


def test_no_link_stands_in_the_queue(house: House, client: Client) -> None:
    client.post("/password/reset/", {"email": house.user.email})
    (job,) = OrmQ.objects.all()
    assert job.task["args"] == (house.user.pk, "http://testserver/", "fr")


def test_the_letter_speaks_the_language_of_the_page(house: House, client: Client) -> None:
    for language in ("fr", "en"):
        client.post(
            "/password/reset/", {"email": house.user.email}, headers={"Accept-Language": language}
        )
    work_off()
    french, english = (letter.body for letter in mail.outbox)
    assert "requested a password reset" in english
    assert "requested a password reset" not in french


def test_somebody_gone_meanwhile_gets_no_letter(house: House, client: Client) -> None:
    client.post("/password/reset/", {"email": house.user.email})
    User.objects.filter(pk=house.user.pk).update(is_active=False)
    work_off()
    assert mail.outbox == []


def test_a_stranger_hears_the_same_as_a_member(house: House, client: Client) -> None:
    response = client.post("/password/reset/", {"email": "nobody@example.test"})
    assert response.headers["Location"] == "/password/reset/sent/"
    assert client.get("/password/reset/sent/").status_code == 200


def test_a_used_link_says_what_to_do(house: House, client: Client) -> None:
    text = client.get("/password/reset/1-abc-def/", follow=True).text
    assert 'href="/password/reset/"' in text


def test_changing_the_password_keeps_one_signed_in(desk: Client, house: House) -> None:
    new = "an even longer passphrase"
    desk.post("/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    house.user.refresh_from_db()
    assert house.user.check_password(new)
    assert is_signed_in(desk)
