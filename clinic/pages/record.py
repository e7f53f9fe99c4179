"""The page of a session's record: what was planned and done last time, and the record itself.

For those who treat only. Flat queries, however many products and sessions there are.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import attempts, recording, signing
from clinic.booking import Problem
from clinic.models import Appointment, Clinic, Role, StaffMember, User
from clinic.pages.said import Said, said
from clinic.papers import body
from patients import charts, records, series, standing
from patients.models import (
    AdverseEvent,
    ProductUse,
    ScreeningAnswer,
    SessionRecord,
    TreatmentSession,
)

# The places of the charts that a zone of the catalogue means; any other zone means none of them.
ZONES: dict[str, tuple[str, ...]] = {
    "face": tuple(code for code in charts.FACE if not code.startswith(("scalp", "neck"))),
    "neck": ("neck-front",),
    "decollete": ("decollete",),
    "hands": ("hand-right", "hand-left"),
    "scalp": ("scalp-front", "scalp-crown", "scalp-back"),
    "back": ("back-upper", "back-middle", "back-lower"),
}
# Where a closed gate is opened, by the beginning of its code.
REPAIRED_AT = {"screening": "screening", "consent": "consents", "quote": "quotes"}
Status = TreatmentSession.Status


@dataclass(frozen=True)
class Earlier:
    """A session of this course that was recorded before."""

    number: int
    on: dt.date
    pain_before: int | None
    pain_after: int | None
    satisfaction: int | None


@dataclass(frozen=True)
class Beside:
    """The left column: what was planned, what was done last time, the course so far."""

    due: series.Due
    done: int
    total: int
    last: SessionRecord | None
    earlier: tuple[Earlier, ...]

    @cached_property
    def last_said(self) -> list[Said]:
        return said(self.last) if self.last else []

    @property
    def last_products(self) -> list[ProductUse]:
        return list(self.last.products.all()) if self.last else []


@dataclass(frozen=True)
class Alert:
    """Something to know before the needle: a word of how grave, a sentence, and where it is."""

    level: str
    text: str
    address: str = ""


@dataclass(frozen=True)
class ZoneChoice:
    """A zone of the protocol that ticks all its places at once."""

    name: str
    places: tuple[str, ...]


def session_of(public_id: str, number: int) -> TreatmentSession:
    """404 where there is none."""
    sessions = TreatmentSession.objects.select_related(
        "series__patient", "series__protocol", "step__phase"
    )
    return get_object_or_404(sessions, series__public_id=public_id, number=number)


def appointment_of(session: TreatmentSession) -> Appointment | None:
    """The attempt that stands. One query."""
    standing_ones = session.appointments.select_related("clinic", "patient")
    found = [appointment for appointment in standing_ones if appointment.is_occupying]
    for appointment in found:
        appointment.session = session
    return found[0] if found else None


def record_of(session: TreatmentSession) -> SessionRecord | None:
    """With its products, lots and amendments: five queries at most."""
    found = (
        SessionRecord.objects.filter(session=session)
        .select_related("performer", "saved_by", "signed_by", "seal", "waiting_products")
        .prefetch_related("products__lot__article", "amendments__by", "amendments__seal")
        .first()
    )
    if found is not None:
        found.session, found.patient = session, session.series.patient
    return found


# --- Beside the record ---------------------------------------------------------------------------


def beside(session: TreatmentSession) -> Beside:
    rows = session.series.sessions.select_related("step").prefetch_related("appointments__clinic")
    sessions = list(rows.exclude(status=Status.CANCELLED))
    dates = attempts.dates(sessions)
    dues = series.course(sessions, dates, session.series.previous_on)
    due = next((due for due in dues if due.session.pk == session.pk), None)
    done = sum(each.status == Status.COMPLETED for each in sessions)
    return Beside(
        due or series.Due(session, session.done_on, None),
        done,
        len(sessions),
        last_record(session),
        _earlier(session),
    )


def last_record(session: TreatmentSession) -> SessionRecord | None:
    """The one before in this course; else the patient's latest one on the same protocol."""
    same = SessionRecord.objects.exclude(session=session).prefetch_related("products__lot")
    here = same.filter(session__series=session.series, session__number__lt=session.number)
    before = here.order_by("-session__number").first()
    if before is not None or session.number > 1:
        return before
    slug = session.series.protocol.slug
    elsewhere = same.filter(patient=session.series.patient, session__series__protocol__slug=slug)
    return elsewhere.exclude(session__series=session.series).first()


def _earlier(session: TreatmentSession) -> tuple[Earlier, ...]:
    rows = SessionRecord.objects.filter(
        session__series=session.series, session__number__lt=session.number
    ).order_by("session__number")
    return tuple(
        Earlier(number, started_at, *scores)
        for number, started_at, *scores in rows.values_list(
            "session__number", "started_at", "pain_before", "pain_after", "satisfaction"
        )
    )


# --- Alerts --------------------------------------------------------------------------------------


def alerts(session: TreatmentSession, *, on: dt.date) -> list[Alert]:
    """What the screening found, reactions that are open, lots that were recalled: the gravest on
    top."""
    return [*_recalled(session), *_reactions(session), *_screened(session, on)]


def _recalled(session: TreatmentSession) -> list[Alert]:
    uses = ProductUse.objects.filter(
        record__patient=session.series.patient, lot__recalled_at__isnull=False
    ).select_related("lot")
    text = _("%(product)s, lot %(lot)s, was used in this patient and is recalled.")
    names = {(use.name, use.lot_number): use.lot for use in uses}
    return [
        Alert("bad", text % {"product": name, "lot": number}, reverse("lot", args=[lot.public_id]))
        for (name, number), lot in names.items()
    ]


def _reactions(session: TreatmentSession) -> list[Alert]:
    patient = session.series.patient
    rows = AdverseEvent.objects.filter(patient=patient, status=AdverseEvent.Status.OPEN)
    return [
        Alert(
            "bad" if event.seriousness != AdverseEvent.Seriousness.NON_SERIOUS else "warn",
            _("Open reaction: %(what)s") % {"what": _what(event)},
            reverse("adverse_events", args=[patient.public_id]),
        )
        for event in rows
    ]


def _what(event: AdverseEvent) -> str:
    signs = ", ".join(charts.named(event.signs, charts.SIGNS))
    return signs or event.description[:120]


def _screened(session: TreatmentSession, on: dt.date) -> list[Alert]:
    """Every finding that counts, also one that was let through: the needle should know."""
    patient, protocol = session.series.patient, session.series.protocol
    stands = standing.standing(patient, protocol, on=on)
    blocking = {finding.answer for finding in stands.blockers}
    asked = protocol.contraindications.values("pk")
    answers = ScreeningAnswer.objects.filter(
        pk__in=standing.latest_answers([patient.pk]).values("pk"), contraindication__in=asked
    ).exclude(finding="")
    address = reverse("screening", args=[patient.public_id])
    return [
        Alert(
            "bad" if answer.pk in blocking else "warn",
            " — ".join(filter(None, [answer.contraindication.name, answer.note])),
            address,
        )
        for answer in answers.select_related("contraindication").order_by("pk")
    ]


# --- Beginning -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class InTheWay:
    """Why the session cannot be begun, and the page on which that is put right."""

    message: str
    address: str


def in_the_way(appointment: Appointment, *, now: dt.datetime) -> list[InTheWay]:
    return [
        InTheWay(problem.message, _repair(problem, appointment))
        for problem in recording.not_to_begin(appointment, now=now)
    ]


def _repair(problem: Problem, appointment: Appointment) -> str:
    route = next(
        (name for code, name in REPAIRED_AT.items() if problem.code.startswith(code)), None
    )
    return reverse(route, args=[appointment.patient.public_id]) if route else ""


# --- The record ----------------------------------------------------------------------------------


def zone_choices(session: TreatmentSession) -> list[ZoneChoice]:
    """The protocol's zones that the charts know."""
    zones = session.series.protocol.zones.all()
    return [ZoneChoice(zone.name, ZONES[zone.code]) for zone in zones if zone.code in ZONES]


def drawings(chosen: Sequence[str], suggested: Sequence[ZoneChoice]) -> list[body.Chart]:
    """The three charts, first the one on which most is chosen or meant."""
    wanted = {*chosen, *(place for zone in suggested for place in zone.places)}
    charts_shown = [body.chart(code, chosen) for code in body.CHARTS]
    return sorted(charts_shown, key=lambda chart: -sum(a.code in wanted for a in chart.areas))


def ready(record: SessionRecord, appointment: Appointment) -> records.Problems:
    """What stands against signing it as it is saved, and what must have been seen."""
    return signing.problems(record, appointment)


def performers(clinic: Clinic, now: int) -> QuerySet[User]:
    """Who may have treated: the clinic's practitioners, and whoever (by id) is named just now."""
    members = StaffMember.objects.filter(clinic=clinic, role=Role.PRACTITIONER)
    return User.objects.filter(Q(pk__in=members.values("user")) | Q(pk=now)).order_by("pk")
