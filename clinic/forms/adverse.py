"""An adverse reaction as it is told, followed and closed. Validates, does not save."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from clinic import dates
from clinic.forms.appointments import MomentField
from clinic.forms.lots import BoxDateField
from clinic.models import Clinic
from clinic.pages import adverse as adverse_page
from patients import adverse, charts
from patients.models import AdverseEvent, Patient, ProductUse, TreatmentSession

LONGEST_TEXT = 20_000
FIRST_DAY = dt.date(2000, 1, 1)
TO_CHOOSE = ("", gettext_lazy("Choose"))
INPUT_MOMENT = "%Y-%m-%dT%H:%M"


def text_field(label: Any, rows: int, *, required: bool = True, help_text: Any = "") -> Any:
    return forms.CharField(
        label=label,
        max_length=LONGEST_TEXT,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class EventForm(forms.Form):
    """What was noticed, when, after what; how bad it is; what was done."""

    signs = forms.MultipleChoiceField(
        label=gettext_lazy("Signs"), required=False, choices=list(charts.SIGNS.items())
    )
    description = text_field(
        gettext_lazy("What happened"),
        4,
        help_text=gettext_lazy("Without the patient’s name: it is printed in the declaration."),
    )
    noticed_at = MomentField(
        label=gettext_lazy("Noticed at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=INPUT_MOMENT),
    )
    source = forms.ChoiceField(
        label=gettext_lazy("How it was learnt"), choices=AdverseEvent.Source.choices
    )
    session = forms.ChoiceField(label=gettext_lazy("After which session"), required=False)
    product_use = forms.ChoiceField(label=gettext_lazy("Suspected product"), required=False)
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"), choices=[TO_CHOOSE, *AdverseEvent.Severity.choices]
    )
    seriousness = forms.ChoiceField(
        label=gettext_lazy("Seriousness"), choices=AdverseEvent.Seriousness.choices
    )
    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), choices=AdverseEvent.Outcome.choices)
    action_taken = text_field(gettext_lazy("What was done"), 3, required=False)
    channel = forms.ChoiceField(
        label=gettext_lazy("Vigilance"),
        required=False,
        choices=[("", gettext_lazy("By the product")), *AdverseEvent.Channel.choices],
        help_text=gettext_lazy(
            "Medicine: regional centre. Device: ANSM. Nothing is sent by itself."
        ),
    )
    declared_on = BoxDateField(label=gettext_lazy("Declared on"), required=False)
    declaration = forms.CharField(label=gettext_lazy("Receipt"), max_length=100, required=False)
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, patient: Patient, clinic: Clinic, now: dt.datetime, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.patient, self.clinic, self.now = patient, clinic, now
        self.fields["noticed_at"].clinic = clinic  # type: ignore[attr-defined]  # our field
        self.sessions = {session_key(s): s for s in adverse_page.sessions_of(patient)}
        self.uses = {str(use.pk): use for use in adverse_page.uses_of(patient)}
        self.fields["session"].choices = [  # type: ignore[attr-defined]  # our field
            ("", pgettext("a session", "Not known, or none")),
            *((key, session_label(s, clinic)) for key, s in self.sessions.items()),
        ]
        self.fields["product_use"].choices = [  # type: ignore[attr-defined]  # our field
            ("", _("Not known, or none")),
            *((key, use_label(use, clinic)) for key, use in self.uses.items()),
        ]
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.disable_csrf = False, True
        self.helper.layout = layout()

    def clean_noticed_at(self) -> dt.datetime:
        noticed_at = self.cleaned_data["noticed_at"]
        if noticed_at > self.now:
            raise ValidationError(_("This moment lies in the future."))
        if noticed_at.date() < FIRST_DAY:
            raise ValidationError(_("Check the year."))
        return noticed_at

    def clean_session(self) -> TreatmentSession | None:
        return self.sessions.get(self.cleaned_data["session"])

    def clean_product_use(self) -> ProductUse | None:
        return self.uses.get(self.cleaned_data["product_use"])

    def clean_declared_on(self) -> dt.date | None:
        declared_on = self.cleaned_data["declared_on"]
        if declared_on and declared_on > self.clinic.today(now=self.now):
            raise ValidationError(_("This day lies in the future."))
        if declared_on and declared_on < FIRST_DAY:
            raise ValidationError(_("Check the year."))
        return declared_on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._join(data)
        session, noticed_at = data.get("session"), data.get("noticed_at")
        if session and noticed_at and noticed_at < started(session, self.clinic):
            self.add_error("noticed_at", _("This moment lies before the session."))
        if "channel" in data and not data["channel"]:
            data["channel"] = self._channel(data)
        return data

    def _join(self, data: dict[str, Any]) -> None:
        """The product names its session; both together must agree."""
        use, session = data.get("product_use"), data.get("session")
        if use is None:
            return
        if session is None and "session" not in self.errors:
            by_id = {each.pk: each for each in self.sessions.values()}
            data["session"] = by_id.get(use.record.session_id)
        elif session and use.record.session_id != session.pk:
            self.add_error("product_use", _("This product was not used at that session."))

    def _channel(self, data: dict[str, Any]) -> str:
        use = data.get("product_use")
        channel = adverse.channel_of(use.regulatory_status) if use else ""
        if not channel and "product_use" not in self.errors:
            self.add_error("channel", _("The product does not say: choose one, or none."))
        return channel

    @property
    def event_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in adverse.WRITTEN}

    @property
    def signs_shown(self) -> list[tuple[str, list[tuple[str, Any, bool]]]]:
        """Alert signs first; each with whether it is ticked."""
        ticked = set(self["signs"].value() or [])
        groups = ((_("Alert signs"), charts.ALERT_SIGNS), (_("Others"), charts.EXPECTED_SIGNS))
        return [
            (name, [(code, word, code in ticked) for code, word in words.items()])
            for name, words in groups
        ]


def layout() -> Layout:
    return Layout(
        Div(
            Field("description", wrapper_class="span-all"),
            "noticed_at", "source", "session", "product_use", "severity", "seriousness",
            Field("action_taken", wrapper_class="span-all"),
            "outcome", "channel", "declared_on", "declaration", "version",
            css_class="form-grid",
        )
    )  # fmt: skip


def session_key(session: TreatmentSession) -> str:
    """As it stands in an address: `?session=<series>-<number>`."""
    return f"{session.series.public_id}-{session.number}"


def session_label(session: TreatmentSession, clinic: Clinic) -> str:
    day = dates.written(started(session, clinic).astimezone(clinic.zone).date(), "j F Y")
    return _("%(day)s · session %(number)d · %(protocol)s") % {
        "day": day,
        "number": session.number,
        "protocol": session.series.protocol.name,
    }


def use_label(use: ProductUse, clinic: Clinic) -> str:
    day = dates.written(use.record.started_at.astimezone(clinic.zone).date(), "j F Y")
    return f"{day} · {use.name} · {use.lot_number}"


def started(session: TreatmentSession, clinic: Clinic) -> dt.datetime:
    """When the record says; else the morning of the day on which it was done."""
    record = getattr(session, "record", None)
    if record is not None:
        return record.started_at
    return dt.datetime.combine(session.done_on or FIRST_DAY, dt.time(), clinic.zone)


def initial_of(event: AdverseEvent, clinic: Clinic) -> dict[str, Any]:
    """What the form begins with, to correct an event."""
    values = {name: getattr(event, name) for name in adverse.WRITTEN}
    return values | {
        "session": session_key(event.session) if event.session else "",
        "product_use": str(event.product_use_id or ""),
        "noticed_at": event.noticed_at.astimezone(clinic.zone).strftime(INPUT_MOMENT),
        "version": event.version,
    }


class FollowForm(forms.Form):
    text = text_field(gettext_lazy("What is new"), 3)


class CloseForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("How it ended"),
        choices=[
            TO_CHOOSE,
            *(pair for pair in AdverseEvent.Outcome.choices if pair[0] != "ongoing"),
        ],
        error_messages={"required": gettext_lazy("Say how it ended.")},
    )


class CallBackForm(forms.Form):
    """What the desk was told. It is sent on, and not shown again."""

    text = text_field(
        gettext_lazy("What the patient says"),
        5,
        help_text=gettext_lazy("In the patient’s words. You will not see it again."),
    )
