"""Narrowing the messages; a call; what a patient agrees to. Validates, does not save."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clinic.forms.patients import DATE_FORMATS
from clinic.models import Clinic, PatientCall
from clinic.pages.told import KINDS, Asked
from clinic.telling import Said
from patients import search
from patients.contacts import Consents
from patients.models import Channel, Language, MessageConsent, Patient, Purpose
from patients.phones import dialled
from patients.search import LONGEST_QUERY

EVERY = ("", _("All"))
HOW = [(how.value, how.label) for how in (MessageConsent.How.DESK, MessageConsent.How.PAPER)]
YES, NO = "yes", "no"


def day_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d", *DATE_FORMATS],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class FilterForm(forms.Form):
    """Of the list of messages; what cannot be read is said at its field, and narrows nothing."""

    q = forms.CharField(label=_("Patient"), required=False, max_length=LONGEST_QUERY)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("Until now")),
            ("planned", pgettext_lazy("messages", "Planned")),
            ("sent", pgettext_lazy("messages", "Sent")),
            ("unsent", pgettext_lazy("messages", "Not sent")),
            ("doubtful", _("Perhaps sent")),
            ("unneeded", _("No longer needed")),
        ],
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[EVERY, *KINDS.items()])
    channel = forms.ChoiceField(
        label=_("Channel"), required=False, choices=[EVERY, *Channel.choices]
    )
    since = day_field(_("From"))
    until = day_field(_("Until"))
    patient = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    def asked(self, clinic: Clinic) -> Asked:
        self.is_valid()
        data = self.cleaned_data
        return Asked(
            state=data.get("state", ""),
            kind=data.get("kind", ""),
            channel=data.get("channel", ""),
            since=midnight(data.get("since"), clinic),
            until=midnight(data.get("until"), clinic, days=1),
            patients=self._patients(data),
        )

    def _patients(self, data: dict[str, Any]) -> Any:
        if data.get("patient"):
            return Patient.objects.filter(public_id=data["patient"])
        return search.find(data["q"]) if data.get("q") else None


def midnight(on: dt.date | None, clinic: Clinic, *, days: int = 0) -> dt.datetime | None:
    """On the clinic's wall; `days` later. The ends of time are left out."""
    if on is None or not 1900 <= on.year <= 2199:
        return None
    return dt.datetime.combine(on + dt.timedelta(days=days), dt.time(), clinic.zone)


class AgainForm(forms.Form):
    channel = forms.ChoiceField(required=False, choices=[("", ""), *Channel.choices])


class CallForm(forms.Form):
    """A call to a patient. `number` is asked only where there are two."""

    outcome = forms.ChoiceField(
        label=pgettext_lazy("a call", "Outcome"),
        choices=PatientCall.Outcome.choices,
        widget=forms.RadioSelect,
    )
    number = forms.ChoiceField(label=_("Number called"), required=False, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=200,
        help_text=_("Practical only, never about health: “call after 5 pm”."),
    )

    def __init__(self, *args: Any, patient: Patient, **options: Any) -> None:
        super().__init__(*args, **options)
        numbers = [number for number in (patient.phone, patient.other_phone) if number]
        choices = {str(number.as_e164): dialled(number) for number in numbers}
        self.only = next(iter(choices), "")
        self.fields["number"].choices = list(choices.items())  # type: ignore[attr-defined]  # our field
        self.fields["number"].initial = self.only
        if len(choices) < 2:
            del self.fields["number"]

    @property
    def call_fields(self) -> dict[str, Any]:
        number = self.cleaned_data.get("number") or self.only
        return self.cleaned_data | {"number": number}


class ContactsForm(forms.Form):
    """How somebody wants to hear from the clinic, and what about."""

    preferred_channel = forms.ChoiceField(
        label=_("Preferred channel"),
        required=False,
        choices=[("", _("No preference")), *Channel.choices],
        help_text=_("The other one is used where this one cannot be."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    how = forms.ChoiceField(label=_("How they said so"), choices=HOW, widget=forms.RadioSelect)
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, patient: Patient, said: Consents, **options: Any) -> None:
        stands = {"preferred_channel": patient.preferred_channel, "language": patient.language}
        stands |= {"how": MessageConsent.How.DESK, "version": str(patient.version)}
        super().__init__(*args, **options | {"initial": stands})
        for purpose in Purpose.values:
            for channel in Channel.values:
                self.fields[f"{purpose}-{channel}"] = consent_field(said, purpose, channel)

    @property
    def rows(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """For each purpose: its name, and a field for each channel."""
        for purpose in Purpose:
            yield str(purpose.label), [self[f"{purpose}-{channel}"] for channel in Channel.values]

    @property
    def patient_fields(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("preferred_channel", "language")}

    @property
    def said(self) -> list[Said]:
        """What was chosen; where nothing was, nothing is said."""
        return [
            (purpose, channel, self.cleaned_data[f"{purpose}-{channel}"] == YES)
            for purpose in Purpose.values
            for channel in Channel.values
            if self.cleaned_data[f"{purpose}-{channel}"]
        ]


def consent_field(said: Consents, purpose: str, channel: str) -> forms.ChoiceField:
    """Once something was said it may be said otherwise, and not be unsaid."""
    row = said.said.get((purpose, channel))
    choices: list[tuple[str, Any]] = [
        (YES, pgettext_lazy("consent", "Yes")),
        (NO, pgettext_lazy("consent", "No")),
    ]
    if row is None:
        is_sent = said.allows(purpose, channel)
        unasked = _("Not asked: sent") if is_sent else _("Not asked: not sent")
        choices = [("", unasked), *choices]
    initial = "" if row is None else YES if row.is_given else NO
    label = f"{Purpose(purpose).label} · {Channel(channel).label}"
    return forms.ChoiceField(
        label=label, choices=choices, required=row is not None, initial=initial
    )
