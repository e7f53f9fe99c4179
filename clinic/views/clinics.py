"""Which clinic a person works at, where they have several."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from clinic import current
from clinic.models import Clinic
from clinic.policy import STAFF, WRITING, policy


@policy(roles=STAFF, methods=WRITING)
def choose(request: HttpRequest) -> HttpResponse:
    """From here on the pages show this clinic; only one of the person's own."""
    own = Clinic.objects.filter(staff_members__user=request.user.pk)
    clinic = get_object_or_404(own, public_id=request.POST.get("clinic", ""))
    current.choose(request, clinic)
    return redirect("desk")
