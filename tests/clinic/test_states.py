"""One table of states: nothing without a badge, no two badges alike."""

import pytest

from clinic import states
from clinic.models import Appointment
from patients.models import Series, TreatmentSession
from tests.factories import NOW


@pytest.mark.parametrize("status", list(Appointment.Status))
def test_every_status_of_an_appointment_has_a_state(status: Appointment.Status) -> None:
    assert states.of_appointment(Appointment(status=status)) in states.ALL


@pytest.mark.parametrize("status", list(TreatmentSession.Status))
def test_every_status_of_a_session_has_a_state(status: TreatmentSession.Status) -> None:
    assert states.of_session(TreatmentSession(status=status)) in states.ALL


def test_every_status_of_a_series_has_a_state() -> None:
    assert set(states.OF_SERIES) == set(Series.Status)


def test_states_differ_without_colour() -> None:
    assert len({state.icon for state in states.ALL}) == len(states.ALL)
    assert len({state.code for state in states.ALL}) == len(states.ALL)
    assert len({str(state.word) for state in states.ALL}) == len(states.ALL)


def test_what_the_patient_confirmed_says_so_only_while_booked() -> None:
    booked = Appointment(status=Appointment.Status.BOOKED, confirmed_at=NOW)
    assert states.of_appointment(booked) == states.CONFIRMED
    arrived = Appointment(status=Appointment.Status.ARRIVED, confirmed_at=NOW)
    assert states.of_appointment(arrived) == states.ARRIVED


def test_what_was_moved_is_not_called_cancelled() -> None:
    moved = Appointment(
        status=Appointment.Status.CANCELLED, cancellation_reason=Appointment.Reason.MOVED
    )
    assert states.of_appointment(moved) == states.MOVED
