"""One appointment: its page, and what may be done with it."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit, booking
from clinic.forms.appointments import CancelForm, MarkForm, PlaceForm, new_key
from clinic.forms.visits import DayForm
from clinic.models import Appointment
from clinic.pages import appointment as attempts
from clinic.pages import placing
from clinic.pages.appointment import BY_MARK
from clinic.policy import FORM, STAFF, WRITING, policy
from clinic.requests import StaffRequest, own_path, sent, status_of, wants_json
from clinic.wording import moment


@policy(roles=STAFF, patient_data=True)
def page(request: StaffRequest, public_id: str) -> HttpResponse:
    """In the drawer the same fragment as on the page."""
    now = timezone.now()
    appointment = appointment_of(request, public_id)
    shown = attempts.detail(appointment, now=now)
    audit.record_reading(request, appointment.patient, now=now)
    context = {"shown": shown, "appointment": appointment, "patient": appointment.patient}
    fragment = request.htmx
    return render(request, f"appointments/{'_answer' if fragment else 'page'}.html", context)


@policy(roles=STAFF, methods=FORM, patient_data=True)
def move(request: StaffRequest, public_id: str) -> HttpResponse:
    """The form, and what a drag in the agenda posts (which asks for JSON)."""
    now = timezone.now()
    appointment = appointment_of(request, public_id)
    form = PlaceForm(sent(request), clinic=appointment.clinic)
    if form.is_bound and form.is_valid():
        moved = booking.move(
            appointment=appointment,
            starts_at=form.cleaned_data["starts_at"],
            only=form.cleaned_data["only"],
            by=request.staff.user,
            now=now,
            key=form.cleaned_data["key"],
        )
        if isinstance(moved, booking.Moved):
            return answer_moved(request, moved)
        refuse(form, moved)
    if form.is_bound and wants_json(request):
        problems = [error for errors in form.errors.values() for error in errors]
        return JsonResponse({"problems": problems}, status=409)
    days = DayForm(request.GET, clinic=appointment.clinic)
    choice = placing.choices(booking.visit_of(appointment), now=now, **days.chosen)
    audit.record_reading(request, appointment.patient, now=now)
    context = {"appointment": appointment, "form": form, "days": days, "choice": choice}
    context |= {"key": new_key(), "shown": attempts.detail(appointment, now=now)}
    return render(request, "appointments/move.html", context, status=status_of(form))


@policy(roles=STAFF, methods=FORM, patient_data=True)
def cancel(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    appointment = appointment_of(request, public_id)
    form = CancelForm(sent(request))
    if form.is_bound and form.is_valid():
        cancelled = booking.cancel(
            appointment=appointment,
            by=request.staff.user,
            now=now,
            **form.cleaned_data,
        )
        if isinstance(cancelled, booking.Cancelled):
            messages.success(request, _("The appointment is cancelled; its time is free again."))
            return redirect("appointment", public_id)
        refuse(form, cancelled)
    audit.record_reading(request, appointment.patient, now=now)
    shown = attempts.detail(appointment, now=now)
    context = {"appointment": appointment, "form": form, "shown": shown}
    return render(request, "appointments/cancel.html", context, status=status_of(form))


@policy(roles=STAFF, methods=WRITING, patient_data=True)
def mark(request: StaffRequest, public_id: str) -> HttpResponse:
    """Arrived, done, did not come, or none of it after all."""
    now = timezone.now()
    appointment = appointment_of(request, public_id)
    form = MarkForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This mark does not exist."))
        return redirect(next_of(request, public_id))
    marked = booking.mark(
        appointment=appointment,
        status=BY_MARK[form.cleaned_data["mark"]],
        by=request.staff.user,
        now=now,
    )
    if isinstance(marked, booking.Refused):
        for problem in marked.problems:
            messages.error(request, problem.message)
    else:
        messages.success(
            request, marked_text(marked.appointment), extra_tags=undo_of(marked.appointment)
        )
    return redirect(next_of(request, public_id))


def appointment_of(request: StaffRequest, public_id: str) -> Appointment:
    clinic = request.staff.clinic
    return get_object_or_404(attempts.appointments(clinic), public_id=public_id)


def answer_moved(request: StaffRequest, moved: booking.Moved) -> HttpResponse:
    appointment = moved.appointment
    text = _("Moved to %(when)s.") % {"when": moment(local_start(appointment))}
    if wants_json(request):
        text = " ".join([text, *(warning.message for warning in moved.warnings)])
        return JsonResponse({"appointment": appointment.public_id, "message": text})
    messages.success(request, text)
    for warning in moved.warnings:
        messages.warning(request, warning.message)
    return redirect("appointment", appointment.public_id)


def local_start(appointment: Appointment) -> dt.datetime:
    return appointment.starts_at.astimezone(appointment.clinic.zone)


def marked_text(appointment: Appointment) -> str:
    said = {
        Appointment.Status.ARRIVED: _("%(patient)s has arrived."),
        Appointment.Status.FULFILLED: _("%(patient)s: done."),
        Appointment.Status.NOSHOW: _("%(patient)s did not come. Now to call."),
        Appointment.Status.BOOKED: _("%(patient)s: booked, as before."),
    }
    return said[Appointment.Status(appointment.status)] % {"patient": appointment.patient.name}


def undo_of(appointment: Appointment) -> str:
    """What `_messages.html` makes a button of; an undone mark has none."""
    is_marked = appointment.status != Appointment.Status.BOOKED
    return f"undo:{appointment.public_id}" if is_marked else ""


def refuse(form: Any, refused: booking.Refused) -> None:
    """Each problem at its field, else on top."""
    for problem in refused.problems:
        field = problem.field if problem.field in form.fields else None
        form.add_error(field, in_full(problem))


def in_full(problem: booking.Problem) -> str:
    """A gap is told as a rule; alone it would read like a wish."""
    if problem.code != "gap":
        return problem.message
    return _("The rule against it: %(rule)s.") % {"rule": problem.message}


def next_of(request: StaffRequest, public_id: str) -> str:
    """Back to the page that the button stood on, or to the appointment."""
    return own_path(request, request.POST.get("next", "")) or reverse(
        "appointment", args=[public_id]
    )
