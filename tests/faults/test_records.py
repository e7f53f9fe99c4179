"""Many hands on one record, at once and killed in the middle: no word is lost, nothing half."""

import datetime as dt
import random
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from typing import Any

import pytest
from django.db import connection

from clinic import recording
from clinic.booking import Refused
from clinic.models import Appointment
from patients import records
from patients.models import KeptText, Seal, Series, SessionRecord, TreatmentSession
from patients.records import seals
from tests.faults import invariants, sabotage
from tests.faults.conftest import Report
from tests.faults.processes import Answer, Body, Meeting, Work, errors, together
from tests.faults.test_kills import STATEMENTS, DiesAt, answer_of
from tests.patients.records.making import Treatment

pytestmark = pytest.mark.usefixtures("own_database")

ROUNDS = 10
INTERLEAVINGS = 1000
AT_ONCE = 8
AS_LONG_AS_SIGNING = 0.02  # seconds


def saving(treatment: Treatment, record: SessionRecord, base: int, **fields: Any) -> Work:
    """One save, from the process that forks with it; what became of it, in a word."""

    def work() -> str:
        answer = recording.save(
            record=record,
            clinic=treatment.clinic,
            base=base,
            fields=fields,
            products=None,
            by=treatment.doctor,
            now=treatment.now + dt.timedelta(minutes=1),
        )
        return type(answer).__name__

    return work


def texts_of(record: SessionRecord) -> set[str]:
    """Every note that can be found again: in the record, or kept beside it."""
    kept = KeptText.objects.filter(record=record).values_list("content", flat=True)
    notes = {SessionRecord.objects.get(pk=record.pk).notes}
    return notes | {content["notes"] for content in kept if "notes" in content}


# --- N1: parallel saves of one version -----------------------------------------------------------


@pytest.mark.parametrize("writers", [2, 5, 10])
def test_of_parallel_notes_one_wins_and_none_is_lost(writers: int, report: Report) -> None:
    treatment = Treatment()
    record = treatment.open()
    base, told = record.version, Counter()
    for number in range(ROUNDS):
        notes = [f"{number}.{writer} " + "é" * 500 for writer in range(writers)]
        answers = together([saving(treatment, record, base, notes=note) for note in notes])
        assert errors(answers) == []
        counts = Counter(answer.value for answer in answers)
        assert counts == {"Saved": 1, "Conflict": writers - 1}
        assert set(notes) <= texts_of(record)
        told += counts
        base = SessionRecord.objects.get(pk=record.pk).version
        assert base == number + 2
    report(writers=writers, rounds=ROUNDS, lost=0, **told)


def test_parallel_saves_of_fields_apart_are_all_in_the_record() -> None:
    treatment = Treatment()
    record = treatment.open()
    fields = {
        "notes": "A", "needle": "30G", "pain_before": 3, "pain_after": 5, "zones": ["chin"],
        "passes": 7, "asepsis_other": "B", "reactions_text": "C", "next_step_text": "D",
        "led_minutes": 15,
    }  # fmt: skip
    works = [saving(treatment, record, 1, **{name: value}) for name, value in fields.items()]
    answers = together(works)
    assert errors(answers) == []
    assert Counter(answer.value for answer in answers) == {"Saved": len(fields)}
    record = SessionRecord.objects.get(pk=record.pk)
    assert {name: getattr(record, name) for name in fields} == fields
    assert record.version == 1 + len(fields)
    assert KeptText.objects.count() == 0


def test_without_the_version_a_note_is_lost() -> None:
    """The control: a save that looks, thinks and writes."""
    treatment = Treatment()
    record = treatment.open()
    notes = ["A", "B", "C"]
    works = [saving(treatment, record, 1, notes=note) for note in notes]
    answers = together(works, sabotage=sabotage.saves_without_looking)
    assert errors(answers) == []
    assert not set(notes) <= texts_of(record)


# --- N2: an autosave races with the signature ----------------------------------------------------


class Drafts:
    """As many drafts as races, of one patient, each on a day of its own."""

    def __init__(self, races: int) -> None:
        self.treatment = treatment = Treatment()
        step = treatment.protocol.steps.get(number=1)
        whose = {"patient": treatment.patient}
        days = [treatment.now - dt.timedelta(days=day + 1) for day in range(races)]
        series = Series.objects.bulk_create(
            Series(**whose, protocol=treatment.protocol, opened_at=day, opened_by=treatment.user)
            for day in days
        )
        sessions = TreatmentSession.objects.bulk_create(
            TreatmentSession(series=each, step=step, number=1, status="scheduled")
            for each in series
        )
        written = {"changed_by": treatment.user, "booked_by": treatment.user}
        self.appointments = Appointment.objects.bulk_create(
            Appointment(
                **whose, **written, clinic=treatment.clinic, session=session, starts_at=day,
                ends_at=day + dt.timedelta(minutes=30), booked_at=day, changed_at=day,
            )
            for session, day in zip(sessions, days, strict=True)
        )  # fmt: skip
        self.records = [
            records.open_draft(
                session=appointment.session, place="", performer=treatment.doctor,
                by=treatment.doctor, now=appointment.starts_at,
            )
            for appointment in self.appointments
        ]  # fmt: skip

    def signer(self, part: range, shot: Any, saver_first: bool) -> list[str]:
        """Signs each as it was shown when it was opened; what became of each, in a word."""
        told = []
        for number in part:
            form = {"notes": f"signed {number}", "needle": ""}
            shot.wait()
            if saver_first:
                shot.wait()
            else:
                think()
            answer = self.treatment.sign(
                self.records[number], appointment=self.appointments[number], **form
            )
            told.append(word_of(answer))
        return told

    def saver(self, part: range, shot: Any, saver_first: bool) -> list[str]:
        """Saves a field of each, typed upon what was shown when it was opened."""
        told = []
        for number in part:
            typed = {field_of(number): f"saved {number}"}
            save = saving(self.treatment, self.records[number], 1, **typed)
            shot.wait()
            if saver_first:
                told.append(save())
                shot.wait()
            else:
                think()
                told.append(save())
        return told

    def check(self) -> tuple[list[int], list[int]]:
        """Which were signed as something that was not shown, and of which a word is lost."""
        not_shown, lost = [], []
        for number, opened in enumerate(self.records):
            record = SessionRecord.objects.get(pk=opened.pk)
            if record.is_signed and (record.notes, record.needle) != (f"signed {number}", ""):
                not_shown.append(number)
            kept = KeptText.objects.filter(record=record).values_list("content", flat=True)
            everywhere = [records.content_of(record), *kept]
            found = {content.get(name) for content in everywhere for name in ("notes", "needle")}
            if not {f"saved {number}", f"signed {number}"} <= found:
                lost.append(number)
        return not_shown, lost


def field_of(number: int) -> str:
    """The one that who signs typed in too, or one that they left as it was."""
    return "notes" if number % 2 else "needle"


def think() -> None:
    """For a moment of any length, so that either may be the first."""
    time.sleep(random.uniform(0, AS_LONG_AS_SIGNING))


def word_of(answer: object) -> str:
    if isinstance(answer, Refused):
        return "+".join(problem.code for problem in answer.problems)
    return type(answer).__name__


def race(
    drafts: Drafts, sabotage: Callable[[], None] | None = None, *, saver_first: bool = False
) -> Counter[str]:
    """A hundred at a time: a child that says nothing for a minute counts as stuck."""
    told: Counter[str] = Counter()
    for first in range(0, len(drafts.records), 100):
        part = range(first, min(first + 100, len(drafts.records)))
        barrier = get_context("fork").Barrier(2)
        works = [partial(act, part, barrier, saver_first) for act in (drafts.signer, drafts.saver)]
        signer, saver = together(works, sabotage=sabotage)
        assert errors([signer, saver]) == []
        told.update(f"{s} {a}" for s, a in zip(signer.value, saver.value, strict=True))
    return told


def test_what_is_signed_is_what_was_shown(report: Report) -> None:
    drafts = Drafts(INTERLEAVINGS)
    told = race(drafts)
    assert drafts.check() == ([], [])
    # Either is first: the signature, and the text that comes after it is kept; or the text.
    assert set(told) == {"Signed Closed", "NotReady Saved", "Conflict Saved"}
    assert Seal.objects.count() == told["Signed Closed"]
    assert seals.verify().broken is None
    report(interleavings=INTERLEAVINGS, **{k.replace(" ", "_"): n for k, n in told.items()})


def test_without_a_look_at_what_others_wrote_something_else_is_signed() -> None:
    """The control: the text is saved just before each signature, and goes in unseen."""
    drafts = Drafts(4)
    told = race(drafts, sabotage.signs_without_looking, saver_first=True)
    assert told == {"Signed Saved": 2, "Conflict Saved": 2}
    not_shown, _lost = drafts.check()
    assert not_shown == [0, 2]


# --- the end of the chain ------------------------------------------------------------------------


def signing_of(treatment: Treatment) -> Work:
    record = treatment.open()
    return lambda: word_of(treatment.sign(record))


@pytest.mark.alone
def test_many_sign_at_once_and_the_chain_is_one(report: Report) -> None:
    answers = together([signing_of(Treatment()) for _ in range(AT_ONCE)])
    assert errors(answers) == []
    assert Counter(answer.value for answer in answers) == {"Signed": AT_ONCE}
    assert seals.verify() == seals.Verdict(seals.verify().head, None)
    assert seals.verify().head.number == AT_ONCE
    assert invariants.deadlocks() == 0
    report(answers, signers=AT_ONCE)


@pytest.mark.postgres
def test_without_the_line_the_chain_still_has_no_fork() -> None:
    """The net: errors then, but no two seals of one number."""
    works = [signing_of(Treatment()) for _ in range(AT_ONCE)]
    answers = together(works, sabotage=partial(sabotage.seals_without_a_line, Meeting(AT_ONCE)))
    assert [answer.value for answer in answers if not answer.error] == ["Signed"]
    assert len(errors(answers)) == AT_ONCE - 1
    assert (seals.verify().head.number, seals.verify().broken) == (1, None)


# --- kill -9 -------------------------------------------------------------------------------------


def dies_at(statement: int, treatment: Treatment, record: SessionRecord) -> Work:
    def work() -> str:
        with connection.execute_wrapper(DiesAt(statement, [])):
            return word_of(treatment.sign(record))

    return work


def state(treatment: Treatment, record: SessionRecord) -> tuple[str, str, str, int]:
    record = SessionRecord.objects.select_related("session").get(pk=record.pk)
    appointment = Appointment.objects.get(pk=treatment.appointment.pk)
    return record.status, record.session.status, appointment.status, Seal.objects.count()


OPEN, WHOLLY_SIGNED = ("draft", "scheduled", "booked", 0), ("signed", "completed", "fulfilled", 1)


def test_a_kill_at_each_statement_leaves_a_draft_or_a_whole_signature(report: Report) -> None:
    treatment = Treatment()
    record = treatment.open()
    for statement in range(1, STATEMENTS):
        answer = answer_of(Body(dies_at(statement, treatment, record)))
        if answer is not None:
            break
        # What comes after the commit only tells of it.
        whole = invariants.count("patients_seal") == 1
        assert state(treatment, record) == (WHOLLY_SIGNED if whole else OPEN), statement
    assert answer == Answer("Signed", "", answer.seconds)
    assert state(treatment, record) == WHOLLY_SIGNED
    assert seals.verify().broken is None
    assert statement > 25
    report(kills=statement - 1, half=0)


def test_without_a_transaction_a_kill_leaves_half_a_signature() -> None:
    """The control."""
    treatment = Treatment()
    record = treatment.open()
    seen = set()
    for statement in range(20, STATEMENTS):
        body = Body(dies_at(statement, treatment, record), sabotage=sabotage.signs_bit_by_bit)
        if answer_of(body) is not None:
            break
        seen.add(state(treatment, record))
    assert seen - {OPEN, WHOLLY_SIGNED} != set()
