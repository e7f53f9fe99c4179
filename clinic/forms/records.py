"""A session's record as it is typed. Validates, does not save: see `clinic.recording`.

What is wrong in one field keeps no other from being saved: `saveable()` is all that is right.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from clinic.pages.said import label_of, number
from patients import charts
from patients.models import SessionRecord
from patients.models.record import DEEPEST_MM, SHALLOWEST_MM, WORST
from patients.records import SAVED

LONGEST_TEXT = 1_000_000  # a megabyte of letters; nobody types that, some paste it
LONGEST_MINUTES = 600
SCORES = [(str(n), str(n)) for n in range(WORST + 1)]
PLAIN_NUMBER = re.compile(r"^-?\d{1,6}(\.\d{0,6})?$", re.ASCII)  # no 1e400
HOUR = re.compile(r"^\s*(\d{1,2})\s*[:hH.]?\s*(\d{2})\s*$", re.ASCII)


def listed(words: Mapping[str, str | Promise]) -> list[tuple[str, str | Promise]]:
    return list(words.items())


class NumberField(forms.DecimalField):
    """A comma or a point; shown as the reader's language writes it."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        text = value.strip().replace(",", ".") if isinstance(value, str) else value
        if text and not PLAIN_NUMBER.match(str(text)):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text)

    def prepare_value(self, value: Any) -> Any:
        return number(value) if isinstance(value, Decimal) else value


class WholeField(forms.IntegerField):
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


class ScoreField(forms.TypedChoiceField):
    """0 to 10, or not asked."""

    widget = forms.RadioSelect

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=SCORES, coerce=int, empty_value=None, required=False, **options)


class CodesField(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, words: Mapping[str, str | Promise], **options: Any) -> None:
        super().__init__(choices=listed(words), required=False, **options)


class TextField(forms.CharField):
    """Kept as it was typed: no trimming; line ends as people type them, not as forms send them."""

    def __init__(self, rows: int = 3, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        limits = {"max_length": LONGEST_TEXT, "required": False, "strip": False}
        super().__init__(widget=widget, **limits | options)
        self.widget.attrs.pop("maxlength", None)  # a browser would cut what is pasted

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class HourField(forms.CharField):
    """`10:42`, `10h42`, `1042` on the clinic's clock; on `day`, which the form sets."""

    day: dt.date | None = None

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "off", "placeholder": "--:--"}
        widget = forms.TextInput(attrs=attrs | {"maxlength": 8, "class": "hour-field"})
        super().__init__(required=False, widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        is_moment = isinstance(value, dt.datetime)
        return f"{timezone.localtime(value):%H:%M}" if is_moment else value

    def clean(self, value: Any) -> dt.datetime | None:
        text = super().clean(value)
        if not text:
            return None
        found = HOUR.match(text)
        try:
            hour = dt.time(int(found[1]), int(found[2])) if found else None
        except ValueError:
            hour = None
        if hour is None or self.day is None:
            raise ValidationError(_("An hour such as 10:42."), code="invalid")
        return dt.datetime.combine(self.day, hour, timezone.get_current_timezone())


def dress(form: forms.Form) -> None:
    """Fields in the look of the house, each pointing at the sentence that says what is wrong."""
    for name, field in form.fields.items():
        widget = field.widget
        if isinstance(widget, forms.TextInput | forms.Textarea | forms.Select) and not isinstance(
            widget, forms.HiddenInput | forms.RadioSelect | forms.CheckboxSelectMultiple
        ):
            look = "form-select" if isinstance(widget, forms.Select) else "form-control"
            widget.attrs["class"] = f"{look} {widget.attrs.get('class', '')}".strip()
            widget.attrs["aria-describedby"] = f"error-{form.add_prefix(name)}"


class RecordForm(forms.Form):
    """`base` is the version that was read; `who` the person it was shown to."""

    base = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    who = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    zones = CodesField(charts.PLACES)
    techniques = CodesField(charts.TECHNIQUES)
    passes = WholeField(required=False, min_value=1, max_value=100)
    depth = forms.ChoiceField(
        choices=SessionRecord.Depth.choices, required=False, widget=forms.RadioSelect
    )
    depth_mm = NumberField(
        required=False,
        max_digits=3,
        decimal_places=1,
        min_value=Decimal(SHALLOWEST_MM),
        max_value=Decimal(DEEPEST_MM),
        step_size=Decimal("0.5"),
        error_messages={
            "min_value": _("Between 1 and 13 mm."),
            "max_value": _("Between 1 and 13 mm."),
            "step_size": _("By halves of a millimetre."),
            "invalid": _("A number such as 4 or 2.5."),
        },
    )
    needle = forms.CharField(required=False, max_length=60)
    asepsis = forms.ChoiceField(
        choices=SessionRecord.Asepsis.choices, required=False, widget=forms.RadioSelect
    )
    asepsis_other = forms.CharField(required=False, max_length=120)
    cream_minutes = WholeField(required=False, min_value=0, max_value=LONGEST_MINUTES)
    led_minutes = WholeField(required=False, min_value=0, max_value=LONGEST_MINUTES)
    pain_before = ScoreField()
    pain_after = ScoreField()
    satisfaction = ScoreField()
    tolerance = forms.ChoiceField(
        choices=SessionRecord.Tolerance.choices, required=False, widget=forms.RadioSelect
    )
    reactions = CodesField(charts.EXPECTED_SIGNS | charts.ALERT_SIGNS)
    reactions_text = TextField(rows=2)
    notes = TextField(rows=4)
    aftercare_given = forms.BooleanField(required=False)
    next_step = forms.ChoiceField(
        choices=SessionRecord.NextStep.choices, widget=forms.RadioSelect, required=False
    )
    next_step_text = TextField(rows=2)
    performer = forms.ModelChoiceField(User.objects.none(), empty_label=None, required=False)
    started_at = HourField()
    ended_at = HourField()

    def __init__(
        self,
        data: Any = None,
        *,
        record: SessionRecord,
        performers: QuerySet[User],
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.record = record
        self.fields["performer"].queryset = performers  # type: ignore[attr-defined]  # our field
        dress(self)
        day = timezone.localtime(record.started_at).date()
        for name, field in self.fields.items():
            if isinstance(field, HourField):
                field.day = day
            if name in SAVED:
                field.label = label_of(name)

    def clean_next_step(self) -> str:
        return self.cleaned_data["next_step"] or SessionRecord.NextStep.AS_PLANNED

    def clean_performer(self) -> int:
        chosen = self.cleaned_data["performer"]
        return chosen.pk if chosen else self.record.performer_id

    def clean_started_at(self) -> dt.datetime:
        """The seconds that the form does not show stay as they are."""
        return self._exactly(self.cleaned_data["started_at"], self.record.started_at)

    def clean_ended_at(self) -> dt.datetime | None:
        typed = self.cleaned_data["ended_at"]
        return self._exactly(typed, self.record.ended_at) if typed else None

    def _exactly(self, typed: dt.datetime | None, before: dt.datetime | None) -> Any:
        if typed is None or before is None:
            return typed or before
        return before if before.replace(second=0, microsecond=0) == typed else typed

    def now(self, name: str, value: str) -> None:
        """Shown again, the form says this instead of what was sent."""
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data[name] = value
        self.data = data

    def saveable(self) -> dict[str, Any]:
        """Every field that is right."""
        return {name: self.cleaned_data[name] for name in SAVED if name in self.cleaned_data}

    def complain(self, problems: Iterable[Any]) -> None:
        """Each problem of a verb at its field, else on top."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.message)


class AmendForm(forms.Form):
    text = TextField(rows=4, label=_("What is to be read"), required=True)
    reason = forms.CharField(label=_("Reason"), max_length=200)


class SettleForm(forms.Form):
    """What becomes of each field of a kept text; without an answer to all, it stays kept."""

    MINE, THEIRS, BOTH = "mine", "theirs", "both"

    def __init__(self, data: Any = None, *, names: Iterable[str], **options: Any) -> None:
        super().__init__(data, **options)
        choices = [(choice, choice) for choice in (self.MINE, self.THEIRS, self.BOTH)]
        for name in names:
            self.fields[name] = forms.ChoiceField(choices=choices)
