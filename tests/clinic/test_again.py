"""The desk sends a message again, or says that it arrived after all."""

from typing import Any

import pytest

from clinic.models import Appointment, AuditEntry, Message
from clinic.outbox.again import again, received
from patients import contacts
from patients.refusal import Refusal
from tests.desk_rows import HOUR, make_message, make_visit
from tests.factories import NOW, House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return House()


def failed(house: House, **fields: Any) -> Message:
    return make_message(make_visit(house), status="failed", reason="refused", **fields)


def sent_again(house: House, message: Message, **how: Any) -> Message | Refusal:
    return again(message=message, by=house.user, now=NOW, **how)


def test_it_is_a_new_round_that_is_due_now(house: House) -> None:
    before = failed(house)
    made = sent_again(house, before)
    assert isinstance(made, Message)
    assert (made.kind, made.channel, made.round) == (before.kind, before.channel, 1)
    assert (made.due_at, made.next_try_at, made.status) == (NOW, NOW, "due")
    assert (made.appointment_id, made.patient_id) == (before.appointment_id, before.patient_id)
    before.refresh_from_db()
    assert before.status == "failed"
    entry = AuditEntry.objects.get(action="message.again")
    assert (entry.by, entry.patient, entry.subject) == (
        house.user,
        before.patient,
        f"message:{made.public_id}",
    )


def test_by_the_other_channel_when_it_is_named(house: House) -> None:
    made = sent_again(house, failed(house), channel="sms")
    assert isinstance(made, Message)
    assert made.channel == "sms"


def test_twice_is_once(house: House) -> None:
    before = failed(house)
    sent_again(house, before)
    second = sent_again(house, before)
    assert isinstance(second, Refusal)
    assert second.code == "on-its-way"
    assert Message.objects.count() == 2


def test_after_that_one_failed_too_there_is_a_third(house: House) -> None:
    first = sent_again(house, failed(house))
    assert isinstance(first, Message)
    Message.objects.filter(pk=first.pk).update(status="failed", settled_at=NOW)
    third = sent_again(house, first)
    assert isinstance(third, Message)
    assert third.round == 2


def test_past_its_time_it_is_useful_until_the_visit(house: House) -> None:
    made = sent_again(house, failed(house, useful_until=NOW - HOUR / 2))
    assert isinstance(made, Message)
    assert made.useful_until == made.starts_at


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_not_about_a_visit_that_will_not_be(house: House, status: str) -> None:
    before = failed(house)
    reason = "patient" if status == "cancelled" else ""
    Appointment.objects.update(status=status, cancellation_reason=reason)
    assert refused(sent_again(house, before)) == "cancelled"


def test_that_it_was_cancelled_may_be_said_again(house: House) -> None:
    before = failed(house, kind="cancelled")
    Appointment.objects.update(status="cancelled", cancellation_reason="clinic")
    assert isinstance(sent_again(house, before), Message)


def test_not_about_what_is_over(house: House) -> None:
    visit = make_visit(house, "2026-02-27 10:00")
    before = make_message(visit, status="failed", useful_until=NOW - HOUR)
    assert refused(sent_again(house, before)) == "past"


def test_not_to_whom_refused_it(house: House) -> None:
    before = failed(house)
    contacts.stop(patient=before.patient, channel="email", how="desk", now=NOW)
    assert refused(sent_again(house, before)) == "unreachable"
    assert isinstance(sent_again(house, before, channel="sms"), Message)


def test_not_to_an_address_that_was_refused(house: House) -> None:
    before = failed(house)
    contacts.mark_unusable(
        patient=before.patient, channel="email", address=before.patient.email, answer="", now=NOW
    )
    assert refused(sent_again(house, before)) == "unreachable"


def test_no_text_where_the_clinic_sends_none(house: House) -> None:
    house.clinic.sends_texts = False
    house.clinic.save()
    assert refused(sent_again(house, failed(house), channel="sms")) == "unreachable"


def test_a_doubtful_one_arrived_with_all_that_left_beside_it(house: House) -> None:
    visit = make_visit(house)
    together = {"status": "doubtful", "begun_at": NOW - HOUR, "claimed_by": "a sender"}
    first = make_message(visit, **together, doubted_at=NOW)
    beside = make_message(visit, kind="eve", **together, doubted_at=NOW)
    alone = make_message(visit, kind="early", **together | {"claimed_by": "another"})
    settled = received(message=first, by=house.user, now=NOW)
    assert isinstance(settled, Message)
    for message in (beside, alone):
        message.refresh_from_db()
    assert (settled.status, beside.status, alone.status) == ("accepted", "accepted", "doubtful")
    assert AuditEntry.objects.filter(action="message.received").count() == 1


@pytest.mark.parametrize("status", ["failed", "due", "accepted"])
def test_only_a_doubtful_one_is_settled(house: House, status: str) -> None:
    message = make_message(make_visit(house), status=status)
    assert refused(received(message=message, by=house.user, now=NOW)) == "settled"


def refused(answer: Message | Refusal) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code
