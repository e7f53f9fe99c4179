"""The re-evaluation of a course."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patients.models import Review, Series
from protocols.models import Protocol

LONGEST = 5_000


class ReviewForm(forms.Form):
    improvement = forms.ChoiceField(
        label=_("How is it going?"), choices=Review.Improvement.choices, widget=forms.RadioSelect
    )
    outcome = forms.ChoiceField(
        label=_("What follows?"), choices=Review.Outcome.choices, widget=forms.RadioSelect
    )
    next_protocol = forms.ModelChoiceField(
        label=_("protocol to change to"), queryset=Protocol.objects.none(), required=False
    )
    note = forms.CharField(
        label=_("note"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, series: Series, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Another protocol, or a newer version of the same one.
        others = Protocol.objects.bookable().exclude(pk=series.protocol_id)
        self.fields["next_protocol"].queryset = others  # type: ignore[attr-defined]  # our field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        changes = cleaned.get("outcome") == Review.Outcome.CHANGE
        if changes and not cleaned.get("next_protocol") and "next_protocol" not in self.errors:
            self.add_error("next_protocol", _("Choose the protocol to change to."))
        if not changes:
            cleaned["next_protocol"] = None
        return cleaned
