"""Maintenance that is due: told twice at most, to those who agreed to it and asked for it."""

import datetime as dt

import pytest

from clinic.models import Message
from clinic.outbox import recalls
from patients import contacts
from patients.models import CareConsent, Patient, Series, TreatmentSession
from protocols import editing
from protocols.models import Phase
from tests.dispatching import send
from tests.factories import NOW, PARIS, House, at, loaded, make_patient
from tests.protocols import making

pytestmark = pytest.mark.django_db

DONE_ON = dt.date(2026, 3, 2)
OPENS, DUE = dt.date(2026, 6, 2), dt.date(2026, 7, 2)  # three and four months later


@pytest.fixture
def house() -> House:
    """One attack session, done on 2 March; maintenance after three to six months."""
    house = House()
    draft = making.make_draft(gaps=[], segments=[(30, ("practitioner", "room"))])
    phase = Phase.objects.create(
        protocol=draft, position=2, kind="maintenance", source=making.make_source()
    )
    making.make_step(phase, 2, ("P3M", "P4M", "P6M"), [(30, ("practitioner", "room"))])
    assert editing.publish(draft, by="the test", now=NOW) == []
    house.protocol = loaded(draft)
    house.patient = make_patient(email="marie@example.test")
    series = house.book_series(through=1).series
    step = house.protocol.steps.get(number=2)
    TreatmentSession.objects.create(series=series, step=step, number=2)
    TreatmentSession.objects.filter(number=1).update(status="completed", done_on=DONE_ON)
    return house


def sign(house: House, patient: Patient | None = None) -> None:
    CareConsent.objects.create(
        patient=patient or house.patient, protocol=house.protocol, text="…", text_hash="0" * 64,
        language="fr", how="typed", signer="Marie Dupont", given_at=NOW,
        recorded_by=house.user, off_label_told=False,
    )  # fmt: skip


def opt_in(house: House, *, is_given: bool = True) -> None:
    contacts.agree(
        patient=house.patient, purpose="recall", channel="email", is_given=is_given, how="desk",
        by=house.user, now=NOW,
    )  # fmt: skip


def planned() -> list[tuple[str, str]]:
    rows = Message.objects.filter(appointment__isnull=True, status="due").order_by("due_at")
    return [(m.kind, f"{m.due_at.astimezone(PARIS):%Y-%m-%d %H:%M}") for m in rows]


def test_it_is_told_two_weeks_before_the_window_and_on_the_due_day(house: House) -> None:
    sign(house)
    opt_in(house)
    recalls.plan(now=at("2026-05-01 09:00"))
    assert planned() == []  # too early
    assert recalls.plan(now=at("2026-05-12 09:00")) == 1
    assert planned() == [("recall", "2026-05-19 10:00")]
    assert recalls.plan(now=at("2026-05-12 10:00")) == 0
    assert len(send(at("2026-05-19 10:00")).parcels) == 1
    assert recalls.plan(now=at("2026-06-25 09:00")) == 1
    assert planned() == [("recall-due", "2026-07-02 10:00")]
    assert len(send(at("2026-07-02 10:00")).parcels) == 1
    assert recalls.plan(now=at("2026-08-01 09:00")) == 0


def test_without_a_signed_plan_nobody_is_recalled(house: House) -> None:
    opt_in(house)
    assert recalls.plan(now=at("2026-05-12 09:00")) == 0


def test_a_consent_that_was_withdrawn_is_no_signed_plan(house: House) -> None:
    sign(house)
    opt_in(house)
    CareConsent.objects.update(
        withdrawn_at=NOW, withdrawn_by=house.user, withdrawal_note="Changé d’avis"
    )
    assert recalls.plan(now=at("2026-05-12 09:00")) == 0


@pytest.mark.parametrize("asked", [None, False])
def test_who_did_not_ask_for_it_is_not_recalled(house: House, asked: bool | None) -> None:
    sign(house)
    if asked is not None:
        opt_in(house)
        opt_in(house, is_given=asked)
    assert recalls.plan(now=at("2026-05-12 09:00")) == 0


def test_who_changes_their_mind_before_it_leaves_is_not_recalled(house: House) -> None:
    sign(house)
    opt_in(house)
    recalls.plan(now=at("2026-05-12 09:00"))
    opt_in(house, is_given=False)
    assert send(at("2026-05-19 10:00")).parcels == []


def test_a_session_that_has_a_place_meanwhile_is_not_recalled(house: House) -> None:
    sign(house)
    opt_in(house)
    recalls.plan(now=at("2026-05-12 09:00"))
    TreatmentSession.objects.filter(number=2).update(status="scheduled")
    recalls.plan(now=at("2026-05-13 09:00"))
    assert planned() == []
    assert Message.objects.get(kind="recall").reason == "not-needed"


def test_a_stopped_series_is_not_recalled(house: House) -> None:
    sign(house)
    opt_in(house)
    recalls.plan(now=at("2026-05-12 09:00"))
    Series.objects.update(status="on-hold")
    assert recalls.plan(now=at("2026-05-13 09:00")) == 0
    assert planned() == []


def test_one_that_was_booked_and_cancelled_again_is_recalled_after_all(house: House) -> None:
    sign(house)
    opt_in(house)
    assert recalls.plan(now=at("2026-05-12 09:00")) == 1
    TreatmentSession.objects.filter(number=2).update(status="scheduled")
    recalls.plan(now=at("2026-05-13 09:00"))
    TreatmentSession.objects.filter(number=2).update(status="not-started")
    assert recalls.plan(now=at("2026-05-14 09:00")) == 1
    assert len(send(at("2026-05-19 10:00")).parcels) == 1


def test_it_is_said_once_whatever_channel_is_preferred_now(house: House) -> None:
    sign(house)
    opt_in(house)
    recalls.plan(now=at("2026-05-19 09:00"))
    assert len(send(at("2026-05-19 10:00")).parcels) == 1
    contacts.agree(
        patient=house.patient, purpose="recall", channel="sms", is_given=True, how="desk",
        by=house.user, now=NOW,
    )  # fmt: skip
    Patient.objects.update(preferred_channel="sms", phone="+33639980001")
    assert recalls.plan(now=at("2026-05-20 09:00")) == 0


def test_a_window_that_moved_by_two_days_is_not_said_again(house: House) -> None:
    sign(house)
    opt_in(house)
    recalls.plan(now=at("2026-05-19 09:00"))
    assert len(send(at("2026-05-19 10:00")).parcels) == 1
    TreatmentSession.objects.filter(number=1).update(done_on=DONE_ON + dt.timedelta(days=2))
    assert recalls.plan(now=at("2026-05-21 09:00")) == 0
