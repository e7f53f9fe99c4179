"""Photos of a patient: by zone, in full, taken in, taken away. Each look leaves its row."""

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from clinic.care import access, changing
from clinic.care import photos as taking
from clinic.forms.photos import PhotosForm, RemoveForm
from clinic.pages import photos as photos_page
from clinic.policy import CLINICAL, FORM, policy
from clinic.requests import StaffRequest
from clinic.sandbox import sandboxed
from patients import store
from patients.models import Patient, Photo


@policy(roles=CLINICAL, methods=FORM, patient_data=True)
def photos(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    access.open_record(request, patient, now=now, what="photos.read")
    form = photos_form(request, patient, now=now)
    if form.is_bound and form.is_valid():
        pictures, refused = form.cleaned_data["pictures"]
        taken = taking.take(
            patient=patient, shot=form.shot, pictures=pictures, staff=request.staff, now=now
        )
        say(request, len(taken), len(pictures) - len(taken), refused)
        return redirect("photos", public_id)
    context = {"patient": patient, "form": form, "zones": photos_page.by_zone(patient)}
    return render(request, "photos/page.html", context)


@policy(roles=CLINICAL, patient_data=True)
def photo(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    shown = opened(request, public_id, now=now, what="photo.open")
    of_course = request.GET.get("beside") == "course"
    other = photos_page.counterpart(shown, of_course=of_course)
    pair = photos_page.pair("", [one for one in (shown, other) if one])
    context = {
        "patient": shown.patient,
        "photo": shown,
        "other": other,
        "pair": pair,
        "elsewhere": taking.not_to_remove(shown, request.staff, now=now),
    }
    return render(request, "photos/photo.html", context)


@policy(roles=CLINICAL, patient_data=True)
@sandboxed
def picture(request: StaffRequest, public_id: str) -> HttpResponse:
    shown = opened(request, public_id, now=timezone.now(), what="photo.read")
    return served(shown.file)


@policy(roles=CLINICAL, patient_data=True)
@sandboxed
def small(request: StaffRequest, public_id: str) -> HttpResponse:
    """The page that shows many of these left one row for them all."""
    shown = photo_of(public_id)
    access.require(request.staff, shown.patient, now=timezone.now())
    return served(store.small_name(shown.file))


@policy(roles=CLINICAL, methods=FORM, patient_data=True)
def remove(request: StaffRequest, public_id: str) -> HttpResponse:
    now = timezone.now()
    shown = opened(request, public_id, now=now, what="photo.open")
    if problem := taking.not_to_remove(shown, request.staff, now=now):
        raise changing.Elsewhere(problem)
    form = RemoveForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        taking.remove(photo=shown, staff=request.staff, now=now, **form.cleaned_data)
        messages.success(request, _("The photo is removed."))
        return redirect("photos", shown.patient.public_id)
    context = {"patient": shown.patient, "photo": shown, "form": form}
    context["side"] = photos_page.Side(shown)
    return render(request, "photos/remove.html", context)


def photo_of(public_id: str) -> Photo:
    standing = Photo.objects.filter(removed_at__isnull=True)
    return get_object_or_404(standing.select_related("patient", "session"), public_id=public_id)


def opened(request: StaffRequest, public_id: str, *, now: dt.datetime, what: str) -> Photo:
    found = photo_of(public_id)
    access.open_record(request, found.patient, now=now, what=what)
    return found


def photos_form(request: StaffRequest, patient: Patient, *, now: dt.datetime) -> PhotosForm:
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    return PhotosForm(
        *sent,
        patient=patient,
        today=request.staff.clinic.today(now=now),
        sessions=photos_page.sessions_of(patient),
    )


def say(request: StaffRequest, taken: int, known: int, refused: list[str]) -> None:
    """What became of each file that was sent."""
    if taken:
        text = ngettext("%(n)d photo is kept.", "%(n)d photos are kept.", taken)
        messages.success(request, text % {"n": taken})
    if known:
        text = ngettext("%(n)d was there already.", "%(n)d were there already.", known)
        messages.info(request, text % {"n": known})
    for sentence in refused:
        messages.error(request, sentence)


def served(name: str) -> HttpResponse:
    """A picture that we wrote ourselves, with nothing that a browser could make more of."""
    content = store.read(name)
    if content is None:
        raise Http404
    neutral = pgettext("file name, without accents", "photo")
    return HttpResponse(
        content,
        content_type="image/jpeg",
        headers={
            "Content-Disposition": f'inline; filename="{neutral}.jpg"',
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
