"""The course at a glance, and its re-evaluation."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit, reviewing
from clinic.care import access, changing
from clinic.forms.reviews import ReviewForm
from clinic.pages import course, worklist
from clinic.policy import CLINICAL, FORM, PRACTITIONERS, policy
from clinic.requests import StaffRequest, sent
from patients import reviews
from patients.models import Patient, Review


@policy(roles=CLINICAL, patient_data=True)
def dossier(request: StaffRequest, public_id: str) -> HttpResponse:
    """The first page of a patient's record."""
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    access.open_record(request, patient, now=now, what="record.course")
    shown = course.of(patient, clinic=request.staff.clinic, now=now)
    context = {"patient": patient, "courses": shown, "articles": course.articles(shown)}
    return render(request, "dossier/page.html", context)


@policy(roles=PRACTITIONERS, methods=FORM, patient_data=True)
def review(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    series = get_object_or_404(course.loaded(), public_id=public_id)
    access.open_record(request, series.patient, now=now, what="record.course")
    form = ReviewForm(sent(request), series=series)
    if not form.is_bound and (why_not := reviewing.not_to_review(series, request.staff, now=now)):
        raise changing.Elsewhere(why_not)
    if form.is_bound and form.is_valid():
        written = reviewing.review(series=series, staff=request.staff, now=now, **form.cleaned_data)
        if isinstance(written, Review):
            messages.success(request, _("The re-evaluation is written down."))
            return redirect(after(written))
        for problem in written.problems:
            form.add_error(None, problem.message)
    context = {
        "patient": series.patient,
        "series": series,
        "form": form,
        "why": course.WHY.get(reviews.due_for(series)),  # type: ignore[arg-type]
    }
    return render(request, "dossier/review.html", context, status=409 if form.errors else 200)


def after(written: Review) -> str:
    """Changing to another protocol goes on to planning it."""
    patient = written.series.patient
    if written.next_protocol is None:
        return reverse("dossier", args=[patient.public_id])
    planned = f"?patient={patient.public_id}&protocol={written.next_protocol.pk}"
    return reverse("series_new") + planned


@policy(roles=CLINICAL, patient_data=True)
def work(request: StaffRequest) -> HttpResponse:
    """What the practitioner has to do beside the agenda."""
    now = timezone.now()
    listed = worklist.of(request.staff, now=now)
    audit.record("worklist.read", by=request.staff.user, now=now, clinic=request.staff.clinic)
    return render(request, "dossier/work.html", {"listed": listed})
