"""Proposing and booking a series, new or running; its page; stopping it."""

import datetime as dt
import re
import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic import audit, booking
from clinic.booking import Booked, Pick, Refused
from clinic.forms.series import StopForm, Subject, WishesForm
from clinic.models import LONGEST_KEY, Resource
from clinic.pages import patients as patient_lists
from clinic.pages import proposal as proposal_page
from clinic.pages import quotes as quote_pages
from clinic.pages import series as series_page
from clinic.pages.addresses import address_of, picks_of
from clinic.policy import FORM, STAFF, policy
from clinic.requests import StaffRequest, asked, sent
from patients import search
from patients.models import Patient, Series
from protocols.models import Protocol

SEARCHED = 8
LONGEST_NUMBER = 10
ACTED_ON = re.compile(r"(?:pick|undo)-(\d{1,3})(?:-[\d-]+)?")
PUBLIC_NAME = re.compile(r"[-\w]{1,60}", re.ASCII)


@policy(roles=STAFF, methods=FORM, patient_data=True)
def new(request: StaffRequest) -> HttpResponse:
    """Choose, look, adjust, book. All that is asked stands in the address."""
    now = timezone.now()
    if request.htmx and request.htmx.target == "patients-found":
        return render(request, "series/_found.html", found(request, now))
    patient, protocol = chosen_patient(request), chosen_protocol(request)
    if patient is None or protocol is None:
        return choose(request, patient, protocol, now=now)
    subject = Subject(
        request.staff.clinic,
        patient,
        protocol,
        practitioners(request, protocol),
    )
    return propose_or_book(request, subject, now=now)


@policy(roles=STAFF, methods=FORM, patient_data=True)
def plan(request: StaffRequest, public_id: str) -> HttpResponse:
    """The same for the rest of a running series, whose patient and protocol are given."""
    now = timezone.now()
    series = get_object_or_404(series_page.loaded(), public_id=public_id)
    subject = rest_of(request, series)
    if subject is None:
        messages.info(request, _("Every session of this series has its appointment."))
        return redirect("series", series.public_id)
    return propose_or_book(request, subject, now=now)


@policy(roles=STAFF, patient_data=True)
def page(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    series = get_object_or_404(series_page.loaded(), public_id=public_id)
    audit.record_reading(request, series.patient, now=now, what="series.read")
    shown = series_page.page_of(series, clinic=request.staff.clinic, now=now)
    context = {"series": series, "patient": series.patient, "page": shown}
    return render(request, "series/page.html", context)


@policy(roles=STAFF, methods=FORM, patient_data=True)
def stop(request: StaffRequest, public_id: str) -> HttpResponse:
    """Cancel what is still to come of a series, and say why."""
    now = timezone.now()
    series = get_object_or_404(series_page.loaded(), public_id=public_id)
    form = StopForm(sent(request))
    if form.is_bound and form.is_valid():
        answer = booking.stop_series(
            series=series,
            by=request.staff.user,
            clinic=request.staff.clinic,
            now=now,
            **form.cleaned_data,
        )
        if not isinstance(answer, Refused):
            messages.success(request, stopped_message(answer.cancelled))
            return redirect("series", series.public_id)
        for problem in answer.problems:
            form.add_error(problem.field or None, problem.message)
    audit.record_reading(request, series.patient, now=now, what="series.read")
    shown = series_page.page_of(series, clinic=request.staff.clinic, now=now)
    context = {"series": series, "patient": series.patient, "page": shown, "form": form}
    return render(request, "series/stop.html", context)


def stopped_message(cancelled: int) -> str:
    if not cancelled:
        return _("The series is stopped. There was no appointment to cancel.")
    return ngettext(
        "The series is stopped; %(n)d appointment is cancelled.",
        "The series is stopped; %(n)d appointments are cancelled.",
        cancelled,
    ) % {"n": cancelled}


# --- Patient and protocol ------------------------------------------------------------------------


def choose(
    request: StaffRequest, patient: Patient | None, protocol: Protocol | None, *, now: dt.datetime
) -> HttpResponse:
    """What is still to be chosen, before there can be a proposal."""
    context = found(request, now) | {
        "patient": patient,
        "protocol": protocol,
        "protocols": [] if protocol else list(Protocol.objects.bookable().with_steps()),
        "unknown": unknown(request, patient, protocol),
    }
    if patient:
        audit.record_reading(request, patient, now=now)
    return render(request, "series/choose.html", context)


def found(request: StaffRequest, now: dt.datetime) -> dict[str, Any]:
    """The patients that match what is typed so far."""
    query = asked(request, "find")
    patients, found = patient_lists.search_results(query, limit=SEARCHED, now=now)
    return {
        "query": query,
        "patients": patients,
        "found": found,
        "is_too_short": search.is_too_short(query),
        "today": request.staff.clinic.today(now=now),
    }


def chosen_patient(request: StaffRequest) -> Patient | None:
    name = public_name(request, "patient")
    return Patient.objects.filter(public_id=name).first() if name else None


def chosen_protocol(request: StaffRequest) -> Protocol | None:
    """By number: beside a patient, an address must not say what the care is about."""
    name = public_name(request, "protocol")
    known = name.isdecimal() and len(name) < LONGEST_NUMBER
    return Protocol.objects.bookable().with_steps().filter(pk=name).first() if known else None


def public_name(request: StaffRequest, key: str) -> str:
    """What the address gives, when it could be the name of a row at all."""
    value = request.GET.get(key, "")
    return value if PUBLIC_NAME.fullmatch(value) else ""


def unknown(request: StaffRequest, patient: Patient | None, protocol: Protocol | None) -> list[str]:
    """What the address names and nobody knows."""
    missing = {
        "patient": (patient, _("This patient is not known here. Please choose again.")),
        "protocol": (protocol, _("This protocol is no longer offered. Please choose again.")),
    }
    return [text for key, (row, text) in missing.items() if request.GET.get(key) and row is None]


def practitioners(request: StaffRequest, protocol: Protocol) -> QuerySet[Resource]:
    """Those of this clinic who may perform it."""
    return Resource.objects.filter(
        clinic=request.staff.clinic,
        is_active=True,
        kind__category="practitioner",
        qualification__in=protocol.performers,
    ).order_by("position", "name")


def rest_of(request: StaffRequest, series: Series) -> Subject | None:
    """What is left to plan of a running series; None when nothing is."""
    series.protocol = Protocol.objects.with_steps().get(pk=series.protocol_id)
    clinic = request.staff.clinic
    rows = series_page.rows_of(series)
    dated = [row for row in rows if row.due.on]
    first = series_page.first_to_plan(series, {row.session.number for row in dated})
    if first is None:
        return None
    last = dated[-1] if dated else None
    who = last.attempt.practitioner if last and last.attempt else None
    return Subject(
        clinic,
        series.patient,
        series.protocol,
        practitioners(request, series.protocol),
        first=first,
        previous_on=last.due.on if last else series.previous_on,
        previous_practitioner=who.public_id if who else None,
        series=series,
    )


# --- The proposal --------------------------------------------------------------------------------


def propose_or_book(request: StaffRequest, subject: Subject, *, now: dt.datetime) -> HttpResponse:
    form = WishesForm(request.GET, subject=subject, today=subject.clinic.today(now=now))
    refused = None
    if request.method == "POST":
        answer = booking.book(
            token=request.POST.get("token", ""),
            key=request.POST.get("key", "").replace("\0", "")[:LONGEST_KEY],
            by=request.staff.user,
            clinic=subject.clinic,
            now=now,
        )
        if isinstance(answer, Booked) and answer.series:
            messages.success(request, booked_message(len(answer.appointments)))
            return redirect("series", answer.series.public_id)
        refused = answer
    if not is_swap(request):  # the proposal alone says nothing of the patient
        audit.record_reading(request, subject.patient, now=now)
    context = proposal_context(request, form, now=now, refused=refused)
    response = render(request, template_for(request), context, status=409 if refused else 200)
    if is_swap(request) and form.is_valid():
        # A short address to share: without the fields that were left empty.
        response["HX-Push-Url"] = f"{request.path}?{address_of(form.ask())}"
    return response


def proposal_context(
    request: StaffRequest, form: WishesForm, *, now: dt.datetime, refused: Any
) -> dict[str, Any]:
    subject = form.subject
    page = None
    if form.is_valid():
        page = proposal_page.page_of(form.ask(), now=now, shown=sent_picks(request, form))
    return {
        "form": form,
        "subject": subject,
        "patient": subject.patient,
        "protocol": subject.protocol,
        "series": subject.series,
        "page": page,
        "panel": quote_pages.panel_of(page.proposal, now=now) if page else None,
        "here": f"{request.path}?{address_of(form.ask())}" if page else "",
        "refused": refused,
        "key": uuid.uuid4(),
        "today": subject.clinic.today(now=now),
        "focus": acted_on(request),
        "picked": request.GET.getlist("pick") if page else [],
    }


def acted_on(request: StaffRequest) -> int | None:
    """The session whose day was just picked or given back: its row keeps the focus."""
    found = ACTED_ON.fullmatch((request.htmx and request.htmx.trigger) or "")
    return int(found[1]) if found else None


def sent_picks(request: StaffRequest, form: WishesForm) -> Iterable[Pick] | None:
    """The dates that stood on the page that was sent, to mark what differs now."""
    if request.method != "POST":
        return None
    return picks_of(request.POST.getlist("shown"), form.cleaned_data["start"], form.subject.clinic)


def is_swap(request: StaffRequest) -> bool:
    """A change of the wishes swaps the proposal alone; going back in the history wants the page."""
    htmx = request.htmx
    return bool(htmx and htmx.target == "proposal" and not htmx.history_restore_request)


def template_for(request: StaffRequest) -> str:
    return "series/_proposal.html" if is_swap(request) else "series/new.html"


def booked_message(count: int) -> str:
    return ngettext("%(n)d appointment is booked.", "%(n)d appointments are booked.", count) % {
        "n": count
    }
