"""The record of one session: begun, typed, signed, amended, read."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic import recording, signing
from clinic.booking import Refused
from clinic.care import access, changing
from clinic.forms.records import AmendForm
from clinic.models import Appointment
from clinic.pages import filling, lot_choice
from clinic.pages import record as pages
from clinic.pages.said import label_of, minutes_between, said
from clinic.policy import CLINICAL, FORM, PRACTITIONERS, WRITING, policy
from clinic.requests import StaffRequest, sent
from clinic.views.record_answers import Typed, answer_saved, refuse, show
from patients import records
from patients.models import KeptText, SessionRecord, TreatmentSession
from patients.models.record import WRITTEN


@policy(roles=CLINICAL, methods=FORM, patient_data=True)
def record(request: StaffRequest, public_id: str, number: int) -> HttpResponse:
    """The record, or the button that begins it; sending that opens the draft."""
    now = timezone.now()
    session = pages.session_of(public_id, number)
    access.open_record(request, session.series.patient, now=now, what="record.read")
    appointment = pages.appointment_of(session)
    found = pages.record_of(session)
    if request.method == "POST" and found is None:
        return begin(request, session, appointment, now=now)
    if found is None:
        return render_begin(request, session, appointment, now=now)
    if found.is_signed or appointment is None or not is_here(request, appointment):
        return render_signed(request, session, found)
    last = pages.last_record(session) if "same" in request.GET else None
    return show(request, Typed.shown(request, found, last), appointment, now=now)


@policy(roles=CLINICAL, methods=FORM, patient_data=True)
def save(request: StaffRequest, public_id: str, number: int) -> HttpResponse:
    """What is right is saved, whatever else is wrong. Scripts ask for JSON."""
    if request.method != "POST":  # back from signing in: what was typed is not in an address
        return redirect("record", public_id, number)
    now = timezone.now()
    found, appointment = writable(request, public_id, number, now=now)
    typed = Typed.sent(request, found)
    if typed.is_somebody_elses:
        return refuse(request, typed, appointment, now=now)
    fields, products = typed.put_together()
    saved = recording.save(
        record=found,
        clinic=appointment.clinic,
        base=typed.base,
        fields=fields,
        products=products,
        waiting=typed.waiting(),
        by=request.staff.user,
        now=now,
    )
    if isinstance(saved, records.Saved):
        for kept in typed.settled:
            recording.settle(kept=kept, clinic=appointment.clinic, by=request.staff.user, now=now)
    return answer_saved(request, typed, saved, appointment, now=now)


@policy(roles=PRACTITIONERS, methods=FORM, patient_data=True)
def sign(request: StaffRequest, public_id: str, number: int) -> HttpResponse:
    """Exactly what stands in the form is signed."""
    if request.method != "POST":
        return redirect("record", public_id, number)
    now = timezone.now()
    found, appointment = writable(request, public_id, number, now=now)
    typed = Typed.sent(request, found)
    if not typed.is_valid() or typed.is_somebody_elses:
        return refuse(request, typed, appointment, now=now)
    fields, products = typed.put_together()
    answer = signing.sign(
        appointment=appointment,
        record_id=found.pk,
        base=typed.base,
        fields=fields,
        products=products or (),
        seen=request.POST.getlist("seen"),
        by=request.staff.user,
        now=now,
    )
    if isinstance(answer, Refused):
        typed.form.complain(answer.problems)
        return refuse(request, typed, appointment, now=now)
    tell(request, answer)
    address = redirect("record", public_id, number)
    if isinstance(answer, signing.NotReady):
        address["Location"] += "#sign"
    return address


@policy(roles=PRACTITIONERS, methods=FORM, patient_data=True)
def amend(request: StaffRequest, public_id: str, number: int) -> HttpResponse:
    """What was found wrong or missing after signing; the original is on the same page."""
    now = timezone.now()
    session = pages.session_of(public_id, number)
    access.open_record(request, session.series.patient, now=now, what="record.read")
    found = pages.record_of(session)
    if found is None or not found.is_signed:
        return redirect("record", public_id, number)
    form = AmendForm(sent(request))
    if not form.is_bound and (why_not := recording.not_to_amend(found, request.staff, now=now)):
        raise changing.Elsewhere(why_not)
    if form.is_bound and form.is_valid():
        added = recording.amend(record=found, by=request.staff, now=now, **form.cleaned_data)
        if not isinstance(added, Refused):
            messages.success(request, _("The amendment stands with the record."))
            return redirect("record", public_id, number)
        for problem in added.problems:
            field = problem.field if problem.field in form.fields else None
            form.add_error(field, problem.message)
    return render_signed(request, session, found, form=form)


@policy(roles=CLINICAL, methods=WRITING, patient_data=True)
def settle(request: StaffRequest, public_id: str, number: int, kept: int) -> HttpResponse:
    """A text that came after the signature was dealt with."""
    now = timezone.now()
    session = pages.session_of(public_id, number)
    access.open_record(request, session.series.patient, now=now, what="record.read")
    texts = KeptText.objects.filter(record__session=session, by=request.staff.user)
    recording.settle(
        kept=get_object_or_404(texts.select_related("record__patient"), pk=kept),
        clinic=request.staff.clinic,
        by=request.staff.user,
        now=now,
    )
    return redirect("record", public_id, number)


@policy(roles=CLINICAL)
def lots(request: StaffRequest) -> HttpResponse:
    """The lots that begin as typed, or the one that was scanned."""
    today = request.staff.clinic.today(now=timezone.now())
    query = request.GET.get("q", "")[:300]
    context = {"lots": lot_choice.found(query, today=today), "query": query}
    return render(request, "record/_lots.html", context)


def writable(
    request: StaffRequest, public_id: str, number: int, *, now: dt.datetime
) -> tuple[SessionRecord, Appointment]:
    """The record and its appointment at this clinic; 404 where there is none of them.

    A draft saves itself every few seconds, each save with an audit row of its own: looking at it
    again leaves none.
    """
    session = pages.session_of(public_id, number)
    access.require(request.staff, session.series.patient, now=now)
    found, appointment = pages.record_of(session), pages.appointment_of(session)
    if found is None or appointment is None or not is_here(request, appointment):
        raise Http404
    return found, appointment


def is_here(request: StaffRequest, appointment: Appointment | None) -> bool:
    return appointment is not None and appointment.clinic_id == request.staff.clinic.pk


def begin(
    request: StaffRequest,
    session: TreatmentSession,
    appointment: Appointment | None,
    *,
    now: dt.datetime,
) -> HttpResponse:
    if appointment is None or not is_here(request, appointment):
        return render_begin(request, session, appointment, now=now, status=409)
    opened = recording.open_draft(appointment=appointment, by=request.staff.user, now=now)
    if isinstance(opened, Refused):
        return render_begin(request, session, appointment, now=now, status=409)
    return redirect("record", session.series.public_id, session.number)


def render_begin(
    request: StaffRequest,
    session: TreatmentSession,
    appointment: Appointment | None,
    *,
    now: dt.datetime,
    status: int = 200,
) -> HttpResponse:
    context = head(session, appointment) | {
        "is_here": is_here(request, appointment),
        "beside": pages.beside(session),
        "alerts": pages.alerts(session, on=request.staff.clinic.today(now=now)),
        "in_the_way": pages.in_the_way(appointment, now=now) if appointment else [],
    }
    return render(request, "record/begin.html", context, status=status)


def render_signed(
    request: StaffRequest,
    session: TreatmentSession,
    found: SessionRecord,
    *,
    form: AmendForm | None = None,
) -> HttpResponse:
    """The record as it is read: also a draft of another clinic, or one whose visit fell away."""
    context = head(session, pages.appointment_of(session)) | {
        "record": found,
        "said": said(found),
        "used": [(use, minutes_between(use)) for use in found.products.all()],
        "form": form,
        "kept": filling.kept(found, request.staff.user),
        "beside": pages.beside(session),
        "elsewhere": recording.not_to_amend(found, request.staff, now=timezone.now()),
    }
    status = 409 if form and form.errors else 200
    return render(request, "record/signed.html", context, status=status)


def head(session: TreatmentSession, appointment: Appointment | None) -> dict[str, Any]:
    return {
        "session": session,
        "series": session.series,
        "patient": session.series.patient,
        "protocol": session.series.protocol,
        "appointment": appointment,
    }


def tell(request: StaffRequest, answer: signing.Answer) -> None:
    """What became of the signature."""
    if isinstance(answer, signing.Signed):
        messages.success(request, _("Signed. The session is done."))
        if astray := len(answer.out_of_window):
            text = ngettext(
                "%(n)d booked session is no longer in its window: the desk sees it.",
                "%(n)d booked sessions are no longer in their windows: the desk sees them.",
                astray,
            )
            messages.warning(request, text % {"n": astray})
    elif isinstance(answer, records.Conflict):
        messages.warning(request, _("Not signed: somebody else wrote in this record meanwhile."))
    elif isinstance(answer, signing.NotReady) and answer.unseen_fields:
        names = ", ".join(label_of(name) for name in WRITTEN if name in answer.unseen_fields)
        text = _("Not signed yet: somebody else just changed this (%(names)s). Look at it first.")
        messages.warning(request, text % {"names": names or label_of(records.PRODUCTS)})
    else:
        messages.warning(request, _("Not signed yet: see what is missing, above the button."))
