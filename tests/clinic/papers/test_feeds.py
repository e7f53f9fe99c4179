"""The calendar file, parsed back."""

import datetime as dt
import re

import pytest
from django.utils import translation
from icalendar import Calendar

from clinic import booking
from clinic.models import Appointment
from clinic.pages import series as series_page
from clinic.papers import feeds
from tests.factories import NOW, House, at

SPRING, AUTUMN = dt.date(2026, 3, 16), dt.date(2026, 10, 5)
# What a calendar on a kitchen table must not say.
CARE = re.compile(
    r"séance|session|série|series|protocol|méso|meso|dr |roux|soin|salle|injec|phase|\d\s*/\s*\d",
    re.IGNORECASE,
)


@pytest.fixture
def house(db: None) -> House:
    house = House(name_fr="Mésothérapie du visage")
    house.clinic.neutral_label, house.clinic.street = "Cabinet Bleu", "1 rue Verte"
    house.clinic.phone = "+33123456789"
    house.clinic.save()
    return house


def feed(house: House, series) -> tuple[str, dict[str, object]]:
    loaded = series_page.loaded().get(pk=series.pk)
    with translation.override("fr"):
        content = feeds.calendar(series_page.every_attempt(loaded), clinic=house.clinic)
    events = Calendar.from_ical(content).walk("VEVENT")
    return content.decode(), {str(event["UID"]): event for event in events}


@pytest.mark.parametrize("start", [SPRING, AUTUMN])
def test_instants_are_those_of_the_database_across_a_clock_change(
    house: House, start: dt.date
) -> None:
    booked = house.book_series(start_on=start)
    offsets = {a.starts_at.astimezone(house.clinic.zone).utcoffset() for a in booked.appointments}
    assert len(offsets) == 2, "the series must span a clock change to prove anything"
    _text, events = feed(house, booked.series)
    stored = Appointment.objects.filter(session__series=booked.series)
    assert {uid: (e["DTSTART"].dt, e["DTEND"].dt) for uid, e in events.items()} == {
        str(a.uid): (a.starts_at, a.ends_at) for a in stored
    }


def test_a_moved_appointment_keeps_its_uid_with_a_higher_sequence(house: House) -> None:
    booked = house.book_series()
    last = booked.appointments[-1]
    _text, before = feed(house, booked.series)
    starts_at = last.starts_at + dt.timedelta(minutes=60)
    moved = booking.move(appointment=last, starts_at=starts_at, by=house.user, now=NOW)
    assert isinstance(moved, booking.Moved)
    _text, after = feed(house, booked.series)
    assert set(after) == set(before)
    uid = str(last.uid)
    assert after[uid]["SEQUENCE"] > before[uid]["SEQUENCE"]
    assert after[uid]["DTSTART"].dt == starts_at
    assert after[uid]["STATUS"] == "CONFIRMED"


def test_a_cancelled_appointment_is_sent_as_cancelled(house: House) -> None:
    booked = house.book_series()
    first = booked.appointments[0]
    booking.cancel(appointment=first, reason="patient", note="", by=house.user, now=NOW)
    _text, events = feed(house, booked.series)
    event = events[str(first.uid)]
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", first.sequence + 1)
    assert event.walk("VALARM") == []
    assert {e["STATUS"] for uid, e in events.items() if uid != str(first.uid)} == {"CONFIRMED"}


def test_nothing_says_what_is_treated_by_whom_or_how_often(house: House) -> None:
    text, events = feed(house, house.book_series().series)
    unfolded = text.replace("\r\n ", "")
    told = [line for line in unfolded.splitlines() if not line.startswith(("UID", "DT"))]
    assert [line for line in told if CARE.search(line)] == []
    assert CARE.search("Séance 2/3 avec Dr Roux"), "the pattern must catch what it is for"
    for event in events.values():
        assert str(event["SUMMARY"]).split(" – ")[1:] == ["Cabinet Bleu"]
        assert (event["CLASS"], event["LOCATION"]) == ("PRIVATE", "1 rue Verte")


def test_each_appointment_reminds_a_day_before(house: House) -> None:
    _text, events = feed(house, house.book_series().series)
    for event in events.values():
        (alarm,) = event.walk("VALARM")
        assert alarm["TRIGGER"].dt == dt.timedelta(days=-1)
        assert alarm["DESCRIPTION"] == event["SUMMARY"]


def test_the_same_series_gives_the_same_file(house: House) -> None:
    series = house.book_series().series
    assert feed(house, series)[0] == feed(house, series)[0]


def test_odd_names_stay_one_property(house: House) -> None:
    house.clinic.neutral_label = "Cabinet; a, b: «É» 🙂 \\ END:VEVENT"
    house.clinic.save()
    _text, events = feed(house, house.book_series(start_on=at("2026-05-04").date()).series)
    assert len(events) == 3
    for event in events.values():
        assert str(event["SUMMARY"]).endswith(f"– {house.clinic.neutral_label}")
