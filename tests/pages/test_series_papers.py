"""A series to take away; who may read it."""

import re

import pytest
from django.test import Client
from icalendar import Calendar

from clinic.models import Appointment, AuditEntry
from tests.factories import (
    House,
    make_patient,
)
from tests.pages.series_pages import asked

# --- To take away ------------------------------------------------------------------------------


def test_the_papers_carry_neutral_names_and_are_written_down(desk: Client, house: House) -> None:
    series = house.book_series().series
    names = {}
    for ending in ("pdf", "ics"):
        response = desk.get(f"/series/{series.public_id}.{ending}")
        names[ending] = response.headers["Content-Disposition"]
        assert response.headers["Cache-Control"] == "no-store, private"
    assert re.fullmatch(r'attachment; filename="[a-z-]+\.pdf"', names["pdf"])
    assert re.fullmatch(r'attachment; filename="[a-z-]+\.ics"', names["ics"])
    desk.get(f"/series/{series.public_id}/print/")
    read = AuditEntry.objects.filter(action__startswith="series.", patient=house.patient)
    assert sorted(read.values_list("action", flat=True)) == [
        "series.book", "series.ics", "series.pdf", "series.print",
    ]  # fmt: skip


def test_the_calendar_file_parses_with_every_appointment(desk: Client, house: House) -> None:
    series = house.book_series().series
    content = desk.get(f"/series/{series.public_id}.ics").content
    events = Calendar.from_ical(content).walk("VEVENT")
    stored = Appointment.objects.values_list("uid", flat=True)
    assert sorted(str(event["UID"]) for event in events) == sorted(map(str, stored))


def test_the_printed_page_speaks_the_patients_language(desk: Client, house: House) -> None:
    house.patient.language = "en"
    house.patient.save()
    series = house.book_series().series
    response = desk.get(f"/series/{series.public_id}/print/", headers={"Accept-Language": "fr"})
    assert '<html lang="en">' in response.text
    for said in ("Your appointments", "Monday 13 April 2026", "09:00–09:30", "DUPONT Marie"):
        assert said in response.text
    assert house.protocol.name not in response.text


@pytest.mark.parametrize("sessions", [1, 3])
@pytest.mark.parametrize(("ending", "queries"), [("/print/", 10), (".pdf", 10), (".ics", 8)])
def test_the_papers_cost_the_same_for_many(
    desk: Client, house: House, sessions: int, ending: str, queries: int, django_assert_num_queries
) -> None:
    series = house.book_series(through=sessions).series
    with django_assert_num_queries(queries):
        desk.get(f"/series/{series.public_id}{ending}")


# --- Who may, and what is not there ------------------------------------------------------------

PATHS = ["/", "/plan/", "/stop/", "/print/", ".pdf", ".ics"]


@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_series_is_not_found(desk: Client, path: str) -> None:
    for name in ("nothing", "0", "x" * 200):
        assert desk.get(f"/series/{name}{path}").status_code == 404
    assert desk.get(f"/series/%00{path}").status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_nobody_reads_a_series_without_signing_in(house: House, client: Client, path: str) -> None:
    series = house.book_series().series
    response = client.get(f"/series/{series.public_id}{path}")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/login/")


def test_another_patient_is_never_on_the_page(desk: Client, house: House) -> None:
    make_patient("Secret", "Autre")
    series = house.book_series().series
    assert "SECRET" not in desk.get(f"/series/{series.public_id}/").text
    assert "SECRET" not in desk.get("/series/new/", asked(house)).text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_page_speaks_the_readers_language(desk: Client, house: House, language: str) -> None:
    series = house.book_series().series
    day = {"fr": "lundi 13 avril 2026", "en": "Monday 13 April 2026"}[language]
    for path in (f"/series/{series.public_id}/", f"/series/{series.public_id}/stop/"):
        text = desk.get(path, headers={"Accept-Language": language}).text
        assert f'<html lang="{language}"' in text
        assert day in text
