"""Quotes: the list of a patient's, one of them, giving it, the answer, the PDF."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from clinic import audit, quoting
from clinic.forms.quotes import AnswerForm, DraftForm, HandOverForm, NewQuoteForm, lines_form
from clinic.pages import quotes as pages
from clinic.papers import quote as papers
from clinic.policy import FORM, STAFF, WRITING, policy
from clinic.requests import StaffRequest, own_path, sent
from patients import quotes
from patients.models import Patient, Quote
from patients.refusal import Refusal

PAGE = 50


@policy(roles=STAFF, patient_data=True)
def tab(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    audit.record_reading(request, patient, now=now, what="quotes.read")
    return tab_page(request, patient, NewQuoteForm(), now=now)


def tab_page(
    request: StaffRequest,
    patient: Patient,
    form: NewQuoteForm,
    *,
    now: dt.datetime,
    status: int = 200,
) -> HttpResponse:
    today = request.staff.clinic.today(now=now)
    page = Paginator(pages.of_patient(patient), PAGE).get_page(request.GET.get("page"))
    rows = pages.shown(list(page), today=today)
    context = {"patient": patient, "page": page, "rows": rows, "form": form, "today": today}
    return render(request, "quotes/list.html", context, status=status)


@policy(roles=STAFF, methods=WRITING, patient_data=True)
def new(request: StaffRequest, public_id: str) -> HttpResponse:
    """A draft for the whole protocol, at the clinic's prices."""
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    form = NewQuoteForm(request.POST)
    if not form.is_valid():
        audit.record_reading(request, patient, now=now, what="quotes.read")
        return tab_page(request, patient, form, now=now, status=400)
    protocol = form.cleaned_data["protocol"]
    quote = quoting.draft(
        staff=request.staff,
        patient=patient,
        protocol=protocol,
        numbers=list(protocol.steps.values_list("number", flat=True)),
        practitioner=quoting.who_signs(request.staff, protocol),
        now=now,
    )
    return redirect("quote", quote.public_id)


@policy(roles=STAFF, methods=WRITING, patient_data=True)
def hand_over(request: StaffRequest, public_id: str) -> HttpResponse:
    """From a proposal: made, given, and back to the very same proposal."""
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    form = HandOverForm(request.POST)
    onward = own_path(request, request.POST.get("next", "")) or reverse("quotes", args=[public_id])
    if not form.is_valid():
        messages.error(request, _("This quote could not be made. Please try again."))
        return redirect(onward)
    protocol, wished = form.cleaned_data["protocol"], form.cleaned_data["practitioner"]
    done = quoting.hand_over(
        staff=request.staff,
        patient=patient,
        protocol=protocol,
        numbers=form.numbers,
        practitioner=quoting.who_signs(request.staff, protocol, wished=wished),
        now=now,
    )
    tell(request, done, _("Quote %(number)s is given."))
    return redirect(onward)


@policy(roles=STAFF, methods=FORM, patient_data=True)
def quote(request: StaffRequest, public_id: str) -> HttpResponse:
    """A draft with its form; given, as it stands."""
    now = timezone.now()
    found = get_object_or_404(pages.found(), public_id=public_id)
    if found.status != Quote.Status.DRAFT:
        return fixed(request, found, now=now)
    today = request.staff.clinic.today(now=now)
    lines = pages.lines_of(found)
    form = DraftForm(
        sent(request),
        instance=found,
        practitioners=quoting.practitioners(request.staff.clinic, found.protocol),
        today=today,
        initial={"seen": quotes.fingerprint(found)},
    )
    rows = lines_form(sent(request), lines)
    context: dict[str, Any] = {}
    if form.is_bound and form.is_valid() & rows.is_valid():
        done = save(request, form, rows, now=now)
        if isinstance(done, Quote):
            return redirect("quote", done.public_id)
        context = refused(found, form, done, request)
        if context["quote"].status != Quote.Status.DRAFT:
            return fixed(request, context["quote"], now=now, refusal=done)
    audit.record_reading(request, found.patient, now=now, what="quote.read")
    context = {"quote": found, "patient": found.patient, "form": form, "lines": rows} | context
    context |= {"shown": pages.QuoteShown(found, today), "today": today}
    return render(request, "quotes/draft.html", context)


def save(request: StaffRequest, form: DraftForm, rows: Any, *, now: dt.datetime) -> Any:
    gives = request.POST.get("do") == "give"
    quote: Quote = Quote.objects.select_related("patient").get(pk=form.instance.pk)
    with translation.override(quote.language):
        who = quoting.of_practitioner(form.chosen)
    done = quoting.rewrite(
        staff=request.staff,
        quote=quote,
        fields=form.quote_fields | who,
        lines=rows.lines,
        seen=form.cleaned_data["seen"],
        and_give=gives,
        now=now,
    )
    if isinstance(done, Quote):
        told = _("Quote %(number)s is given.") if gives else _("Saved.")
        messages.success(request, told % {"number": done.number})
    return done


def refused(
    quote: Quote, form: DraftForm, refusal: Refusal, request: StaffRequest
) -> dict[str, Any]:
    """What stands now beside what was typed; sent again, what was typed is saved."""
    current = pages.found().get(pk=quote.pk)
    typed = request.POST.copy()
    typed["seen"] = quotes.fingerprint(current)
    form.data = typed
    theirs = None
    if refusal.code == "stale":
        theirs = pages.as_paper(current, clinic=request.staff.clinic)
    return {"quote": current, "refusal": refusal, "theirs": theirs}


def fixed(
    request: StaffRequest, quote: Quote, *, now: dt.datetime, refusal: Refusal | None = None
) -> HttpResponse:
    audit.record_reading(request, quote.patient, now=now, what="quote.read")
    if request.method == "POST" and refusal is None:
        refusal = Refusal("given", _("This quote was given meanwhile: it is fixed now."))
    clinic = request.staff.clinic
    today = clinic.today(now=now)
    context = {
        "quote": quote,
        "patient": quote.patient,
        "today": today,
        "shown": pages.QuoteShown(quote, today),
        "paper": pages.as_paper(quote, clinic=clinic),
        "missing": quotes.missing(quote),
        "refusal": refusal,
    }
    return render(request, "quotes/given.html", context, status=409 if refusal else 200)


@policy(roles=STAFF, methods=WRITING, patient_data=True)
def answer(request: StaffRequest, public_id: str) -> HttpResponse:
    """The patient signed it, or does not want it."""
    now = timezone.now()
    found = get_object_or_404(pages.found(), public_id=public_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return redirect("quote", public_id)
    status = form.cleaned_data["answer"]
    done = quoting.answer(staff=request.staff, quote=found, status=status, now=now)
    tell(request, done, _("Quote %(number)s: the answer is noted."))
    return redirect("quote", public_id)


@policy(roles=STAFF, patient_data=True)
def pdf(request: StaffRequest, public_id: str) -> HttpResponse:
    """What was handed over, in the patient's language; a draft is not handed over."""
    now = timezone.now()
    found = get_object_or_404(pages.found(), public_id=public_id)
    if found.status == Quote.Status.DRAFT:
        raise Http404
    audit.record_reading(request, found.patient, now=now, what="quote.pdf")
    with translation.override(found.language):
        paper = pages.as_paper(found, clinic=request.staff.clinic, language=found.language)
        content = papers.pdf(paper, now=found.given_at or now)
        word = pgettext("file name, without accents", "quote")
        name = f"{word}-{found.number}.pdf"
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": disposition}
    )


def tell(request: StaffRequest, done: Quote | Refusal, sentence: str) -> None:
    if isinstance(done, Refusal):
        messages.error(request, done.message)
    else:
        messages.success(request, sentence % {"number": done.number})
