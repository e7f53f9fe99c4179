"""One patient's page, and who may read patients."""

import datetime as dt
import re

import pytest
from django.test import Client

from clinic.models import Appointment, AuditEntry
from tests.factories import NOW, House, make_appointment, make_clinic, make_patient, make_user

# --- One patient ---


def test_patient_page_shows_who_and_how_to_reach_them(desk: Client, house: House) -> None:
    patient = make_patient(
        "O’Brien",
        "Zoë <b>",
        birth_name="Lefranc",
        birth_on=dt.date(1980, 3, 3),
        phone="+33612345678",
        other_phone="+32475123456",
        email="zoe@example.test",
        desk_note="Rez-de-chaussée",
    )
    text = desk.get(f"/patients/{patient.public_id}/").text
    for shown in (
        "O’BRIEN Zoë &lt;b&gt;", "Lefranc", "03/03/1980", "45", 'href="tel:+33-6-12-34-56-78"',
        "06 12 34 56 78", "+32 475 12 34 56", 'href="mailto:zoe@example.test"', "Rez-de-chaussée",
    ):  # fmt: skip
        assert shown in text, shown


def test_patient_without_contact_is_marked(desk: Client, house: House) -> None:
    warning = 'href="/patients/{}/edit/#id_phone"'
    unreachable = make_patient("Muet", "Jean", phone="")
    for patient, is_warned in ((unreachable, True), (house.patient, False)):
        text = desk.get(f"/patients/{patient.public_id}/").text
        assert (warning.format(patient.public_id) in text) is is_warned


def test_reading_a_patient_is_written_down(desk: Client, house: House) -> None:
    desk.get(f"/patients/{house.patient.public_id}/")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.patient, entry.clinic, entry.at) == (
        "patient.read", house.user, house.patient, house.clinic, NOW,
    )  # fmt: skip


def test_patient_page_parts_what_comes_from_what_was(desk: Client, house: House) -> None:
    past = make_appointment(house, house.patient, "2026-02-24 09:00", "2026-02-24 09:30")
    cancelled = make_appointment(house, house.patient, "2026-03-03 09:00", "2026-03-03 09:30")
    coming = make_appointment(house, house.patient, "2026-03-10 09:00", "2026-03-10 09:30")
    Appointment.objects.filter(pk=cancelled.pk).update(
        status="cancelled", cancellation_reason="patient"
    )
    shown = desk.get(f"/patients/{house.patient.public_id}/").context["shown"]
    assert shown.coming == [coming]
    assert [a.pk for a in shown.history] == [cancelled.pk, past.pk]


def test_a_past_visit_that_nobody_closed_says_so(desk: Client, house: House) -> None:
    make_appointment(house, house.patient, "2026-02-24 09:00", "2026-02-24 09:30")
    text = desk.get(f"/patients/{house.patient.public_id}/").text
    assert re.findall(r'class="state state-([\w-]+)"', text) == ["to-close"]


def test_patient_page_shows_the_series_and_its_windows(desk: Client, house: House) -> None:
    house.book_series()
    shown = desk.get(f"/patients/{house.patient.public_id}/").context["shown"]
    (series,) = shown.series
    assert (series.done, series.total, len(series.rows)) == (0, 3, 3)
    assert [row.attempt.starts_at for row in series.rows] == [a.starts_at for a in shown.coming]
    assert [row.due.window is None for row in series.rows] == [True, False, False]
    assert all(row.keeps_gap for row in series.rows)


@pytest.mark.parametrize("rows", [1, 3])
def test_patient_page_costs_the_same_for_many(
    desk: Client, house: House, rows: int, django_assert_num_queries
) -> None:
    for number in range(rows):
        house.book_series(start_on=NOW.date() + dt.timedelta(days=100 * number))
        make_appointment(
            house, house.patient, f"2026-02-0{number + 2} 09:00", f"2026-02-0{number + 2} 09:30"
        )
    with django_assert_num_queries(15):
        response = desk.get(f"/patients/{house.patient.public_id}/")
    assert len(response.context["shown"].series) == len(response.context["shown"].history) == rows


def test_appointments_of_another_clinic_show_its_name_and_hour(desk: Client, house: House) -> None:
    other = House()
    other.clinic = make_clinic(name="Clinique de la Réunion", timezone="Indian/Reunion")
    make_appointment(other, house.patient, "2026-03-10 09:00", "2026-03-10 09:30")
    text = desk.get(f"/patients/{house.patient.public_id}/").text
    assert "Clinique de la Réunion" in text
    assert "12:00" in text  # 09:00 in Paris


@pytest.mark.parametrize("path", ["/patients/nobody/", "/patients/nobody/edit/", "/patients/%00/"])
def test_an_unknown_patient_is_not_found(desk: Client, path: str) -> None:
    assert desk.get(path).status_code == 404


# --- Who may ---

PATHS = ["/patients/", "/patients/new/", "/search/?q=dupont"]


@pytest.mark.parametrize("path", PATHS)
def test_nobody_reads_patients_without_signing_in(house: House, client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/login/?next=")


@pytest.mark.parametrize("path", PATHS)
def test_somebody_without_a_clinic_reads_no_patient(
    house: House, client: Client, path: str
) -> None:
    client.force_login(make_user())
    assert client.get(path).status_code == 403


def test_patient_pages_are_never_cached(desk: Client, house: House) -> None:
    for path in [*PATHS, f"/patients/{house.patient.public_id}/"]:
        assert desk.get(path).headers["Cache-Control"] == "no-store, private", path
