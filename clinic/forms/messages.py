"""When messages go, and in which words: validates, does not save."""

import datetime as dt
import re
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.messages import filling, openness, sample, sms
from clinic.messages.which import Which
from clinic.messages.wording import Worded
from clinic.models import Clinic, Kind, MessageText, clock
from clinic.models.messages import LONGEST_SUBJECT, LONGEST_TEXT
from clinic.outbox.timing import Timing
from clinic.pages.message_rules import AFTER, FIXED_DAYS, WITHOUT_HOUR
from patients.models import Channel

MOST_DAYS = 366
MOST_CHECK_INS = 5
LONGEST_SMS = 400  # letters as typed, words in braces among them; what counts is the parts
CLOCKS = ["%H:%M", "%H:%M:%S", "%Hh%M", "%H h %M", "%Hh"]


class RuleForm(forms.Form):
    """One kind of message: whether, how many days, at what hour."""

    is_on = forms.BooleanField(label=gettext_lazy("Send it"), required=False)
    days = forms.CharField(label=gettext_lazy("Days before"), max_length=40, required=False)
    at = forms.TimeField(
        label=gettext_lazy("At"),
        input_formats=CLOCKS,
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Enter an hour such as 10:00.")},
    )

    def __init__(
        self, data: Any = None, *, kind: Kind, clinic: Clinic, timings: tuple[Timing, ...]
    ) -> None:
        super().__init__(data, initial=initial_of(timings))
        self.kind, self.clinic = kind, clinic
        if kind in WITHOUT_HOUR:
            del self.fields["at"]
        if kind in WITHOUT_HOUR or kind in FIXED_DAYS:
            del self.fields["days"]
        self._say_what_days_are()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout("is_on", Div(*list(self.fields)[1:], css_class="form-grid"))

    def _say_what_days_are(self) -> None:
        if "days" in self.fields and self.kind in AFTER:
            self.fields["days"].label = _("Days after")
            self.fields["days"].help_text = _("One or several: 1, 3, 7.")
        elif "days" in self.fields:
            self.fields["days"].widget.attrs["inputmode"] = "numeric"
        if "at" in self.fields:
            hours = quiet(self.clinic)
            told = _("Between %(first)s and %(last)s. Sundays and holidays: earlier.") % hours
            self.fields["at"].help_text = told

    def clean_days(self) -> list[int]:
        typed = re.split(r"[\s,;]+", self.cleaned_data["days"].strip())
        if not all(re.fullmatch(r"[0-9]{1,3}", each) for each in typed):
            if not self.data.get("is_on"):
                return []
            raise ValidationError(_("Enter a number of days, such as 3."))
        days = sorted({int(each) for each in typed})
        most = MOST_CHECK_INS if self.kind in AFTER else 1
        if len(days) > most:
            raise ValidationError(
                ngettext("At most %(n)d number.", "At most %(n)d numbers.", most) % {"n": most}
            )
        if not 1 <= days[0] <= days[-1] <= MOST_DAYS:
            raise ValidationError(_("From 1 to %(most)s days.") % {"most": MOST_DAYS})
        return days

    def clean_at(self) -> dt.time | None:
        at: dt.time | None = self.cleaned_data["at"]
        if at is None:
            if self.data.get("is_on"):
                raise ValidationError(_("Enter an hour such as 10:00."))
            return None
        minute, hours = at.hour * 60 + at.minute, self.clinic
        if not hours.messages_from_hour * 60 <= minute < hours.messages_until_hour * 60:
            raise ValidationError(_("Between %(first)s and %(last)s.") % quiet(self.clinic))
        return at

    @property
    def timings(self) -> list[Timing]:
        """What was chosen. Off: one row that says so."""
        at = self.cleaned_data.get("at") or dt.time(10)
        days = self.cleaned_data.get("days") or [FIXED_DAYS.get(self.kind, 0)]
        is_on = self.cleaned_data["is_on"]
        return [Timing(each, at.hour * 60 + at.minute, is_on) for each in days]


def quiet(clinic: Clinic) -> dict[str, str]:
    first, last = clinic.messages_from_hour, clinic.messages_until_hour
    return {"first": clock(first * 60), "last": clock(last * 60)}


def initial_of(timings: tuple[Timing, ...]) -> dict[str, Any]:
    if not timings:
        return {"is_on": False, "at": dt.time(10)}
    minute = timings[0].at_minute
    return {
        "is_on": any(each.is_on for each in timings),
        "days": ", ".join(str(each.days) for each in timings if each.days),
        "at": dt.time(minute // 60, minute % 60),
    }


class TextForm(forms.Form):
    """A clinic's own words for one kind, channel and language."""

    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=LONGEST_SUBJECT,
        required=False,
        help_text=gettext_lazy("Empty: the standard subject."),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={
            "required": gettext_lazy("Write a text, or go back to the standard words below.")
        },
    )

    def __init__(
        self, *args: Any, clinic: Clinic, which: Which, now: dt.datetime, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.clinic, self.which, self.now = clinic, which, now
        if self.is_sms:
            del self.fields["subject"]
            self.fields["text"].widget.attrs |= {"rows": 4}
        for field in self.fields.values():
            field.widget.attrs |= {"lang": which.language}
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    @property
    def is_sms(self) -> bool:
        return self.which.channel == Channel.SMS

    def clean_subject(self) -> str:
        subject = " ".join(self.cleaned_data["subject"].split())
        self._check(subject, is_subject=True)
        return subject

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not self.is_sms:
            self._check(text)
            return text
        text = " ".join(text.split())
        if len(text) > LONGEST_SMS:
            raise ValidationError(_("At most %(n)s letters.") % {"n": LONGEST_SMS})
        self._check(text)
        self._check_parts(text)
        return text

    def _check(self, text: str, *, is_subject: bool = False) -> None:
        which = self.which
        wrong = filling.problems(
            text, kind=which.kind, channel=which.channel, is_subject=is_subject
        )
        if found := openness.found_in(text, which.language):
            told = ", ".join(f"“{word}”" for word in found[:3])
            wrong.append(_("Others may read this: it must not say %(words)s.") % {"words": told})
        if wrong:
            raise ValidationError(wrong)

    def _check_parts(self, text: str) -> None:
        """As it goes out to the made-up appointment: nothing of it may have been cut."""
        shown = self.preview(text=text).text
        if sms.CUT in shown or not sms.fits(shown):
            raise ValidationError(
                _("Too long: a text message has at most %(n)s parts.") % {"n": sms.MOST_PARTS}
            )

    def preview(self, *, text: str, subject: str = "") -> Worded:
        """The text as a patient would get it."""
        row = MessageText(clinic=self.clinic, **self.which.fields, subject=subject, text=text)
        own = {self.which.key(self.clinic): row}
        return sample.shown(self.clinic, self.which, now=self.now, own=own)
