"""Opening the record of a patient who is not in one's care: a reason is stated first."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from clinic import audit
from clinic.care import access
from clinic.forms.access import ReasonForm
from clinic.policy import CLINICAL, FORM, policy
from clinic.requests import StaffRequest, own_path, sent
from patients.models import Patient


@policy(roles=CLINICAL, methods=FORM, patient_data=True)
def ask(request: StaffRequest, public_id: str) -> HttpResponse:
    """Whoever may read the record already is sent on."""
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    wished = request.POST.get("next") or request.GET.get("next", "")
    onward = own_path(request, wished) or reverse("patient", args=[public_id])
    if access.may_open(request.staff, patient, now=now):
        return redirect(onward)
    form = ReasonForm(sent(request))
    if form.is_bound and form.is_valid():
        access.give_reason(staff=request.staff, patient=patient, now=now, **form.cleaned_data)
        return redirect(onward)
    audit.record_reading(request, patient, now=now)
    context = {"patient": patient, "form": form, "next": onward}
    context |= {"today": request.staff.clinic.today(now=now), "hours": access.HOURS}
    return render(request, "access/page.html", context)
