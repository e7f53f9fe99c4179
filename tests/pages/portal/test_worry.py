"""Something worries me: what to do at once, at any time; and what is named to whom."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic import booking
from clinic.models import Appointment, Clinic, Role
from clinic.portal import reporting
from patients.models import AdverseEvent, SessionRecord
from protocols import leaflet
from tests.factories import NOW, House, at, make_protocol, make_user, make_visit_type
from tests.pages.visiting import SPOKEN, address, make_link, visit
from tests.patients.treating import make_record, make_session

DAY = dt.timedelta(days=1)


@pytest.fixture
def clinic(house: House) -> Clinic:
    house.clinic.shows_leaflet = True
    house.clinic.save()
    return house.clinic


@pytest.fixture
def known(house: House, clinic: Clinic, appointments: list[Appointment], client: Client) -> Client:
    return visit(client, make_link(house.patient, clinic), knows_birth=True)


def signs() -> list[str]:
    return [alert.said.text for alert in leaflet.general().alerts]


def test_the_general_alert_signs_stand_there_before_the_birth_date(phone: Client) -> None:
    context = phone.get("/my/worry/").context
    assert [sign.text for sign in context["signs"]] == signs() != []


def test_they_stand_there_however_long_ago_the_session_was(
    house: House,
    clinic: Clinic,
    appointments: list[Appointment],
    client: Client,
    clock: time_machine.Traveller,
) -> None:
    clock.move_to(appointments[-1].ends_at + 60 * DAY)
    visit(client, make_link(house.patient, clinic), knows_birth=True)
    page = client.get("/my/worry/")
    assert page.context["advices"] == []
    assert all(sign in page.context["signs"][n].text for n, sign in enumerate(signs()))


def test_who_is_known_may_write_and_who_is_not_says_the_birth_date_first(
    clinic: Clinic, phone: Client
) -> None:
    report = reverse("leaflet_report", args=[clinic.public_id])
    page = phone.get("/my/worry/").text
    assert f'href="{report}"' not in page
    asked = phone.get(f"/my/birth/?next={report}")
    assert f'value="{report}"' in asked.text
    assert phone.post("/my/birth/", {"birth_on": SPOKEN, "next": report}).url == report
    assert f'href="{report}"' in phone.get("/my/worry/").text
    back = phone.get(report)
    assert back.status_code == 200
    assert 'href="/my/"' in back.text


def test_a_clinic_without_a_leaflet_is_called(phone: Client) -> None:
    assert "/leaflet/" not in phone.get("/my/worry/").text


def test_the_birth_date_may_be_said_there(phone: Client) -> None:
    page = phone.get("/my/worry/").text
    assert 'name="birth_on"' in page
    assert 'name="next" value="/my/worry/"' in page


def test_each_appointment_has_its_name_once_the_birth_date_was_said(
    house: House, known: Client, appointments: list[Appointment], phone: Client
) -> None:
    names = [f"Séance {n} · {house.protocol.name}" for n in (1, 2, 3)]
    visit(known, make_link(house.patient, house.clinic), knows_birth=True)
    page = known.get("/my/").text
    assert [name for name in names if name not in page] == []
    assert address("move", appointments[1]) in page


def test_a_visit_of_its_own_is_named_by_its_kind(house: House, known: Client) -> None:
    visit_type = make_visit_type()
    booking.book_visit(
        clinic=house.clinic, patient=house.patient, visit_type=visit_type,
        starts_at=at("2026-03-05 10:00"), by=house.user, now=NOW, key="",
    )  # fmt: skip
    assert visit_type.name in known.get("/my/").text


def test_a_visit_that_lapsed_keeps_the_signs_the_phone_and_the_words(
    house: House, clinic: Clinic, known: Client
) -> None:
    house.clinic.phone = "+33199000100"
    house.clinic.save()
    known.cookies.clear()
    form = {"text": "Ma joue <b>gonfle</b>", "signs": ["breathing"]}
    answer = known.post(reverse("leaflet_report", args=[clinic.public_id]), form)
    assert answer.status_code == 404
    assert all(sign in answer.text for sign in ("Ma joue &lt;b&gt;gonfle", "01 99 00 01 00"))
    assert all(sign.split(" :")[0] in answer.text for sign in signs())


def test_whoever_is_not_let_in_reads_the_emergency_numbers(db: None) -> None:
    page = Client().get("/my/worry/")
    assert (page.status_code, "tel:15" in page.text, "tel:112" in page.text) == (404, True, True)


def test_what_is_not_there_leads_back_to_ones_own_page(phone: Client) -> None:
    page = phone.get("/my/appointments/aaaaaaaaaaaaaa/move/")
    assert page.status_code == 404
    assert 'href="/my/"' in page.text
    assert "/login/" not in page.text


def report(phone: Client, clinic: Clinic, **typed: object) -> str:
    form = {"signs": ["breathing"], "text": "", "began_at": "", "key": "k1"} | typed
    return phone.post(reverse("leaflet_report", args=[clinic.public_id]), form).text


def test_an_alert_sign_wins_also_where_the_report_cannot_be_sent(
    clinic: Clinic, known: Client
) -> None:
    page = report(known, clinic)
    assert "Avant tout" in page
    assert page.index("Avant tout") < page.index("À revoir")
    assert "Avant tout" not in report(known, clinic, signs=["redness"])


def test_and_where_too_many_were_sent_today(clinic: Clinic, known: Client) -> None:
    for n in range(reporting.MOST_A_DAY):
        report(known, clinic, signs=["redness"], began_at="2026-03-01T20:00", key=f"r{n}")
    page = report(known, clinic, began_at="2026-03-01T20:00", key="last")
    assert "déjà écrit plusieurs fois" in page
    assert "Avant tout" in page


# --- Of which treatment --------------------------------------------------------------------------


@pytest.fixture
def two_treatments(house: House, clinic: Clinic) -> list[SessionRecord]:
    """A session of each of two protocols, six days and one day ago."""
    doctor = make_user(clinic, Role.PRACTITIONER)
    other = make_protocol()
    return [
        make_record(make_session(house.patient, protocol, doctor), doctor, started_at=at(began))
        for protocol, began in (
            (house.protocol, "2026-02-24 09:00"), (other, "2026-03-01 09:00"),
        )
    ]  # fmt: skip


def test_of_two_treatments_the_patient_says_which(
    house: House, clinic: Clinic, known: Client, two_treatments: list[SessionRecord]
) -> None:
    form = known.get(reverse("leaflet_report", args=[clinic.public_id])).context["form"]
    names = [name for name, _label in form.fields["after"].choices]
    assert len(names) == 3
    first = two_treatments[0].session
    for n, (chosen, session) in enumerate(
        [(f"{first.series.public_id}-{first.number}", first), ("", two_treatments[1].session)]
    ):
        report(
            known, clinic, signs=["redness"], began_at="2026-03-01T20:00", after=chosen, key=f"t{n}"
        )
        assert AdverseEvent.objects.order_by("-pk")[0].session == session
    report(known, clinic, signs=["redness"], began_at="2026-03-01T20:00", after="x", key="t9")
    assert AdverseEvent.objects.count() == 2


def test_of_none_nothing_is_asked(clinic: Clinic, known: Client) -> None:
    page = known.get(reverse("leaflet_report", args=[clinic.public_id]))
    assert 'name="after"' not in page.text
