"""Why somebody outside a patient's care opens the record. Validates, does not save."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import CareAccess

LONGEST_REASON = CareAccess._meta.get_field("reason").max_length


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why you need this record"),
        max_length=LONGEST_REASON,
        help_text=_(
            "For instance: I stand in for a colleague; my opinion was asked for. Managers read it: "
            "nothing about health."
        ),
        error_messages={"required": _("Say why; a few words are enough.")},
    )
