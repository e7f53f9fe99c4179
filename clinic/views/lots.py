"""The stock of lots: received, put right, used up, recalled."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.care import stock as audited
from clinic.forms.lots import CorrectForm, RecallForm, ReceiveForm, scanned
from clinic.pages import lots as lots_page
from clinic.policy import CLINICAL, FORM, WRITING, policy
from clinic.requests import StaffRequest, asked, sent
from patients import stock
from patients.models import Article, Lot
from patients.stock import AlreadyThere, Used

PAGE = 50


def known() -> QuerySet[Lot]:
    return Lot.objects.select_related("article__product", "recalled_by")


def today(request: StaffRequest, now: dt.datetime) -> dt.date:
    return request.staff.clinic.today(now=now)


@policy(roles=CLINICAL)
def lots(request: StaffRequest) -> HttpResponse:
    """In use first; the other states by their own address."""
    on = today(request, timezone.now())
    query, state = asked(request), request.GET.get("state", stock.IN_USE)
    state = state if state in (*stock.STATES, "all") else stock.IN_USE
    found = lots_page.listed(query, state, today=on)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [lots_page.shown(lot, today=on) for lot in page]
    context = {"query": query, "state": state, "page": page, "lots": rows}
    return render(request, "lots/list.html", context)


@policy(roles=CLINICAL, methods=FORM)
def new(request: StaffRequest) -> HttpResponse:
    """A scan stands in the address and fills the form; nothing is kept before it is sent."""
    now = timezone.now()
    scan = asked(request, "scan")
    initial = {"received_on": today(request, now)} | scanned(scan)
    form = ReceiveForm(sent(request), initial=initial, today=today(request, now))
    there = None
    if form.is_bound and form.is_valid():
        received = audited.receive(
            article=form.asked_article, by=request.staff, now=now, **form.lot_fields
        )
        if isinstance(received, Lot):
            messages.success(request, _("%(lot)s is in the stock.") % {"lot": received})
            return redirect("lot", received.public_id)
        there = received.lot
        form.add_error("number", _("This lot is in the stock already."))
    context = {"form": form, "scan": scan, "there": there, "articles": offered()}
    context["is_unread"] = bool(scan) and not scanned(scan)
    return render(request, "lots/new.html", context)


def offered() -> QuerySet[Article]:
    return Article.objects.filter(is_active=True)


@policy(roles=CLINICAL)
def lot(request: StaffRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(known(), public_id=public_id)
    return render(request, "lots/lot.html", shown(request, found, timezone.now()))


def shown(request: StaffRequest, lot: Lot, now: dt.datetime) -> dict[str, Any]:
    return {"shown": lots_page.shown(lot, today=today(request, now)), "lot": lot}


@policy(roles=CLINICAL, methods=FORM)
def edit(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    found = get_object_or_404(known(), public_id=public_id)
    form = CorrectForm(sent(request), lot=found, today=today(request, now))
    there = None
    if form.is_bound and form.is_valid():
        saved = audited.correct(lot=found, fields=form.cleaned_data, by=request.staff, now=now)
        if isinstance(saved, list):
            messages.success(request, _("Saved."))
            return redirect("lot", public_id)
        there = refuse(form, saved)
        found = get_object_or_404(known(), public_id=public_id)
    context = {"form": form, "lot": found, "is_used": stock.is_used(found), "there": there}
    return render(request, "lots/edit.html", context)


def refuse(form: CorrectForm, why: AlreadyThere | Used) -> Lot | None:
    if isinstance(why, AlreadyThere):
        form.add_error("number", _("This lot is in the stock already."))
        return why.lot
    form.add_error(None, _("This lot was used meanwhile: only the day it came can change."))
    return None


@policy(roles=CLINICAL, methods=FORM)
def recall(request: StaffRequest, public_id: str) -> HttpResponse:
    """Recall it, for a reason; sent again with `lift`, it was another lot."""
    now = timezone.now()
    found = get_object_or_404(known(), public_id=public_id)
    if request.method == "POST" and "lift" in request.POST and found.recalled_at:
        audited.lift_recall(lot=found, by=request.staff, now=now)
        messages.success(request, _("The recall is lifted; the audit trail keeps it."))
        return redirect("lot", public_id)
    form = RecallForm(sent(request))
    if form.is_bound and form.is_valid() and not found.recalled_at:
        audited.recall(lot=found, note=form.cleaned_data["note"], by=request.staff, now=now)
        messages.success(request, _("%(lot)s is recalled.") % {"lot": found})
        return redirect("lot", public_id)
    return render(request, "lots/recall.html", shown(request, found, now) | {"form": form})


@policy(roles=CLINICAL, methods=WRITING)
def finish(request: StaffRequest, public_id: str) -> HttpResponse:
    """Used up; sent again, there was some left."""
    now = timezone.now()
    found = get_object_or_404(known(), public_id=public_id)
    if found.finished_on:
        audited.put_back(lot=found, by=request.staff, now=now)
        messages.success(request, _("%(lot)s is back in the stock.") % {"lot": found})
    else:
        audited.finish(lot=found, by=request.staff, now=now)
        messages.success(request, _("%(lot)s is used up.") % {"lot": found})
    return redirect("lot", public_id)
