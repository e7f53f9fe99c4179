"""Messages to patients, as managers set them: when each kind goes, in which words."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from clinic.forms.messages import RuleForm, TextForm
from clinic.messages import choosing, filling, openness, sample, sms, wording
from clinic.messages.texts import HOUSE
from clinic.messages.which import Which
from clinic.models import Clinic, Kind, MessageText
from clinic.pages import message_rules as pages
from clinic.policy import FORM, MANAGERS, policy
from clinic.requests import StaffRequest, sent
from clinic.views.framed import framed
from patients.models import Channel, Language


@policy(roles=MANAGERS)
def rules(request: StaffRequest) -> HttpResponse:
    """One line a kind, for the whole clinic or for one protocol."""
    clinic = request.staff.clinic
    offered, protocol = chosen_protocol(request)
    context = {
        "rows": pages.rows(clinic, protocol),
        "protocols": offered,
        "protocol": protocol,
        "open_words": openness.found_in(clinic.neutral_label),
    }
    return render(request, "message_rules/page.html", context)


def chosen_protocol(request: StaffRequest) -> tuple[list[tuple[str, str]], str]:
    offered = pages.protocols()
    asked = request.GET.get("protocol", "")
    return offered, asked if asked in dict(offered) else ""


@policy(roles=MANAGERS, methods=FORM)
def rule(request: StaffRequest, kind: str) -> HttpResponse:
    """One kind: when it goes, and what it says in each language and channel."""
    now, clinic, known = timezone.now(), request.staff.clinic, known_kind(kind)
    offered, protocol = chosen_protocol(request)
    row = pages.row(clinic, known, protocol)
    back = f"{reverse('message_rules')}?protocol={protocol}" if protocol else "message_rules"
    if request.method == "POST" and request.POST.get("do") == "reset":
        choosing.reset_rules(by=request.staff, kind=known, protocol=protocol, now=now)
        messages.success(request, _("Back to what stood before it."))
        return redirect(back)
    form = RuleForm(sent(request), kind=known, clinic=clinic, timings=row.timings)
    if request.POST.get("do") == "save" and form.is_valid():
        choosing.set_rules(
            by=request.staff, kind=known, protocol=protocol, timings=form.timings, now=now
        )
        messages.success(request, _("Saved. It counts for what is booked or moved from now on."))
        return redirect(back)
    context = {"row": row, "form": form, "protocol": protocol, "kind": known}
    context |= {"protocol_name": dict(offered).get(protocol, ""), "back": back}
    context["shown"] = shown_texts(clinic, known, now=now)
    return render(request, "message_rules/rule.html", context)


def known_kind(kind: str) -> Kind:
    if kind not in Kind.values:
        raise Http404
    return Kind(kind)


def shown_texts(clinic: Clinic, kind: Kind, *, now: dt.datetime) -> list[dict[str, Any]]:
    """Each language and channel as a patient would get it."""
    own = wording.own_texts([clinic])
    found = (Which(kind, channel, language) for language in Language for channel in Channel)
    return [shown_text(clinic, which, now=now, own=own) for which in found]


def shown_text(
    clinic: Clinic, which: Which, *, now: dt.datetime, own: wording.Own
) -> dict[str, Any]:
    worded = sample.shown(clinic, which, now=now, own=own)
    is_own = which.key(clinic) in own
    return {"which": which, "worded": worded, "size": sms.size(worded.text), "is_own": is_own}


@policy(roles=MANAGERS, methods=FORM)
def text(request: StaffRequest, kind: str, channel: str, language: str) -> HttpResponse:
    """The words of one kind, channel and language; looked at before they are kept."""
    now, clinic, which = timezone.now(), request.staff.clinic, known_text(kind, channel, language)
    row = MessageText.objects.filter(clinic=clinic, **which.fields).first()
    do = request.POST.get("do", "")
    if do == "reset":
        choosing.reset_text(by=request.staff, which=which, now=now)
        messages.success(request, _("Back to the standard words."))
        return redirect("message_rule", which.kind)
    first = first_words(row, which)
    form = TextForm(sent(request), initial=first, clinic=clinic, which=which, now=now)
    worded = form.preview(**first)
    if form.is_bound and form.is_valid():
        if do == "save":
            choosing.set_text(by=request.staff, which=which, now=now, **form.cleaned_data)
            messages.success(request, _("Saved. The next message says it so."))
            return redirect("message_rule", which.kind)
        worded = form.preview(**form.cleaned_data)
    context = {
        "form": form,
        "which": which,
        "row": row,
        "worded": worded,
        "size": sms.size(worded.text),
        "words": words_allowed(which),
        "is_stale": bool(form.errors),
    }
    return render(request, "message_rules/text.html", context)


def known_text(kind: str, channel: str, language: str) -> Which:
    if channel not in Channel.values or language not in Language.values:
        raise Http404
    return Which(known_kind(kind), Channel(channel), Language(language))


def first_words(row: MessageText | None, which: Which) -> dict[str, str]:
    """What stands in the form at first: the clinic's own words, or the house's."""
    is_sms, saying = which.channel == Channel.SMS, HOUSE[which.kind]
    with translation.override(which.language):
        if is_sms:
            return {"text": row.text if row else saying.text_message(many=False)}
        if row:
            return {"subject": row.subject, "text": row.text}
        return {"subject": saying.title(many=False), "text": saying.mail(many=False)}


def words_allowed(which: Which) -> list[tuple[str, str]]:
    found = filling.allowed(which.kind, which.channel)
    return [(f"{{{word}}}", str(filling.WORDS[word])) for word in found]


@policy(roles=MANAGERS)
def mail(request: StaffRequest, kind: str, language: str) -> HttpResponse:
    """The e-mail as a mail program shows it, for a frame of ours."""
    clinic, which = request.staff.clinic, known_text(kind, Channel.EMAIL, language)
    own = wording.own_texts([clinic])
    return framed(sample.shown(clinic, which, now=timezone.now(), own=own).html)
