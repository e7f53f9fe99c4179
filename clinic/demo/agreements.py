"""Consents to care: the very text that the product shows, signed before the first session."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random

from clinic.demo.courses import Course
from clinic.demo.house import House
from clinic.demo.lives import DAY, HOUR
from clinic.demo.records import is_running
from clinic.demo.rows import BATCH
from clinic.demo.treated import Told
from clinic.models import AuditEntry, User
from patients import consents
from patients.models import CareConsent

DRAWN = 0.3
AHEAD = 0.75  # of those still to begin, who signed when they booked
SOON = 3 * DAY  # this close to a first session nearly everybody has signed
NEARLY = 0.9
WITHDRAWN = "Préfère attendre et en reparler avec son médecin"


@dataclass
class Agreements:
    rng: Random
    house: House
    now: dt.datetime
    audit: list[AuditEntry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.text_of = cache(consents.text_of)

    def write(self, stories: Sequence[Told], trouble: Sequence[Told]) -> None:
        """`trouble`: something else stands in the way of these."""
        given: dict[tuple[int, int], CareConsent] = {}
        for told in stories:
            key = told.course.patient.pk, told.course.protocol.pk
            at = self._signed_at(told.course)
            if at and key not in given:
                given[key] = self._consent(told, at)
        self._withdraw([t for t in stories if is_running(t) and t not in trouble], given)
        CareConsent.objects.bulk_create(given.values(), BATCH)

    def _signed_at(self, course: Course) -> dt.datetime | None:
        """Before the first session, or when booking one that is still to come; or not yet."""
        done = sorted(visit.starts_at for visit in course.done())
        if done:
            return done[0] - self.rng.randint(6, 20) * HOUR / 60
        if any(visit.status == "arrived" for visit in course.current.values()):
            return self.now - HOUR / 3
        first = min((v.starts_at for v in course.ahead()), default=None)
        if first is None:
            return None
        share = NEARLY if first - self.now < SOON else AHEAD
        is_here = first.date() <= self.now.date()  # signed with the questionnaire
        return course.opened_at if is_here or self.rng.random() < share else None

    def _consent(self, told: Told, at: dt.datetime) -> CareConsent:
        patient = told.course.patient
        text = self.text_of(told.course.protocol, patient.language)
        is_drawn = self.rng.random() < DRAWN
        desk = self.house.receptionist
        consent = CareConsent(
            patient=patient,
            protocol=told.course.protocol,
            text=text,
            text_hash=consents.hash_of(text),
            language=patient.language,
            off_label_told=True,
            how=CareConsent.How.DRAWN if is_drawn else CareConsent.How.TYPED,
            signer=patient.name,
            drawing=hand(self.rng) if is_drawn else "",
            given_at=at,
            recorded_by=desk,
        )
        self._write_down("consent.give", told, consent, at, desk)
        return consent

    def _withdraw(self, running: Sequence[Told], given: dict[tuple[int, int], CareConsent]) -> None:
        """One changed their mind between two sessions."""
        far = [
            told
            for told in running
            if told.course.done()
            and (told.course.patient.pk, told.course.protocol.pk) in given
            and min(visit.starts_at for visit in told.course.ahead()) > self.now + 4 * DAY
        ]
        for told in far[5:6]:
            consent = given[told.course.patient.pk, told.course.protocol.pk]
            consent.withdrawn_at = self.now - 1.1 * DAY
            consent.withdrawn_by = self.house.receptionist
            consent.withdrawal_note = WITHDRAWN
            by = self.house.receptionist
            self._write_down("consent.withdraw", told, consent, consent.withdrawn_at, by)

    def _write_down(
        self, action: str, told: Told, consent: CareConsent, at: dt.datetime, by: User
    ) -> None:
        self.audit.append(
            AuditEntry(
                at=at,
                by=by,
                clinic=told.course.site.clinic,
                action=action,
                patient=consent.patient,
                subject=f"consent:{consent.public_id}",
            )
        )


def hand(rng: Random) -> str:
    """Somebody's signature, about: one stroke across the sheet, and one below it."""
    points = " ".join(f"L{x} {y}" for x, y in wave(rng))
    return f"M60 110 {points} M120 160 L300 {rng.randint(150, 170)} L430 {rng.randint(140, 165)}"


def wave(rng: Random) -> Iterator[tuple[int, int]]:
    x = 60
    while x < 480:
        x += rng.randint(9, 22)
        yield x, rng.randint(45, 90) if x // 20 % 2 else rng.randint(100, 140)
