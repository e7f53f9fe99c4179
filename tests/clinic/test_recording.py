"""Records as pages use them: each verb with its audit row, and refusals as values."""

import datetime as dt
from typing import Any

import pytest

from clinic import booking, recording
from clinic.care import gates
from clinic.care.obstacles import Obstacle
from clinic.models import AuditEntry
from patients import records
from patients.models import Amendment, KeptText, SessionRecord
from tests.factories import make_appointment
from tests.patients.records.making import Treatment

pytestmark = pytest.mark.django_db


@pytest.fixture
def treatment() -> Treatment:
    return Treatment()


def codes(answer: object) -> list[str]:
    assert isinstance(answer, booking.Refused), answer
    return [problem.code for problem in answer.problems]


def audited() -> list[tuple[str, Any]]:
    rows = AuditEntry.objects.filter(action__startswith="record.").order_by("pk")
    return list(rows.values_list("action", "detail"))


def save(treatment: Treatment, record: SessionRecord, base: int, **fields: Any) -> Any:
    return recording.save(
        record=record, clinic=treatment.clinic, base=base, fields=fields, products=None,
        by=treatment.doctor, now=treatment.now,
    )  # fmt: skip


# --- opening -------------------------------------------------------------------------------------


def test_a_record_begins_with_its_place_and_performer(treatment: Treatment) -> None:
    record = treatment.open()
    assert record.session == treatment.appointment.session
    assert record.place.startswith(treatment.clinic.name)
    assert (record.performer, record.performer_name) == (treatment.doctor, "Anne Roux")
    assert record.started_at == treatment.now
    assert audited() == [("record.open", {})]


def test_a_record_written_down_later_begins_when_the_session_did(treatment: Treatment) -> None:
    later = treatment.now + dt.timedelta(days=2)
    record = recording.open_draft(
        appointment=treatment.appointment, by=treatment.colleague, now=later
    )
    assert isinstance(record, SessionRecord)
    assert (record.started_at, record.opened_at) == (treatment.appointment.starts_at, later)
    assert (record.performer, record.opened_by) == (treatment.doctor, treatment.colleague)


def test_an_opened_record_is_opened_again_whatever_became_of_the_gates(
    treatment: Treatment, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = treatment.open()
    monkeypatch.setattr(gates, "START_GATES", (closed,))
    assert treatment.open() == record
    assert audited() == [("record.open", {})]


def closed(starting: object) -> Any:
    yield Obstacle("to-be-seen", "To be seen.")


def test_no_record_is_begun_over_a_closed_gate(
    treatment: Treatment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gates, "START_GATES", (closed,))
    assert codes(begin(treatment)) == ["to-be-seen"]
    assert SessionRecord.objects.count() == 0


def begin(treatment: Treatment, now: dt.datetime | None = None) -> object:
    appointment = type(treatment.appointment).objects.get(pk=treatment.appointment.pk)
    return recording.open_draft(
        appointment=appointment, by=treatment.doctor, now=now or treatment.now
    )


def test_no_record_is_begun_before_its_day(treatment: Treatment) -> None:
    assert codes(begin(treatment, treatment.now - dt.timedelta(hours=13))) == ["too_early"]


def test_no_record_of_a_cancelled_appointment_is_begun(treatment: Treatment) -> None:
    booking.cancel(
        appointment=treatment.appointment, reason="patient", by=treatment.user, now=treatment.now
    )
    assert codes(begin(treatment)) == ["not_booked"]


def test_a_single_visit_has_no_record(treatment: Treatment) -> None:
    visit = make_appointment(treatment, treatment.patient, "2026-03-05 09:00", "2026-03-05 10:00")
    answer = recording.open_draft(appointment=visit, by=treatment.doctor, now=visit.starts_at)
    assert codes(answer) == ["no_session"]


# --- saving --------------------------------------------------------------------------------------


def test_a_save_is_audited_without_its_words(treatment: Treatment) -> None:
    record = treatment.open()
    save(treatment, record, 1, notes="secret")
    save(treatment, record, 2, notes="secret")  # says nothing new
    assert audited() == [("record.open", {}), ("record.save", {"version": 2})]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.patient, entry.clinic) == (treatment.patient, treatment.clinic)
    assert entry.subject == f"record:{record.public_id}"


def test_a_conflict_is_audited_with_what_was_kept(treatment: Treatment) -> None:
    record = treatment.open()
    save(treatment, record, 1, notes="A")
    answer = save(treatment, record, 1, notes="B")
    assert isinstance(answer, records.Conflict)
    assert audited()[-1] == ("record.keep", {"kept": answer.kept.pk})


def test_what_no_record_can_hold_is_refused_at_its_field(treatment: Treatment) -> None:
    record = treatment.open()
    answer = save(treatment, record, 1, notes="a\0b")
    assert isinstance(answer, booking.Refused)
    assert [(problem.code, problem.field) for problem in answer.problems] == [("invalid", "notes")]
    assert audited() == [("record.open", {})]


# --- after signing -------------------------------------------------------------------------------


def amend(treatment: Treatment, record: SessionRecord, **words: str) -> object:
    words = {"text": "Texte.", "reason": "Oubli"} | words
    by = treatment.doctor.staff_members.get()
    return recording.amend(record=record, by=by, now=treatment.now, **words)


def test_an_amendment_is_audited(treatment: Treatment) -> None:
    amendment = amend(treatment, treatment.signed())
    assert isinstance(amendment, Amendment)
    assert audited()[-1] == ("record.amend", {"amendment": amendment.pk})


def test_an_amendment_without_a_reason_is_refused_at_its_field(treatment: Treatment) -> None:
    answer = amend(treatment, treatment.signed(), reason=" ")
    assert isinstance(answer, booking.Refused)
    assert [problem.field for problem in answer.problems] == ["reason"]
    assert Amendment.objects.count() == 0


def test_a_kept_text_is_settled_once_and_audited(treatment: Treatment) -> None:
    record = treatment.signed()
    save(treatment, record, record.version, notes="Trop tard.")
    kept = KeptText.objects.get()
    done = {"kept": kept, "clinic": treatment.clinic, "by": treatment.doctor}
    assert recording.settle(**done, now=treatment.now) is True
    assert recording.settle(**done, now=treatment.now) is False
    assert audited()[-1] == ("record.settle", {"kept": kept.pk})
    assert [action for action, _detail in audited()].count("record.settle") == 1
