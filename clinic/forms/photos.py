"""Photos sent from a phone or a computer, and why one is taken away. Validates, does not save."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patients import charts, pictures
from patients.models import Patient, Photo, TreatmentSession
from patients.photos import Shot
from patients.pictures import Picture

MOST_AT_ONCE = 20
ACCEPTED = "image/jpeg,image/png,image/webp"
CHARTS: tuple[tuple[str | Promise, charts.Words], ...] = (
    (_("Face"), charts.FACE),
    (_("Body, front"), charts.BODY_FRONT),
    (_("Body, back"), charts.BODY_BACK),
)


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several files: the clean pictures among them, and what is wrong with each of the others."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> tuple[list[Picture], list[str]]:
        files = [file for file in data or [] if isinstance(file, UploadedFile)]
        if not files:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(files) > MOST_AT_ONCE:
            raise ValidationError(self.error_messages["too_many"], code="too_many")
        clean, refused = [], []
        for file in files:
            try:
                clean.append(read(file))
            except pictures.Unusable as reason:
                refused.append(f"{file.name}: {reason.message}")
        if not clean:
            raise ValidationError(refused)
        return clean, refused


def read(file: UploadedFile) -> Picture:
    """One byte more than we take is enough to see that it is too heavy."""
    return pictures.clean(file.read(pictures.MOST_BYTES + 1))


class PhotosForm(forms.Form):
    zone = forms.ChoiceField(
        label=_("Zone"),
        choices=[
            ("", _("Choose a zone")),
            *((group, tuple(words.items())) for group, words in CHARTS),
        ],
        error_messages={"required": _("Choose the zone."), "invalid_choice": _("Choose the zone.")},
    )
    moment = forms.ChoiceField(
        label=_("When"),
        choices=Photo.Moment.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Before or after the session?")},
    )
    taken_on = forms.DateField(
        label=_("Taken on"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("This day does not exist.")},
    )
    session = forms.ModelChoiceField(
        TreatmentSession.objects.none(),
        label=_("Session"),
        required=False,
        empty_label=_("No session"),
    )
    pictures = PicturesField(
        label=_("Photos"),
        widget=ManyFiles(attrs={"accept": ACCEPTED}),
        help_text=_("JPEG, PNG or WebP, up to 15 MB each and 20 at a time."),
        error_messages={
            "required": _("Take a photo, or choose one."),
            "too_many": _("20 at a time at most. Send the others afterwards."),
        },
    )

    def __init__(
        self, *args: Any, patient: Patient, today: dt.date, sessions: Any, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.patient, self.today = patient, today
        self.fields["taken_on"].initial = today
        choice: Any = self.fields["session"]
        choice.queryset = sessions
        choice.label_from_instance = session_label
        self.fields["pictures"].widget.attrs["aria-describedby"] = "id_pictures_helptext"

    def clean_taken_on(self) -> dt.date:
        taken_on = self.cleaned_data["taken_on"]
        if taken_on > self.today:
            raise ValidationError(_("This day has not come yet."))
        if taken_on < (self.patient.birth_on or dt.date(1880, 1, 1)):
            raise ValidationError(_("This day lies too far back."))
        return taken_on

    @property
    def shot(self) -> Shot:
        return Shot(**{name: self.cleaned_data[name] for name in Shot.__dataclass_fields__})


def session_label(session: TreatmentSession) -> str:
    day = f" · {session.done_on:%d/%m/%Y}" if session.done_on else ""
    return f"{session.series.protocol.name} · {session.number}{day}"


class RemoveForm(forms.Form):
    reason = forms.CharField(
        label=_("Why this photo goes"),
        max_length=Photo._meta.get_field("removal_reason").max_length,
        help_text=_("For instance: wrong patient; blurred; the patient asks for it."),
        error_messages={"required": _("Say why; a few words are enough.")},
    )
