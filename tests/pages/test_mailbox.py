"""The local mailbox: what patients would get, and whom it does not show to."""

import re
import stat
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from clinic.messages import mailbox
from clinic.models import Kind, Role
from clinic.pages import mailbox as pages
from tests.factories import House, make_user
from tests.telling import LINK, keep_letter, make_message, said


@pytest.fixture(autouse=True)
def empty(settings, tmp_path: Path) -> None:
    """A mailbox of its own: tests of other workers fill theirs meanwhile."""
    settings.DATA_DIR = tmp_path


@pytest.fixture
def appointment(house: House):
    house.clinic.neutral_label, house.clinic.phone = "Cabinet Voltaire", "+33199000100"
    house.clinic.save()
    house.patient.email = "marie@example.test"
    house.patient.save()
    first = house.book_series().appointments[0]
    first.clinic, first.patient = house.clinic, house.patient
    return first


def other_letter(to: str) -> None:
    mailbox.EmailBackend().send_messages([EmailMessage("Mot de passe", "un lien", to=[to])])


def rows(text: str) -> list[str]:
    return re.findall(r'class="mail-open" href="/mailbox/([^/]+)/"', text)


def test_an_empty_mailbox_says_what_to_do(desk: Client) -> None:
    page = desk.get("/mailbox/").text
    assert "Réservez un rendez-vous pour un patient" in page
    assert 'href="/series/new/"' in page


def test_the_newest_come_first_and_may_be_had_apart(desk: Client, appointment, clock) -> None:
    letter = keep_letter(appointment, Kind.BOOKED)
    clock.shift(1)
    text = keep_letter(appointment, Kind.EVE, "sms")
    page = desk.get("/mailbox/").text
    assert rows(page) == [text, letter]
    assert "Rendez-vous le lundi 2 mars à 09:00 – Cabinet Voltaire" in page
    assert "marie@example.test" in page
    assert rows(desk.get("/mailbox/?what=email").text) == [letter]
    assert rows(desk.get("/mailbox/?what=sms").text) == [text]
    assert rows(desk.get("/mailbox/?what=nonsense").text) == [text, letter]
    assert "Encore aucun message de ce type." not in page


def test_fifty_a_page(desk: Client, appointment, clock) -> None:
    slugs = []
    for n in range(53):
        clock.shift(1)
        slugs.append(keep_letter(appointment, Kind.EVE, "sms", round=n))
    assert rows(desk.get("/mailbox/").text) == slugs[:2:-1]
    assert rows(desk.get("/mailbox/?page=2").text) == slugs[2::-1]
    assert rows(desk.get("/mailbox/?page=x").text) == slugs[:2:-1]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_database_for_nothing_of_them(
    desk: Client, appointment, django_assert_max_num_queries, count: int
) -> None:
    for n in range(count):
        keep_letter(appointment, round=n)
    desk.get("/mailbox/")
    with django_assert_max_num_queries(4):
        assert len(rows(desk.get("/mailbox/").text)) == count


def test_an_email_is_shown_in_each_of_its_forms(desk: Client, appointment) -> None:
    slug = keep_letter(appointment, Kind.BOOKED)
    page = desk.get(f"/mailbox/{slug}/").text
    assert f'src="/mailbox/{slug}.html"' in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "Votre rendez-vous est noté :" in page
    assert "REQUEST · révision 0" in page
    assert "02/03/2026 09:00–09:30" in page
    assert f'href="{LINK}"' in page
    assert "List-Unsubscribe" in page
    html = desk.get(f"/mailbox/{slug}.html")
    assert html.text == said([make_message(appointment, Kind.BOOKED, round=1)]).html


def test_a_cancellation_leaves_the_calendar(desk: Client, appointment) -> None:
    page = desk.get(f"/mailbox/{keep_letter(appointment, Kind.CANCELLED)}/").text
    assert "CANCEL · révision 1 · annulé" in page


def test_a_text_message_is_a_bubble_with_its_parts(desk: Client, appointment) -> None:
    slug = keep_letter(appointment, Kind.EVE, "sms")
    page = desk.get(f"/mailbox/{slug}/").text
    assert '<p class="bubble">Cabinet Voltaire : rappel, rendez-vous le' in page
    assert f'href="{LINK}"' in page
    assert re.search(r"2 parties, \d+ unités, GSM-7", page)
    assert desk.get(f"/mailbox/{slug}.html").status_code == 404


def test_markup_in_a_message_is_shown_and_does_nothing(
    desk: Client, house: House, appointment
) -> None:
    house.clinic.neutral_label = "<img src=x onerror=alert(1)>"
    for channel in ("email", "sms"):
        slug = keep_letter(appointment, Kind.BOOKED, channel)
        for address in ("/mailbox/", f"/mailbox/{slug}/"):
            assert "<img" not in desk.get(address).text


# --- Who sees what --------------------------------------------------------------------------------


def test_a_password_letter_is_shown_to_whom_it_is_for(house: House, client: Client) -> None:
    """Else whoever works here could take over the account of whoever treats."""
    doctor = make_user(house.clinic, Role.PRACTITIONER, email="dr.roux@example.test")
    other_letter("dr.roux@example.test")
    (slug,) = pages.slugs()
    client.force_login(house.user)
    page = client.get("/mailbox/").text
    assert rows(page) == []
    assert "1 courriel adressé à une autre personne" in page
    for address in (f"/mailbox/{slug}/", f"/mailbox/{slug}.html"):
        assert client.get(address).status_code == 404
    client.force_login(doctor)
    assert rows(client.get("/mailbox/").text) == [slug]
    assert "un lien" in client.get(f"/mailbox/{slug}/").text


@pytest.mark.parametrize(
    "slug",
    [
        "00000000000000000001-00000000-letter",
        "letter",
        "00000000000000000001-00000000-other",
        "..-..-letter",
        "01795835129988605591-3aa4f804-passwd",
    ],
)
def test_what_is_no_message_is_not_found(desk: Client, slug: str) -> None:
    for address in (f"/mailbox/{slug}/", f"/mailbox/{slug}.html"):
        assert desk.get(address).status_code == 404


@pytest.mark.parametrize("name", ["../../etc/passwd", "x/../y", "01-a-letter.eml", ""])
def test_no_other_file_is_read(name: str) -> None:
    assert mailbox.read(name) is None


def test_it_is_gone_where_real_servers_are(desk: Client, appointment, settings) -> None:
    slug = keep_letter(appointment)
    settings.EMAIL_URL, settings.SMS_URL = "smtp://mail.test", "json://sms.test"
    for address in ("/mailbox/", f"/mailbox/{slug}/", f"/mailbox/{slug}.html"):
        assert desk.get(address).status_code == 404
    assert 'href="/mailbox/"' not in desk.get("/").text
    settings.SMS_URL = ""
    assert 'href="/mailbox/"' in desk.get("/").text


def test_it_is_gone_in_production(desk: Client, settings) -> None:
    settings.IS_PRODUCTION = True
    assert desk.get("/mailbox/").status_code == 404
    assert 'href="/mailbox/"' not in desk.get("/").text


# --- The folder -----------------------------------------------------------------------------------


def test_the_oldest_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "MOST", 3)
    kept = [mailbox.put(b"{}", mailbox.SMS) for _each in range(5)]
    assert mailbox.names() == kept[:1:-1]


def test_files_are_ours_alone_and_whole(desk: Client) -> None:
    name = mailbox.put(b"{}", mailbox.SMS)
    (mailbox.folder() / f".{name}").write_bytes(b"half")  # as if somebody died while writing
    assert mailbox.names() == [name]
    assert stat.S_IMODE(mailbox.folder().stat().st_mode) == 0o700
    assert stat.S_IMODE((mailbox.folder() / name).stat().st_mode) == 0o600


def test_a_file_that_went_meanwhile_is_left_out(house: House, appointment) -> None:
    slug = keep_letter(appointment)
    (mailbox.folder() / f"{slug}.eml").unlink()
    assert pages.listed([slug], reader="") == []
