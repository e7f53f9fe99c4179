"""What every answer says to the browser, and what keeps a session and a production safe."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from clinic import urls
from clinic.policy import ANYONE, policy
from tests.factories import PASSWORD, make_clinic, make_user
from tests.pages.policy_table import CLOSED, HUSHED, MANAGER, PATIENT, PRACTITIONER, TABLE
from tests.pages.routes import Place

ROOT = Path(settings.BASE_DIR)


FRAMED = {"mailbox_html", "message_mail"}  # see clinic/views/framed.py


@policy(roles=ANYONE)
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a fault that nobody should see: Zanzibarine")


urlpatterns = [path("broken/", broken, name="broken"), *urls.urlpatterns]


def directives(response: HttpResponse) -> dict[str, list[str]]:
    parts = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


def assert_safe(response: HttpResponse, about: str) -> None:
    is_hushed = about in HUSHED
    policy = directives(response)
    assert policy["default-src"] == ["'none'"], about
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["form-action"] == ["'self'"], about
    for name, values in policy.items():
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "http:"} & set(values), name
    assert response["X-Content-Type-Options"] == "nosniff", about
    assert response["X-Frame-Options"] == "DENY", about
    referrer = "no-referrer" if is_hushed else "same-origin"
    assert response["Referrer-Policy"] == referrer, about
    assert ("noindex" in response.get("X-Robots-Tag", "")) is is_hushed, about
    assert response["Cross-Origin-Opener-Policy"] == "same-origin", about
    assert response["Permissions-Policy"] == "camera=(), geolocation=(), microphone=()", about


@pytest.fixture
def place(db: None) -> Place:
    return Place()


@pytest.mark.parametrize("role", [MANAGER, PRACTITIONER, PATIENT, "anonymous"])
def test_every_route_says_what_a_browser_may_do_with_it(place: Place, role: str) -> None:
    client = place.client(role)
    for name in set(TABLE) - FRAMED:
        assert_safe(client.get(place.address(name)), name)


@pytest.mark.parametrize("name", sorted(FRAMED))
def test_an_email_in_a_frame_of_ours_can_do_nothing(place: Place, name: str) -> None:
    """Styles inside it are all it may have: no script, no picture, no form, no origin."""
    response = place.client(MANAGER).get(place.address(name))
    assert directives(response) == {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "frame-ancestors": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "form-action": ["'none'"],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Cache-Control"] == "no-store, private"
    for role in (PRACTITIONER, "anonymous"):
        if name == "message_mail" or role == "anonymous":
            assert_safe(place.client(role).get(place.address(name)), name)


def test_pages_of_people_who_are_signed_in_are_kept_by_no_cache(place: Place) -> None:
    clients = {role: place.client(role) for role in (MANAGER, PRACTITIONER, PATIENT)}
    for name, row in TABLE.items():
        if "anonymous" not in row.roles and row.get == 200:
            response = clients[row.somebody].get(place.address(name))
            assert "no-store" in response["Cache-Control"], name
            assert "private" in response["Cache-Control"], name
    assert "no-store" in clients[MANAGER].get("/settings/")["Cache-Control"]


def test_a_page_that_does_not_exist_is_as_safe(db: None) -> None:
    response = Client().get("/nowhere/")
    assert response.status_code == 404
    assert_safe(response, "404")


@pytest.mark.urls("tests.pages.test_headers")
def test_a_fault_is_as_safe_and_tells_nothing(db: None) -> None:
    response = Client(raise_request_exception=False).get("/broken/")
    assert response.status_code == 500
    assert_safe(response, "500")
    assert b"Zanzibarine" not in response.content
    assert b"RuntimeError" not in response.content


# --- Sessions ------------------------------------------------------------------------------------


def signed_in() -> Client:
    user = make_user(make_clinic(), MANAGER)
    client = Client()
    client.post("/login/", {"login": user.email, "password": PASSWORD})
    assert client.get("/").status_code == 200
    return client


@pytest.mark.django_db
def test_the_session_has_a_new_name_after_signing_in() -> None:
    user, client = make_user(make_clinic(), MANAGER), Client()
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted = session.session_key
    client.post("/login/", {"login": user.email, "password": PASSWORD})
    assert client.get("/").status_code == 200
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


@pytest.mark.django_db
def test_cookies_are_out_of_reach_of_scripts_and_other_sites() -> None:
    client = signed_in()
    client.get("/")
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        cookie = client.cookies[name]
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert cookie["path"] == "/", name
        assert not cookie["domain"], name


@pytest.mark.django_db
def test_signing_out_ends_the_session_on_the_server() -> None:
    client = signed_in()
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/logout/")
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert thief.get("/").url == "/login/?next=/"
    assert not Session.objects.filter(session_key=kept).exists()


@pytest.mark.django_db
def test_somebody_whose_account_was_closed_is_out_at_the_next_request(place: Place) -> None:
    client = place.client(CLOSED)
    assert client.get("/").url == "/login/?next=/"
    assert client.get("/settings/").url == "/login/?next=/settings/"


@pytest.mark.django_db
def test_a_role_that_was_taken_away_is_gone_at_the_next_request(place: Place) -> None:
    client = place.client(MANAGER)
    assert client.get("/settings/").status_code == 200
    place.house.clinic.staff_members.filter(role=MANAGER).update(role="reception")
    assert client.get("/settings/").status_code == 403
    assert client.get("/").status_code == 200


@pytest.mark.django_db
def test_a_changed_password_ends_the_other_sessions() -> None:
    user = make_user(make_clinic(), MANAGER)
    here, there = Client(), Client()
    for each in (here, there):
        each.post("/login/", {"login": user.email, "password": PASSWORD})
    new = "quite another passphrase"
    here.post("/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    user.refresh_from_db()
    assert user.check_password(new)
    assert there.get("/").url == "/login/?next=/"


# --- Production ----------------------------------------------------------------------------------

GOOD = {"PRODUCTION": "1", "ALLOWED_HOSTS": "clinic.example", "SECRET_KEY": secrets.token_hex(40)}


def start(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`check --deploy` in an environment of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    (tmp_path / "static").mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=kept | {"DATA_DIR": str(tmp_path)} | environment,
        text=True,
        capture_output=True,
        check=False,
    )


def test_a_production_that_is_set_up_well_starts_without_a_warning(tmp_path: Path) -> None:
    started = start(tmp_path, **GOOD)
    assert (started.returncode, started.stderr) == (0, "")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY must be set, with at least 50 characters"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be set, with at least 50 characters"),
        ({"SECRET_KEY": "a" * 80}, "SECRET_KEY must be set, with at least 50 characters"),
        ({"DEBUG": "1"}, "DEBUG is on"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS must name the hosts of this clinic"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must name the hosts of this clinic"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts of this clinic"),
    ],
)
def test_an_unsafe_production_does_not_start(
    tmp_path: Path, change: dict[str, str | None], reason: str
) -> None:
    environment = {name: value for name, value in (GOOD | change).items() if value is not None}
    started = start(tmp_path, **environment)
    assert started.returncode != 0
    assert reason in started.stderr


@override_settings(
    SECURE_SSL_REDIRECT=True,
    SECURE_HSTS_SECONDS=31_536_000,
    SECURE_HSTS_INCLUDE_SUBDOMAINS=True,
    SECURE_HSTS_PRELOAD=True,
    SESSION_COOKIE_SECURE=True,
    CSRF_COOKIE_SECURE=True,
)
@pytest.mark.django_db
def test_production_speaks_only_https() -> None:
    assert Client().get("/login/").url == "https://testserver/login/"
    response = Client().get("/login/", secure=True)
    expected = "max-age=31536000; includeSubDomains; preload"
    assert response["Strict-Transport-Security"] == expected
    assert response.cookies["csrftoken"]["secure"]


PRODUCTION_FACTS = """
from django.conf import settings
names = ["SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
         "SECURE_HSTS_SECONDS", "SESSION_COOKIE_NAME",
         "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "DEBUG"]
print([getattr(settings, name) for name in names])
"""


def test_production_has_the_settings_that_the_test_above_shows_the_effect_of(
    tmp_path: Path,
) -> None:
    told = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", PRODUCTION_FACTS],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)} | GOOD,
        text=True,
        capture_output=True,
        check=True,
    )
    assert told.stdout.strip() == str(
        [True, True, True, 31_536_000, "__Host-clinic", True, "Lax", False]
    )
