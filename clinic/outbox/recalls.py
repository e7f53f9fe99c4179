"""Maintenance that is due and not booked: one word before its window opens, one on its due day.

Only what the patient agreed to (the signed plan: a quote signed, or the consent to this protocol)
and only for those who asked to be reminded; then it stops, and the desk's list of calls goes on
(domain 3.16 and 6: our choice).
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from clinic.care.spacing import gap_of
from clinic.models import Appointment, Clinic, Kind, Message
from clinic.moments import midnight
from clinic.outbox import hours, reasons
from clinic.outbox.advice import NONE
from clinic.outbox.planning import channel_of
from clinic.outbox.timing import Rules, rules_of, timings
from patients.contacts import consents_of
from patients.models import CareConsent, Channel, Purpose, Quote, Series, TreatmentSession
from protocols.models import Phase
from protocols.planning import Window

AFTER_ATTACK = (Phase.Kind.CONSOLIDATION, Phase.Kind.MAINTENANCE)
STILL_OF_USE = dt.timedelta(days=14)  # as long as the first one comes before the window


@dataclass(frozen=True)
class Waiting:
    """A session to be booked, and the window that counts from the last one done."""

    session: TreatmentSession
    clinic: Clinic
    window: Window

    @property
    def opens_at(self) -> dt.datetime:
        return midnight(self.window.opens, self.clinic.zone)


def plan(*, now: dt.datetime) -> int:
    """Write what is due within two weeks and is not written yet; how many rows are new."""
    clinics = {clinic.pk: clinic for clinic in Clinic.objects.all()}
    rules = {pk: rules_of(clinic) for pk, clinic in clinics.items()}
    waiting = list(_waiting(clinics))
    agreed = consents_of({one.session.series.patient_id for one in waiting})
    wanted = [
        one for one in waiting
        if any(agreed[one.session.series.patient_id].allows(Purpose.RECALL, c) for c in Channel)
    ]  # fmt: skip
    _forget_all_but({(one.session.pk, one.opens_at) for one in waiting}, now=now)
    said = _said_already({one.session.pk for one in wanted})
    rows = [
        row
        for one in wanted
        for row in _rows(one, rules[one.clinic.pk], now=now)
        if (row.session_id, row.kind) not in said
    ]
    waiting_now = Message.objects.filter(appointment__isnull=True, status__in=Message.WAITING)
    before = waiting_now.count()
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    _take_up(rows)
    return waiting_now.count() - before


def _take_up(rows: Iterable[Message]) -> None:
    """Those that were forgotten as the session had a place, which it has no more."""
    for row in rows:
        same = {"session": row.session, "kind": row.kind, "starts_at": row.starts_at}
        Message.objects.filter(
            appointment=None, channel=row.channel, status=Message.Status.CANCELLED,
            reason=reasons.NOT_NEEDED, **same,
        ).update(
            status=Message.Status.DUE, reason="", settled_at=None, next_try_at=row.next_try_at,
            due_at=row.due_at, useful_until=row.useful_until,
        )  # fmt: skip


def _said_already(sessions: set[int]) -> set[tuple[int | None, str]]:
    """Once each, whatever channel is preferred now and wherever the window moved."""
    rows = Message.objects.filter(appointment__isnull=True, session__in=sessions)
    return set(rows.exclude(status=Message.Status.CANCELLED).values_list("session", "kind"))


def _forget_all_but(current: set[tuple[int, dt.datetime]], *, now: dt.datetime) -> None:
    """What was planned for a window that moved, or for a session that has a place meanwhile."""
    planned = Message.objects.filter(appointment__isnull=True, status__in=Message.WAITING)
    stale = [
        pk for pk, session, starts_at in planned.values_list("pk", "session", "starts_at")
        if (session, starts_at) not in current
    ]  # fmt: skip
    planned.filter(pk__in=stale).update(
        status=Message.Status.CANCELLED, reason=reasons.NOT_NEEDED, settled_at=now
    )


def _rows(one: Waiting, rules: Rules, *, now: dt.datetime) -> Iterator[Message]:
    slug = one.session.series.protocol.slug
    for kind, day in (
        (Kind.RECALL, one.window.opens),
        (Kind.RECALL_DUE, one.window.due),
    ):
        for timing in timings(rules, kind, slug, NONE):
            on = day - dt.timedelta(days=timing.days)
            due_at = hours.earlier(one.clinic, hours.at(one.clinic, on, timing.at_minute))
            if now - STILL_OF_USE < due_at <= now + STILL_OF_USE:
                yield _row(one, kind, due_at, now=now)


def _row(one: Waiting, kind: Kind, due_at: dt.datetime, *, now: dt.datetime) -> Message:
    series = one.session.series
    return Message(
        clinic=one.clinic,
        patient=series.patient,
        session=one.session,
        kind=kind,
        channel=channel_of(series.patient),
        starts_at=one.opens_at,
        due_at=due_at,
        next_try_at=due_at,
        useful_until=due_at + STILL_OF_USE,
        planned_at=now,
    )


def _waiting(clinics: dict[int, Clinic]) -> Iterator[Waiting]:
    """Of each running series the next session, where it belongs to what follows the attack."""
    for session in _to_book():
        gap = gap_of(session.step.gap_min, session.step.gap_ideal, session.step.gap_max)
        if gap:
            found = vars(session)  # annotated in `_to_book`
            yield Waiting(session, clinics[found["last_clinic"]], gap.window(found["last_done"]))


def _to_book() -> QuerySet[TreatmentSession]:
    """Sessions without a place, all before them done, in a series whose plan was signed."""
    sessions = TreatmentSession.objects.filter(series=OuterRef("series"))
    before = sessions.filter(number__lt=OuterRef("number"))
    not_done = before.exclude(
        status__in=[TreatmentSession.Status.COMPLETED, TreatmentSession.Status.CANCELLED]
    )
    visits = Appointment.objects.filter(session__series=OuterRef("series"))
    quote = Quote.objects.filter(series=OuterRef("series"), status=Quote.Status.SIGNED)
    consent = CareConsent.objects.filter(
        patient=OuterRef("series__patient"),
        protocol=OuterRef("series__protocol"),
        withdrawn_at__isnull=True,
    )
    return (
        TreatmentSession.objects.filter(
            Q(Exists(quote)) | Q(Exists(consent)),
            ~Exists(not_done),
            status=TreatmentSession.Status.NOT_STARTED,
            series__status=Series.Status.ACTIVE,
            step__phase__kind__in=AFTER_ATTACK,
        )
        .annotate(
            last_done=Subquery(before.order_by("-number").values("done_on")[:1]),
            last_clinic=Subquery(visits.order_by("-pk").values("clinic")[:1]),
        )
        .filter(last_done__isnull=False, last_clinic__isnull=False)
        .select_related("step", "series__patient", "series__protocol")
    )
