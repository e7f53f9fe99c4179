"""What is planned with a booking, with a move, with an end: in the same act, each thing once."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from clinic import booking
from clinic.models import Appointment, Kind, Message, MessageRule
from clinic.outbox import reasons
from protocols import editing
from protocols.models import CareInstruction, ExpectedReaction, Protocol
from tests.factories import NOW, PARIS, House, at, loaded, make_patient, make_visit_type
from tests.protocols import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House()


def planned(appointment: Appointment) -> dict[str, str]:
    """Kind → when, on the clinic's clock."""
    rows = Message.objects.filter(appointment=appointment, status="due")
    return {m.kind: f"{m.due_at.astimezone(PARIS):%Y-%m-%d %H:%M}" for m in rows}


def first(booked: booking.Booked) -> Appointment:
    return booked.appointments[0]


def book_visit(house: House, starts_at: str, *, now: dt.datetime = NOW, **who: Any) -> Appointment:
    booked = booking.book_visit(
        clinic=house.clinic,
        patient=who.get("patient", house.patient),
        visit_type=make_visit_type(),
        starts_at=at(starts_at),
        by=house.user,
        now=now,
        key="",
    )
    assert isinstance(booked, booking.Booked), booked
    return first(booked)


def test_a_visit_in_ten_days_is_confirmed_and_reminded_twice(house: House) -> None:
    visit = book_visit(house, "2026-03-12 10:00")
    assert planned(visit) == {
        "booked": "2026-03-02 08:00",
        "reminder": "2026-03-09 10:00",
        "eve": "2026-03-11 10:00",
    }
    message = Message.objects.get(kind="eve")
    assert (message.starts_at, message.useful_until) == (visit.starts_at, visit.starts_at)
    assert (message.patient, message.clinic, message.session) == (
        house.patient,
        house.clinic,
        None,
    )


@pytest.mark.parametrize("starts_at", ["2026-03-02 10:00", "2026-03-03 10:00"])
def test_a_visit_within_a_day_is_only_confirmed(house: House, starts_at: str) -> None:
    assert planned(book_visit(house, starts_at)) == {"booked": "2026-03-02 08:00"}


def test_a_reminder_that_would_fall_on_a_sunday_goes_earlier(house: House) -> None:
    assert planned(book_visit(house, "2026-03-16 10:00"))["eve"] == "2026-03-14 19:45"


def test_a_visit_long_ahead_is_reminded_a_week_before_too(house: House) -> None:
    assert "early" not in planned(book_visit(house, "2026-03-31 10:00"))
    patient = make_patient()
    assert planned(book_visit(house, "2026-04-02 10:00", patient=patient))["early"] == (
        "2026-03-26 10:00"
    )


def test_who_missed_two_visits_is_reminded_a_week_before(house: House) -> None:
    for day in ("2026-03-09", "2026-03-10"):
        missed = book_visit(house, f"{day} 10:00")
        Appointment.objects.filter(pk=missed.pk).update(status="noshow")
    assert planned(book_visit(house, "2026-03-24 10:00"))["early"] == "2026-03-17 10:00"


def test_a_series_plans_for_each_of_its_sessions(house: House) -> None:
    booked = house.book_series()
    kinds = [sorted(planned(one)) for one in booked.appointments]
    assert kinds[0] == ["booked"]  # today
    assert kinds[1] == ["booked", "eve", "reminder"]
    assert kinds[2] == ["booked", "early", "eve", "reminder"]
    sessions = Message.objects.values_list("session", flat=True).distinct()
    assert set(sessions) == {one.session_id for one in booked.appointments}


def protocol_with_leaflet(**before: Any) -> Protocol:
    """Advice for the day and after it, and a bruise that lasts five to seven days."""
    draft = making.make_draft(gaps=[("P2W", "P3W", "P4W")], segments=[(30, ("practitioner",))])
    common = {"protocol": draft, "source": making.make_source(), "text_fr": "…"}
    day = before or {"topic": "make_up", "hours_until": 0}
    CareInstruction.objects.create(phase="before", **common | day)
    CareInstruction.objects.create(
        phase="after", topic="heat", hours_from=0, hours_until=168, **common
    )
    ExpectedReaction.objects.create(topic="bruise", hours_min=120, hours_max=168, **common)
    assert editing.publish(draft, by="the test", now=NOW) == []
    return loaded(draft)


def book_with_leaflet(house: House, **before: Any) -> Appointment:
    house.protocol = protocol_with_leaflet(**before)
    return house.book_series(start_on=dt.date(2026, 3, 17)).appointments[0]


def test_the_protocols_advice_brings_a_note_for_the_day_aftercare_and_a_check_in(
    house: House,
) -> None:
    visit = book_with_leaflet(house)  # Tuesday 17 March, 09:00 to 09:30
    assert planned(visit) == {
        "booked": "2026-03-02 08:00",
        "reminder": "2026-03-14 10:00",
        "eve": "2026-03-16 10:00",
        "day": "2026-03-17 08:00",
        "aftercare": "2026-03-17 09:30",
        "check-in": "2026-03-24 10:00",  # the bruise should be over
    }


@pytest.mark.parametrize(
    ("before", "is_early"),
    [
        ({"topic": "medicines"}, True),  # "in the days before"
        ({"topic": "medicines", "hours_from": -48, "hours_until": 0}, False),
        ({"topic": "sun", "hours_from": -168, "hours_until": 0}, True),
        ({"topic": "visit"}, False),
    ],
)
def test_advice_that_begins_early_is_announced_a_week_before(
    house: House, before: dict[str, Any], is_early: bool
) -> None:
    kinds = planned(book_with_leaflet(house, **before))
    assert ("early" in kinds) is is_early
    assert "day" not in kinds


def test_a_note_for_a_visit_at_the_first_hour_goes_the_evening_before(house: House) -> None:
    house.clinic.messages_from_hour = 10
    house.clinic.save()
    assert planned(book_with_leaflet(house))["day"] == "2026-03-16 19:45"


def test_a_clinics_own_rules_stand_in_place_of_the_houses(house: House) -> None:
    MessageRule.objects.bulk_create(
        MessageRule(clinic=house.clinic, **fields)
        for fields in (
            {"kind": Kind.REMINDER, "days": 5, "at_minute": 9 * 60},
            {"kind": Kind.EVE, "is_on": False},
            {"kind": Kind.CHECK_IN, "days": 2, "protocol": "other"},
        )
    )
    assert planned(book_visit(house, "2026-03-12 10:00")) == {
        "booked": "2026-03-02 08:00",
        "reminder": "2026-03-07 09:00",
    }


def test_a_protocols_rules_stand_in_place_of_the_clinics(house: House) -> None:
    house.protocol = protocol_with_leaflet()
    for protocol, days in (("", 1), (house.protocol.slug, 3), (house.protocol.slug, 8)):
        MessageRule.objects.create(
            clinic=house.clinic, kind=Kind.CHECK_IN, days=days, protocol=protocol
        )
    visit = house.book_series(start_on=dt.date(2026, 3, 17)).appointments[0]
    rows = Message.objects.filter(appointment=visit, kind=Kind.CHECK_IN).order_by("days")
    assert [(m.days, m.due_at.astimezone(PARIS).date().day) for m in rows] == [(3, 20), (8, 25)]


# --- The channel ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "channel"),
    [
        ({"email": "a@example.test"}, "email"),
        ({"email": ""}, "sms"),
        ({"email": "a@example.test", "preferred_channel": "sms"}, "sms"),
        ({"email": "", "phone": ""}, "email"),
    ],
)
def test_the_channel_is_the_preferred_one_else_email(
    house: House, fields: dict[str, str], channel: str
) -> None:
    book_visit(house, "2026-03-03 10:00", patient=make_patient(**fields))
    assert Message.objects.get().channel == channel


# --- Moved and cancelled -------------------------------------------------------------------------


def told(visit: Appointment) -> None:
    """The confirmation has left."""
    assert Message.objects.filter(appointment=visit, kind="booked").update(
        status="accepted", settled_at=NOW
    )


def move(house: House, visit: Appointment, starts_at: str) -> Appointment:
    moved = booking.move(appointment=visit, starts_at=at(starts_at), by=house.user, now=NOW)
    assert isinstance(moved, booking.Moved), moved
    return moved.appointment


def test_a_moved_visit_is_told_anew_and_its_old_hour_no_more(house: House) -> None:
    visit = book_visit(house, "2026-03-12 10:00")
    told(visit)
    new = move(house, visit, "2026-03-13 11:00")
    assert planned(visit) == {}
    old = Message.objects.filter(appointment=visit).exclude(kind="booked")
    assert {(m.status, m.reason) for m in old} == {("cancelled", reasons.MOVED)}
    assert planned(new) == {
        "moved": "2026-03-02 08:00",
        "reminder": "2026-03-10 10:00",
        "eve": "2026-03-12 10:00",
    }


def test_who_was_told_nothing_yet_hears_only_of_the_new_hour(house: House) -> None:
    visit = book_visit(house, "2026-03-12 10:00")
    new = move(house, visit, "2026-03-13 11:00")
    assert planned(visit) == {}
    assert "moved" not in planned(new)
    assert "booked" in planned(new)


def test_what_is_being_handed_over_counts_as_told(house: House) -> None:
    visit = book_visit(house, "2026-03-12 10:00")
    Message.objects.filter(appointment=visit, kind="booked").update(
        status="claimed", claimed_by="x", leased_until=NOW, begun_at=NOW
    )
    assert "moved" in planned(move(house, visit, "2026-03-13 11:00"))
    assert Message.objects.get(appointment=visit, kind="booked").status == "claimed"


def cancel(house: House, visit: Appointment) -> None:
    cancelled = booking.cancel(appointment=visit, reason="patient", by=house.user, now=NOW)
    assert isinstance(cancelled, booking.Cancelled), cancelled


def test_a_cancelled_visit_is_told_to_whom_knew_of_it(house: House) -> None:
    visit = book_visit(house, "2026-03-12 10:00")
    told(visit)
    cancel(house, visit)
    assert planned(visit) == {"cancelled": "2026-03-02 08:00"}


def test_a_cancelled_visit_that_nobody_knew_of_is_told_to_nobody(house: House) -> None:
    visit = book_visit(house, "2026-03-12 10:00")
    cancel(house, visit)
    assert planned(visit) == {}
    assert not Message.objects.exclude(status="cancelled").exists()


def test_a_clinic_that_sends_no_cancellations_plans_none(house: House) -> None:
    MessageRule.objects.create(clinic=house.clinic, kind=Kind.CANCELLED, is_on=False)
    visit = book_visit(house, "2026-03-12 10:00")
    told(visit)
    cancel(house, visit)
    assert planned(visit) == {}


def test_a_stopped_series_ends_its_messages(house: House) -> None:
    booked = house.book_series()
    second = booked.appointments[1]
    told(second)
    stopped = booking.stop_series(
        series=booked.series, reason="patient", by=house.user, clinic=house.clinic, now=NOW
    )
    assert isinstance(stopped, booking.Stopped)
    waiting = Message.objects.filter(status="due", appointment__in=booked.appointments[1:])
    assert [(m.appointment, m.kind) for m in waiting] == [(second, "cancelled")]


# --- In the same act -----------------------------------------------------------------------------


def test_a_booking_that_fails_leaves_no_message(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("clinic.booking.moving.idempotency.remember", fails)
    with pytest.raises(ZeroDivisionError):
        book_visit(house, "2026-03-12 10:00")
    assert not Message.objects.exists()


def test_one_kind_by_one_channel_is_planned_once_for_a_visit(house: House) -> None:
    visit = book_visit(house, "2026-03-12 10:00")
    message = Message.objects.get(kind="eve")
    message.pk, message.public_id = None, "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        message.save()
    assert Message.objects.filter(appointment=visit, kind="eve").count() == 1
