"""The agenda of a day or a week, as a page and as JSON."""

import datetime as dt
import hashlib
import json
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response

from clinic.forms.agenda import AgendaForm
from clinic.pages.agenda import Agenda, agenda, as_json
from clinic.policy import STAFF, policy
from clinic.requests import StaffRequest


@policy(roles=STAFF, patient_data=True)
def page(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    form = form_of(request, now=now)
    shown = agenda(form.ask(), now=now, resources=form.resources)
    context = {"form": form, **context_of(shown)}
    fragment = request.htmx
    return render(request, "agenda/_list.html" if fragment else "agenda/page.html", context)


@policy(roles=STAFF, patient_data=True)
def events(request: StaffRequest) -> HttpResponse:
    """What the widget shows. Asked every minute: unchanged, the answer is 304."""
    now = timezone.now()
    form = form_of(request, now=now)
    data = as_json(agenda(form.ask(), now=now, resources=form.resources))
    response, etag = JsonResponse(data), etag_of(data)
    response.headers["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


def etag_of(data: dict[str, Any]) -> str:
    """Of what is shown itself: nothing that can change is forgotten."""
    return f'"{hashlib.sha256(json.dumps(data).encode()).hexdigest()}"'


def form_of(request: StaffRequest, *, now: dt.datetime) -> AgendaForm:
    clinic = request.staff.clinic
    resources = tuple(clinic.resources.select_related("kind"))
    return AgendaForm(request.GET, clinic=clinic, resources=resources, today=clinic.today(now=now))


def context_of(shown: Agenda) -> dict[str, Any]:
    data = as_json(shown)
    return {
        "agenda": shown,
        "ask": shown.ask,
        "data": data,
        "etag": etag_of(data),
        "today": shown.ask.clinic.today(now=shown.now),
    }
