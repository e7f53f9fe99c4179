"""How a patient is reached, as they say it themselves; the way out of messages; their calendar."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.csrf import csrf_exempt

from clinic.forms.portal import ChoicesForm, ContactForm
from clinic.models import PatientLink
from clinic.outbox import links
from clinic.papers import feeds
from clinic.policy import ANYONE, FORM, PATIENT, WRITING, policy
from clinic.portal import calendars, reaching
from clinic.portal.appointments import in_calendar
from clinic.portal.visitor import PatientRequest
from clinic.registration import Stale
from clinic.requests import sent, status_of
from clinic.views.portal import birth_first, on_to_my
from patients.models import Patient

CALENDAR = "text/calendar; charset=utf-8"


@policy(roles=PATIENT, methods=FORM, patient_data=True)
def contact(request: PatientRequest) -> HttpResponse:
    """Phone and e-mail. Changed by somebody else meanwhile, what stands now is shown."""
    if (first := birth_first(request)) is not None:
        return first
    now, patient = timezone.now(), request.visitor.patient
    form = contact_form(request, patient)
    if form.is_bound and form.is_valid():
        version = form.cleaned_data["version"]
        done = reaching.correct(request.visitor, form.patient_fields, version=version, now=now)
        if not isinstance(done, Stale):
            if reaching.takes_texts(done, request.visitor.clinic):
                return on_to_my("contact")
            return on_to_my("mail_only" if done.email else "no_texts")
        form.add_error(None, _("We changed your file meanwhile. Please look at it once more."))
        typed = request.POST.copy()
        typed["version"] = str(done.patient.version)
        form.data = typed
    return render(request, "portal/contact.html", context_of(patient, form), status=status_of(form))


def contact_form(request: PatientRequest, patient: Patient) -> ContactForm:
    """On a copy: the form writes into its row what was typed, and the page still shows the old."""
    own = Patient.objects.get(pk=patient.pk)
    return ContactForm(sent(request), instance=own, initial={"version": own.version})


def context_of(patient: Patient, form: ContactForm) -> dict[str, object]:
    return {"form": form, "choices": ChoicesForm(cells=reaching.cells(patient))}


@policy(roles=PATIENT, methods=WRITING, patient_data=True)
def messages(request: PatientRequest) -> HttpResponse:
    """Each purpose by each channel, yes or no."""
    if (first := birth_first(request)) is not None:
        return first
    form = ChoicesForm(request.POST, cells=reaching.cells(request.visitor.patient))
    if form.is_valid():
        reaching.choose(request.visitor, form.choices, now=timezone.now())
    is_told = bool(reaching.still_told_by(request.visitor.patient))
    return on_to_my("messages" if is_told else "silence")


@csrf_exempt
@policy(roles=ANYONE, methods=FORM, patient_data=True, keyed=True)
def stop(request: HttpRequest, key: str) -> HttpResponse:
    """The way out of messages. Opened it shows a button; sent, also by a mail program on its own
    (RFC 8058, without any cookie: the key is the proof), nothing more comes by this way.

    A link that opens no page any more still ends messages: that must never be hard.
    """
    found = links.known(key)
    if found is None or found.purpose != PatientLink.Purpose.PAGE:
        return render(request, "portal/gone.html", status=404)
    is_stopped = request.method == "POST"
    endings = reaching.endings_of(found)
    ends = reaching.chosen(endings, request.POST.get("what", ""))
    if is_stopped:
        reaching.stop(found, ends, now=timezone.now())
    context = {
        "ends": ends,
        "endings": endings,
        "label": found.clinic.neutral_label,
        "left": reaching.still_told_by(found.patient),
    }
    with translation.override(found.patient.language):
        what = "stopped" if is_stopped else "stop"
        return render(request, f"portal/{what}.html", context)


@policy(roles=PATIENT, patient_data=True)
def file(request: PatientRequest) -> HttpResponse:
    """Every appointment, once, for a calendar that takes files."""
    now, visitor = timezone.now(), request.visitor
    content = feeds.calendar(in_calendar(visitor.patient, now=now), clinic=visitor.clinic)
    name = pgettext("file name, without accents", "appointments")
    disposition = f'attachment; filename="{name}.ics"'
    headers = {"Content-Disposition": disposition}
    return HttpResponse(content, content_type=CALENDAR, headers=headers)


@policy(roles=PATIENT, methods=FORM, patient_data=True)
def calendar(request: PatientRequest) -> HttpResponse:
    """The address for calendars: made, shown once, made anew, closed."""
    now, address = timezone.now(), ""
    if request.method == "POST" and request.POST.get("act") == "end":
        calendars.end(request.visitor, now=now)
        return on_to_my("calendar")
    if request.method == "POST":
        address = calendars.make(request.visitor, now=now)
    context = {"address": address, "current": calendars.current(request.visitor.patient)}
    return render(request, "portal/calendar.html", context)


@policy(roles=ANYONE, patient_data=True, keyed=True)
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """What a calendar reads by itself, some times a day. Writes nothing, also not that it came."""
    del request
    now = timezone.now()
    found = links.find(key, purpose=PatientLink.Purpose.FEED, now=now)
    if found is None:
        raise Http404
    with translation.override(found.patient.language):
        content = calendars.content(found.patient, found.clinic, now=now)
    return HttpResponse(content, content_type=CALENDAR)
