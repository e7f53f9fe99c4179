"""Signing: what was shown is what is signed, sealed and done, in one act or not at all."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from clinic import booking, signing
from clinic.care import gates
from clinic.care.obstacles import Obstacle, Starting
from clinic.models import AuditEntry, Role
from patients import records
from patients.models import KeptText, Seal, SessionRecord, TreatmentSession
from patients.records import seals
from tests.factories import make_user
from tests.patients.records.making import WHOLE, Treatment, make_lot

pytestmark = pytest.mark.django_db

QUERIES = 28
QUERIES_OF_LOCKS = {"sqlite": 0, "postgresql": 3}


@pytest.fixture
def treatment() -> Treatment:
    return Treatment()


@pytest.fixture
def draft(treatment: Treatment) -> SessionRecord:
    return treatment.open()


def codes(answer: object) -> list[str]:
    """Of whatever stood in the way."""
    if isinstance(answer, signing.NotReady):
        return [problem.code for problem in (*answer.problems, *answer.unseen_warnings)]
    assert isinstance(answer, booking.Refused), answer
    return [problem.code for problem in answer.problems]


def nothing_signed(record: SessionRecord) -> bool:
    record = SessionRecord.objects.select_related("session").get(pk=record.pk)
    scheduled = record.session.status == TreatmentSession.Status.SCHEDULED
    return not record.is_signed and scheduled and Seal.objects.count() == 0


# --- the act -------------------------------------------------------------------------------------


def test_signing_saves_seals_and_marks_the_session_done(
    treatment: Treatment, draft: SessionRecord
) -> None:
    answer = treatment.sign(draft, notes="Au dernier moment.")
    assert isinstance(answer, signing.Signed), answer
    record = SessionRecord.objects.get(pk=draft.pk)
    assert answer.record == record
    assert (record.status, record.notes) == ("signed", "Au dernier moment.")
    assert record.signed_by == treatment.doctor
    assert record.signed_at == treatment.now + dt.timedelta(minutes=20)
    assert records.lines(records.content_of(record)) == [treatment.line()]
    session = record.session
    assert (session.status, session.done_on) == ("completed", treatment.appointment.on)
    treatment.appointment.refresh_from_db()
    assert treatment.appointment.status == "fulfilled"
    assert (record.seal.number, record.seal.by) == (1, treatment.doctor)
    assert seals.verify().broken is None


def test_signing_leaves_its_rows_in_the_audit_trail(
    treatment: Treatment, draft: SessionRecord
) -> None:
    treatment.sign(draft)
    rows = AuditEntry.objects.filter(patient=treatment.patient).order_by("pk")
    assert list(rows.values_list("action", flat=True))[-3:] == [
        "record.open",
        "appointment.fulfilled",
        "record.sign",
    ]
    assert rows.last().subject == f"record:{draft.public_id}"
    assert rows.last().detail == {"version": 2}


def test_a_session_that_was_marked_done_before_is_signed(
    treatment: Treatment, draft: SessionRecord
) -> None:
    booking.mark(
        appointment=treatment.appointment,
        status="fulfilled",
        by=treatment.user,
        now=treatment.now,
    )
    assert isinstance(treatment.sign(draft), signing.Signed)


def test_a_second_signature_of_the_same_answers_the_first(
    treatment: Treatment, draft: SessionRecord
) -> None:
    first = treatment.sign(draft)
    second = treatment.sign(draft, now=treatment.now + dt.timedelta(hours=1))
    assert isinstance(second, signing.Signed)
    assert isinstance(first, signing.Signed)
    assert second.record.signed_at == first.record.signed_at
    assert (Seal.objects.count(), KeptText.objects.count()) == (1, 0)


def test_a_second_signature_of_something_else_is_refused_and_kept(
    treatment: Treatment, draft: SessionRecord
) -> None:
    treatment.sign(draft)
    assert codes(treatment.sign(draft, notes="Autre.")) == ["signed"]
    assert SessionRecord.objects.get(pk=draft.pk).notes == WHOLE["notes"]
    (kept,) = records.kept(record=draft, by=treatment.doctor)
    assert kept.content["notes"] == "Autre."


# --- who, when, of what --------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.ASSISTANT, Role.MANAGER])
def test_only_practitioners_sign(treatment: Treatment, draft: SessionRecord, role: str) -> None:
    other = make_user(treatment.clinic, role)
    assert codes(treatment.sign(draft, by=other)) == ["not_a_practitioner"]
    assert nothing_signed(draft)


def test_a_practitioner_of_another_clinic_does_not_sign(
    treatment: Treatment, draft: SessionRecord
) -> None:
    stranger = make_user(Treatment().clinic, Role.PRACTITIONER)
    assert codes(treatment.sign(draft, by=stranger)) == ["not_a_practitioner"]


def test_the_record_of_another_session_is_refused(
    treatment: Treatment, draft: SessionRecord
) -> None:
    other = Treatment().open()
    assert codes(treatment.sign(other)) == ["other_session"]
    assert nothing_signed(draft)
    assert nothing_signed(other)


def test_a_session_to_come_is_not_signed(treatment: Treatment, draft: SessionRecord) -> None:
    early = treatment.now - dt.timedelta(hours=13)
    assert codes(treatment.sign(draft, now=early)) == ["too_early"]


@pytest.mark.parametrize("status", ["noshow", "cancelled"])
def test_what_did_not_take_place_is_not_signed(
    treatment: Treatment, draft: SessionRecord, status: str
) -> None:
    if status == "noshow":
        booking.mark(
            appointment=treatment.appointment, status=status, by=treatment.user, now=treatment.now
        )
    else:
        booking.cancel(
            appointment=treatment.appointment, reason="patient", by=treatment.user,
            now=treatment.now,
        )  # fmt: skip
    assert codes(treatment.sign(draft)) == ["not_booked"]
    assert not SessionRecord.objects.get(pk=draft.pk).is_signed


def test_a_record_of_another_day_is_not_signed(treatment: Treatment, draft: SessionRecord) -> None:
    """As when the appointment was moved after the draft had been opened."""
    answer = treatment.sign(draft, started_at=draft.started_at - dt.timedelta(days=1))
    assert codes(answer) == ["other_day"]
    assert nothing_signed(draft)


def test_a_closed_gate_holds_the_signature(
    treatment: Treatment, draft: SessionRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(starting: Starting) -> Any:
        assert (starting.session, starting.on) == (draft.session, treatment.appointment.on)
        yield Obstacle("screening", "To be seen.")

    monkeypatch.setattr(gates, "START_GATES", (closed,))
    answer = treatment.sign(draft)
    assert codes(answer) == ["screening"]
    assert nothing_signed(draft)
    assert SessionRecord.objects.get(pk=draft.pk).notes == WHOLE["notes"]


def test_what_took_place_is_written_down_whatever_was_missing(
    treatment: Treatment, draft: SessionRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said to be done by the desk: the closed gate is to be seen, and no longer in the way."""
    booking.mark(
        appointment=treatment.appointment, status="fulfilled", by=treatment.user, now=treatment.now
    )
    treatment.appointment.refresh_from_db()
    monkeypatch.setattr(gates, "START_GATES", (lambda _s: iter([Obstacle("consent", "Missing.")]),))
    answer = treatment.sign(draft)
    assert isinstance(answer, signing.NotReady)
    assert [warning.code for warning in answer.unseen_warnings] == ["consent"]
    assert isinstance(treatment.sign(answer.record, seen=["consent"]), signing.Signed)


# --- what was shown is what is signed ------------------------------------------------------------


def test_what_somebody_else_wrote_meanwhile_is_shown_first(
    treatment: Treatment, draft: SessionRecord
) -> None:
    treatment.save(draft, by=treatment.colleague, needle="30G")
    answer = treatment.sign(draft, needle="")
    assert isinstance(answer, signing.NotReady)
    assert answer.unseen_fields == {"needle"}
    assert nothing_signed(draft)
    assert answer.record.notes == WHOLE["notes"]
    again = treatment.sign(answer.record, needle="30G")
    assert isinstance(again, signing.Signed)


def test_what_somebody_else_wrote_into_a_field_that_was_not_sent_is_shown_first(
    treatment: Treatment, draft: SessionRecord
) -> None:
    treatment.save(draft, by=treatment.colleague, performer=treatment.colleague)
    answer = treatment.sign(draft)
    assert isinstance(answer, signing.NotReady)
    assert answer.unseen_fields == {"performer"}


def test_what_somebody_else_wrote_alike_holds_nothing_up(
    treatment: Treatment, draft: SessionRecord
) -> None:
    treatment.save(draft, by=treatment.colleague, notes=WHOLE["notes"])
    assert isinstance(treatment.sign(draft), signing.Signed)


def test_a_text_that_both_changed_is_a_conflict(treatment: Treatment, draft: SessionRecord) -> None:
    treatment.save(draft, by=treatment.colleague, notes="Autre.")
    answer = treatment.sign(draft)
    assert isinstance(answer, records.Conflict)
    assert answer.differing == {"notes": records.Differing("Autre.", WHOLE["notes"])}
    assert nothing_signed(draft)


def test_what_no_record_can_hold_is_refused_at_its_field(
    treatment: Treatment, draft: SessionRecord
) -> None:
    answer = treatment.sign(draft, notes="a\0b", pain_after=11)
    assert isinstance(answer, booking.Refused)
    assert [(p.code, p.field) for p in answer.problems] == [
        ("invalid", "pain_after"),
        ("invalid", "notes"),
    ]
    assert nothing_signed(draft)


# --- what follows --------------------------------------------------------------------------------


def test_a_later_session_that_left_its_window_is_named(treatment: Treatment) -> None:
    """Done late: the next one stands where it was, and that is too soon now."""
    first, second, _third = treatment.appointments
    late = second.on - dt.timedelta(days=6)
    TreatmentSession.objects.filter(pk=first.session_id).update(status="completed", done_on=late)
    ((appointment, window),) = signing.astray(treatment.open()).items()
    assert (appointment, window.opens) == (second.pk, late + dt.timedelta(days=14))


def test_sessions_in_their_windows_are_not_named(
    treatment: Treatment, draft: SessionRecord
) -> None:
    answer = treatment.sign(draft)
    assert isinstance(answer, signing.Signed)
    assert answer.out_of_window == {}


def test_the_mark_of_a_signed_session_is_not_undone(
    treatment: Treatment, draft: SessionRecord
) -> None:
    treatment.sign(draft)
    appointment = type(treatment.appointment).objects.get(pk=treatment.appointment.pk)
    later = treatment.now + dt.timedelta(hours=1)
    assert not booking.may_mark(appointment, "booked", now=later)
    undone = booking.mark(appointment=appointment, status="booked", by=treatment.user, now=later)
    assert codes(undone) == ["signed"]
    assert SessionRecord.objects.get(pk=draft.pk).session.status == "completed"


def test_the_mark_of_a_draft_is_undone(treatment: Treatment, draft: SessionRecord) -> None:
    """The control of the one above."""
    done = {"appointment": treatment.appointment, "by": treatment.user, "now": treatment.now}
    booking.mark(status="fulfilled", **done)
    treatment.appointment.refresh_from_db()
    assert booking.may_mark(treatment.appointment, "booked", now=treatment.now)
    assert isinstance(booking.mark(status="booked", **done), booking.Marked)


# --- how much is asked ---------------------------------------------------------------------------


@pytest.mark.parametrize("lines", [1, 3])
def test_a_signature_asks_the_same_however_many_products(
    treatment: Treatment,
    draft: SessionRecord,
    lines: int,
    django_assert_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of which four are at the end of the chain, where everybody who signs waits."""
    products = [treatment.line(make_lot()) for _ in range(lines)]
    draft = treatment.save(draft, products=products).record
    monkeypatch.setattr(gates, "START_GATES", ())  # they ask their own questions
    with django_assert_num_queries(QUERIES + QUERIES_OF_LOCKS[connection.vendor]):
        answer = treatment.sign(draft, products=products)
    assert isinstance(answer, signing.Signed)
