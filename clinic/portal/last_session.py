"""The session that a patient had last: when it ended, where it was, what was put in."""

import datetime as dt
import math
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch, Q

from clinic.models import Appointment
from patients.models import Patient, ProductUse, SessionRecord, TreatmentSession
from protocols.models import Protocol

HOUR = dt.timedelta(hours=1)
LATELY = dt.timedelta(days=90)  # our choice: so long after, a reaction is asked of its treatment
# A place of the charts by its first word, as the leaflet's zone; the face is what is left.
ZONES = {
    "scalp": "scalp",
    "back": "back",
    "neck": "neck",
    "decollete": "decollete",
    "hand": "hands",
}
FACE = frozenset(
    {"forehead", "glabella", "temple", "eye", "cheek", "nasolabial", "lips", "chin", "jaw"}
)


@dataclass(frozen=True)
class LastSession:
    session: TreatmentSession
    began_at: dt.datetime
    ended_at: dt.datetime

    @property
    def name(self) -> str:
        """As a form sends it."""
        return f"{self.session.series.public_id}-{self.session.number}"

    @property
    def protocol(self) -> Protocol:
        return self.session.series.protocol

    @cached_property
    def record(self) -> SessionRecord | None:
        return getattr(self.session, "record", None)

    @property
    def uses(self) -> list[ProductUse]:
        """What a signed record says was put in; a draft says nothing yet."""
        if self.record is None or self.record.status != SessionRecord.Status.SIGNED:
            return []
        return list(self.record.products.all())

    @property
    def has_ha(self) -> bool:
        return any(use.lot is not None and use.lot.article.contains_ha for use in self.uses)

    @property
    def places(self) -> list[str]:
        return list(self.record.zones) if self.record else []

    @property
    def zone(self) -> str:
        """The leaflet's zone of the record; nothing where it names several, or none."""
        found = {zone_of(place) for place in self.places}
        return found.pop() if len(found) == 1 else ""

    def hours(self, *, now: dt.datetime) -> int:
        """Begun hours count: 48 hours and a minute are past 48."""
        return max(0, math.ceil((now - self.ended_at) / HOUR))


def zone_of(place: str) -> str:
    first = place.partition("-")[0]
    return "face" if first in FACE else ZONES.get(first, "body")


def last_session(
    patient: Patient, *, now: dt.datetime, began_by: dt.datetime | None = None
) -> LastSession | None:
    """By its record, else by its appointment; `began_by`: of those that had begun by then. Three
    queries at most."""
    found = [one for one in _over(patient, now=now) if one.began_at <= (began_by or now)]
    return max(found, key=lambda one: one.ended_at, default=None)


def recent(patient: Patient, *, now: dt.datetime) -> list[LastSession]:
    """The last one of each treatment of late, the newest first. Three queries at most."""
    found: dict[str, LastSession] = {}
    for one in sorted(_over(patient, now=now), key=lambda one: one.ended_at, reverse=True):
        if now - one.ended_at < LATELY:
            found.setdefault(one.protocol.slug, one)
    return list(found.values())


def _over(patient: Patient, *, now: dt.datetime) -> list[LastSession]:
    products = Prefetch("record__products", ProductUse.objects.select_related("lot__article"))
    took_place = Q(record__started_at__lte=now) | Q(status=TreatmentSession.Status.COMPLETED)
    sessions = (
        TreatmentSession.objects.filter(took_place, series__patient=patient)
        .select_related("record", "series__protocol")
        .prefetch_related(products, Prefetch("appointments", Appointment.objects.order_by("pk")))
    )
    found = [LastSession(one, *times) for one in sessions if (times := times_of(one))]
    return [one for one in found if one.ended_at <= now]


def times_of(session: TreatmentSession) -> tuple[dt.datetime, dt.datetime] | None:
    """When it began and ended; a record that is not closed yet has begun."""
    record = getattr(session, "record", None)
    if record is not None:
        return record.started_at, record.ended_at or record.started_at
    done = [
        (each.starts_at, each.ends_at)
        for each in session.appointments.all()
        if each.status == Appointment.Status.FULFILLED
    ]
    return max(done, default=None)
