from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from protocols.labels import FIELDS
from protocols.models import (
    Contraindication,
    Indication,
    Product,
    ResourceKind,
    Source,
    Zone,
)


class OptionsField(forms.CharField):
    """The answers of a list, one a line; `OptionsField.written` is the way back."""

    widget = forms.Textarea(attrs={"rows": 5})
    RAISES = "!"

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else "\n".join(map(self.written, value or ()))

    @classmethod
    def written(cls, option: dict[str, Any]) -> str:
        mark = cls.RAISES if option["raises"] else ""
        return f"{mark}{option['code']} | {option['fr']} | {option['en']}"

    def to_python(self, value: Any) -> list[dict[str, Any]]:  # type: ignore[override]
        text = super().to_python(value) or ""
        return [self._option(line) for line in text.splitlines() if line.strip()]

    def _option(self, line: str) -> dict[str, Any]:
        """Parts that are missing stay empty: the model says what is wrong with them."""
        code, french, english, *_more = (part.strip() for part in (*line.split("|"), "", ""))
        return {
            "code": code.removeprefix(self.RAISES).strip(),
            "fr": french,
            "en": english,
            "raises": code.startswith(self.RAISES),
        }


class ContraindicationForm(forms.ModelForm):
    options = OptionsField(
        label=FIELDS["options"],
        required=False,
        max_length=5000,
        help_text=_(
            "One answer a line: code | French | English. With ! before the code, it is a finding."
        ),
    )

    class Meta:
        model = Contraindication
        fields = (
            "code", "name_fr", "name_en", "severity", "question_fr", "question_en", "answer_type",
            "options", "asked_again_days",
        )  # fmt: skip


@admin.register(Indication, Product, ResourceKind, Source, Zone)
class TermAdmin(admin.ModelAdmin):
    """Words that protocols share. A code never changes: files and bookings speak of it."""

    search_fields = ("code",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()


@admin.register(Contraindication)
class ContraindicationAdmin(TermAdmin):
    form = ContraindicationForm
