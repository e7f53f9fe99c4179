"""How a patient wants to hear from the clinic, and what about."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit, telling
from clinic.forms.told import ContactsForm
from clinic.papers import qr
from clinic.policy import FORM, STAFF, WRITING, policy
from clinic.portal import birth
from clinic.registration import Stale
from clinic.requests import StaffRequest, sent, status_of
from patients.contacts import consents_of
from patients.models import Patient

HISTORY = 50
MAKE, REOPEN = "make", "reopen"
GIVEN = "own_page"  # in the session for the one page that shows it


@policy(roles=STAFF, methods=FORM, patient_data=True)
def contacts(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    form = ContactsForm(sent(request), patient=patient, said=consents_of([patient.pk])[patient.pk])
    if form.is_bound and form.is_valid():
        saved = telling.write_wishes(
            patient=patient,
            fields=form.patient_fields,
            said=form.said,
            how=form.cleaned_data["how"],
            version=form.cleaned_data["version"],
            by=request.staff,
            now=now,
        )
        if not isinstance(saved, Stale):
            messages.success(request, _("Saved."))
            return redirect("contacts", public_id)
        form.add_error(None, _("Somebody else saved this record meanwhile. Please look again."))
        form.data = typed = request.POST.copy()
        typed["version"] = str(saved.patient.version)
    audit.record_reading(request, patient, now=now, what="patient.contacts")
    context = {
        "patient": patient,
        "form": form,
        "history": patient.message_consents.select_related("by")[:HISTORY],
        "unusable": patient.unusable_addresses.all(),
    }
    return render(request, "told/contacts.html", context, status=status_of(form))


@policy(roles=STAFF, methods=WRITING, patient_data=True)
def try_again(request: StaffRequest, public_id: str, mark: int) -> HttpResponse:
    """An address that was refused is right after all; said twice it is said once."""
    patient = get_object_or_404(Patient, public_id=public_id)
    if telling.try_again(patient=patient, mark=mark, by=request.staff, now=timezone.now()):
        messages.success(request, _("Messages go there again."))
    return redirect("contacts", public_id)


@policy(roles=STAFF, methods=FORM, patient_data=True)
def own_page(request: StaffRequest, public_id: str) -> HttpResponse:
    """The link to a patient's page, for their hand; and their page opened again to birth dates."""
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    act = request.POST.get("act", "")
    if act == REOPEN:
        birth.reopen(patient, by=request.staff, now=now)
        messages.success(request, _("Their page takes a birth date again."))
        return redirect("own_page", public_id)
    if act == MAKE:
        # Led on, so that a page read again makes no second link, which would end the first.
        address = telling.give_page(patient=patient, by=request.staff, now=now)
        request.session[GIVEN] = {"patient": public_id, "address": address}
        return redirect("own_page", public_id)
    given = request.session.pop(GIVEN, {}) if request.method == "GET" else {}
    address = given.get("address", "") if given.get("patient") == public_id else ""
    audit.record_reading(request, patient, now=now, what="patient.contacts")
    context = {
        "patient": patient,
        "address": address,
        "code": qr.code(address) if address else "",
        "shut_until": birth.shut_until(patient, now=now),
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "told/own_page.html", context, status=status)
