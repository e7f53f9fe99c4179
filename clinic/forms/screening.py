"""The questions of a protocol as a form, and what a practitioner decides. Validates, saves nothing.

One question is one or two fields: what is answered, and more about it where the answer is yes.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models import LONGEST_KEY
from patients.models import ScreeningAnswer, ScreeningDecision
from patients.screening import NONE, SEPARATOR, YES, Answer, Question
from protocols.models import AnswerType
from protocols.translated import active_language

LONGEST_TEXT, LONGEST_MORE, LONGEST_REASON = 2000, 500, 2000
EARLIEST = dt.date(1990, 1, 1)
DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"]
YES_OR_NO = [("no", gettext_lazy("No")), (YES, gettext_lazy("Yes"))]
NOTHING = "none"  # ticked instead of everything in a list; no code of an answer has this name
BAD_DATE = gettext_lazy("Enter a date that exists, such as 31/01/2026.")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def date_field(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        input_formats=DATE_FORMATS,
        widget=DayInput(),
        error_messages={"invalid": BAD_DATE, "required": gettext_lazy("Choose a date.")},
    )


@dataclass(frozen=True)
class Asked:
    """One question with its fields, as the page shows it."""

    question: Question
    anchor: str
    field: BoundField
    more: BoundField | None

    @property
    def errors(self) -> list[str]:
        return [*self.field.errors, *(self.more.errors if self.more else ())]


class QuestionnaireForm(forms.Form):
    """What must be asked must be answered; any other question may be left as it is."""

    key = forms.CharField(required=False, max_length=LONGEST_KEY, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, questions: Sequence[Question], today: dt.date, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.questions, self.today = questions, today
        for question in questions:
            self.fields |= fields_of(question)

    @property
    def asked(self) -> Iterator[Asked]:
        for question in self.questions:
            name = name_of(question)
            more = self[f"{name}_more"] if f"{name}_more" in self.fields else None
            yield Asked(question, f"question-{question.term.pk}", self[name], more)

    def clean(self) -> dict[str, Any]:
        for question in self.questions:
            if self.cleaned_data.get(name_of(question)):
                self._clean_question(question)
        return self.cleaned_data

    def _clean_question(self, question: Question) -> None:
        name, kind = name_of(question), question.term.answer_type
        chosen = self.cleaned_data[name]
        more: Any = self.cleaned_data.get(f"{name}_more")
        if kind == AnswerType.CHOICE and NOTHING in chosen and len(chosen) > 1:
            self.add_error(name, _("Either “None of these”, or what applies."))
        if chosen != YES or f"{name}_more" in self.errors:
            return
        if kind == AnswerType.DATE and more is None:
            self.add_error(f"{name}_more", _("On which day?"))
        elif kind == AnswerType.DATE and more > self.today:
            self.add_error(f"{name}_more", _("This day is still to come."))
        elif kind == AnswerType.DATE and more < EARLIEST:
            self.add_error(f"{name}_more", _("This date lies too far back."))
        elif kind == AnswerType.TEXT and not more:
            self.add_error(f"{name}_more", _("Please say a few words about it."))

    @property
    def answers(self) -> dict[int, Answer]:
        """By question, those that were answered."""
        given = ((question, self._answer(question)) for question in self.questions)
        return {question.term.pk: answer for question, answer in given if answer}

    def _answer(self, question: Question) -> Answer | None:
        name, kind = name_of(question), question.term.answer_type
        chosen = self.cleaned_data.get(name)
        more: Any = self.cleaned_data.get(f"{name}_more")
        if not chosen:
            return None
        if kind == AnswerType.CHOICE:  # in the order of the list: the same ticks are the same text
            codes = [option["code"] for option in question.term.options]
            return Answer(SEPARATOR.join(code for code in codes if code in chosen))
        if kind == AnswerType.BOOLEAN:
            return Answer(chosen, more or "" if chosen == YES else "")
        if chosen != YES:
            return Answer(NONE)
        return Answer(more.isoformat() if kind == AnswerType.DATE else more)


def name_of(question: Question) -> str:
    return f"q{question.term.pk}"


def fields_of(question: Question) -> dict[str, forms.Field]:
    name, term = name_of(question), question.term
    if term.answer_type == AnswerType.CHOICE:
        return {name: list_field(question)}
    missing = {"required": gettext_lazy("Please answer this question.")}
    answer = forms.ChoiceField(
        label=term.question,
        choices=YES_OR_NO,
        widget=forms.RadioSelect,
        required=question.must_be_asked,
        error_messages=missing,
    )
    return {name: answer, f"{name}_more": more_field(AnswerType(term.answer_type))}


def list_field(question: Question) -> forms.MultipleChoiceField:
    language = active_language()
    named = [(o["code"], o.get(language) or o["fr"]) for o in question.term.options]
    return forms.MultipleChoiceField(
        label=question.term.question,
        choices=[*named, (NOTHING, gettext_lazy("None of these"))],
        widget=forms.CheckboxSelectMultiple,
        required=question.must_be_asked,
        error_messages={"required": gettext_lazy("Tick what applies, or “None of these”.")},
    )


def more_field(kind: AnswerType) -> forms.Field:
    if kind == AnswerType.DATE:
        return date_field(gettext_lazy("The last time"), required=False)
    is_text = kind == AnswerType.TEXT
    return forms.CharField(
        label=gettext_lazy("Which?") if is_text else gettext_lazy("More about it (optional)"),
        required=False,
        max_length=LONGEST_TEXT if is_text else LONGEST_MORE,
        widget=forms.Textarea(attrs={"rows": 3 if is_text else 2}),
    )


class ReasonForm(forms.Form):
    """Why: of every decision; alone, it lifts a hold."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("State a reason.")},
    )


class HoldForm(ReasonForm):
    until = date_field(gettext_lazy("No session before"))
    field_order = ("until", "reason")


class DecisionForm(ReasonForm):
    """About which answers; `answers` are those of the patient that there is something to say on."""

    answers = forms.TypedMultipleChoiceField(
        label=gettext_lazy("About"),
        error_messages={
            "required": gettext_lazy("Tick at least one answer."),
            "invalid_choice": gettext_lazy("This answer was given again: look at the new one."),
        },
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            (
                ScreeningDecision.Kind.CLEARED.value,
                gettext_lazy("Let through, up to and including"),
            ),
            (ScreeningDecision.Kind.NOT_BEFORE.value, gettext_lazy("No session before")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a decision.")},
    )
    until = date_field(gettext_lazy("Date"))
    field_order = ("answers", "kind", "until", "reason")

    def __init__(
        self, data: Any = None, *, answers: Iterable[ScreeningAnswer], **options: Any
    ) -> None:
        super().__init__(data, **options)
        by_pk = {str(answer.pk): answer for answer in answers}
        field = self.fields["answers"]
        field.choices = [(pk, answer.contraindication.name) for pk, answer in by_pk.items()]  # type: ignore[attr-defined]
        field.coerce = by_pk.__getitem__  # type: ignore[attr-defined]
