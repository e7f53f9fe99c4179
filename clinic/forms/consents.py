"""A consent signed on the screen, a scan of one signed on paper, its withdrawal."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.forms.patients import tidy
from patients import consents, pictures
from patients.consents import Signature
from patients.models import CareConsent
from protocols.models import Protocol

MOST_BYTES = pictures.MOST_BYTES
LONGEST_NOTE = 2000


class WhichForm(forms.Form):
    """The protocol that the address names."""

    protocol = forms.ModelChoiceField(
        Protocol.objects.none(), label=gettext_lazy("Protocol"), empty_label=gettext_lazy("Choose…")
    )

    def __init__(self, *args: Any, everything: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Protocol.objects.exclude(status=Protocol.Status.DRAFT)
        field: Any = self.fields["protocol"]
        field.queryset = rows if everything else Protocol.objects.bookable()


class ConsentForm(forms.Form):
    """What both ways have in common. `seen` is the hash of the text that was read."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    off_label_told = forms.BooleanField(
        label=gettext_lazy(
            "If a product is used outside its authorisation, this was explained to me."
        ),
        required=False,
    )


class SignForm(ConsentForm):
    """A drawing, or the name in full: one of the two."""

    agreed = forms.BooleanField(
        label=gettext_lazy("I have read this text and I agree to the treatment."),
        error_messages={"required": gettext_lazy("Tick the box if you agree.")},
    )
    drawing = forms.CharField(
        required=False,
        max_length=consents.LONGEST_DRAWING,
        widget=forms.HiddenInput,
        error_messages={"max_length": gettext_lazy("This drawing is too long. Please sign again.")},
    )
    signer = forms.CharField(
        label=gettext_lazy("Family name and given name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_drawing(self) -> str:
        drawing: str = self.cleaned_data["drawing"]
        if drawing and not consents.is_drawing(drawing):
            raise ValidationError(_("This is too short for a signature. Please sign again."))
        return drawing

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        signer = tidy(data.get("signer", ""))
        is_drawn = "drawing" in self.errors or data.get("drawing")
        if not is_drawn and not any(letter.isalpha() for letter in signer):
            self.add_error("signer", _("Sign in the frame, or type your name in full."))
        return data | {"signer": signer}

    def signature(self, *, otherwise: str) -> Signature:
        """Drawn when there is a drawing, by the patient unless another name was typed."""
        data = self.cleaned_data
        if data["drawing"]:
            how, signer = CareConsent.How.DRAWN, data["signer"] or otherwise
            return Signature(how, signer, drawing=data["drawing"].strip())
        return Signature(CareConsent.How.TYPED, data["signer"])


class ScanForm(ConsentForm):
    signer = forms.CharField(label=gettext_lazy("Signed by"), max_length=200)
    file = forms.FileField(
        label=gettext_lazy("Scan or photo of the signed paper"),
        help_text=gettext_lazy("PDF, JPEG or PNG, 15 MB at most."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )

    def clean_signer(self) -> str:
        return tidy(self.cleaned_data["signer"])

    def clean_file(self) -> tuple[bytes, str]:
        """What is to be kept, with its ending. A picture is written anew; names are not asked."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("This file is heavier than 15 MB."))
        content = file.read()
        if content.startswith(b"%PDF-"):
            return content, "pdf"
        try:
            return pictures.clean(content).content, "jpg"
        except pictures.Unusable as error:
            said = _("Only PDF, JPEG or PNG.") if error.code == "kind" else error.message
            raise ValidationError(said) from error


class WithdrawForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("What the patient said"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Reception does not see this note."),
    )
