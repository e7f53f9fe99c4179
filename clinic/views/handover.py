"""Handing a screen to a patient, and taking it back with one's password."""

from allauth.core import ratelimit
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve
from django.utils import timezone

from clinic import audit, handover
from clinic.forms.handover import PasswordForm
from clinic.policy import FORM, STAFF, WRITING, policy
from clinic.requests import StaffRequest, own_path, sent


@policy(roles=STAFF, methods=WRITING, patient_data=True)
def hand_over(request: StaffRequest) -> HttpResponse:
    """From now on this session shows that page and nothing else."""
    path = own_path(request, request.POST.get("page", ""))
    if not path or not handover.may_be_handed_over(path):
        raise Http404
    handover.hand_over(request, path)
    audit.record(
        "screen.hand_over",
        by=request.staff.user,
        now=timezone.now(),
        clinic=request.staff.clinic,
        subject=str(resolve(path.partition("?")[0]).url_name),
    )
    return redirect(path)


@policy(roles=STAFF, methods=FORM, patient_data=True)
def take_back(request: StaffRequest) -> HttpResponse:
    handed = handover.handed_over(request)
    if not handed:
        return redirect("desk")
    form = PasswordForm(sent(request), user=request.staff.user)
    if form.is_bound:
        # As often as at signing in again, then not for a while.
        stopped: HttpResponse | None = ratelimit.consume_or_429(
            request, action="reauthenticate", user=request.staff.user
        )
        if stopped is not None:
            return stopped
        if form.is_valid():
            handover.take_back(request)
            return redirect("patient", resolve(handed.partition("?")[0]).kwargs["public_id"])
    return render(request, "screening/take_back.html", {"form": form, "page": handed})
