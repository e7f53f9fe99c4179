"""The clinic's own page: people, rooms, devices, their hours, absences and closed days."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clinic.pages.house import house
from clinic.policy import STAFF, policy
from clinic.requests import StaffRequest


@policy(roles=STAFF)
def page(request: StaffRequest) -> HttpResponse:
    clinic = request.staff.clinic
    context = {"house": house(clinic, now=timezone.now()), "zone": clinic.zone}
    return render(request, "house/page.html", context)
