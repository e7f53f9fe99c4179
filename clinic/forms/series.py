"""What a series is asked for, as it stands in the address: validates, and turns into the ask.

The way back, from an ask to the address that shows it, is `clinic.pages.addresses`.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from clinic.booking import SeriesAsk
from clinic.models import LONGEST_NOTE, Appointment, Clinic, Resource, WorkingHours
from clinic.pages.addresses import MUST, WISH, picks_of
from patients.models import Patient, Series
from protocols.models import Protocol, Step
from protocols.planning import Wishes

SHORT_PHASES = {
    "attack": pgettext_lazy("up to this phase", "attack"),
    "consolidation": pgettext_lazy("up to this phase", "consolidation"),
    "maintenance": pgettext_lazy("up to this phase", "maintenance"),
}
MOST_AHEAD = dt.timedelta(days=731)
EARLIEST_PREVIOUS = dt.date(1990, 1, 1)
ELSEWHERE = ["previous", "first"]
HOW = [(WISH, gettext_lazy("wish")), (MUST, gettext_lazy("must"))]
DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d%m%Y"]
TIME_FORMATS = ["%H:%M", "%H:%M:%S", "%Hh%M", "%Hh", "%H"]


@dataclass(frozen=True)
class Subject:
    """Who and what a series is for; `series` when it is the rest of a running one."""

    clinic: Clinic
    patient: Patient
    protocol: Protocol
    practitioners: Iterable[Resource]
    first: int = 1
    previous_on: dt.date | None = None
    previous_practitioner: str | None = None
    series: Series | None = None

    @property
    def steps(self) -> list[Step]:
        return [step for step in self.protocol.steps.all() if step.number >= self.first]

    @property
    def whole_phase(self) -> int:
        """The number of the last session of the phase that comes first."""
        steps = self.steps
        return max(step.number for step in steps if step.phase_id == steps[0].phase_id)


class WishesForm(forms.Form):
    """Bound to the address, with what it leaves out filled in."""

    start = forms.DateField(
        label=gettext_lazy("From"),
        input_formats=DATE_FORMATS,
        error_messages={"invalid": gettext_lazy("Enter a date that exists, such as 14/04/2026.")},
    )
    last = forms.TypedChoiceField(label=gettext_lazy("Sessions"), coerce=int)
    previous = forms.DateField(
        label=gettext_lazy("Date of the last session"),
        required=False,
        input_formats=DATE_FORMATS,
        error_messages={"invalid": gettext_lazy("Enter a date that exists, such as 14/04/2026.")},
    )
    first = forms.TypedChoiceField(label=gettext_lazy("Next session"), coerce=int)
    weekday = forms.TypedMultipleChoiceField(label=gettext_lazy("Days"), required=False, coerce=int)
    weekdays = forms.ChoiceField(choices=HOW)
    after = forms.TimeField(
        label=gettext_lazy("Not before"),
        required=False,
        input_formats=TIME_FORMATS,
        error_messages={"invalid": gettext_lazy("Enter an hour, such as 09:30.")},
    )
    before = forms.TimeField(
        label=gettext_lazy("Over by"),
        required=False,
        input_formats=TIME_FORMATS,
        error_messages={"invalid": gettext_lazy("Enter an hour, such as 12:30.")},
    )
    hours = forms.ChoiceField(choices=HOW)
    practitioner = forms.ChoiceField(label=gettext_lazy("Practitioner"), required=False)
    who = forms.ChoiceField(choices=HOW)

    def __init__(self, address: QueryDict, *, subject: Subject, today: dt.date) -> None:
        self.subject, self.today = subject, today
        self.address = filled(address, subject, today)
        super().__init__(self.address)
        weekdays = list(WorkingHours._meta.get_field("weekday").choices or [])
        numbers = [(step.number, str(step.number)) for step in subject.steps]
        people = [(person.public_id, person.name) for person in subject.practitioners]
        self._offer("weekday", weekdays)
        self._offer("last", last_choices(subject))
        self._offer("first", numbers)
        self._offer("practitioner", [("", _("Whoever is free")), *people])

    def _offer(self, name: str, choices: list[Any]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields that have a place for what is wrong with them."""
        names = ["start", "last", "weekday", "after", "before", "practitioner"]
        return [self[name] for name in names + ([] if self.subject.series else ELSEWHERE)]

    def clean_start(self) -> dt.date:
        start: dt.date = self.cleaned_data["start"]
        if start < self.today:
            raise ValidationError(_("This day is over: choose today or later."))
        if start > self.today + MOST_AHEAD:
            raise ValidationError(_("At most two years ahead."))
        return start

    def clean_previous(self) -> dt.date | None:
        previous: dt.date | None = self.cleaned_data["previous"]
        if previous and previous > self.today:
            raise ValidationError(_("A session that was done cannot lie in the future."))
        if previous and previous < EARLIEST_PREVIOUS:
            raise ValidationError(_("This date lies too far back."))
        return previous

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last, previous = (given.get(name) for name in ("first", "last", "previous"))
        if first and last and last < first:
            self.add_error("last", _("The last session cannot come before the next one."))
        if not self.subject.series and "previous" not in self.errors:
            if previous and first == 1:
                self.add_error("first", _("After a session elsewhere, the next one is 2 or more."))
            if first and first > 1 and not previous:
                self.add_error("previous", _("When was the session before this one?"))
        self._clean_wishes(given)
        return given

    def _clean_wishes(self, given: dict[str, Any]) -> None:
        after, before = given.get("after"), given.get("before")
        if after is not None and before is not None and minute(before) <= minute(after):
            self.add_error("before", _("The end must come after the beginning."))
        if given.get("weekdays") == MUST and not given.get("weekday") and "weekday" in given:
            self.add_error("weekday", _("Tick at least one day, or choose “wish”."))
        if given.get("who") == MUST and given.get("practitioner") == "":
            self.add_error("practitioner", _("Choose a practitioner, or “wish”."))
        no_hours = not {"after", "before"} & set(self.errors) and after is None and before is None
        if given.get("hours") == MUST and no_hours:
            self.add_error("after", _("Enter an hour, or choose “wish”."))

    def ask(self) -> SeriesAsk:
        """What is asked of the planner. Only for a valid form."""
        given, subject = self.cleaned_data, self.subject
        return SeriesAsk(
            clinic=subject.clinic,
            patient=subject.patient,
            protocol=subject.protocol,
            start_on=given["start"],
            through=given["last"],
            from_number=subject.first if subject.series else given["first"],
            previous_on=subject.previous_on if subject.series else given["previous"],
            previous_practitioner=subject.previous_practitioner,
            require=wishes_of(given, MUST),
            prefer=wishes_of(given, WISH),
            picks=picks_of(self.address.getlist("pick"), given["start"], subject.clinic),
            series=subject.series,
        )


class StopForm(forms.Form):
    """Why the rest of a series is cancelled."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("Note for the desk"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=gettext_lazy("Practical only, never about health."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["reason"]).choices = WHY_STOPPED


# The codes of an appointment's reason, in the words of a series.
WHY_STOPPED = [
    (Appointment.Reason.PATIENT, gettext_lazy("The patient stops")),
    (Appointment.Reason.CLINIC, gettext_lazy("The clinic stops the series")),
    (Appointment.Reason.ERROR, gettext_lazy("Opened by mistake")),
    (Appointment.Reason.OTHER, gettext_lazy("Another reason")),
]


def filled(address: QueryDict, subject: Subject, today: dt.date) -> QueryDict:
    """The address with what it leaves out."""
    data = address.copy()
    defaults = {
        "start": today.isoformat(),
        "first": str(subject.first),
        "last": str(subject.whole_phase),
        "weekdays": WISH,
        "hours": WISH,
        "who": WISH,
    }
    for name, value in defaults.items():
        if not data.get(name):
            data[name] = value
    return data


def last_choices(subject: Subject) -> list[tuple[int, str]]:
    """Up to every session of the protocol: how many that is, and into which phase it reaches."""
    return [
        (step.number, f"{step.number - subject.first + 1} · {SHORT_PHASES[step.phase.kind]}")
        for step in subject.steps
    ]


def minute(time: dt.time) -> int:
    return time.hour * 60 + time.minute


def wishes_of(given: dict[str, Any], how: str) -> Wishes | None:
    """The groups that are a wish, or those that are a must."""
    asked: dict[str, Any] = {}
    if given["weekdays"] == how and given["weekday"]:
        asked["weekdays"] = frozenset(given["weekday"])
    if given["hours"] == how and given["after"] is not None:
        asked["from_minute"] = minute(given["after"])
    if given["hours"] == how and given["before"] is not None:
        asked["to_minute"] = minute(given["before"])
    if given["who"] == how and given["practitioner"]:
        asked["practitioner"] = given["practitioner"]
    return Wishes(**asked) if asked else None
