"""What was said to patients: the list, one message, sending again, calls, and the call list."""

import datetime as dt
from typing import Any

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from clinic import audit, telling
from clinic.forms.told import AgainForm, CallForm, FilterForm
from clinic.models import Appointment, Message, PatientCall
from clinic.outbox import again as outbox
from clinic.pages import to_tell, told
from clinic.papers import calling, spreadsheet
from clinic.policy import FORM, STAFF, WRITING, policy
from clinic.requests import StaffRequest, asked, own_path, sent, status_of
from patients.models import Patient
from patients.refusal import Refusal

PAGE = 50
CALLS = 200  # on paper: what somebody calls in a day


# --- What was said -------------------------------------------------------------------------------


@policy(roles=STAFF, patient_data=True)
def messages(request: StaffRequest) -> HttpResponse:
    now, clinic = timezone.now(), request.staff.clinic
    form = FilterForm(request.GET)
    wanted = form.asked(clinic)
    page = Paginator(told.listed(clinic, wanted, now=now), PAGE).get_page(request.GET.get("page"))
    who = wanted.patients.first() if form.cleaned_data.get("patient") and wanted.patients else None
    if who is not None:
        audit.record_reading(request, who, now=now, what="patient.messages")
    context = {"form": form, "page": page, "rows": list(page), "who": who, "now": now}
    return render(request, "told/list.html", context)


@policy(roles=STAFF, patient_data=True)
def message(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    found = message_of(request, public_id)
    audit.record_reading(request, found.patient, now=now, what="message.read")
    shown = told.detail(found, now=now)
    context = {"message": found, "patient": found.patient, "shown": shown, "now": now}
    return render(request, "told/message.html", context)


@policy(roles=STAFF, methods=WRITING, patient_data=True)
def again(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    found, form = message_of(request, public_id), AgainForm(request.POST)
    channel = form.cleaned_data["channel"] if form.is_valid() else found.channel
    if not channel:
        channel = best_channel(found)
    made = outbox.again(message=found, by=request.staff.user, now=now, channel=channel)
    if isinstance(made, Message):
        notices.success(request, _("It goes out again within a minute."))
    return answered(request, found, made)


@policy(roles=STAFF, methods=WRITING, patient_data=True)
def received(request: StaffRequest, public_id: str) -> HttpResponse:
    """The patient has it after all."""
    found = message_of(request, public_id)
    settled = outbox.received(message=found, by=request.staff.user, now=timezone.now())
    if isinstance(settled, Message):
        notices.success(request, _("Written down: the patient has it."))
    return answered(request, found, settled)


def message_of(request: StaffRequest, public_id: str) -> Message:
    return get_object_or_404(told.messages(request.staff.clinic), public_id=public_id)


def best_channel(message: Message) -> str:
    """The one it went by, as long as that is usable."""
    ways = [way.channel for way in outbox.ways(message)]
    return message.channel if message.channel in ways or not ways else ways[0]


def answered(request: StaffRequest, message: Message, answer: Message | Refusal) -> HttpResponse:
    if isinstance(answer, Refusal):
        notices.error(request, answer.message)
    own = reverse("message", args=[message.public_id])
    return redirect(own_path(request, request.POST.get("next", "")) or own)


# --- Calls ---------------------------------------------------------------------------------------


@policy(roles=STAFF, methods=FORM, patient_data=True)
def call(request: StaffRequest, public_id: str) -> HttpResponse:
    """Somebody rings the patient: because of a message, about an appointment, or just so."""
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    about = about_of(request, patient)
    form = CallForm(sent(request), patient=patient)
    if form.is_bound and form.is_valid():
        telling.write_call(patient=patient, by=request.staff, now=now, **about, **form.call_fields)
        notices.success(request, _("The call is written down."))
        return redirect(own_path(request, request.GET.get("next", "")) or patient_page(patient))
    audit.record_reading(request, patient, now=now)
    calls = PatientCall.objects.filter(patient=patient).select_related("by")[:PAGE]
    context = {"patient": patient, "form": form, "calls": calls, "back": patient_page(patient)}
    return render(request, "told/call.html", context | about, status=status_of(form))


def about_of(request: StaffRequest, patient: Patient) -> dict[str, Any]:
    """What the call is about, of this patient and clinic; 404 for what is not theirs."""
    clinic = request.staff.clinic
    message: Message | None = None
    appointment: Appointment | None = None
    if key := asked(request, "message"):
        theirs = told.messages(clinic).filter(patient=patient)
        message = get_object_or_404(theirs, public_id=key)
        appointment = message.appointment
    elif key := asked(request, "appointment"):
        appointment = get_object_or_404(clinic.appointments.filter(patient=patient), public_id=key)
    return {"message": message, "appointment": appointment}


def patient_page(patient: Patient) -> str:
    return reverse("patient", args=[patient.public_id])


@policy(roles=STAFF, patient_data=True)
def calls(request: StaffRequest) -> HttpResponse:
    """Everybody whom the desk should ring, to be printed."""
    now = timezone.now()
    rows = to_tell.everyone(request.staff.clinic, now=now)
    page = Paginator(rows, CALLS).get_page(request.GET.get("page"))
    write_down(request, list(page), what="messages.calls", now=now)
    context = {"page": page, "rows": list(page), "today": request.staff.clinic.today(now=now)}
    return render(request, "told/calls.html", context)


@policy(roles=STAFF, patient_data=True)
def table(request: StaffRequest) -> HttpResponseBase:
    """The same for a spreadsheet."""
    now, clinic = timezone.now(), request.staff.clinic
    rows = to_tell.everyone(clinic, now=now)
    write_down(request, rows, what="messages.export", now=now)
    cells = calling.rows(rows, clinic.zone)
    lines = spreadsheet.lines(calling.header(), cells, language=get_language() or "fr")
    name = pgettext("file name, without accents", "calls")
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def write_down(request: StaffRequest, rows: Any, *, what: str, now: dt.datetime) -> None:
    """Whose names and numbers were taken away."""
    staff = request.staff
    patients = [row.patient.pk for row in rows]
    audit.record_many(what, patients, by=staff.user, now=now, clinic=staff.clinic)
