"""The desk: today's agenda, and what is to do."""

from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clinic.alive import silence, worker_state
from clinic.care import access
from clinic.messages.checking import are_texts_used_up
from clinic.pages import desk, worklist
from clinic.pages.agenda import agenda
from clinic.policy import STAFF, policy
from clinic.requests import StaffRequest
from clinic.views.agenda import context_of, form_of

PAGE = 50


@policy(roles=STAFF, patient_data=True)
def page(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    form = form_of(request, now=now)
    ask = replace(form.ask(), on=form.today, view="day")
    shown = agenda(ask, now=now, resources=form.resources)
    context: dict[str, Any] = {
        "lists": desk.lists(shown, by=request.staff.user, now=now),
        "worker": worker_state(now=now)["state"],
        "silence": silence(request.staff.clinic, now=now),
        "texts_used_up": are_texts_used_up(request.staff.clinic, now=now),
        "form": form,
        **context_of(shown),
    }
    if access.may_see_records(request.staff):
        context["waiting"] = worklist.waiting(request.staff, now=now)
    fragment = request.htmx
    return render(request, "desk/_answer.html" if fragment else "desk/page.html", context)


@policy(roles=STAFF, patient_data=True)
def full_list(request: StaffRequest, which: str) -> HttpResponse:
    """All of one list, 50 a page."""
    now = timezone.now()
    clinic = request.staff.clinic
    if which not in desk.WHOLE:
        raise Http404
    whole, total = desk.whole(which, clinic, by=request.staff.user, now=now)
    page = Paginator(whole, PAGE).get_page(request.GET.get("page"))
    listed: Any = page.object_list
    rows = desk.shown(which, listed, clinic, now=now)
    context = {"which": which, "page": page, "total": total, "rows": rows}
    context |= {"today": clinic.today(now=now)}
    return render(request, "desk/list.html", context)
