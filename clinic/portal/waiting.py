"""What the clinic waits for from the patient: answers, an agreement, a yes or no to a quote."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from patients import quotes
from patients.models import CareConsent, Patient, Quote
from patients.standing import standings
from protocols.models import Protocol


@dataclass(frozen=True)
class Waiting:
    """Protocols whose questions are to be answered, or whose text is to be agreed to; quotes."""

    questions: tuple[Protocol, ...]
    agreements: tuple[Protocol, ...]
    quotes: tuple[Quote, ...]

    def __bool__(self) -> bool:
        return bool(self.questions or self.agreements or self.quotes)


def of(patient: Patient, protocols: Collection[Protocol], *, today: dt.date) -> Waiting:
    """`protocols` of running series. Five queries, however many."""
    asked = {protocol.pk: protocol for protocol in protocols}
    found = standings([(patient.pk, pk) for pk in asked], on=today)
    given = consented(patient, asked)
    return Waiting(
        questions=tuple(p for pk, p in asked.items() if found[patient.pk, pk].missing),
        agreements=tuple(p for pk, p in asked.items() if pk not in given and p.is_fixed),
        quotes=tuple(q for q in open_quotes(patient) if quotes.stands(q, today=today)),
    )


def consented(patient: Patient, protocols: Collection[int]) -> set[int]:
    """The protocols of these to which the patient's last word is yes. One query."""
    rows = CareConsent.objects.filter(patient=patient, protocol__in=list(protocols))
    said = dict(rows.order_by("given_at", "id").values_list("protocol", "withdrawn_at"))
    return {protocol for protocol, withdrawn_at in said.items() if withdrawn_at is None}


def open_quotes(patient: Patient) -> list[Quote]:
    """Given, and waiting for an answer."""
    rows = Quote.objects.filter(patient=patient, status=Quote.Status.GIVEN)
    return list(rows.select_related("protocol").order_by("-given_at", "-id"))
