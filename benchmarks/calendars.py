"""The benchmark's calendar in our own tables, and three ways to ask it. Needs Django set up."""

import datetime as dt
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from benchmarks.slots import CLOSE, FIRST, MINUTES, OPEN, WEEKS
from clinic.availability import Horizon, calendars
from clinic.models import (
    Absence,
    Appointment,
    Clinic,
    Hold,
    Resource,
    User,
    VisitType,
    WorkingHours,
)
from clinic.moments import midnight, to_minute
from patients.models import Patient
from protocols import planning
from protocols.models import ResourceKind
from protocols.planning.visits import Rooms

LAST = FIRST + dt.timedelta(days=WEEKS * 7 - 1)
BATCH = 500


@dataclass
class Scene:
    clinic: Clinic
    practitioner: Resource
    room: Resource
    user: User
    patient: Patient
    visit_type: VisitType
    booked: list[tuple[str, int]]

    def ours(self) -> list[int]:
        return self._free("practitioner")

    def ours_with_room(self) -> list[int]:
        return self._free("practitioner", "room")

    def _free(self, *needs: str) -> list[int]:
        step = planning.Step("visit", None, (planning.Segment(MINUTES, needs),))
        found = calendars(Horizon(self.clinic, FIRST, LAST), [step])
        rooms = Rooms(found.problem((step,), FIRST))
        visit, frame = rooms.visit(step), found.frame
        return [
            frame.moment(cell) // 60
            for ordinal in range(FIRST.toordinal(), LAST.toordinal() + 1)
            for cell in visit.cells_of(ordinal, 1)
        ]

    def naive(self) -> list[int]:
        """As it is often written: each day asks again, and each appointment asks for its times."""
        starts = []
        for number in range(WEEKS * 7):
            starts += self._naive_day(FIRST + dt.timedelta(days=number))
        return starts

    def _naive_day(self, on: dt.date) -> list[int]:
        begin, end = (
            midnight(on, self.clinic.zone),
            midnight(on + dt.timedelta(1), self.clinic.zone),
        )
        away = Absence.objects.filter(
            resource=self.practitioner, starts_at__lt=end, ends_at__gt=begin
        )
        if away.exists():
            return []
        taken = []
        for appointment in Appointment.objects.filter(
            clinic=self.clinic, starts_at__gte=begin, starts_at__lt=end, status="booked"
        ):
            hold = appointment.holds.select_related("resource").get(resource=self.practitioner)
            taken.append((hold.starts, hold.ends))
        return [
            start
            for hours in WorkingHours.objects.filter(
                resource=self.practitioner, weekday=on.weekday()
            )
            for start in range(
                to_minute(begin) + hours.from_minute, to_minute(begin) + hours.to_minute, MINUTES
            )
            if not any(start < last and first < start + MINUTES for first, last in taken)
        ]

    def add_history(self, times: int) -> None:
        """The same bookings again, so many horizons earlier."""
        for number in range(1, times + 1):  # the latest first: a quick overlap check
            self.book(-number * WEEKS * 7)
        analyse()

    def book(self, days: int = 0) -> None:
        starts = sorted((self._start(on, minute, days) for on, minute in self.booked), reverse=True)
        length, now = dt.timedelta(minutes=MINUTES), timezone.now()
        appointments = Appointment.objects.bulk_create(
            [
                Appointment(
                    clinic=self.clinic,
                    patient=self.patient,
                    visit_type=self.visit_type,
                    starts_at=start,
                    ends_at=start + length,
                    booked_at=now,
                    booked_by=self.user,
                    changed_at=now,
                    changed_by=self.user,
                )
                for start in starts
            ],
            BATCH,
        )
        Hold.objects.bulk_create(
            [
                Hold(
                    appointment=row,
                    resource=self.practitioner,
                    starts=to_minute(row.starts_at),
                    ends=to_minute(row.ends_at),
                )
                for row in appointments
            ],
            BATCH,
        )

    def _start(self, on: str, minute: int, days: int) -> dt.datetime:
        day = dt.date.fromisoformat(on) + dt.timedelta(days=days)
        return midnight(day, self.clinic.zone) + dt.timedelta(minutes=minute)


def build(booked: list[tuple[str, int]]) -> Scene:
    call_command("migrate", verbosity=0)
    clinic = Clinic.objects.create(
        name="B", neutral_label="B", timezone="UTC", holiday_region="", grid_minutes=MINUTES
    )
    user = User.objects.create_user("bench@example.test")
    patient = Patient.objects.create(family_name="Bench", created_at=timezone.now())
    visit_type = VisitType.objects.create(name_fr="V", name_en="V", minutes=MINUTES)
    resources = [resource(clinic, code) for code in ("practitioner", "room")]
    scene = Scene(clinic, *resources, user, patient, visit_type, booked)
    scene.book()
    analyse()
    return scene


def resource(clinic: Clinic, code: str) -> Resource:
    kind = ResourceKind.objects.create(code=code, name_fr=code, name_en=code, category=code)
    row = Resource.objects.create(clinic=clinic, kind=kind, name=code)
    WorkingHours.objects.bulk_create(
        WorkingHours(resource=row, weekday=day, from_minute=OPEN, to_minute=CLOSE)
        for day in range(7)
    )
    return row


def analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
