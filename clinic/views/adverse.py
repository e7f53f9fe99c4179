"""Adverse reactions: told, followed, closed, printed; what the desk passes on unread."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from clinic import audit
from clinic.care import adverse
from clinic.care.access import open_record
from clinic.forms.adverse import (
    INPUT_MOMENT,
    CallBackForm,
    CloseForm,
    EventForm,
    FollowForm,
    initial_of,
)
from clinic.pages import adverse as adverse_page
from clinic.papers import vigilance
from clinic.policy import CLINICAL, FORM, PRACTITIONERS, STAFF, WRITING, policy
from clinic.requests import StaffRequest, sent
from clinic.views.slips import attachment
from patients.adverse import NotYet, Stale
from patients.models import AdverseEvent, Patient

PAGE = 50


# --- Lists ---------------------------------------------------------------------------------------


@policy(roles=PRACTITIONERS, patient_data=True)
def work(request: StaffRequest) -> HttpResponse:
    """The practitioner's own; of patients outside their care only that somebody should look."""
    now = timezone.now()
    work = adverse_page.work(request.staff, now=now)
    page = Paginator(work.mine, PAGE).get_page(request.GET.get("page"))
    audit.record_many(
        "adverse.list",
        [row.event.patient_id for row in page],
        by=request.staff.user,
        now=now,
        clinic=request.staff.clinic,
    )
    context = {"page": page, "others": work.others[:PAGE], "others_total": len(work.others)}
    return render(request, "adverse/work.html", context | {"now": now})


@policy(roles=CLINICAL, patient_data=True)
def of_patient(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    open_record(request, patient, now=now, what="adverse.list")
    page = Paginator(adverse_page.of_patient(patient), PAGE).get_page(request.GET.get("page"))
    context = {"patient": patient, "page": page}
    return render(request, "adverse/patient.html", context)


# --- One reaction --------------------------------------------------------------------------------


@policy(roles=CLINICAL, methods=FORM, patient_data=True)
def new(request: StaffRequest, public_id: str) -> HttpResponse:
    """From the record (`?session=`), from the phone (`?source=phone`), from the patient's page."""
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    open_record(request, patient, now=now, what="adverse.new")
    form = EventForm(
        sent(request), patient=patient, clinic=request.staff.clinic, now=now,
        initial=suggested(request, now),
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        event = adverse.report(patient=patient, fields=form.event_fields, by=request.staff, now=now)
        messages.success(request, _("The reaction is written down; it stays open until closed."))
        return redirect("adverse", event.public_id)
    return render(request, "adverse/new.html", {"patient": patient, "form": form})


def suggested(request: StaffRequest, now: dt.datetime) -> dict[str, Any]:
    session = request.GET.get("session", "")
    usual = AdverseEvent.Source.RECORD if session else AdverseEvent.Source.PHONE
    return {
        "session": session,
        "source": request.GET.get("source", usual),
        "noticed_at": now.astimezone(request.staff.clinic.zone).strftime(INPUT_MOMENT),
        "seriousness": AdverseEvent.Seriousness.NON_SERIOUS,
        "outcome": AdverseEvent.Outcome.ONGOING,
    }


@policy(roles=CLINICAL, patient_data=True)
def event(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    event = opened(request, public_id, "adverse.read", now=now)
    return shown(request, event)


@policy(roles=CLINICAL, methods=FORM, patient_data=True)
def edit(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    event = opened(request, public_id, "adverse.read", now=now)
    adverse.require_here(event, request.staff, now=now)
    clinic = request.staff.clinic
    form = EventForm(
        sent(request), patient=event.patient, clinic=clinic, now=now,
        initial=initial_of(event, clinic),
    )  # fmt: skip
    context: dict[str, Any] = {"patient": event.patient, "event": event, "form": form}
    if form.is_bound and form.is_valid():
        saved = adverse.update(
            event=event,
            fields=form.event_fields,
            version=form.cleaned_data["version"] or 0,
            by=request.staff,
            now=now,
        )
        if isinstance(saved, AdverseEvent):
            messages.success(request, _("Saved."))
            return redirect("adverse", public_id)
        context |= both_sides(request, form, get_object_or_404(adverse_page.loaded(), pk=event.pk))
    status = 409 if context.get("is_stale") else 200
    return render(request, "adverse/edit.html", context, status=status)


def both_sides(request: StaffRequest, form: EventForm, current: AdverseEvent) -> dict[str, Any]:
    """Somebody else saved meanwhile: what stands beside what was typed; sent again, it is saved."""
    theirs = EventForm(
        initial_of(current, form.clinic), patient=form.patient, clinic=form.clinic, now=form.now
    )
    typed = request.POST.copy()
    typed["version"] = str(current.version)
    fields = [name for name in form.event_fields if differ(form, theirs, name)]
    rows = [(form[name], said(theirs, name), said(form, name)) for name in fields]
    form.data = typed
    return {"is_stale": True, "differing": rows, "event": current}


def differ(form: EventForm, theirs: EventForm, name: str) -> bool:
    return said(form, name) != said(theirs, name)


def said(form: EventForm, name: str) -> str:
    """A field's value in words: the labels of what was chosen."""
    value = form[name].value()
    choices = dict(getattr(form.fields[name], "choices", ()))
    chosen = value if isinstance(value, list | tuple) else [value]
    words = [str(choices.get(each, "" if each is None else each)) for each in chosen]
    return ", ".join(words) or "—"


@policy(roles=CLINICAL, methods=WRITING, patient_data=True)
def follow(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    event = opened(request, public_id, "adverse.read", now=now)
    form = FollowForm(request.POST)
    if form.is_valid():
        adverse.follow(event=event, text=form.cleaned_data["text"], by=request.staff, now=now)
        messages.success(request, _("Added."))
        return redirect("adverse", public_id)
    return shown(request, event, follow=form)


@policy(roles=CLINICAL, methods=WRITING, patient_data=True)
def close(request: StaffRequest, public_id: str) -> HttpResponse:
    """Close it with its outcome; a closed one is opened again with `reopen`."""
    now = timezone.now()
    event = opened(request, public_id, "adverse.read", now=now)
    if "reopen" in request.POST:
        adverse.reopen(event=event, by=request.staff, now=now)
        messages.success(request, _("The reaction is open again."))
        return redirect("adverse", public_id)
    form = CloseForm(request.POST)
    if form.is_valid():
        answer = adverse.close(
            event=event, outcome=form.cleaned_data["outcome"], by=request.staff, now=now
        )
        if not isinstance(answer, NotYet):
            messages.success(request, told(answer))
            return redirect("adverse", public_id)
        form.add_error("outcome", _("Say first how severe it is and which vigilance applies."))
    return shown(request, event, close=form)


def told(answer: AdverseEvent | Stale) -> str:
    if isinstance(answer, Stale):
        return _("Somebody else has closed it already.")
    return _("The reaction is closed.")


@policy(roles=CLINICAL, patient_data=True)
def report(request: StaffRequest, public_id: str) -> HttpResponse:
    """A declaration to print. It is never sent by itself."""
    now = timezone.now()
    event = opened(request, public_id, "adverse.report", now=now)
    language = (get_language() or "fr").split("-")[0]
    paper = vigilance.report_of(event, by=request.staff, language=language, now=now)
    name = pgettext("file name, without accents", "report")
    return attachment(vigilance.pdf(paper, now=now), name)


def opened(request: StaffRequest, public_id: str, what: str, *, now: dt.datetime) -> AdverseEvent:
    events = adverse_page.loaded().select_related(
        "patient", "session__series__protocol", "session__record", "product_use", "reported_by",
        "closed_by",
    )  # fmt: skip
    event = get_object_or_404(events, public_id=public_id)
    open_record(request, event.patient, now=now, what=what)
    return event


def shown(
    request: StaffRequest,
    event: AdverseEvent,
    *,
    follow: FollowForm | None = None,
    close: CloseForm | None = None,
) -> HttpResponse:
    context = {
        "patient": event.patient,
        "event": event,
        "shown": adverse_page.shown(event),
        "photos": adverse_page.photos_of(event),
        "entries": event.entries.select_related("by"),
        "follow": follow or FollowForm(),
        "close": close or CloseForm(),
        "elsewhere": adverse.not_to_change(event, request.staff, now=timezone.now()),
        "form": follow or close,
    }
    return render(request, "adverse/event.html", context)


# --- The desk ------------------------------------------------------------------------------------


@policy(roles=STAFF, methods=FORM, patient_data=True)
def call_back(request: StaffRequest, public_id: str) -> HttpResponse:
    """Tell the practitioner what the patient says. Written here, read by those who treat."""
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    form = CallBackForm(sent(request))
    if form.is_bound and form.is_valid():
        adverse.pass_on(patient=patient, text=form.cleaned_data["text"], by=request.staff, now=now)
        messages.success(request, _("The practitioner is told."))
        return redirect("patient", public_id)
    audit.record_reading(request, patient, now=now)
    return render(request, "adverse/call_back.html", {"patient": patient, "form": form})
