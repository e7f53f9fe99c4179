"""The requests for one patient's file. Reception reads all of it but the answers."""

import datetime as dt
from dataclasses import dataclass

from patients.file import asking
from patients.models import AccessRequest, Patient


@dataclass(frozen=True)
class Asked:
    """`answer` is empty for those who may not read records: the reason of a refusal may be care."""

    request: AccessRequest
    urgency: str
    days_left: int
    answer: str

    @property
    def days_late(self) -> int:
        return -self.days_left


def of(patient: Patient, *, with_answers: bool, today: dt.date) -> list[Asked]:
    """What is open first, the most urgent on top; then what was answered, the latest first."""
    found = AccessRequest.objects.filter(patient=patient)
    if not with_answers:
        found = found.defer("answer")
    requests = sorted(found, key=lambda r: (r.status != "open", _order(r)))
    return [asked(request, with_answers=with_answers, today=today) for request in requests]


def _order(request: AccessRequest) -> tuple[float, int]:
    answered = request.answered_at.timestamp() if request.answered_at else 0
    return -answered, request.due_on.toordinal()


def asked(request: AccessRequest, *, with_answers: bool, today: dt.date) -> Asked:
    return Asked(
        request,
        asking.urgency(request, today=today),
        (request.due_on - today).days,
        request.answer if with_answers else "",
    )
