"""Finding, reading, creating and correcting patients."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit, registration
from clinic.forms.patients import PatientForm, typed_so_far
from clinic.pages import patient as patient_page
from clinic.pages import patients as patient_lists
from clinic.policy import FORM, STAFF, policy
from clinic.requests import StaffRequest, asked, sent
from patients import search as patient_search
from patients.models import Patient
from patients.twins import Twin

PAGE = 50
SEARCHED = 10


@policy(roles=STAFF, patient_data=True)
def search(request: StaffRequest) -> HttpResponse:
    """As somebody types: the best few. Sent as a form: the one found, or the page of results."""
    now, query = timezone.now(), asked(request)
    patients, found = patient_lists.search_results(query, limit=SEARCHED, now=now)
    if found.total == 1 and not request.htmx:
        return redirect("patient", patients[0].public_id)
    context = {
        "query": query,
        "patients": patients,
        "found": found,
        "is_too_short": patient_search.is_too_short(query),
        "today": today(request, now),
    }
    is_fragment = request.htmx
    return render(request, f"search/{'_results' if is_fragment else 'page'}.html", context)


@policy(roles=STAFF, patient_data=True)
def patients(request: StaffRequest) -> HttpResponse:
    now, query = timezone.now(), asked(request)
    everyone = patient_search.find(query) if query else Patient.objects.all()
    page = Paginator(everyone.values_list("pk", flat=True), PAGE).get_page(request.GET.get("page"))
    rows = patient_lists.rows(list(page), now=now)
    context = {"query": query, "page": page, "patients": rows, "today": today(request, now)}
    return render(request, "patients/list.html", context)


@policy(roles=STAFF, patient_data=True)
def patient(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    shown = patient_page.of(patient, clinic=request.staff.clinic, now=now)
    audit.record_reading(request, patient, now=now)
    context = {
        "patient": patient,
        "shown": shown,
        "history": Paginator(shown.history, PAGE).get_page(request.GET.get("page")),
        "today": today(request, now),
    }
    return render(request, "patients/patient.html", context)


@policy(roles=STAFF, methods=FORM, patient_data=True)
def new(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    form = PatientForm(
        sent(request), initial=typed_so_far(asked(request)), today=today(request, now)
    )
    twins: list[Twin] = []
    if form.is_bound and form.is_valid():
        twins = unseen_twins(request, form)
        if not twins:
            made = registration.create(fields=form.patient_fields, by=request.staff, now=now)
            messages.success(request, _("%(name)s is registered.") % {"name": made.name})
            return redirect("patient", made.public_id)
    context = {"form": form, "twins": twins, "today": today(request, now)}
    return render(request, "patients/new.html", context)


@policy(roles=STAFF, methods=FORM, patient_data=True)
def edit(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    form = PatientForm(
        sent(request),
        instance=patient,
        initial={"version": patient.version},
        today=today(request, now),
    )
    context: dict[str, Any] = {"form": form, "today": today(request, now)}
    if form.is_bound and form.is_valid():
        context["twins"] = unseen_twins(request, form) if form.changes_identity else []
        if not context["twins"]:
            saved = registration.update(
                patient=patient,
                fields=form.patient_fields,
                version=form.cleaned_data["version"],
                by=request.staff,
                now=now,
            )
            if isinstance(saved, Patient):
                messages.success(request, _("Saved."))
                return redirect("patient", saved.public_id)
            context |= both_sides(request, form, saved.patient)
    audit.record_reading(request, patient, now=now)
    context["patient"] = Patient.objects.get(pk=patient.pk) if form.is_bound else patient
    return render(request, "patients/edit.html", context)


def today(request: StaffRequest, now: dt.datetime) -> dt.date:
    return request.staff.clinic.today(now=now)


def unseen_twins(request: StaffRequest, form: PatientForm) -> list[Twin]:
    """Empty when there are none, or when the person saw each of them and goes on."""
    twins = form.twins()
    seen = set(request.POST.get("seen", "").split())
    return [] if {twin.patient.public_id for twin in twins} <= seen else twins


def both_sides(request: StaffRequest, form: PatientForm, current: Patient) -> dict[str, Any]:
    """Somebody else saved meanwhile: what stands beside what was typed; sent again, it is saved."""
    theirs = PatientForm(instance=current, today=form.today)
    typed = request.POST.copy()
    typed["version"] = str(current.version)
    form.data = typed
    differing = [
        (form[name], theirs[name].value() or "—", form[name].value() or "—")
        for name in form.Meta.fields
        if form.cleaned_data[name] != getattr(current, name)
    ]
    return {"is_stale": True, "differing": differing}
