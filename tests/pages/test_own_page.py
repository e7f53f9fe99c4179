"""The link to their own page that the desk gives a patient, and the page opened again."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client

from clinic.models import AuditEntry, PatientLink
from clinic.portal import birth
from clinic.portal import visitor as visitors
from tests.factories import NOW, House, make_patient
from tests.pages.visiting import BIRTH, SPOKEN, gone, make_link, make_message, visit

WRONG = {"birth_on": "01/01/1990"}
DAY = dt.timedelta(days=1)


@pytest.fixture
def house(house: House) -> House:
    house.patient.birth_on = BIRTH
    house.patient.save()
    return house


def page_of(house: House) -> str:
    return f"/patients/{house.patient.public_id}/own-page/"


def path_in(text: str) -> str:
    """Of the link that is shown."""
    (found,) = re.findall(r'own-address">[^<]*(/r/[^<]+)<', text)
    return found


def made(desk: Client, house: House) -> str:
    return path_in(desk.post(page_of(house), {"act": "make"}, follow=True).text)


def test_looking_makes_nothing(desk: Client, house: House) -> None:
    assert desk.get(page_of(house)).status_code == 200
    assert desk.post(page_of(house), {"act": "nonsense"}).status_code == 409
    assert not PatientLink.objects.exists()


def test_the_link_opens_the_page_and_asks_for_the_birth_date(desk: Client, house: House) -> None:
    answer = desk.post(page_of(house), {"act": "make"}, follow=True)
    assert 'src="data:image/svg+xml' in answer.text
    phone = Client()
    assert phone.get(path_in(answer.text)).url == "/my/"
    assert "date de naissance" in phone.get("/my/").text
    assert phone.get("/my/contact/").status_code == 302
    (entry,) = AuditEntry.objects.filter(action="patient.link")
    assert (entry.patient, entry.clinic) == (house.patient, house.clinic)
    assert path_in(answer.text).strip("/").partition("/")[2] not in str(entry.detail)


def test_a_new_one_ends_the_one_before_and_none_of_a_message(desk: Client, house: House) -> None:
    message = make_message(house.book_series().appointments[0])
    told = make_link(house.patient, house.clinic, message=message)
    first, second = made(desk, house), made(desk, house)
    assert gone(Client().get(first))
    assert Client().get(second).status_code == 302
    assert Client().get(f"/r/{told}/").status_code == 302


def test_read_again_the_page_neither_shows_it_nor_makes_another(desk: Client, house: House) -> None:
    path = made(desk, house)
    for _ in range(2):
        assert "/r/" not in desk.get(page_of(house)).text
    assert Client().get(path).status_code == 302
    assert PatientLink.objects.count() == 1


def test_it_is_not_shown_on_another_patients_page(desk: Client, house: House) -> None:
    other = make_patient("Autre")
    desk.post(page_of(house), {"act": "make"})
    assert "/r/" not in desk.get(f"/patients/{other.public_id}/own-page/").text


def test_it_lives_a_month_past_the_last_visit(
    desk: Client, house: House, clock: time_machine.Traveller
) -> None:
    last = house.book_series().appointments[-1].starts_at
    path = made(desk, house)
    clock.move_to(last + 29 * DAY)
    assert Client().get(path).status_code == 302
    clock.move_to(last + 31 * DAY)
    assert gone(Client().get(path))


# --- After too many wrong birth dates ------------------------------------------------------------


@pytest.fixture
def phone(house: House) -> Client:
    return visit(Client(), make_link(house.patient, house.clinic))


def guess(phone: Client, times: int) -> str:
    for _ in range(times):
        answer = phone.post("/my/birth/", WRONG)
    (said,) = answer.context["form"].errors["birth_on"]
    return str(said)


def test_the_patient_reads_until_when(phone: Client, clock: time_machine.Traveller) -> None:
    assert "réessayez après 08:15" in guess(phone, birth.TRIES)
    for _pause in range(birth.PAUSES_A_DAY - 1):
        clock.shift(birth.PAUSE)
        said = guess(phone, birth.TRIES)
    assert "réessayez après mardi 3 mars 2026, 08:30" in said


def test_wrong_dates_of_long_ago_do_not_count(phone: Client, house: House) -> None:
    """Five a month: each time a quarter of an hour, and never a day."""
    link, now = PatientLink.objects.get(), NOW
    for _month in range(4):
        for _try in range(birth.TRIES):
            told = birth.say(visitors.begin(link, now=now), dt.date(1990, 1, 1), now=now)
        assert told.shut_until == now + birth.PAUSE
        now += 30 * DAY


def test_the_desk_sees_it_and_opens_it_again(desk: Client, house: House, phone: Client) -> None:
    own = f"/patients/{house.patient.public_id}/"
    assert "date de naissance jusqu’au" not in desk.get(own).text
    guess(phone, birth.TRIES)
    for page in (own, page_of(house)):
        text = desk.get(page).text
        assert "date de naissance jusqu’au 2 mars 2026, 08:15" in text
        assert "31/01/1980" in text
    assert desk.post(page_of(house), {"act": "reopen"}).url == page_of(house)
    assert phone.post("/my/birth/", {"birth_on": SPOKEN}).status_code == 302
    (entry,) = AuditEntry.objects.filter(action="portal.reopen")
    assert entry.patient == house.patient


def test_without_the_desk_it_stays_shut(phone: Client) -> None:
    """The control of the test above."""
    guess(phone, birth.TRIES)
    assert phone.post("/my/birth/", {"birth_on": SPOKEN}).status_code == 409


@pytest.mark.parametrize("typed", ["120385", "310180", "31/01/80"])
def test_a_short_year_is_no_wrong_date(house: House, phone: Client, typed: str) -> None:
    for _ in range(birth.TRIES + 1):
        answer = phone.post("/my/birth/", {"birth_on": typed})
        assert answer.status_code == 409
    assert "Trop d’essais" not in answer.text
    assert birth.shut_until(house.patient, now=NOW) is None
