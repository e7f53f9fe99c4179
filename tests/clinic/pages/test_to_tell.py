"""Whom the desk should ring: what puts somebody on the list, and what takes them off."""

import datetime as dt
from typing import Any

import pytest

from clinic.models import Appointment, Message
from clinic.pages import to_tell
from patients import contacts
from patients.models import Patient
from tests.desk_rows import HOUR, make_call, make_message, make_visit
from tests.factories import NOW, House, make_patient

pytestmark = pytest.mark.django_db
DAY = 24 * HOUR


@pytest.fixture
def house() -> House:
    return House()


def listed(house: House) -> list[Message]:
    return list(to_tell.to_tell(house.clinic, now=NOW))


def out_of_reach(house: House) -> list[tuple[Patient, str]]:
    rows = to_tell.out_of_reach(house.clinic, now=NOW)
    return [(row.patient, row.why) for row in rows]


# --- Messages that did not arrive ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "is_listed"),
    [
        ({"status": "failed", "reason": "refused"}, True),
        ({"status": "failed", "reason": "gave-up"}, True),
        ({"status": "doubtful"}, True),
        ({"status": "cancelled", "reason": "no-address"}, True),
        ({"status": "cancelled", "reason": "too-late"}, True),
        ({"status": "cancelled", "reason": "budget"}, True),
        ({"status": "cancelled", "reason": "moved"}, False),
        ({"status": "cancelled", "reason": "other-channel"}, False),
        ({"status": "cancelled", "reason": "opted-out"}, False),
        ({"status": "cancelled", "reason": "opted-out", "kind": "moved"}, True),
        ({"status": "accepted"}, False),
        ({"status": "due"}, False),
        ({"status": "retry"}, False),
        ({"status": "claimed"}, False),
    ],
)
def test_what_did_not_arrive_is_listed(
    house: House, fields: dict[str, Any], is_listed: bool
) -> None:
    message = make_message(make_visit(house), **fields)
    assert listed(house) == ([message] if is_listed else [])


def test_it_is_there_in_the_same_minute_and_leaves_with_the_visit(house: House) -> None:
    message = make_message(make_visit(house), status="failed", settled_at=NOW)
    assert listed(house) == [message]
    after = message.starts_at + HOUR
    assert list(to_tell.to_tell(house.clinic, now=after)) == []


def test_advice_stays_as_long_as_it_is_of_use(house: House) -> None:
    visit = make_visit(house, "2026-03-01 10:00")
    message = make_message(
        visit, kind="aftercare", status="failed", useful_until=NOW + HOUR, due_at=NOW - HOUR
    )
    assert listed(house) == [message]
    assert list(to_tell.to_tell(house.clinic, now=NOW + 2 * HOUR)) == []


@pytest.mark.parametrize("status", ["due", "claimed", "retry", "accepted"])
def test_another_try_takes_it_off(house: House, status: str) -> None:
    visit = make_visit(house)
    make_message(visit, status="failed")
    make_message(visit, status=status, channel="sms")
    assert listed(house) == []


def test_of_two_that_failed_the_last_is_listed(house: House) -> None:
    visit = make_visit(house)
    make_message(visit, status="failed")
    make_message(visit, status="failed", channel="sms")
    third = make_message(visit, status="failed", kind="eve", due_at=NOW - HOUR / 2)
    assert listed(house) == [third]


def test_who_heard_of_the_visit_later_need_not_be_rung(house: House) -> None:
    visit = make_visit(house)
    make_message(visit, kind="booked", status="failed", due_at=NOW - 5 * HOUR)
    make_message(visit, kind="eve", due_at=NOW - HOUR)
    assert listed(house) == []


def test_a_reminder_still_to_come_does_not_take_it_off(house: House) -> None:
    visit = make_visit(house)
    message = make_message(visit, kind="booked", status="failed")
    make_message(visit, kind="eve", status="due", due_at=NOW + HOUR)
    assert listed(house) == [message]


def test_who_heard_earlier_is_listed(house: House) -> None:
    visit = make_visit(house)
    make_message(visit, kind="booked", due_at=NOW - 5 * HOUR)
    message = make_message(visit, kind="moved", status="failed", due_at=NOW - HOUR)
    assert listed(house) == [message]


def test_a_cancelled_visit_is_told_only_that(house: House) -> None:
    visit = make_visit(house)
    make_message(visit, status="failed", due_at=NOW - 2 * HOUR)
    news = make_message(visit, kind="cancelled", status="failed", due_at=NOW - HOUR)
    Appointment.objects.update(status="cancelled", cancellation_reason="clinic")
    assert listed(house) == [news]
    Message.objects.filter(pk=news.pk).update(status="accepted", settled_at=NOW)
    assert listed(house) == []


def test_the_carrier_stands_for_what_was_merged_into_it(house: House) -> None:
    first, second = make_visit(house), make_visit(house, "2026-03-05 10:00")
    carrier = make_message(first, status="failed")
    make_message(second, status="failed", merged_into=carrier)
    assert listed(house) == [carrier]


@pytest.mark.parametrize(
    ("outcome", "is_listed"),
    [("reached", False), ("left-word", True), ("no-answer", True), ("wrong-number", True)],
)
def test_who_was_reached_leaves_the_list(house: House, outcome: str, is_listed: bool) -> None:
    message = make_message(make_visit(house), status="failed")
    make_call(message.patient, house.clinic, house.user, outcome, message=message)
    assert bool(listed(house)) is is_listed
    (row,) = to_tell.rows(to_tell.to_tell(house.clinic, now=NOW), now=NOW) or [None]
    assert row is None or row.last_call.outcome == outcome


def test_a_call_before_it_failed_says_nothing(house: House) -> None:
    visit = make_visit(house)
    make_call(visit.patient, house.clinic, house.user, appointment=visit, at=NOW - 3 * HOUR)
    message = make_message(visit, status="failed", due_at=NOW - HOUR)
    assert listed(house) == [message]


def test_another_clinic_has_its_own(house: House) -> None:
    make_message(make_visit(house), status="failed")
    assert list(to_tell.to_tell(House().clinic, now=NOW)) == []


def test_whether_it_may_be_sent_again_stands_on_the_row(house: House) -> None:
    good = make_message(make_visit(house), status="failed")
    lost = make_message(make_visit(house, "2026-03-05 10:00", email="", phone=""), status="failed")
    rows = to_tell.rows(to_tell.to_tell(house.clinic, now=NOW), now=NOW)
    assert [(row.message, row.may_send, row.lacks_an_address) for row in rows] == [
        (good, True, False),
        (lost, False, True),
    ]


# --- Patients whom no message can get to ---------------------------------------------------------


@pytest.mark.parametrize(
    ("contact", "why"),
    [
        ({"email": "", "phone": ""}, "none"),
        ({"email": "", "phone": "", "other_phone": "+33142345678"}, "no-mobile"),
        ({"email": "", "phone": "+33142345678"}, "no-mobile"),
        ({"email": "", "phone": "+819012345678"}, "no-texts"),
        ({"email": "", "phone": "+33612345678"}, ""),
        ({"email": "", "phone": "+262692123456"}, ""),
        ({"email": "lea@example.test", "phone": ""}, ""),
    ],
)
def test_who_has_no_usable_contact_is_listed(
    house: House, contact: dict[str, str], why: str
) -> None:
    visit = make_visit(house, **contact)
    expected = [(visit.patient, str(to_tell.OUT_OF_REACH[why]))] if why else []
    assert out_of_reach(house) == expected


def whys(house: House) -> list[str]:
    said = {str(sentence): code for code, sentence in to_tell.OUT_OF_REACH.items()}
    return [said[why] for _patient, why in out_of_reach(house)]


def test_every_channel_refused(house: House) -> None:
    visit = make_visit(house)
    contacts.stop(patient=visit.patient, channel="email", how="desk", now=NOW)
    assert whys(house) == []
    contacts.stop(patient=visit.patient, channel="sms", how="stop", now=NOW)
    assert whys(house) == ["opted-out"]


def test_every_address_refused_until_it_is_corrected(house: House) -> None:
    visit = make_visit(house, phone="")
    patient = visit.patient
    contacts.mark_unusable(
        patient=patient, channel="email", address=patient.email, answer="550", now=NOW
    )
    assert whys(house) == ["unusable"]
    patient.email = "right@example.test"
    patient.save()
    assert whys(house) == []


def test_the_last_message_failed_for_good(house: House) -> None:
    visit = make_visit(house, "2026-03-10 10:00")
    other = make_visit(house, "2026-02-20 10:00", patient=visit.patient)
    make_message(other, status="failed", due_at=NOW - 3 * DAY, useful_until=NOW - 2 * DAY)
    assert whys(house) == ["failed"]
    make_message(other, kind="check-in", due_at=NOW - DAY, useful_until=NOW + DAY)
    assert whys(house) == []


def test_texts_count_only_where_the_clinic_sends_them(house: House) -> None:
    make_visit(house, email="", phone="+33612345678")
    assert whys(house) == []
    house.clinic.sends_texts = False
    house.clinic.save()
    assert whys(house) == ["no-texts"]


def test_only_open_visits_of_the_next_two_weeks(house: House) -> None:
    nobody = make_patient("Absent", "Jean", email="", phone="")
    make_visit(house, "2026-02-27 10:00", patient=nobody)
    make_visit(house, "2026-03-17 10:00", patient=nobody)
    off = make_visit(house, "2026-03-05 10:00", patient=nobody)
    Appointment.objects.filter(pk=off.pk).update(status="cancelled", cancellation_reason="patient")
    assert out_of_reach(house) == []
    make_visit(house, "2026-03-16 07:00", patient=nobody)
    assert whys(house) == ["none"]


def test_who_was_rung_about_the_visit_knows_of_it(house: House) -> None:
    visit = make_visit(house, email="", phone="")
    make_call(visit.patient, house.clinic, house.user, "no-answer", appointment=visit)
    assert whys(house) == ["none"]
    make_call(visit.patient, house.clinic, house.user, "reached", appointment=visit)
    assert whys(house) == []


def test_nobody_stands_on_both_lists_for_one_visit(house: House) -> None:
    visit = make_visit(house, email="", phone="")
    make_message(visit, status="cancelled", reason="no-address")
    assert (len(listed(house)), whys(house)) == (1, [])
    assert len(to_tell.everyone(house.clinic, now=NOW)) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_costs_the_same_for_many(house: House, django_assert_num_queries: Any, count: int) -> None:
    for number in range(count):
        make_message(make_visit(house, f"2026-03-04 1{number}:00"), status="failed")
        make_visit(house, f"2026-03-05 1{number}:00", email="", phone="")
    with django_assert_num_queries(4):
        to_tell.rows(to_tell.to_tell(house.clinic, now=NOW), now=NOW)
    with django_assert_num_queries(5):
        to_tell.out_of_reach(house.clinic, now=NOW)


def test_it_remembers_two_months(house: House) -> None:
    visit = make_visit(house, "2026-06-01 10:00")
    make_message(visit, kind="booked", status="failed", due_at=NOW - dt.timedelta(days=61))
    assert listed(house) == []
