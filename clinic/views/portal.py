"""The patient's own page: the link that leads to it, the birth date, and each appointment."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from clinic import booking, wording
from clinic.forms.appointments import PlaceForm, new_key
from clinic.forms.portal import BirthForm, DayForm
from clinic.models import Appointment, Clinic, PatientLink
from clinic.outbox import links
from clinic.policy import ANYONE, FORM, PATIENT, WRITING, policy
from clinic.portal import advice, birth, changing, done, page, places
from clinic.portal import visitor as visitors
from clinic.portal.appointments import Shown, every, latest, moved_to, refusal
from clinic.portal.visitor import PatientRequest, Visitor
from clinic.portal.words import BIRTH_SHUT, BIRTH_WRONG, NOT_BETWEEN, TAKEN
from clinic.requests import asked, own_path, sent, status_of

# The desk's words about a place say little to a patient.
FOR_PATIENTS = {"taken": TAKEN, "busy": TAKEN, "gap": NOT_BETWEEN}


@policy(roles=ANYONE, patient_data=True, keyed=True)
def link(request: HttpRequest, key: str) -> HttpResponse:
    """Trade the key for half an hour, and lead on to an address without it. Writes nothing."""
    now = timezone.now()
    found = links.find(key, purpose=PatientLink.Purpose.PAGE, now=now)
    if found is None:
        return render(request, "portal/gone.html", status=404)
    request.visitor = begun(request, found, now=now)  # type: ignore[attr-defined]
    return redirect("my")


def begun(request: HttpRequest, found: PatientLink, *, now: dt.datetime) -> Visitor:
    """Who said the birth date a moment ago is not asked again.

    On a phone that two patients share, a form that still shows the other one can no longer be sent.
    """
    visitor, earlier = visitors.begin(found, now=now), visitors.of(request, now=now)
    if earlier and earlier.patient == found.patient:
        return visitor.who_said_the_birth_date() if earlier.knows_birth else visitor
    if earlier:
        rotate_token(request)
    return visitor


@policy(roles=PATIENT, patient_data=True)
def my(request: PatientRequest) -> HttpResponse:
    context = {
        "page": page.of(request.visitor, now=timezone.now()),
        "form": BirthForm(),
        "done": done_of(request),
        "key": new_key(),
    }
    return render(request, "portal/page.html", context)


def done_of(request: PatientRequest) -> done.Done | None:
    code, at = asked(request, "done"), asked(request, "at")
    return done.of(request.visitor.patient, code, at, now=timezone.now())


@policy(roles=PATIENT, methods=FORM, patient_data=True)
def ask_birth(request: PatientRequest) -> HttpResponse:
    """Asked for by any page about health; a right answer leads back there."""
    now = timezone.now()
    form = BirthForm(sent(request))
    back = own_path(request, request.POST.get("next", "") or request.GET.get("next", ""))
    if form.is_bound and form.is_valid():
        told = birth.say(request.visitor, form.cleaned_data["birth_on"], now=now)
        if told.is_right:
            request.visitor = request.visitor.who_said_the_birth_date()
            return redirect(back or "my")
        form.add_error("birth_on", words_for(told, request.visitor.clinic, now=now))
    context = {"form": form, "next": back}
    return render(request, "portal/birth.html", context, status=status_of(form))


def words_for(told: birth.Told, clinic: Clinic, *, now: dt.datetime) -> str:
    if told.shut_until is None:
        return str(BIRTH_WRONG)
    until = told.shut_until.astimezone(clinic.zone)
    is_today = until.date() == clinic.today(now=now)
    return str(BIRTH_SHUT) % {"when": f"{until:%H:%M}" if is_today else wording.moment(until)}


def birth_first(request: PatientRequest) -> HttpResponse | None:
    """Pages about health begin with this; the address to come back to holds nothing about it."""
    if request.visitor.knows_birth:
        return None
    back = request.get_full_path() if request.method == "GET" else ""
    return redirect(reverse("my_birth", query={"next": back} if back else None))


@policy(roles=PATIENT, methods=WRITING, patient_data=True)
def close(request: PatientRequest) -> HttpResponse:
    """On a phone that is not the patient's alone."""
    request.visitor = None  # type: ignore[assignment]
    return render(request, "portal/closed.html")


@policy(roles=PATIENT, methods=WRITING, patient_data=True)
def confirm(request: PatientRequest, public_id: str) -> HttpResponse:
    said = changing.confirm(request.visitor, appointment_of(request, public_id), now=timezone.now())
    if isinstance(said, booking.Confirmed):
        return on_to_my("confirmed", said.appointment)
    return on_to_my("changed")


@policy(roles=PATIENT, methods=FORM, patient_data=True)
def move(request: PatientRequest, public_id: str) -> HttpResponse:
    """Days, then hours; a place that was taken meanwhile is answered with what is free now."""
    now = timezone.now()
    appointment = appointment_of(request, public_id)
    form = PlaceForm(sent(request), clinic=appointment.clinic)
    if form.is_bound and form.is_valid():
        moved = changing.move(request.visitor, appointment, now=now, **form.cleaned_data)
        if isinstance(moved, booking.Moved):
            request.visitor = changing.going_on(request.visitor, now=now)
            return on_to_my("moved", moved.appointment)
        for problem in moved.problems:
            form.add_error(None, FOR_PATIENTS.get(problem.code, problem.message))
    shown = Shown(appointment, now)
    context = {"shown": shown, "refusal": refusal(shown), "moved_to": moved_to(shown)}
    context |= {"form": form, "key": new_key()}
    if not context["refusal"]:
        wished = form.cleaned_data.get("starts_at") if form.is_bound else None
        on = wished.astimezone(appointment.clinic.zone).date() if wished else None
        on = on or DayForm(request.GET).chosen
        context["choice"] = places.choice(booking.visit_of(appointment), on=on, now=now)
    return render(request, "portal/move.html", context, status=status_of(form))


@policy(roles=PATIENT, methods=FORM, patient_data=True)
def cancel(request: PatientRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    appointment = appointment_of(request, public_id)
    problems: tuple[booking.Problem, ...] = ()
    if request.method == "POST":
        ended = changing.cancel(request.visitor, appointment, now=now)
        if isinstance(ended, booking.Cancelled):
            request.visitor = changing.going_on(request.visitor, now=now)
            return on_to_my("cancelled", ended.appointment)
        problems = ended.problems
    shown = Shown(appointment, now)
    context = {"shown": shown, "moved_to": moved_to(shown), "problems": problems}
    return render(request, "portal/cancel.html", context, status=409 if problems else 200)


@policy(roles=PATIENT, patient_data=True)
def worry(request: PatientRequest) -> HttpResponse:
    """What to do at once; after the birth date, the signs of each treatment that is spoken of."""
    now, visitor = timezone.now(), request.visitor
    past = latest(visitor.patient, now=now) if visitor.knows_birth else []
    told = advice.of_visits(past)
    context: dict[str, object] = {"advices": told, "form": BirthForm()}
    if not any(one.alerts for one in told):
        context["signs"] = advice.general_signs()
    return render(request, "portal/worry.html", context)


def appointment_of(request: PatientRequest, public_id: str) -> Appointment:
    """Of this patient, else it does not exist."""
    return get_object_or_404(every(request.visitor.patient), public_id=public_id)


def on_to_my(code: str, about: Appointment | None = None) -> HttpResponse:
    """A code in the address, and no message in a session: reading it must write nothing."""
    named = {"at": about.public_id} if about else {}
    return redirect(reverse("my", query={"done": code} | named))
