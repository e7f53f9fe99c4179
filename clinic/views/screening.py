"""The questionnaire that a patient fills in on a tablet, and what practitioners make of it."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from clinic import audit
from clinic import screening as verbs
from clinic.booking import Refused
from clinic.care import access
from clinic.forms.appointments import new_key
from clinic.forms.screening import DecisionForm, HoldForm, QuestionnaireForm, ReasonForm, name_of
from clinic.pages import screening as page
from clinic.policy import CLINICAL, FORM, PRACTITIONERS, STAFF, WRITING, policy
from clinic.requests import StaffRequest, sent, status_of
from patients.models import Patient
from patients.screening import Question, questions_for
from protocols.models import Protocol

Problems = Refused | None


@policy(roles=STAFF, methods=FORM, patient_data=True)
def questionnaire(request: StaffRequest, public_id: str, protocol: int) -> HttpResponse:
    """In the patient's hands: nothing but what must be asked, in their language."""
    now = timezone.now()
    patient, asking = subject(public_id, protocol)
    questions = to_ask(request, patient, asking, now=now)
    audit.record_reading(request, patient, now=now, what="screening.ask")
    with translation.override(patient.language):
        form = form_of(request, questions, now=now)
        if form.is_bound and form.is_valid():
            answered = keep(request, patient, asking, form, by_patient=True, now=now)
            if answered is None:
                return redirect("questionnaire", public_id, protocol)
            refuse(form, answered)
        context = {"patient": patient, "protocol": asking, "form": form, "questions": questions}
        what = "questionnaire" if questions else "thanks"
        return render(request, f"screening/{what}.html", context, status=status_of(form))


@policy(roles=CLINICAL, patient_data=True)
def screening(request: StaffRequest, public_id: str) -> HttpResponse:
    """What was answered and decided, and what is to be decided."""
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    access.open_record(request, patient, now=now, what="record.screening")
    return show(request, patient, now=now)


@policy(roles=PRACTITIONERS, methods=FORM, patient_data=True)
def fill(request: StaffRequest, public_id: str, protocol: int) -> HttpResponse:
    """The practitioner asks: every question, those that must be asked first."""
    now = timezone.now()
    patient, asking = subject(public_id, protocol)
    access.open_record(request, patient, now=now, what="record.screening")
    today = request.staff.clinic.today(now=now)
    questions = questions_for(patient, asking, on=today)
    questions.sort(key=lambda question: not question.must_be_asked)
    form = form_of(request, questions, now=now)
    if form.is_bound and form.is_valid():
        answered = keep(request, patient, asking, form, by_patient=False, now=now)
        if answered is None:
            messages.success(request, _("The answers are written down."))
            return redirect("screening", public_id)
        refuse(form, answered)
    context = {"patient": patient, "protocol": asking, "form": form}
    return render(request, "screening/fill.html", context, status=status_of(form))


@policy(roles=PRACTITIONERS, methods=WRITING, patient_data=True)
def decide(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    access.open_record(request, patient, now=now, what="record.screening")
    form = DecisionForm(request.POST, answers=page.decidable(patient))
    if form.is_valid():
        decided = verbs.decide(patient=patient, by=request.staff, now=now, **form.cleaned_data)
        if decided is None:
            return done(request, public_id, _("The decision is written down."))
        refuse(form, decided)
    return show(request, patient, now=now, decision=form)


@policy(roles=PRACTITIONERS, methods=WRITING, patient_data=True)
def hold(request: StaffRequest, public_id: str) -> HttpResponse:
    """No treatment at all before a day."""
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    access.open_record(request, patient, now=now, what="record.screening")
    form = HoldForm(request.POST, prefix="hold")
    if form.is_valid():
        held = verbs.hold(patient=patient, by=request.staff, now=now, **form.cleaned_data)
        if held is None:
            return done(request, public_id, _("No session is planned before this day."))
        refuse(form, held)
    return show(request, patient, now=now, hold=form)


@policy(roles=PRACTITIONERS, methods=WRITING, patient_data=True)
def lift(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    access.open_record(request, patient, now=now, what="record.screening")
    form = ReasonForm(request.POST, prefix="lift")
    if form.is_valid():
        lifted = verbs.lift(patient=patient, by=request.staff, now=now, **form.cleaned_data)
        if lifted is None:
            return done(request, public_id, _("The hold is lifted."))
        refuse(form, lifted)
    return show(request, patient, now=now, lift=form)


def subject(public_id: str, protocol: int) -> tuple[Patient, Protocol]:
    """A draft asks nobody anything."""
    patient = get_object_or_404(Patient, public_id=public_id)
    published = Protocol.objects.exclude(status=Protocol.Status.DRAFT)
    return patient, get_object_or_404(published, pk=protocol)


def to_ask(
    request: StaffRequest, patient: Patient, protocol: Protocol, *, now: dt.datetime
) -> list[Question]:
    """What must be asked; and what is sent, though somebody else wrote an answer meanwhile."""
    today = request.staff.clinic.today(now=now)
    every = questions_for(patient, protocol, on=today)
    return [one for one in every if one.must_be_asked or name_of(one) in request.POST]


def form_of(
    request: StaffRequest, questions: list[Question], *, now: dt.datetime
) -> QuestionnaireForm:
    today = request.staff.clinic.today(now=now)
    return QuestionnaireForm(
        sent(request), questions=questions, today=today, initial={"key": new_key()}
    )


def keep(
    request: StaffRequest,
    patient: Patient,
    protocol: Protocol,
    form: QuestionnaireForm,
    *,
    by_patient: bool,
    now: dt.datetime,
) -> Problems:
    if not form.answers:
        return None
    return verbs.answer(
        patient=patient,
        protocol=protocol,
        answers=form.answers,
        by_patient=by_patient,
        by=request.staff,
        now=now,
        key=form.cleaned_data["key"],
    )


def show(
    request: StaffRequest, patient: Patient, *, now: dt.datetime, **sent_forms: Form
) -> HttpResponse:
    """The page of the screening, with a form that was sent and is wrong as it was sent."""
    shown = page.of(patient, clinic=request.staff.clinic, now=now)
    forms: dict[str, Form] = {
        "decision": DecisionForm(answers=page.decidable(patient)),
        "hold": HoldForm(prefix="hold"),
        "lift": ReasonForm(prefix="lift"),
    }
    context: dict[str, Any] = {"patient": patient, "shown": shown, **(forms | sent_forms)}
    context["elsewhere"] = verbs.not_to_decide(patient, request.staff, now=now)
    context["wrong"] = next(iter(sent_forms.values()), None)
    status = 409 if sent_forms else 200
    return render(request, "screening/page.html", context, status=status)


def refuse(form: Form, refused: Refused) -> None:
    for problem in refused.problems:
        form.add_error(problem.field or None, problem.message)


def done(request: StaffRequest, public_id: str, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("screening", public_id)
