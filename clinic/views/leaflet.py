"""The leaflet made searchable: four tools for anybody, and a report for patients who are known.

Answers come to a POST and stand on its page: nothing that is ticked is in an address, nothing is
kept. Where the clinic does not show its leaflet there is no page.
"""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from clinic.booking import Refused
from clinic.forms.leaflet import (
    HOURS,
    LONGEST_TEXT,
    LONGEST_TIME,
    CountForm,
    LookUpForm,
    QuizForm,
    RecoveryForm,
    ReportForm,
)
from clinic.models import Clinic
from clinic.pages import leaflet as page
from clinic.pages.leaflet import Reader
from clinic.policy import ANYONE, FORM, policy
from clinic.portal import reporting
from clinic.portal import visitor as visitors
from clinic.portal.last_session import last_session, recent
from clinic.portal.reporting import Report, TooMany
from clinic.requests import sent
from protocols import leaflet
from protocols.models import Protocol

Page = Callable[[HttpRequest, Reader], HttpResponse]
ROUGHLY = dt.timedelta(minutes=15)  # our choice: so exact are hours that patients remember


def of_clinic(view: Page) -> Callable[[HttpRequest, str], HttpResponse]:
    """The clinic of the address, if it shows its leaflet; and who reads. On the clinic's clock."""

    @wraps(view)
    @cache_control(no_store=True, private=True)
    def shown(request: HttpRequest, public_id: str) -> HttpResponse:
        clinic = get_object_or_404(Clinic, public_id=public_id, shows_leaflet=True)
        now = timezone.now()
        timezone.activate(clinic.zone)
        return view(request, Reader(clinic, known(request, clinic, now), now))

    return shown


def known(request: HttpRequest, clinic: Clinic, now: dt.datetime) -> visitors.Visitor | None:
    """Who came by their own link to this clinic and gave their birth date; nobody else is."""
    visitor = visitors.of(request, now=now)
    if visitor is None or not visitor.knows_birth or visitor.link.clinic_id != clinic.pk:
        return None
    return visitor


def answered(
    request: HttpRequest, reader: Reader, template: str, context: dict[str, Any]
) -> HttpResponse:
    """Every page says the alert signs first: those of `protocol`, else the general ones."""
    rules = context.setdefault("rules", page.rules_of(reader.protocol))
    frame = {"clinic": reader.clinic, "reader": reader, "alerts": rules.alerts}
    return render(request, f"leaflet/{template}.html", frame | context)


@policy(roles=ANYONE)
@of_clinic
def start(request: HttpRequest, reader: Reader) -> HttpResponse:
    return answered(request, reader, "start", {})


@policy(roles=ANYONE, methods=FORM)
@of_clinic
def look_up(request: HttpRequest, reader: Reader) -> HttpResponse:
    form = LookUpForm(sent(request), initial=initial_of(reader), also=reader.protocol)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        context["rules"] = page.rules_of(chosen(asked["protocol"], reader))
        said = leaflet.look_up(
            context["rules"],
            asked["signs"],
            form.hours,
            is_sensitive=asked["sensitive"],
            is_thin_or_anticoagulant=asked["thin"],
            zone=asked["zone"],
            has_ha=asked["filler"],
        )
        context |= {"lines": page.lines(said), "ticked": asked["signs"]}
    elif form.is_bound:
        context |= alarm(form, reader)
    return answered(request, reader, "look_up", context)


def alarm(form: LookUpForm, reader: Reader) -> dict[str, Any]:
    """An alert sign is answered also where the rest of the form is not well filled in: as if it
    were long ago, since some signs are alerts only past the first days."""
    asked = form.cleaned_data
    rules = page.rules_of(chosen(asked.get("protocol", ""), reader))
    said = leaflet.look_up(rules, asked.get("signs", ()), LONGEST_TIME)
    if not said or not said[0].is_alert:
        return {}
    return {"rules": rules, "lines": page.lines(said), "ticked": asked["signs"]}


@policy(roles=ANYONE, methods=FORM)
@of_clinic
def recovery(request: HttpRequest, reader: Reader) -> HttpResponse:
    form = RecoveryForm(sent(request), initial=initial_of(reader), also=reader.protocol)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        rules = page.rules_of(chosen(asked["protocol"], reader))
        found = leaflet.recovery(rules, asked["signs"], is_sensitive=asked["sensitive"])
        hours = form.hours
        context |= {"rules": rules, "found": found, "hours": hours}
        if hours is not None:
            context["running"] = leaflet.running(rules.after, hours)
    return answered(request, reader, "recovery", context)


def initial_of(reader: Reader) -> dict[str, Any]:
    """What is known of the last session is filled in; it can be corrected."""
    if reader.last is None:
        return {}
    return {
        "since": reader.hours,
        "unit": HOURS,
        "protocol": reader.last.protocol.slug,
        "zone": reader.last.zone,
        "filler": reader.last.has_ha,
    }


def chosen(slug: str, reader: Reader) -> Protocol | None:
    """The version of the reader's own series where that is meant, else the one in use."""
    if reader.protocol is not None and reader.protocol.slug == slug:
        return reader.protocol
    return page.with_rules(slug=slug, status=Protocol.Status.ACTIVE) if slug else None


@policy(roles=ANYONE, methods=FORM)
@of_clinic
def count(request: HttpRequest, reader: Reader) -> HttpResponse:
    form = CountForm(sent(request), initial={"zone": reader.last.zone} if reader.last else {})
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        goal, zone = form.cleaned_data["goal"], form.cleaned_data["zone"]
        context |= {"goal": goal, "found": page.count(reader.clinic, goal, zone)}
    return answered(request, reader, "count", context)


@policy(roles=ANYONE, methods=FORM)
@of_clinic
def quiz(request: HttpRequest, reader: Reader) -> HttpResponse:
    form = QuizForm(sent(request))
    answers = form.cleaned_data if form.is_bound and form.is_valid() else {}
    asked = page.asked(answers, is_answered=bool(answers))
    return answered(request, reader, "quiz", {"form": form, "asked": asked})


@policy(roles=ANYONE, methods=FORM, patient_data=True)
@of_clinic
def report(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Where it was looked up (`begin`) its ticks are carried over; nothing is sent yet."""
    if reader.visitor is None:
        return lapsed(request, reader)
    is_sent = request.method == "POST" and "begin" not in request.POST
    places = reader.last.places if reader.last else []
    form = ReportForm(
        *((request.POST, request.FILES) if is_sent else ()),
        clinic=reader.clinic,
        now=reader.now,
        place=places[0] if places else "",
        sessions=recent(reader.visitor.patient, now=reader.now),
        initial={"signs": request.POST.getlist("signs")},
    )
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        outcome = send(form, reader, reader.visitor)
        if isinstance(outcome, reporting.Sent):
            context["is_of_a_session"] = reporting.is_of_a_session(outcome)
            return answered(request, reader, "sent", context | told_now(form, reader))
        if isinstance(outcome, Refused):
            form.add_error(None, outcome.problems[0].message)
        context["is_too_many"] = isinstance(outcome, TooMany)
    if form.is_bound:  # it was not sent: an alert sign does not wait for that
        context |= told_now(form, reader)
    if request.FILES.get("photo") and not form.errors.get("photo"):
        form.add_error("photo", _("Choose the photo once more: it could not be kept."))
    return answered(request, reader, "report", context)


def lapsed(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Whoever is not known, or no more: the alert signs and the clinic's phone stand there as ever,
    and what was written, so that it can be taken along."""
    written = request.POST.get("text", "")[:LONGEST_TEXT]
    page = answered(request, reader, "lapsed", {"written": written})
    page.status_code = 404
    return page


def send(
    form: ReportForm, reader: Reader, visitor: visitors.Visitor
) -> reporting.Sent | TooMany | Refused:
    """Of the session that they name, else of the last that had begun when it was noticed."""
    asked, patient = form.cleaned_data, visitor.patient
    began_by = asked["began_at"] + ROUGHLY
    last = form.chosen_session or last_session(patient, now=reader.now, began_by=began_by)
    return reporting.send(
        patient=patient,
        clinic=reader.clinic,
        report=Report(
            signs=asked["signs"],
            text=asked["text"],
            began_at=asked["began_at"],
            last=last,
            place=asked["place"],
            picture=asked["photo"],
        ),
        key=asked["key"],
        link=visitor.link,
        now=reader.now,
    )


def told_now(form: ReportForm, reader: Reader) -> dict[str, Any]:
    """What to do now, where an alert sign was ticked: it stands above all else, sent or not."""
    rules, signs = page.rules_of(reader.protocol), form.cleaned_data.get("signs", ())
    hours = reader.hours or 0 if form.is_valid() else LONGEST_TIME
    said = leaflet.look_up(rules, signs, hours) if signs else ()
    return {"lines": page.lines(tuple(one for one in said if one.is_alert))}
