"""A series to take away: a page for printing, a PDF, a calendar file. In the patient's language."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.translation import pgettext

from clinic import audit
from clinic.pages import series as series_page
from clinic.papers import documents, feeds
from clinic.papers.documents import Paper
from clinic.policy import STAFF, policy
from clinic.requests import StaffRequest
from patients.models import Series


@policy(roles=STAFF, patient_data=True)
def printed(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    series = taken_away(request, public_id, "series.print", now=now)
    with translation.override(series.patient.language):
        return render(request, "series/print.html", {"paper": paper(request, series, now=now)})


@policy(roles=STAFF, patient_data=True)
def pdf(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    series = taken_away(request, public_id, "series.pdf", now=now)
    with translation.override(series.patient.language):
        content = documents.pdf(paper(request, series, now=now), now=now)
        return attachment(content, "application/pdf", "pdf")


@policy(roles=STAFF, patient_data=True)
def ics(request: StaffRequest, public_id: str) -> HttpResponse:
    series = taken_away(request, public_id, "series.ics", now=timezone.now())
    clinic = request.staff.clinic
    with translation.override(series.patient.language):
        content = feeds.calendar(series_page.every_attempt(series), clinic=clinic)
        return attachment(content, "text/calendar; charset=utf-8", "ics")


def taken_away(request: StaffRequest, public_id: str, what: str, *, now: dt.datetime) -> Series:
    """The series with all that goes on paper; that it left the house is written down."""
    series = get_object_or_404(series_page.loaded(), public_id=public_id)
    audit.record_reading(request, series.patient, now=now, what=what)
    return series


def paper(request: StaffRequest, series: Series, *, now: dt.datetime) -> Paper:
    return documents.paper_of(
        series,
        series_page.every_attempt(series),
        clinic=request.staff.clinic,
        language=series.patient.language,
        now=now,
    )


def attachment(content: bytes, kind: str, ending: str) -> HttpResponse:
    """A file name that says nothing about care."""
    name = pgettext("file name, without accents", "appointments")
    disposition = f'attachment; filename="{name}.{ending}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
