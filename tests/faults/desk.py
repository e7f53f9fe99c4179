"""A desk in a hurry: books, moves, cancels and books again, whatever comes up."""

import random
from collections import Counter
from dataclasses import dataclass

from clinic import booking
from clinic.models import Appointment
from patients.models import TreatmentSession
from tests.factories import NOW, House, make_patient, make_resource
from tests.faults.clinics import outcome
from tests.faults.processes import Work


@dataclass(frozen=True)
class Desk:
    house: House

    @classmethod
    def of(cls, practitioners: int) -> "Desk":
        house = House()
        for _ in range(practitioners - 1):
            make_resource(house.clinic, "practitioner")
            make_resource(house.clinic, "room")
        for _ in range(practitioners):
            house.book_series(patient=make_patient())
        return cls(house)

    def clerk(self, number: int, rounds: int) -> Work:
        """Does one thing after the other, and counts what came of it. Each begins elsewhere."""
        acts = [self.move, self.cancel, self.book, self.move, self.rebook]
        turned = acts[number % len(acts) :] + acts[: number % len(acts)]

        def work() -> Counter[str]:
            return Counter(f"{act.__name__} {act()}" for act in turned * rounds)

        return work

    def book(self) -> str:
        return outcome(self.house.book(patient=make_patient()))

    def move(self) -> str:
        appointment = self.somebody()
        if appointment is None:
            return "nobody"
        visit = booking.visit_of(appointment)
        days = booking.move_window(visit, now=NOW).days
        places = booking.openings(visit, on=random.choice(days), now=NOW) if days else ()
        if not places:
            return "nowhere"
        starts_at = random.choice(places).starts_at
        return outcome(
            booking.move(appointment=appointment, starts_at=starts_at, by=self.house.user, now=NOW)
        )

    def cancel(self) -> str:
        appointment = self.somebody()
        if appointment is None:
            return "nobody"
        return outcome(
            booking.cancel(
                appointment=appointment,
                reason=Appointment.Reason.PATIENT,
                by=self.house.user,
                now=NOW,
            )
        )

    def rebook(self) -> str:
        """A session whose appointment was cancelled."""
        waiting = TreatmentSession.objects.filter(status=TreatmentSession.Status.NOT_STARTED)
        session = waiting.order_by("?").first()
        if session is None:
            return "nobody"
        visit = booking.session_visit(session, self.house.clinic)
        days = booking.move_window(visit, now=NOW).days[:60]
        places = booking.openings(visit, on=random.choice(days), now=NOW) if days else ()
        if not places:
            return "nowhere"
        return outcome(
            booking.book_session(
                session=session,
                clinic=self.house.clinic,
                starts_at=random.choice(places).starts_at,
                by=self.house.user,
                now=NOW,
                key="",
            )
        )

    def somebody(self) -> Appointment | None:
        booked = Appointment.objects.filter(status=Appointment.Status.BOOKED)
        return booked.order_by("?").first()
