"""Consents: how they stand, signing on the tablet, a scan, one of them, its withdrawal."""

import datetime as dt
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from clinic import audit, consenting
from clinic.care import access
from clinic.forms.consents import ScanForm, SignForm, WhichForm, WithdrawForm
from clinic.pages import consents as pages
from clinic.papers import consent as papers
from clinic.policy import CLINICAL, FORM, STAFF, policy
from clinic.requests import StaffRequest, sent
from clinic.sandbox import sandboxed
from patients import consents
from patients.models import CareConsent, Patient
from patients.refusal import Refusal
from protocols.models import Protocol

PAGE = 50
KINDS = {"pdf": "application/pdf", "jpg": "image/jpeg"}


@policy(roles=STAFF, patient_data=True)
def tab(request: StaffRequest, public_id: str) -> HttpResponse:
    """For reception: given, not given, withdrawn. For those who treat: each of them."""
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    context = {
        "patient": patient,
        "protocols": pages.of_patient(patient),
        "form": WhichForm(),
        "today": request.staff.clinic.today(now=now),
    }
    if access.may_see_records(request.staff):
        access.open_record(request, patient, now=now, what="consents.read")
        rows = pages.history(patient)
        context["page"] = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    else:
        audit.record_reading(request, patient, now=now)
    return render(request, "consents/list.html", context)


@policy(roles=STAFF, methods=FORM, patient_data=True)
def sign(request: StaffRequest, public_id: str) -> HttpResponse:
    """The page that the patient holds in their hands: the text, and a place to sign."""
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    protocol = chosen(request)
    audit.record_reading(request, patient, now=now, what="consent.hand_over")
    with translation.override(patient.language):
        if stands(patient, protocol):
            return render(request, "consents/signed.html", {"patient": patient})
        text = consents.text_of(protocol, patient.language)
        form = SignForm(sent(request), initial={"seen": consents.hash_of(text)})
        if form.is_bound and form.is_valid():
            done = consenting.give(
                staff=request.staff,
                patient=patient,
                protocol=protocol,
                language=patient.language,
                seen=form.cleaned_data["seen"],
                signature=form.signature(otherwise=patient.name),
                off_label_told=form.cleaned_data["off_label_told"],
                now=now,
            )
            if isinstance(done, CareConsent) or done.code == "given":
                return redirect(request.get_full_path())
            show_anew(form, done, text)
        context = {"patient": patient, "protocol": protocol, "form": form}
        return render(request, "consents/sign.html", context | {"blocks": consents.blocks(text)})


def chosen(request: StaffRequest) -> Protocol:
    form = WhichForm(request.GET, everything=True)
    if not form.is_valid():
        raise Http404
    protocol: Protocol = form.cleaned_data["protocol"]
    return protocol


def stands(patient: Patient, protocol: Protocol) -> bool:
    consent = consents.latest(patient, protocol)
    return consent is not None and consent.is_given


def show_anew(form: SignForm | ScanForm, refusal: Refusal, text: str) -> None:
    """The text that stands now is the one to read; what was typed stays."""
    form.add_error(None, refusal.message)
    typed = cast("QueryDict", form.data).copy()
    typed["seen"] = consents.hash_of(text)
    form.data = typed


@policy(roles=STAFF, methods=FORM, patient_data=True)
def scan(request: StaffRequest, public_id: str) -> HttpResponse:
    """A consent that was signed on paper."""
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    protocol = chosen(request)
    if stands(patient, protocol):
        messages.info(request, _("A consent to this protocol is given already."))
        return redirect("consents", public_id)
    text = consents.text_of(protocol, patient.language)
    files = request.FILES if request.method == "POST" else None
    initial = {"seen": consents.hash_of(text), "signer": patient.name}
    form = ScanForm(sent(request), files, initial=initial)
    if form.is_bound and form.is_valid():
        content, ending = form.cleaned_data["file"]
        done = consenting.keep_scan(
            staff=request.staff,
            patient=patient,
            protocol=protocol,
            language=patient.language,
            seen=form.cleaned_data["seen"],
            signer=form.cleaned_data["signer"],
            content=content,
            ending=ending,
            off_label_told=form.cleaned_data["off_label_told"],
            now=now,
        )
        if isinstance(done, CareConsent):
            messages.success(request, _("The consent is kept."))
            return redirect("consents", public_id)
        show_anew(form, done, text)
    audit.record_reading(request, patient, now=now)
    context = {"patient": patient, "protocol": protocol, "form": form}
    context |= {"blocks": consents.blocks(text), "today": request.staff.clinic.today(now=now)}
    return render(request, "consents/scan.html", context)


@policy(roles=CLINICAL, methods=FORM, patient_data=True)
def consent(request: StaffRequest, public_id: str) -> HttpResponse:
    """What was agreed to; a POST withdraws it."""
    now = timezone.now()
    found = opened(request, public_id, "consent.read", now=now)
    form = WithdrawForm(sent(request))
    if form.is_bound and form.is_valid():
        note = form.cleaned_data["note"]
        done = consenting.withdraw(staff=request.staff, consent=found, note=note, now=now)
        told = done.message if isinstance(done, Refusal) else _("The consent is withdrawn.")
        messages.add_message(request, messages.INFO, told)
        return redirect("consent", public_id)
    context = {
        "consent": found,
        "patient": found.patient,
        "blocks": consents.blocks(found.text),
        "is_intact": consents.is_intact(found),
        "form": form,
        "elsewhere": consenting.not_to_withdraw(found, request.staff, now=now),
        "sheet": consents.SHEET,
        "today": request.staff.clinic.today(now=now),
    }
    return render(request, "consents/consent.html", context)


def opened(request: StaffRequest, public_id: str, what: str, *, now: dt.datetime) -> CareConsent:
    found = get_object_or_404(pages.found(), public_id=public_id)
    access.open_record(request, found.patient, now=now, what=what)
    return found


@policy(roles=CLINICAL, patient_data=True)
def pdf(request: StaffRequest, public_id: str) -> HttpResponse:
    """The signed text, in the language in which it was read."""
    now = timezone.now()
    found = opened(request, public_id, "consent.pdf", now=now)
    with translation.override(found.language):
        content = papers.pdf(papers.paper_of(found, clinic=request.staff.clinic), now=now)
        name = pgettext("file name, without accents", "consent")
    return download(content, "application/pdf", f"{name}.pdf")


@policy(roles=CLINICAL, patient_data=True)
@sandboxed
def file(request: StaffRequest, public_id: str) -> HttpResponse:
    """The scan, to be kept and never to be shown inside a page of ours."""
    found = opened(request, public_id, "consent.file", now=timezone.now())
    content = consenting.scan(found) if found.file else None
    if content is None:
        raise Http404
    ending = found.file.rpartition(".")[2]
    name = pgettext("file name, without accents", "consent")
    return download(content, KINDS[ending], f"{name}.{ending}")


def download(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file name that says nothing about care."""
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
