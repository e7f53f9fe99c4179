"""What a patient answers and agrees to from home, and the papers they take from their page.

The forms and the verbs are those of the tablet: a milder answer from home unsays nothing either.
"""

import datetime as dt
from typing import cast

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.translation import get_language, pgettext

from clinic import consenting, quoting
from clinic import screening as verbs
from clinic.booking import Refused
from clinic.forms.appointments import new_key
from clinic.forms.consents import SignForm
from clinic.forms.portal import QuoteForm
from clinic.forms.screening import QuestionnaireForm, name_of
from clinic.pages import quotes as quote_pages
from clinic.papers import documents, slips
from clinic.papers import quote as quote_paper
from clinic.policy import FORM, PATIENT, policy
from clinic.portal import papers
from clinic.portal.actor import at
from clinic.portal.visitor import PatientRequest
from clinic.requests import sent, status_of
from clinic.views.portal import birth_first, on_to_my
from patients import consents
from patients.models import CareConsent, Patient, Quote, Series
from patients.refusal import Refusal
from patients.screening import Question, questions_for
from protocols.models import Protocol


@policy(roles=PATIENT, methods=FORM, patient_data=True)
def questions(request: PatientRequest, protocol: int) -> HttpResponse:
    """What must be asked now, and nothing of what was answered before."""
    if (first := birth_first(request)) is not None:
        return first
    now, asking = timezone.now(), followed(request.visitor.patient, protocol)
    asked = to_ask(request, asking)
    form = QuestionnaireForm(
        sent(request), questions=asked, today=request.today, initial={"key": new_key()}
    )
    if form.is_bound and form.is_valid():
        refused = keep(request, asking, form, now=now)
        if refused is None:
            return on_to_my("answered")
        for problem in refused.problems:
            form.add_error(problem.field or None, problem.message)
    context = {"protocol": asking, "form": form, "questions": asked}
    return render(request, "portal/questions.html", context, status=status_of(form))


def followed(patient: Patient, protocol: int) -> Protocol:
    """A protocol that the patient is being treated by; another one is none of theirs."""
    running = Series.objects.filter(patient=patient, status__in=Series.OPEN)
    rows = Protocol.objects.filter(pk__in=running.values("protocol"))
    return get_object_or_404(rows, pk=protocol)


def to_ask(request: PatientRequest, protocol: Protocol) -> list[Question]:
    """Also what is sent though it was answered elsewhere meanwhile."""
    every = questions_for(request.visitor.patient, protocol, on=request.today)
    return [one for one in every if one.must_be_asked or name_of(one) in request.POST]


def keep(
    request: PatientRequest, protocol: Protocol, form: QuestionnaireForm, *, now: dt.datetime
) -> Refused | None:
    if not form.answers:
        return None
    return verbs.answer(
        patient=request.visitor.patient,
        protocol=protocol,
        answers=form.answers,
        by_patient=True,
        by=at(request.visitor.clinic, request.visitor.link),
        now=now,
        key=form.cleaned_data["key"],
    )


@policy(roles=PATIENT, methods=FORM, patient_data=True)
def agreement(request: PatientRequest, protocol: int) -> HttpResponse:
    """The text in the language of the page, and a place to sign. What stands is shown as given."""
    if (first := birth_first(request)) is not None:
        return first
    patient, subject = request.visitor.patient, followed(request.visitor.patient, protocol)
    latest = consents.latest(patient, subject)
    if not subject.is_fixed or (latest is not None and latest.is_given):
        return on_to_my("agreed" if latest else "")
    language = language_of(patient)
    text = consents.text_of(subject, language)
    form = SignForm(sent(request), initial={"seen": consents.hash_of(text)})
    if form.is_bound and form.is_valid():
        done = consenting.give(
            staff=at(request.visitor.clinic, request.visitor.link),
            patient=patient,
            protocol=subject,
            language=language,
            seen=form.cleaned_data["seen"],
            signature=form.signature(otherwise=patient.name),
            off_label_told=form.cleaned_data["off_label_told"],
            now=timezone.now(),
        )
        if isinstance(done, CareConsent) or done.code == "given":
            return on_to_my("agreed")
        show_anew(form, done, text)
    context = {"form": form, "blocks": consents.blocks(text)}
    return render(request, "portal/agreement.html", context, status=status_of(form))


def language_of(patient: Patient) -> str:
    active = (get_language() or "").partition("-")[0]
    return active or patient.language


def show_anew(form: SignForm, refusal: Refusal, text: str) -> None:
    """The text that stands now is the one to read; what was typed stays."""
    form.add_error(None, refusal.message)
    typed = cast("QueryDict", form.data).copy()
    typed["seen"] = consents.hash_of(text)
    form.data = typed


@policy(roles=PATIENT, methods=FORM, patient_data=True)
def quote(request: PatientRequest, public_id: str) -> HttpResponse:
    if (first := birth_first(request)) is not None:
        return first
    found = own_quote(request, public_id)
    form = QuoteForm(sent(request))
    shown = quote_pages.QuoteShown(found, request.today)
    if form.is_bound and form.is_valid():
        done = quoting.answer(
            staff=at(request.visitor.clinic, request.visitor.link),
            quote=found,
            status=form.cleaned_data["answer"],
            now=timezone.now(),
        )
        if isinstance(done, Quote):
            return on_to_my(str(done.status))
        form.add_error(None, done.message)
    context = {"quote": found, "shown": shown, "form": form}
    context["paper"] = quote_pages.as_paper(found, clinic=request.visitor.clinic)
    return render(request, "portal/quote.html", context, status=status_of(form))


def own_quote(request: PatientRequest, public_id: str) -> Quote:
    """A draft is nobody's business yet."""
    rows = quote_pages.found().filter(patient=request.visitor.patient)
    return get_object_or_404(rows.exclude(status=Quote.Status.DRAFT), public_id=public_id)


@policy(roles=PATIENT, patient_data=True)
def quote_pdf(request: PatientRequest, public_id: str) -> HttpResponse:
    if (first := birth_first(request)) is not None:
        return first
    found, clinic = own_quote(request, public_id), request.visitor.clinic
    with translation.override(found.language):
        paper = quote_pages.as_paper(found, clinic=clinic, language=found.language)
        content = quote_paper.pdf(paper, now=found.given_at or timezone.now())
    return pdf(content, pgettext("file name, without accents", "quote"))


@policy(roles=PATIENT, patient_data=True)
def slip(request: PatientRequest, public_id: str, number: int) -> HttpResponse:
    """What was used at one session, once its record is signed."""
    if (first := birth_first(request)) is not None:
        return first
    series = own_series(request, public_id)
    record = slips.signed(series).filter(session__number=number).first()
    if record is None:
        raise Http404
    now, clinic, language = timezone.now(), request.visitor.clinic, language_of(series.patient)
    paper = slips.slip(series, record, clinic=clinic, language=language, now=now)
    content = slips.pdf("slip.typ", paper, now=now)
    return pdf(content, pgettext("file name, without accents", "visit"))


@policy(roles=PATIENT, patient_data=True)
def series_pdf(request: PatientRequest, public_id: str) -> HttpResponse:
    """The dates of a series, and what to do before and after, on paper."""
    if (first := birth_first(request)) is not None:
        return first
    series, now = own_series(request, public_id), timezone.now()
    paper = documents.paper_of(
        series,
        papers.attempts_of(series),
        clinic=request.visitor.clinic,
        language=language_of(series.patient),
        now=now,
    )
    content = documents.pdf(paper, now=now)
    return pdf(content, pgettext("file name, without accents", "appointments"))


def own_series(request: PatientRequest, public_id: str) -> Series:
    return get_object_or_404(papers.loaded(request.visitor.patient), public_id=public_id)


def pdf(content: bytes, name: str) -> HttpResponse:
    """A file name that says nothing about care."""
    disposition = f'attachment; filename="{name}.pdf"'
    headers = {"Content-Disposition": disposition}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
