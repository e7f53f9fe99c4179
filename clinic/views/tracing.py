"""From a lot to everyone who received it: on the screen, as a table, as calls, as letters."""

import datetime as dt
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, pgettext

from clinic.care import tracing
from clinic.forms.lots import PurposeForm
from clinic.pages import lots as lots_page
from clinic.papers import recall, spreadsheet
from clinic.policy import CLINICAL, FORM, policy
from clinic.requests import StaffRequest, asked, sent
from clinic.views.lots import known, today
from patients import stock
from patients.models import Lot, Patient

PAGE = 50
CALLS = 200  # on paper: what somebody calls in a day
NEAR = 10


class Counted(Paginator):  # type: ignore[type-arg]  # it takes none at run time
    """Counts nothing: the totals above the list said how many there are."""

    def __init__(self, *args: Any, count: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.count = count


@policy(roles=CLINICAL)
def trace(request: StaffRequest) -> HttpResponse:
    """By number, in any form. Two makers may use the same one: then it is chosen."""
    query = asked(request)
    found = list(stock.of_number(query)[:PAGE])
    if len(found) == 1:
        return redirect("lot_patients", found[0].public_id)
    near = [] if found else stock.near_number(query, limit=NEAR)
    on = today(request, timezone.now())
    rows = [lots_page.shown(lot, today=on) for lot in found or near]
    context = {"query": query, "found": found, "lots": rows}
    return render(request, "lots/trace.html", context)


@policy(roles=CLINICAL, methods=FORM, patient_data=True)
def patients(request: StaffRequest, public_id: str) -> HttpResponse:
    """Everyone who received the lot, once the purpose is known."""
    now = timezone.now()
    lot = get_object_or_404(known(), public_id=public_id)
    form = PurposeForm(sent(request))
    if form.is_bound and form.is_valid():
        tracing.state(request, lot, purpose=form.cleaned_data["purpose"], now=now)
        return redirect("lot_patients", public_id)
    purpose = tracing.purpose_of(request, lot, now=now)
    if not purpose:
        context = {"lot": lot, "form": form}
        context["shown"] = lots_page.shown(lot, today=today(request, now))
        return render(request, "lots/purpose.html", context)
    totals = lots_page.totals(lot)
    page = Counted(lots_page.uses(lot), PAGE, count=totals.uses).get_page(request.GET.get("page"))
    rows = list(page)
    tracing.write_down(request, lot, lots_page.patients_of(rows), what="lot.patients", now=now)
    context = {
        "lot": lot,
        "shown": lots_page.shown(lot, today=today(request, now), uses=totals.uses),
        "totals": totals,
        "page": page,
        "uses": rows,
        "purpose": tracing.Purpose(purpose).label,
        "today": today(request, now),
    }
    return render(request, "lots/patients.html", context)


@policy(roles=CLINICAL, patient_data=True)
def table(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """Every use as a table; which, is settled and written down before the first line is sent."""
    now = timezone.now()
    lot = get_object_or_404(known(), public_id=public_id)
    if not tracing.purpose_of(request, lot, now=now):
        return redirect("lot_patients", public_id)
    found = list(lots_page.uses(lot).values_list("pk", "record__patient_id"))
    tracing.write_down(request, lot, (patient for _, patient in found), what="lot.export", now=now)
    rows = recall.rows(lots_page.in_chunks(lot, [pk for pk, _ in found]), request.staff.clinic.zone)
    lines = spreadsheet.lines(recall.header(), rows, language=get_language() or "fr")
    return StreamingHttpResponse(
        lines, content_type="text/csv; charset=utf-8", headers=attached("csv")
    )


@policy(roles=CLINICAL, patient_data=True)
def calls(request: StaffRequest, public_id: str) -> HttpResponse:
    """Whom to call, to be printed: it names nothing but people and numbers."""
    now = timezone.now()
    lot = get_object_or_404(known(), public_id=public_id)
    if not tracing.purpose_of(request, lot, now=now):
        return redirect("lot_patients", public_id)
    page = recipients(request, lot, CALLS, what="lot.calls", now=now)
    context = {"lot": lot, "page": page, "today": today(request, now)}
    context["letter_files"] = list(Paginator(range(page.paginator.count), PAGE))
    return render(request, "lots/calls.html", context)


@policy(roles=CLINICAL, patient_data=True)
def letters(request: StaffRequest, public_id: str) -> HttpResponse:
    """A letter to each patient, so many a file, or to one of them. Of a recalled lot only."""
    now = timezone.now()
    lot = get_object_or_404(known().filter(recalled_at__isnull=False), public_id=public_id)
    page = recipients(request, lot, PAGE, what="lot.letters", now=now)
    paper = recall.letters_of(
        lot,
        list(page),
        clinic=request.staff.clinic,
        language=get_language() or "fr",
        now=now,
    )
    content = recall.pdf(paper, now=now)
    return HttpResponse(content, content_type="application/pdf", headers=attached("pdf"))


def recipients(
    request: StaffRequest, lot: Lot, size: int, *, what: str, now: dt.datetime
) -> Page[Patient]:
    """One page of the patients, or one of them; that they were taken away is written down."""
    found = lots_page.recipients(lot)
    if one := request.GET.get("patient", "").replace("\0", ""):
        found = found.filter(public_id=one)
    page = Paginator(found, size).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    tracing.write_down(request, lot, (patient.pk for patient in page), what=what, now=now)
    return page


def attached(ending: str) -> dict[str, str]:
    """A file name that says nothing about care."""
    letters, table = (
        pgettext("file name, without accents", "letters"),
        pgettext("file name, without accents", "list"),
    )
    name = letters if ending == "pdf" else table
    return {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
