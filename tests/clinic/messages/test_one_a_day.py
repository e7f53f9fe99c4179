"""What leaves on one day to one patient leaves as one, and each part may be ended by itself."""

import datetime as dt
from typing import Any

import pytest

from clinic.models import Appointment, Message, PatientLink
from clinic.outbox import links
from clinic.portal import reaching
from patients import contacts
from patients.models import Purpose
from tests.dispatching import book, send, states
from tests.factories import NOW, House, at

TEN = at("2026-03-09 10:00")


@pytest.fixture
def visits(house: House) -> list[Appointment]:
    """One that is over and one in three days, with nothing to be said of either."""
    past, ahead = book(house, "2026-03-05 10:00"), book(house, "2026-03-12 10:00")
    Message.objects.update(status="cancelled", reason="past", settled_at=NOW)
    Appointment.objects.filter(pk=past.pk).update(status="fulfilled")
    return [past, ahead]


def due(visit: Appointment, kind: str, channel: str = "email", **fields: Any) -> Message:
    told = {
        "appointment": visit,
        "starts_at": visit.starts_at,
        "useful_until": TEN + dt.timedelta(days=2),
    }
    return Message.objects.create(
        clinic=visit.clinic, patient=visit.patient, kind=kind, channel=channel,
        round=1, due_at=TEN, next_try_at=TEN, planned_at=NOW, **told | fields,
    )  # fmt: skip


def refuse(house: House, purpose: str) -> None:
    for channel in ("email", "sms"):
        contacts.agree(
            patient=house.patient, purpose=purpose, channel=channel, is_given=False, how="desk",
            by=house.user, now=NOW,
        )  # fmt: skip


def test_a_check_in_and_a_reminder_are_one_letter(house: House, visits: list[Appointment]) -> None:
    past, ahead = visits
    due(past, "check-in"), due(ahead, "reminder")
    (parcel,) = send(TEN).parcels
    assert parcel.worded.subject == "Vos rendez-vous – Cabinet Voltaire"
    order = ["Comment allez-vous", "rappelons", "12 mars"]
    found = [parcel.worded.text.index(word) for word in order]
    assert found == sorted(found)
    assert "5 mars" not in parcel.worded.text


def test_as_a_text_message_it_names_the_visit_that_is_ahead(
    house: House, visits: list[Appointment]
) -> None:
    past, ahead = visits
    due(past, "check-in", "sms"), due(ahead, "reminder", "sms")
    (parcel,) = send(TEN).parcels
    assert "Le prochain : jeudi 12 mars 2026 à 10:00." in parcel.worded.text


def test_of_visits_that_are_over_a_text_message_names_no_date(
    house: House, visits: list[Appointment]
) -> None:
    past, _ahead = visits
    due(past, "check-in", "sms"), due(past, "aftercare", "sms")
    (parcel,) = send(TEN).parcels
    assert "2026" not in parcel.worded.text


def test_what_was_refused_of_it_is_left_out(house: House, visits: list[Appointment]) -> None:
    past, ahead = visits
    due(past, "check-in"), due(ahead, "reminder")
    refuse(house, "aftercare")
    (parcel,) = send(TEN).parcels
    assert "Comment allez-vous" not in parcel.worded.text
    assert (states()["check-in"], states()["reminder"]) == ("cancelled opted-out", "accepted")


@pytest.mark.parametrize(("channel", "parcels"), [("email", 1), ("sms", 2)])
def test_a_recall_goes_along_by_mail_with_its_own_date_and_alone_as_a_text(
    house: House, channel: str, parcels: int
) -> None:
    house.book_series()
    ahead = book(house, "2026-03-12 10:00")
    Message.objects.update(status="cancelled", reason="past", settled_at=NOW)
    session = house.patient.series.get().sessions.last()
    type(session).objects.filter(pk=session.pk).update(status="not-started")
    for each in ("email", "sms"):
        contacts.agree(
            patient=house.patient, purpose="recall", channel=each, is_given=True, how="desk",
            by=house.user, now=NOW,
        )  # fmt: skip
    due(ahead, "reminder", channel)
    from_june = at("2026-06-01 00:00")
    due(ahead, "recall", channel, appointment=None, session=session, starts_at=from_june)
    sent = send(TEN)
    assert len(sent.parcels) == parcels
    assert any("1er juin 2026" in text for text in sent.texts)
    assert any("12 mars 2026" in text for text in sent.texts)


# --- And what its link ends ----------------------------------------------------------------------


def the_link() -> PatientLink:
    return PatientLink.objects.order_by("-pk")[0]


def test_each_part_may_be_ended_by_itself(house: House, visits: list[Appointment]) -> None:
    past, ahead = visits
    due(past, "check-in"), due(ahead, "reminder")
    send(TEN)
    endings = reaching.endings_of(the_link())
    assert [ending.name for ending in endings] == ["channel", "everything", "aftercare"]
    assert reaching.chosen(endings, "") == reaching.chosen(endings, "nonsense") == endings[0]
    reaching.stop(the_link(), reaching.chosen(endings, "aftercare"), now=TEN)
    said = contacts.consents_of([house.patient.pk])[house.patient.pk]
    allowed = [said.allows(Purpose.REMINDER, "email"), said.allows(Purpose.AFTERCARE, "email")]
    assert allowed == [True, False]


def test_a_letter_about_one_thing_offers_that_alone(
    house: House, visits: list[Appointment]
) -> None:
    past, _ahead = visits
    due(past, "check-in")
    send(TEN)
    assert [ending.name for ending in reaching.endings_of(the_link())] == ["aftercare"]


def test_without_a_message_it_is_everything(house: House) -> None:
    key = links.issue(patient=house.patient, clinic=house.clinic, expires_at=None, now=NOW)
    link = links.known(key)
    assert link is not None
    assert reaching.endings_of(link) == [reaching.EVERYTHING]
