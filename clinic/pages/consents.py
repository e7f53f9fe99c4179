"""A patient's consents. Reception sees how each stands and nothing else: not a text, not a note."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from clinic.states import State
from patients.models import CareConsent, Patient, Series
from protocols.models import Protocol

GIVEN = State("done", "bi-check-square-fill", pgettext_lazy("consent", "Given"))
MISSING = State("to-book", "bi-dash-circle-dotted", pgettext_lazy("consent", "Not given"))
WITHDRAWN = State("blocked", "bi-dash-square-fill", pgettext_lazy("consent", "Withdrawn"))


@dataclass(frozen=True)
class ConsentShown:
    """How the patient stands towards one version of a protocol."""

    protocol: Protocol
    given_at: dt.datetime | None = None
    withdrawn_at: dt.datetime | None = None

    @property
    def state(self) -> State:
        if self.given_at is None:
            return MISSING
        return WITHDRAWN if self.withdrawn_at else GIVEN

    @property
    def may_sign(self) -> bool:
        return self.state != GIVEN and self.protocol.is_fixed


def of_patient(patient: Patient) -> list[ConsentShown]:
    """Of the protocols of running series, and of those ever consented to. Three queries."""
    said = CareConsent.objects.filter(patient=patient).order_by("given_at", "id")
    latest = {row[0]: row[1:] for row in said.values_list("protocol", "given_at", "withdrawn_at")}
    running = Series.objects.filter(patient=patient, status__in=Series.OPEN)
    asked = set(running.values_list("protocol", flat=True)) | set(latest)
    protocols = Protocol.objects.filter(pk__in=asked).order_by("name_fr", "-version")
    return [ConsentShown(row, *latest.get(row.pk, ())) for row in protocols]


def history(patient: Patient) -> QuerySet[CareConsent]:
    """Every consent, for those who treat; without the long columns."""
    rows = CareConsent.objects.filter(patient=patient)
    return rows.select_related("protocol", "recorded_by").defer("text", "drawing")


def found() -> QuerySet[CareConsent]:
    return CareConsent.objects.select_related("patient", "protocol", "recorded_by", "withdrawn_by")
