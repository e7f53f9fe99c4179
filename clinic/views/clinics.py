"""Which clinic a person works at, where they have several."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from clinic import current
from clinic.policy import STAFF, WRITING, policy
from clinic.requests import StaffRequest


@policy(roles=STAFF, methods=WRITING)
def choose(request: StaffRequest) -> HttpResponse:
    """From here on the pages show this clinic; only one of the person's own."""
    own = {member.clinic.public_id: member.clinic for member in request.staff_members}
    clinic = own.get(request.POST.get("clinic", ""))
    if clinic is None:
        raise Http404
    current.choose(request, clinic)
    return redirect("desk")
