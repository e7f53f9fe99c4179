"""The calendar part, parsed back: it asks, moves in place, and takes away."""

import datetime as dt

import pytest
from icalendar import Calendar

from clinic import booking
from clinic.messages import invitations
from clinic.models import Appointment, Kind
from tests.factories import NOW, House
from tests.telling import group_of, make_message, said

NO_CALENDAR = (Kind.DAY, Kind.AFTERCARE, Kind.CHECK_IN, Kind.RECALL, Kind.RECALL_DUE)


def calendars(group) -> list:
    return [Calendar.from_ical(each.content) for each in said(group).invitations]


def only(group):
    (calendar,) = calendars(group)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


@pytest.mark.parametrize("kind", sorted(invitations.ASKING))
def test_one_appointment_asks(house: House, kind: str) -> None:
    first = house.book_series().appointments[0]
    calendar, event = only([make_message(first, kind)])
    assert calendar["METHOD"] == "REQUEST"
    assert event["UID"] == str(first.uid)
    assert event["SEQUENCE"] == first.sequence
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (first.starts_at, first.ends_at)
    assert event["DTSTART"].dt.utcoffset() == dt.timedelta()
    assert event["DTSTAMP"].dt == NOW
    assert event["STATUS"] == "CONFIRMED"
    assert event["CLASS"] == "PRIVATE"
    assert event["SUMMARY"] == "Rendez-vous – Cabinet Voltaire"
    assert event["ORGANIZER"] == "mailto:accueil@voltaire.test"
    assert event["ORGANIZER"].params["CN"] == "Cabinet Voltaire"
    assert event["ATTENDEE"] == "mailto:marie@example.test"
    asked = {name: event["ATTENDEE"].params[name] for name in ("PARTSTAT", "RSVP", "ROLE")}
    assert asked == {"PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE", "ROLE": "REQ-PARTICIPANT"}


def test_the_lead_of_a_clinic_without_an_address_is_the_senders(house: House, settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Clinique <envoi@clinic.test>"
    house.clinic.email = ""
    first = house.book_series().appointments[0]
    first.clinic = house.clinic
    _calendar, event = only([make_message(first, Kind.BOOKED)])
    assert event["ORGANIZER"] == "mailto:envoi@clinic.test"


@pytest.mark.parametrize("kind", NO_CALENDAR)
def test_what_announces_no_visit_has_no_calendar(house: House, kind: str) -> None:
    assert said(group_of(house, kind, "email", house.book_series().appointments)).calendar is None


@pytest.mark.parametrize("start", [dt.date(2026, 3, 16), dt.date(2026, 10, 5)])
def test_instants_are_right_across_a_clock_change(house: House, start: dt.date) -> None:
    booked = house.book_series(start_on=start).appointments
    offsets = {a.starts_at.astimezone(house.clinic.zone).utcoffset() for a in booked}
    assert len(offsets) == 2
    (calendar,) = calendars(group_of(house, Kind.BOOKED, "email", booked))
    found = {str(event["UID"]): event["DTSTART"].dt for event in calendar.walk("VEVENT")}
    assert found == {str(a.uid): a.starts_at for a in booked}


def test_a_series_is_one_file_to_take_in_at_once(house: House) -> None:
    """A REQUEST holds one UID only (RFC 5546, 3.2.2); a PUBLISH has no attendees (3.2.1)."""
    booked = house.book_series().appointments
    (calendar,) = calendars(group_of(house, Kind.BOOKED, "email", booked))
    assert calendar["METHOD"] == "PUBLISH"
    events = calendar.walk("VEVENT")
    assert len(events) == 3
    assert all("ATTENDEE" not in event and "ORGANIZER" in event for event in events)


def test_a_move_has_the_same_uid_and_a_higher_sequence(house: House) -> None:
    first = house.book_series().appointments[-1]
    _calendar, before = only([make_message(first, Kind.BOOKED)])
    starts_at = first.starts_at + dt.timedelta(hours=1)
    moved = booking.move(appointment=first, starts_at=starts_at, by=house.user, now=NOW)
    assert isinstance(moved, booking.Moved)
    new = Appointment.objects.select_related("clinic", "patient").get(replaces=first)
    calendar, after = only([make_message(new, Kind.MOVED)])
    assert calendar["METHOD"] == "REQUEST"
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTART"].dt == starts_at


def test_a_cancellation_takes_away_with_a_higher_sequence(house: House) -> None:
    first = house.book_series().appointments[0]
    booking.cancel(appointment=first, reason="patient", note="", by=house.user, now=NOW)
    gone = Appointment.objects.select_related("clinic", "patient").get(pk=first.pk)
    calendar, event = only([make_message(gone, Kind.CANCELLED)])
    assert (calendar["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert event["SEQUENCE"] == first.sequence + 1
    assert event.walk("VALARM") == []


def test_each_of_several_cancellations_takes_itself_away(house: House) -> None:
    booked = house.book_series().appointments
    found = calendars(group_of(house, Kind.CANCELLED, "email", booked))
    assert [calendar["METHOD"] for calendar in found] == ["CANCEL"] * 3
    uids = [str(event["UID"]) for calendar in found for event in calendar.walk("VEVENT")]
    assert uids == [str(a.uid) for a in booked]


def test_the_same_appointment_as_in_the_feed(house: House) -> None:
    """A calendar that has the feed and the invitation shows one event."""
    from clinic.papers import feeds

    first = house.book_series().appointments[0]
    (in_feed,) = Calendar.from_ical(feeds.calendar([first], clinic=house.clinic)).walk("VEVENT")
    _calendar, invited = only([make_message(first, Kind.BOOKED)])
    for name in ("UID", "SEQUENCE", "DTSTART", "DTEND", "CLASS", "STATUS", "LOCATION"):
        assert in_feed[name].to_ical() == invited[name].to_ical(), name


def test_odd_labels_stay_one_property(house: House) -> None:
    house.clinic.neutral_label = 'Cabinet; "A", b:\r\nATTENDEE:mailto:x@example.test'
    first = house.book_series().appointments[0]
    first.clinic = house.clinic
    _calendar, event = only([make_message(first, Kind.BOOKED)])
    assert event["ATTENDEE"] == "mailto:marie@example.test"
    assert "ATTENDEE:mailto:x" in event["SUMMARY"]
