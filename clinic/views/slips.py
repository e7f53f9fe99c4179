"""What the patient takes home of what they received, in their language."""

import datetime as dt

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.utils.translation import pgettext

from clinic.care.access import open_record
from clinic.papers import slips
from clinic.policy import CLINICAL, policy
from clinic.requests import StaffRequest
from patients.models import Series


@policy(roles=CLINICAL, patient_data=True)
def slip(request: StaffRequest, public_id: str, number: int) -> HttpResponse:
    """Of a signed record only: what may still change is not handed out."""
    now = timezone.now()
    series = opened(request, public_id, "slip.pdf", now=now)
    record = slips.signed(series).filter(session__number=number).first()
    if record is None:
        raise Http404
    language, clinic = series.patient.language, request.staff.clinic
    with translation.override(language):
        paper = slips.slip(series, record, clinic=clinic, language=language, now=now)
        name = pgettext("file name, without accents", "visit")
        return attachment(slips.pdf("slip.typ", paper, now=now), name)


@policy(roles=CLINICAL, patient_data=True)
def carnet(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    series = opened(request, public_id, "carnet.pdf", now=now)
    language, clinic = series.patient.language, request.staff.clinic
    records = list(slips.signed(series))
    with translation.override(language):
        paper = slips.carnet(series, records, clinic=clinic, language=language, now=now)
        name = pgettext("file name, without accents", "visits")
        return attachment(slips.pdf("carnet.typ", paper, now=now), name)


def opened(request: StaffRequest, public_id: str, what: str, *, now: dt.datetime) -> Series:
    series = get_object_or_404(known(), public_id=public_id)
    open_record(request, series.patient, now=now, what=what)
    return series


def known() -> QuerySet[Series]:
    return Series.objects.select_related("patient", "protocol").prefetch_related(
        "protocol__indications"
    )


def attachment(content: bytes, name: str) -> HttpResponse:
    """A file name that says nothing about care."""
    disposition = f'attachment; filename="{name}.pdf"'
    headers = {"Content-Disposition": disposition}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
