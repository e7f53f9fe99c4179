"""What is ticked and asked on the leaflet's pages. Validates, and saves nothing."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic import wording
from clinic.forms.adverse import FIRST_DAY, INPUT_MOMENT
from clinic.forms.appointments import MomentField
from clinic.forms.photos import ACCEPTED, CHARTS, read
from clinic.models import LONGEST_KEY, Clinic
from clinic.pages import leaflet as page
from clinic.portal.last_session import LastSession
from patients import charts, pictures
from patients.pictures import Picture
from protocols import leaflet
from protocols.leaflet import Symptom
from protocols.models import Protocol

LONGEST_TEXT = 4000
LONGEST_TIME = 1000  # hours or days: past it no page says anything
HOURS, DAYS = "hours", "days"
NOT_KNOWN = ("", _("I do not know"))
TICK_ONE = _("Tick at least one.")


class SignsField(forms.MultipleChoiceField):
    """Ticks in two groups, alert signs first; `groups` is what a page shows."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, symptoms: tuple[Symptom, ...], *, alerts: bool = True, **options: Any):
        self.symptoms, self.alerts = symptoms, leaflet.alert_signs() if alerts else ()
        every = [(one.code, one.name) for one in (*self.alerts, *self.symptoms)]
        super().__init__(choices=every, error_messages={"required": TICK_ONE}, **options)


class LeafletForm(forms.Form):
    """Errors stand at the field, and what was ticked stays ticked."""

    use_required_attribute = False

    def shown(self, symptoms: tuple[Symptom, ...]) -> list[tuple[str, str, bool]]:
        ticked = set(self["signs"].value() or ())
        return [(one.code, one.name, one.code in ticked) for one in symptoms]

    @property
    def alert_signs(self) -> list[tuple[str, str, bool]]:
        return self.shown(self.fields["signs"].alerts)  # type: ignore[attr-defined]  # our field

    @property
    def other_signs(self) -> list[tuple[str, str, bool]]:
        return self.shown(self.fields["signs"].symptoms)  # type: ignore[attr-defined]  # our field


def time_fields(*, required: bool) -> dict[str, forms.Field]:
    return {
        "since": forms.IntegerField(
            label=_("Time since the session"),
            required=required,
            min_value=0,
            max_value=LONGEST_TIME,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            error_messages={
                "required": _("Say how long ago the session was."),
                "invalid": _("A whole number, such as 36."),
            },
        ),
        "unit": forms.ChoiceField(
            label=_("Hours or days"), choices=[(HOURS, _("hours")), (DAYS, _("days"))]
        ),
    }


class LookUpForm(LeafletForm):
    """`protocol` and `zone` are offered where the session is not known."""

    sensitive = forms.BooleanField(label=_("My skin is sensitive"), required=False)
    thin = forms.BooleanField(
        label=_("My skin is thin, or I take a medicine that thins the blood"), required=False
    )
    filler = forms.BooleanField(label=_("The product held hyaluronic acid"), required=False)

    def __init__(self, *args: Any, also: Protocol | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        own = {"signs": SignsField(leaflet.symptoms(), label=_("What do you notice?"))}
        treatment = {"protocol": protocol_field(also), "zone": zone_field()}
        self.fields = own | time_fields(required=True) | treatment | self.fields

    @property
    def hours(self) -> int:
        return hours_of(self.cleaned_data)


class RecoveryForm(LeafletForm):
    sensitive = forms.BooleanField(label=_("My skin is sensitive"), required=False)

    def __init__(self, *args: Any, also: Protocol | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        symptoms = tuple(one for one in leaflet.symptoms() if one.topic)
        own = {"signs": SignsField(symptoms, alerts=False, label=_("What do you notice?"))}
        treatment = {"protocol": protocol_field(also)}
        self.fields = own | time_fields(required=False) | treatment | self.fields
        self.fields["since"].help_text = _("To see which instructions still hold. Optional.")

    @property
    def hours(self) -> int | None:
        return None if self.cleaned_data["since"] is None else hours_of(self.cleaned_data)


def hours_of(data: dict[str, Any]) -> int:
    return int(data["since"]) * (24 if data["unit"] == DAYS else 1)


def protocol_field(also: Protocol | None) -> forms.Field:
    choices = [NOT_KNOWN, *page.protocol_choices(also)]
    return forms.ChoiceField(label=_("Which treatment?"), required=False, choices=choices)


def zone_field() -> forms.Field:
    choices = [NOT_KNOWN, *page.zone_choices()]
    return forms.ChoiceField(label=_("Where?"), required=False, choices=choices)


class CountForm(forms.Form):
    use_required_attribute = False
    goal = forms.ChoiceField(
        label=_("What for?"),
        widget=forms.RadioSelect,
        choices=[
            ("pain", _("A pain")),
            ("skin", _("The quality of my skin")),
            ("hair", _("My hair")),
        ],
        error_messages={"required": _("Choose one.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["zone"] = zone_field()


class QuizForm(forms.Form):
    """A question left out is no mistake: its answer is shown all the same."""

    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for one in leaflet.questions():
            self.fields[f"q{one.number}"] = forms.TypedChoiceField(
                label=one.question,
                required=False,
                coerce=int,
                empty_value=None,
                widget=forms.RadioSelect,
                choices=list(enumerate(one.answers)),
            )


# --- What is sent to the practitioner ------------------------------------------------------------


class PictureField(forms.FileField):
    """One clean picture, or none; what is wrong with another kind of file is told here."""

    widget = forms.FileInput

    def clean(self, data: Any, initial: Any = None) -> Picture | None:
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return read(file)
        except pictures.Unusable as reason:
            raise ValidationError(reason.message, code=reason.code) from reason


class ReportForm(LeafletForm):
    """Ticks or words; when it began, on the clinic’s clock; a photo with its place."""

    text = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    began_at = MomentField(
        label=_("Since when?"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=INPUT_MOMENT),
        error_messages={"required": _("Give the day and the hour: roughly is enough.")},
    )
    photo = PictureField(
        label=_("A photo, if you wish"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPTED, "aria-describedby": "photo-help"}),
        help_text=_("JPEG, PNG or WebP, up to 15 MB. Your practitioner alone sees it."),
    )
    place = forms.ChoiceField(
        label=_("What it shows"),
        required=False,
        choices=[
            ("", _("Choose a place")),
            *((group, tuple(words.items())) for group, words in CHARTS),
        ],
    )
    key = forms.CharField(max_length=LONGEST_KEY, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        clinic: Clinic,
        now: dt.datetime,
        place: str = "",
        sessions: Sequence[LastSession] = (),
        **options: Any,
    ) -> None:
        options["initial"] = {"key": uuid.uuid4().hex, "place": place} | options.get("initial", {})
        super().__init__(*args, **options)
        self.now = now
        own = {"signs": SignsField(leaflet.symptoms(), label=_("Signs"), required=False)}
        self.fields = own | self.fields
        self.fields["began_at"].clinic = clinic  # type: ignore[attr-defined]  # our field
        self.sessions = {one.name: one for one in sessions}
        if len(sessions) > 1:
            choices = [(name, self.said_of(one, clinic)) for name, one in self.sessions.items()]
            self.fields["after"] = forms.ChoiceField(
                label=_("After which treatment?"), required=False, choices=[NOT_KNOWN, *choices]
            )

    @staticmethod
    def said_of(one: LastSession, clinic: Clinic) -> str:
        told = {"number": one.session.number, "protocol": one.protocol.name}
        day = wording.day(one.began_at.astimezone(clinic.zone).date())
        return f"{gettext('Session %(number)s · %(protocol)s') % told}, {day}"

    @property
    def chosen_session(self) -> LastSession | None:
        return self.sessions.get(self.cleaned_data.get("after", ""))

    def clean_signs(self) -> list[str]:
        """The codes of the record, in its order; “something else” is said in words."""
        return [code for code in charts.SIGNS if code in self.cleaned_data["signs"]]

    def clean_began_at(self) -> dt.datetime:
        began_at: dt.datetime = self.cleaned_data["began_at"]
        if began_at > self.now:
            raise ValidationError(_("This moment lies in the future."))
        if began_at.date() < FIRST_DAY:
            raise ValidationError(_("Check the year."))
        return began_at

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors.keys() & {"signs", "text"} and not (data["signs"] or data["text"]):
            self.add_error("signs", _("Tick what you notice, or say it in your words."))
        if data.get("photo") and not data.get("place") and "place" not in self.errors:
            self.add_error("place", _("Say what the photo shows."))
        return data
