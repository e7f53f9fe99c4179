"""A patient's file: who asked for it, by when, and the file itself.

The desk registers a request and sees when it is due; what is in the file, and what was answered,
only those see who treat.
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from clinic import audit
from clinic.care import access, files
from clinic.forms.files import AnswerForm, RequestForm
from clinic.pages import files as files_page
from clinic.papers import file as file_paper
from clinic.policy import CLINICAL, FORM, STAFF, policy
from clinic.requests import StaffRequest, sent
from patients.models import AccessRequest, Patient

PAGE = 50


@policy(roles=STAFF, methods=FORM, patient_data=True)
def file(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    with_answers = access.may_see_records(request.staff)
    if with_answers:
        access.open_record(request, patient, now=now, what="file.read")
    else:
        audit.record_reading(request, patient, now=now)
    today = request.staff.clinic.today(now=now)
    form = RequestForm(sent(request), today=today)
    if form.is_bound and form.is_valid():
        files.register(patient=patient, staff=request.staff, now=now, **form.cleaned_data)
        messages.success(request, _("The request is registered."))
        return redirect("file", public_id)
    asked = files_page.of(patient, with_answers=with_answers, today=today)
    page = Paginator(asked, PAGE).get_page(request.GET.get("page"))
    context = {"patient": patient, "form": form, "page": page, "today": today}
    return render(request, "files/page.html", context)


@policy(roles=CLINICAL, methods=FORM, patient_data=True)
def answer(request: StaffRequest, public_id: str) -> HttpResponse:
    """Delivered, or refused."""
    now = timezone.now()
    found = AccessRequest.objects.select_related("patient")
    asked = get_object_or_404(found, public_id=public_id)
    access.open_record(request, asked.patient, now=now, what="file.read")
    form = AnswerForm(sent(request))
    if form.is_bound and form.is_valid():
        if files.answer(request=asked, staff=request.staff, now=now, **form.cleaned_data):
            messages.success(request, _("The answer is written down."))
        else:
            messages.info(request, _("This request was answered already."))
        return redirect("file", asked.patient.public_id)
    today = request.staff.clinic.today(now=now)
    shown = files_page.asked(asked, with_answers=True, today=today)
    context = {"patient": asked.patient, "shown": shown, "form": form}
    return render(request, "files/answer.html", context)


@policy(roles=CLINICAL, patient_data=True)
def pdf(request: StaffRequest, public_id: str) -> HttpResponse:
    return taken_away(request, public_id, "pdf", "application/pdf")


@policy(roles=CLINICAL, patient_data=True)
def plain(request: StaffRequest, public_id: str) -> HttpResponse:
    return taken_away(request, public_id, "json", "application/json")


@policy(roles=CLINICAL, patient_data=True)
def archive(request: StaffRequest, public_id: str) -> HttpResponse:
    return taken_away(request, public_id, "zip", "application/zip")


def taken_away(request: StaffRequest, public_id: str, ending: str, kind: str) -> HttpResponse:
    """In the patient's language, under a name that says nothing about anybody."""
    now, clinic = timezone.now(), request.staff.clinic
    patient = get_object_or_404(Patient, public_id=public_id)
    access.open_record(request, patient, now=now, what=f"file.{ending}")
    with translation.override(patient.language):
        found = file_paper.gathered(patient)
        if ending == "json":
            content = file_paper.as_json(patient, found, now=now)
        else:
            make = file_paper.as_pdf if ending == "pdf" else file_paper.archive
            content = make(patient, found, clinic=clinic, now=now)
        name = pgettext("file name, without accents", "file")
    disposition = f'attachment; filename="{name}.{ending}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
