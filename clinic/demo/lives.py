"""What happens to bookings: kept, moved, missed, cancelled, booked again inside their windows."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from clinic.availability import with_patient
from clinic.demo.courses import Attempt, Course, Reason, Status
from clinic.demo.diaries import Site
from clinic.models import Resource, VisitType
from patients.models import Patient, Series
from protocols import planning

NO_SHOW, CANCELLED, MOVED = 0.075, 0.05, 0.06  # of visits; French practices lose 6 to 10 %
MOVED_AHEAD = 0.04
CONFIRMED = 0.5
FORGOTTEN = 0.07  # of the last day's visits nobody said whether the patient came
JUST_ENDED, FORGOTTEN_JUST_NOW = dt.timedelta(hours=2), 0.3
ARRIVES_BEFORE = dt.timedelta(minutes=20)
NOT_CALLED_YET = dt.timedelta(days=9)  # a no-show this recent may still wait for a call
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)

WHY_CANCELLED = (
    (Reason.PATIENT, "Malade"),
    (Reason.PATIENT, "Empêchement professionnel"),
    (Reason.PATIENT, ""),
    (Reason.PATIENT, "Garde d’enfant"),
    (Reason.CLINIC, "Praticien absent"),
    (Reason.OTHER, "Grève des transports"),
)


@dataclass
class Lives:
    """Draws what becomes of each visit, up to `now`."""

    rng: Random
    now: dt.datetime
    singles: list[Attempt] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)

    # --- Series ----------------------------------------------------------------------------------

    def begin(self, course: Course, start_on: dt.date) -> bool:
        """Book what fits of a new series, and live it. False when not even its first visit fits."""
        steps = [course.steps[number] for number in course.numbers]
        places = course.site.places(
            steps,
            start_on,
            patient=course.patient,
            staff=course.staff,
            previous_on=course.previous_on,
            from_minute=course.from_minute,
        )
        for number, place in zip(course.numbers, places, strict=False):
            attempt = Attempt(course.site, course.patient, place, course.opened_at, number)
            self._take(attempt)
            course.add(attempt)
        if places:
            self.courses.append(course)
            self._live(course)
        return bool(places)

    def _live(self, course: Course) -> None:
        for number in course.numbers:
            while self._goes_on(course, number):
                pass
            if not course.is_open:
                return
        for visit in course.ahead():
            # One that moved may have carried this one along: then it is booked no more.
            if visit.status == Status.BOOKED and visit.starts_at > self.now:
                self._before_it_comes(course, visit)
        self._complete(course)

    def _goes_on(self, course: Course, number: int) -> bool:
        """Settle the last attempt at a session. True when there is a new one to settle."""
        visit = course.current.get(number)
        if visit is None or visit.status != Status.BOOKED or visit.starts_at > self.now:
            return False
        fate = self._fate(visit)
        if fate is None:
            return False
        if not fate(course, visit):
            self.stop(course, visit.changed_at, "Fenêtre dépassée : nouvelle série à prévoir")
        return course.is_open

    def _fate(self, visit: Attempt) -> Callable[[Course, Attempt], bool] | None:
        """What becomes of a visit whose time has come; None when it simply took place."""
        drawn = self.rng.random()
        for fate, share in ((self._miss, NO_SHOW), (self._cancel, CANCELLED), (self._move, MOVED)):
            drawn -= share
            if drawn < 0 and visit.ends_at <= self.now and visit.booked_at < visit.starts_at - DAY:
                return fate
        self.take_place(visit)
        return None

    def take_place(self, visit: Attempt) -> None:
        """Done; or under way; or over, and nobody said so yet."""
        self._maybe_confirm(visit)
        since = self.now - visit.ends_at
        if since < dt.timedelta():
            visit.status, visit.changed_at = Status.ARRIVED, visit.starts_at - 5 * HOUR / 60
            return
        forgotten = FORGOTTEN_JUST_NOW if since < JUST_ENDED else FORGOTTEN if since < DAY else 0
        if self.rng.random() >= forgotten:
            visit.status, visit.changed_at = Status.FULFILLED, visit.ends_at

    def _miss(self, course: Course, visit: Attempt) -> bool:
        visit.status, visit.changed_at = Status.NOSHOW, min(visit.ends_at + HOUR / 4, self.now)
        if self.now - visit.ends_at < NOT_CALLED_YET and self.rng.random() < 0.6:
            return True
        at = self._office_hour(visit.on + self.rng.randint(1, 4) * DAY, visit.site)
        return at >= self.now or self._book_again(course, visit, at)

    def _cancel(self, course: Course, visit: Attempt) -> bool:
        visit.changed_at = self._shortly_before(visit)
        visit.status = Status.CANCELLED
        visit.reason, visit.note = self.rng.choice(WHY_CANCELLED)
        booked = self._book_again(course, visit, visit.changed_at)
        self._let_go(visit)
        return booked

    def _move(self, course: Course, visit: Attempt) -> bool:
        at = self._shortly_before(visit)
        return self._book_again(course, visit, at, is_move=True) or self._keep(visit)

    def _before_it_comes(self, course: Course, visit: Attempt) -> None:
        """A visit ahead: some are moved, some confirmed, and who comes early is in already."""
        moved_at = self.now - self.rng.uniform(0.1, 6) * DAY
        is_moved = self.rng.random() < MOVED_AHEAD and moved_at > visit.booked_at + DAY
        if not (is_moved and self._book_again(course, visit, moved_at, is_move=True)):
            self.look_ahead(visit)

    def look_ahead(self, visit: Attempt) -> None:
        self._maybe_confirm(visit)
        if visit.starts_at - self.now < ARRIVES_BEFORE and self.rng.random() < 0.5:
            visit.status, visit.changed_at = Status.ARRIVED, self.now - HOUR / 30

    def _maybe_confirm(self, visit: Attempt) -> None:
        asked_at = max(visit.booked_at, visit.starts_at - self.rng.uniform(1, 8) * DAY)
        if asked_at < self.now and self.rng.random() < CONFIRMED:
            visit.confirmed_at = asked_at

    def _book_again(
        self, course: Course, visit: Attempt, at: dt.datetime, *, is_move: bool = False
    ) -> bool:
        """Another attempt at the session; what follows moves along where its gap asks for it."""
        number = visit.session_number
        places = course.site.places(
            [course.steps[number]],
            max(at.date() + DAY, course.opened_at.date()),
            patient=course.patient,
            staff=course.staff,
            previous_on=course.on_before(number),
            from_minute=self.an_hour(),
        )
        if not places:
            return False
        again = Attempt(course.site, course.patient, places[0], at, number)
        if is_move:
            self._replace(visit, again, at)
        self._take(again)
        course.add(again)
        self._carry_along(course, again, at)
        return True

    def _keep(self, visit: Attempt) -> bool:
        """No other day would do: the visit takes place when it was booked."""
        self.take_place(visit)
        return True

    def _replace(self, visit: Attempt, again: Attempt, at: dt.datetime) -> None:
        visit.status, visit.reason, visit.changed_at = Status.CANCELLED, Reason.MOVED, at
        visit.confirmed_at = None
        again.replaces = visit
        self._let_go(visit)

    def _carry_along(self, course: Course, moved: Attempt, at: dt.datetime) -> None:
        """The next session keeps its gap to the one that moved, or moves too."""
        number = moved.session_number + 1
        after = course.current.get(number)
        if after is None or after.status != Status.BOOKED:
            return
        gap = course.steps[number].gap
        if gap is None or gap.allows(moved.on, after.on):
            return
        if not self._book_again(course, after, at, is_move=True):
            for visit in course.ahead():
                if visit.session_number >= number:
                    self.call_off(visit, at, Reason.OTHER, "À reprogrammer après un report")

    def _complete(self, course: Course) -> None:
        if len(course.done()) == len(course.numbers):
            course.status = Series.Status.COMPLETED
            course.closed_at = max(visit.changed_at for visit in course.done())

    def stop(self, course: Course, at: dt.datetime, reason: str) -> None:
        """What is done stays; what is still to come is cancelled, and the series ends."""
        for visit in course.ahead():
            if visit.starts_at > at:
                self.call_off(visit, at, Reason.SERIES_STOPPED, reason)
        course.status, course.closed_at, course.closing_reason = Series.Status.REVOKED, at, reason

    def call_off(self, visit: Attempt, at: dt.datetime, reason: str, note: str = "") -> None:
        visit.status, visit.reason, visit.note = Status.CANCELLED, reason, note
        visit.changed_at, visit.confirmed_at = at, None
        self._let_go(visit)

    # --- Single visits ---------------------------------------------------------------------------

    def visit(
        self,
        site: Site,
        patient: Patient,
        visit_type: VisitType,
        doctor: Resource,
        on: dt.date,
    ) -> bool:
        """A consultation or a review, on that day or soon after."""
        needs = tuple(kind.code for kind in visit_type.needs.all())
        segments = (planning.Segment(visit_type.minutes, needs),)
        (step,) = with_patient([planning.Step("visit", None, segments)])
        places = site.places(
            [step], on, patient=patient, staff=[doctor], from_minute=self.an_hour()
        )
        if not places or places[0].starts_at.date() > on + 6 * DAY:
            return False
        booked_at = self.office_hour_before(places[0].starts_at, self.rng.uniform(1, 12), site)
        attempt = Attempt(site, patient, places[0], booked_at, visit_type=visit_type)
        self._take(attempt)
        self.singles.append(attempt)
        self._live_alone(attempt)
        return True

    def _live_alone(self, visit: Attempt) -> None:
        drawn = self.rng.random()
        if visit.starts_at > self.now:
            self.look_ahead(visit)
        elif visit.ends_at > self.now or drawn > NO_SHOW + CANCELLED:
            self.take_place(visit)
        elif drawn < NO_SHOW:
            visit.status, visit.changed_at = Status.NOSHOW, visit.ends_at
        else:
            reason, note = self.rng.choice(WHY_CANCELLED)
            self.call_off(visit, self._shortly_before(visit), reason, note)

    # --- When ------------------------------------------------------------------------------------

    def office_hour_before(self, moment: dt.datetime, days: float, site: Site) -> dt.datetime:
        """Some time at the desk so many days earlier, and always in the past."""
        at = self._office_hour((moment - days * DAY).date(), site)
        return min(at, self.now - self.rng.uniform(0.02, 2) * DAY, moment - HOUR)

    def _office_hour(self, on: dt.date, site: Site) -> dt.datetime:
        while on in site.closed_on or on.weekday() == 6:
            on -= DAY
        minute = self.rng.randint(9 * 60, 18 * 60 + 50)
        return dt.datetime.combine(on, dt.time(*divmod(minute, 60)), site.clinic.zone)

    def _shortly_before(self, visit: Attempt) -> dt.datetime:
        at = self._office_hour(visit.on - self.rng.randint(1, 4) * DAY, visit.site)
        return min(max(at, visit.booked_at + HOUR), visit.starts_at - HOUR)

    def an_hour(self) -> int:
        """From when on somebody can come, in minutes of the day."""
        return self.rng.randrange(9 * 60, 18 * 60, 30)

    def _take(self, visit: Attempt) -> None:
        visit.site.take(visit.place, visit.patient)

    def _let_go(self, visit: Attempt) -> None:
        visit.site.let_go(visit.place, visit.patient)
