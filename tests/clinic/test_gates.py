"""A series is not confirmed over an open blocker, nor a session begun; each gate off is seen."""

import datetime as dt
from collections.abc import Callable

import pytest

from clinic import booking
from clinic.booking import Booked, Moved, Refused
from clinic.care import gates
from clinic.models import Appointment
from patients import screening
from patients.models import Series, TreatmentSession
from tests.factories import NOW, House, at
from tests.screening import NOTHING, TODAY, answer, asking, decide, eight, latest

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    """Its protocol asks everything."""
    house = House()
    house.protocol = asking()
    return house


def days(n: int) -> dt.date:
    return TODAY + dt.timedelta(days=n)


def tell(house: House, **answers: str) -> None:
    answer(house.patient, house.protocol, NOTHING | answers, by=house.user)


def codes(refused: object) -> list[str]:
    assert isinstance(refused, Refused), refused
    return [problem.code for problem in refused.problems]


def test_an_open_blocker_forbids_the_series_and_the_proposal_says_so(house: House) -> None:
    tell(house, infection="yes")
    proposal = house.propose()
    assert [problem.code for problem in proposal.obstacles] == ["screening"]
    assert (proposal.is_planned, proposal.is_bookable) == (True, False)
    assert codes(house.book()) == ["screening"]
    assert not Series.objects.exists()


def test_the_sentence_for_the_desk_names_no_finding(house: House) -> None:
    tell(house, infection="yes")
    (problem,) = house.propose().obstacles
    assert "infection" not in problem.message


def test_a_cleared_blocker_lets_the_series_through_until_its_date(house: House) -> None:
    tell(house, infection="yes")
    decide(latest(house.patient, "infection"), "cleared", days(1), by=house.user)
    assert house.propose().obstacles == ()
    assert [p.code for p in house.propose(start_on=days(2)).obstacles] == ["screening"]
    assert isinstance(house.book(), Booked)


def test_questions_without_an_answer_are_a_warning(house: House) -> None:
    proposal = house.propose()
    assert [problem.code for problem in proposal.warnings] == ["screening-missing"]
    assert isinstance(house.book(), Booked)


def test_an_answer_after_the_proposal_was_shown_still_counts(house: House) -> None:
    tell(house)
    token = house.propose().token
    tell(house, infection="yes")
    refused = booking.book(token=token, key="", by=house.user, clinic=house.clinic, now=NOW)
    assert codes(refused) == ["screening"]


def test_an_answer_between_the_first_look_and_the_locks_still_counts(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(house)
    told: list[bool] = []
    module = booking.booking
    real: Callable[..., bool] = module._still_stands

    def meanwhile(*args: object, **kwargs: object) -> bool:
        stands = real(*args, **kwargs)
        tell(house, infection="yes")
        told.append(stands)
        return stands

    monkeypatch.setattr(module, "_still_stands", meanwhile)
    assert codes(house.book()) == ["screening"]
    assert told == [True]
    assert not Appointment.objects.exists()


def test_without_the_gate_the_series_would_be_booked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: what the tests above see is the gate."""
    tell(house, infection="yes")
    monkeypatch.setattr(gates, "CONFIRM_GATES", ())
    assert house.propose().is_bookable
    assert isinstance(house.book(), Booked)


# --- One session of a running series, booked alone -----------------------------------------------


def waiting(house: House) -> TreatmentSession:
    """The first session of a series, without its place."""
    house.book_series(through=1)
    first = Appointment.objects.get()
    booking.cancel(appointment=first, reason="patient", by=house.user, now=NOW)
    return TreatmentSession.objects.get()


def place(house: House, session: TreatmentSession, to: str = "2026-03-03 09:00") -> object:
    return booking.book_session(
        session=session, clinic=house.clinic, starts_at=at(to), by=house.user, now=NOW, key=""
    )


def test_a_single_session_is_not_booked_over_an_open_blocker(house: House) -> None:
    session = waiting(house)
    tell(house, infection="yes")
    assert codes(place(house, session)) == ["screening"]
    assert not Appointment.objects.exclude(status="cancelled").exists()
    decide(latest(house.patient, "infection"), "cleared", days(9), by=house.user)
    assert isinstance(place(house, session), Booked)


def test_a_single_session_is_not_booked_before_its_day(house: House) -> None:
    session = waiting(house)
    until = days(4)
    screening.hold(
        patient=house.patient, until=until, reason="voyage", by=house.user, now=eight(TODAY)
    )
    assert codes(place(house, session)) == ["not-before"]
    assert isinstance(place(house, session, "2026-03-06 09:00"), Booked)


def test_an_answer_behind_the_locks_of_a_single_session_still_counts(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = waiting(house)
    real: Callable[..., object] = booking.moving.find_place

    def meanwhile(*args: object, **kwargs: object) -> object:
        found = real(*args, **kwargs)
        tell(house, infection="yes")
        return found

    monkeypatch.setattr(booking.moving, "find_place", meanwhile)
    assert codes(place(house, session)) == ["screening"]


def test_without_the_gates_the_single_session_would_be_booked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = waiting(house)
    tell(house, infection="yes")
    monkeypatch.setattr(gates, "CONFIRM_GATES", ())
    assert isinstance(place(house, session), Booked)


def test_a_move_over_an_open_blocker_is_told_and_carried_out(house: House) -> None:
    (first,) = house.book_series(through=1).appointments
    tell(house, infection="yes")
    to = at("2026-03-03 09:00")
    moved = booking.move(appointment=first, starts_at=to, by=house.user, now=NOW)
    assert isinstance(moved, Moved)
    assert [p.code for p in moved.warnings] == ["screening", "consent-missing"]


def test_a_move_of_a_cleared_patient_tells_nothing_but_the_consent(house: House) -> None:
    (first,) = house.book_series(through=1).appointments
    tell(house)
    to = at("2026-03-03 09:00")
    moved = booking.move(appointment=first, starts_at=to, by=house.user, now=NOW)
    assert isinstance(moved, Moved)
    assert [p.code for p in moved.warnings] == ["consent-missing"]


# --- A session begun -----------------------------------------------------------------------------


def begun(house: House, on: dt.date) -> list[tuple[str, dt.date | None]]:
    series = Series.objects.first() or house.book_series().series
    session = series.sessions.get(number=1)
    found = gates.before_starting(gates.Starting(house.clinic, session, on))
    # Other gates ask for other things: a consent, a review.
    return [(o.code, o.until) for o in found if o.code.startswith(("screening", "not-before"))]


def test_a_session_begins_when_everything_was_asked_that_day(house: House) -> None:
    assert begun(house, TODAY) == [("screening-missing", None)]
    tell(house)
    assert begun(house, TODAY) == []
    assert begun(house, days(1)) == [("screening-missing", None)]


def test_a_session_does_not_begin_over_an_open_blocker(house: House) -> None:
    assert begun(house, TODAY) == [("screening-missing", None)]
    tell(house, infection="yes")
    assert begun(house, TODAY) == [("screening", None)]
    decide(latest(house.patient, "infection"), "cleared", TODAY, by=house.user)
    assert begun(house, TODAY) == []


def test_a_session_does_not_begin_before_its_day(house: House) -> None:
    house.book_series()
    tell(house, painkiller="2026-03-01")
    assert begun(house, TODAY) == [("not-before", days(1))]


def test_a_warning_stops_no_session(house: House) -> None:
    house.book_series()
    tell(house, sun="yes", history="asthme")
    assert begun(house, TODAY) == []


def test_without_the_gate_the_session_would_begin(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gates, "START_GATES", ())
    tell(house)
    house.book_series()
    tell(house, infection="yes")
    assert begun(house, TODAY) == []


def test_a_hold_of_the_practitioner_stops_every_session(house: House) -> None:
    house.book_series()
    tell(house)
    screening.hold(
        patient=house.patient, until=days(9), reason="voyage", by=house.user, now=eight(TODAY)
    )
    assert begun(house, TODAY) == [("not-before", days(9))]
