"""A single consultation, and a session of a running series that has no place: choose and book."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit, booking
from clinic.forms.appointments import PlaceForm, new_key
from clinic.forms.visits import DayForm, VisitForm
from clinic.models import Appointment
from clinic.pages import placing
from clinic.policy import FORM, STAFF, policy
from clinic.requests import StaffRequest, asked, sent, status_of
from clinic.views.appointments import local_start, refuse
from clinic.wording import moment
from patients import search
from patients.models import Patient, TreatmentSession

FOUND = 10


@policy(roles=STAFF, methods=FORM, patient_data=True)
def new(request: StaffRequest) -> HttpResponse:
    """For whom first, then when; the address holds what was chosen, so it can be reloaded."""
    now = timezone.now()
    clinic = request.staff.clinic
    patient_id = request.GET.get("patient", "")
    if not patient_id:
        return render(request, "visits/patient.html", whom(request))
    patient = get_object_or_404(Patient, public_id=patient_id.replace("\0", ""))
    days = VisitForm(request.GET, clinic=clinic)
    visit_type = days.kind
    form = PlaceForm(sent(request), clinic=clinic)
    if visit_type and form.is_bound and form.is_valid():
        booked = booking.book_visit(
            clinic=clinic,
            patient=patient,
            visit_type=visit_type,
            by=request.staff.user,
            now=now,
            **form.cleaned_data,
        )
        if isinstance(booked, booking.Booked):
            return answer_booked(request, booked.appointments[0])
        refuse(form, booked)
    audit.record_reading(request, patient, now=now)
    context = {"patient": patient, "days": days, "form": form, "visit_type": visit_type}
    if visit_type:
        visit = booking.single_visit(clinic, patient, visit_type)
        context["choice"] = placing.choices(visit, now=now, **days.chosen)
    context["key"] = form.data.get("key") or new_key()
    return render(request, "visits/new.html", context, status=status_of(form))


@policy(roles=STAFF, methods=FORM, patient_data=True)
def session(request: StaffRequest, public_id: str, number: int) -> HttpResponse:
    """Book the session of a series again, or for the first time."""
    now = timezone.now()
    clinic = request.staff.clinic
    session = get_object_or_404(
        TreatmentSession.objects.select_related("series__patient", "series__protocol", "step"),
        series__public_id=public_id,
        number=number,
    )
    form = PlaceForm(sent(request), clinic=clinic)
    if form.is_bound and form.is_valid():
        booked = booking.book_session(
            session=session,
            clinic=clinic,
            by=request.staff.user,
            now=now,
            **form.cleaned_data,
        )
        if isinstance(booked, booking.Booked):
            return answer_booked(request, booked.appointments[0])
        refuse(form, booked)
    patient = session.series.patient
    audit.record_reading(request, patient, now=now)
    days = DayForm(request.GET, clinic=clinic)
    choice = placing.choices(booking.session_visit(session, clinic), now=now, **days.chosen)
    context = {"patient": patient, "session": session, "days": days, "form": form}
    context |= {"choice": choice, "key": form.data.get("key") or new_key()}
    return render(request, "visits/session.html", context, status=status_of(form))


def whom(request: StaffRequest) -> dict[str, Any]:
    query = asked(request)
    found = list(search.find(query)[: FOUND + 1]) if query else []
    return {"query": query, "found": found[:FOUND], "has_more": len(found) > FOUND}


def answer_booked(request: StaffRequest, appointment: Appointment) -> HttpResponse:
    messages.success(request, _("Booked: %(when)s.") % {"when": moment(local_start(appointment))})
    return redirect("appointment", appointment.public_id)
