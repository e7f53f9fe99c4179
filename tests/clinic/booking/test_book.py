"""What was shown is what is booked: all of it, once, or nothing."""

import datetime as dt

import pytest

from clinic import booking
from clinic.models import Appointment, AuditEntry, Hold, IdempotencyKey
from patients.models import Series, TreatmentSession
from protocols import editing
from tests.factories import NOW, House, at, make_absence, make_clinic, make_user

pytestmark = pytest.mark.django_db


def book(house, token, key="", **fields):
    defaults = {"by": house.user, "clinic": house.clinic, "now": NOW}
    return booking.book(token=token, key=key, **defaults | fields)


def codes(answer):
    assert isinstance(answer, booking.Refused), answer
    return [problem.code for problem in answer.problems]


def rows():
    """What a refused booking must leave as it was."""
    return [
        model.objects.count()
        for model in (Series, TreatmentSession, Appointment, Hold, AuditEntry, IdempotencyKey)
    ]


def test_books_exactly_what_was_shown():
    house = House()
    proposal = house.propose()
    booked = book(house, proposal.token, key="one")
    assert [a.starts_at for a in booked.appointments] == [s.starts_at for s in proposal.sessions]
    assert [a.session.number for a in booked.appointments] == [1, 2, 3]
    held = set(Hold.objects.values_list("appointment", "resource", "starts", "ends", "active"))
    assert held == {
        (appointment.pk, resource.pk, start, end, True)
        for appointment, session in zip(booked.appointments, proposal.sessions, strict=True)
        for resource, start, end in session.place.holds
    }
    series = booked.series
    assert (series.status, series.protocol, series.opened_by) == (
        "active",
        house.protocol,
        house.user,
    )
    assert set(series.sessions.values_list("status", flat=True)) == {"scheduled"}


def test_writes_who_did_it_in_the_same_act():
    house = House()
    booked = house.book_series()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.patient, entry.at) == (
        "series.book",
        house.user,
        house.patient,
        NOW,
    )
    assert entry.subject == f"series:{booked.series.public_id}"


@pytest.mark.parametrize("spoil", ["taken", "absent", "closed", "unqualified", "patient_elsewhere"])
def test_books_nothing_when_one_session_cannot_be_had_any_more(spoil):
    house = House()
    token = house.propose().token
    if spoil == "taken":
        house.occupy(house.room, "2026-04-13 09:15", "2026-04-13 09:30")
    elif spoil == "absent":
        make_absence(house.clinic, "2026-04-13 00:00", "2026-04-14 00:00", house.practitioner)
    elif spoil == "closed":
        make_absence(house.clinic, "2026-04-13 00:00", "2026-04-14 00:00")
    elif spoil == "unqualified":
        house.practitioner.qualification = "nurse"
        house.practitioner.save()
    else:
        other = House()
        other.patient = house.patient
        other.book_series(start_on=dt.date(2026, 4, 13))
    before = rows()
    assert codes(book(house, token)) == ["taken"]
    assert rows() == before


def test_a_tampered_proposal_is_refused():
    house = House()
    token = house.propose().token
    for forged in ("", "x", token[:-2] + "xx", token.replace(":", "", 1)):
        assert codes(book(house, forged)) == ["stale"]
    assert rows() == [0] * 6


def test_a_proposal_shown_yesterday_is_refused(time_machine):
    house = House()
    time_machine.move_to(NOW, tick=False)
    token = house.propose().token
    time_machine.move_to(NOW + dt.timedelta(hours=13), tick=False)
    assert codes(book(house, token)) == ["stale"]


def test_a_proposal_of_another_clinic_is_refused():
    house = House()
    token = house.propose().token
    assert codes(book(house, token, clinic=make_clinic())) == ["stale"]


def test_a_proposal_on_a_retired_version_is_refused():
    house = House()
    token = house.propose().token
    editing.retire(house.protocol, by="somebody", now=NOW)
    assert codes(book(house, token)) == ["stale"]


def test_a_session_that_has_begun_meanwhile_is_refused():
    house = House()
    token = house.propose().token
    assert codes(book(house, token, now=at("2026-03-02 09:01"))) == ["taken"]


class TestTheSameRequestTwice:
    def test_is_one_booking_with_one_answer(self):
        house = House()
        token = house.propose().token
        first, again = (book(house, token, key="k") for _twice in range(2))
        assert again.series == first.series
        assert set(again.appointments) == set(first.appointments)
        assert Series.objects.count() == 1

    def test_with_other_content_under_the_same_key_is_refused(self):
        house = House()
        book(house, house.propose().token, key="k")
        other = house.propose(start_on=dt.date(2026, 3, 10)).token
        assert codes(book(house, other, key="k")) == ["key_reused"]
        assert Series.objects.count() == 1

    def test_by_another_person_is_another_request(self):
        house = House()
        token = house.propose().token
        book(house, token, key="k")
        assert codes(book(house, token, key="k", by=make_user(house.clinic))) == ["taken"]

    def test_a_refused_request_leaves_its_key_free(self):
        house = House()
        token = house.propose().token
        absence = make_absence(house.clinic, "2026-04-13 00:00", "2026-04-14 00:00")
        assert codes(book(house, token, key="k")) == ["taken"]
        absence.delete()
        assert isinstance(book(house, token, key="k"), booking.Booked)


class TestTheRestOfASeries:
    def test_is_booked_on_the_same_series(self):
        house = House()
        booked = house.book_series(through=1)
        assert booked.series.sessions.count() == 1
        rest = house.book_series(
            series=booked.series, from_number=2, previous_on=NOW.date(), start_on=NOW.date()
        )
        assert rest.series == booked.series
        assert sorted(rest.series.sessions.values_list("number", flat=True)) == [1, 2, 3]

    def test_keeps_the_version_the_series_began_with(self):
        house = House()
        booked = house.book_series(through=1)
        token = house.propose(series=booked.series, from_number=2, previous_on=NOW.date()).token
        editing.retire(house.protocol, by="somebody", now=NOW)
        assert isinstance(book(house, token), booking.Booked)

    def test_is_refused_when_the_series_has_ended(self):
        house = House()
        booked = house.book_series(through=1)
        token = house.propose(series=booked.series, from_number=2, previous_on=NOW.date()).token
        booking.stop_series(
            series=booked.series, reason="patient", by=house.user, clinic=house.clinic, now=NOW
        )
        assert codes(book(house, token)) == ["stale"]
