"""What the clinic asks for a session, typed in euros and per cent."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.admin.views import OfClinicAdmin
from clinic.forms.quotes import EXEMPT, EuroField, RateField
from clinic.models import Price
from patients import money
from protocols.models import Protocol

DEAREST = 10_000_000  # cents: a slip of two zeros is caught before it stands on a quote


class PriceForm(forms.ModelForm):
    """The clinic is not asked for: it is the one that the manager is working at."""

    protocol = forms.ChoiceField(label=gettext_lazy("protocol"))
    cents = EuroField(label=gettext_lazy("price of a session, in euros, tax included"))
    vat_permille = RateField(label=gettext_lazy("VAT rate, in per cent"))

    class Meta:
        model = Price
        fields = ("protocol", "phase", "cents", "vat_permille", "vat_ground")
        help_texts = {
            "phase": gettext_lazy("Left empty: the price of every phase that has none of its own."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {row.slug: row.name for row in Protocol.objects.bookable()}
        if self.instance.protocol:
            known.setdefault(self.instance.protocol, self.instance.protocol)
        choices = sorted(known.items(), key=lambda choice: choice[1].casefold())
        self.fields["protocol"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]

    def _get_validation_exclusions(self) -> set[str]:
        """With the clinic: a price stands once in it."""
        return super()._get_validation_exclusions() - {"clinic"}  # type: ignore[misc]

    def clean_cents(self) -> int:
        cents: int = self.cleaned_data["cents"]
        if cents > DEAREST:
            raise ValidationError(_("This amount is too large."))
        return cents

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("vat_ground") in EXEMPT and data.get("vat_permille"):
            self.add_error("vat_permille", _("What is exempt bears no VAT: enter 0."))
        return data


@admin.register(Price)
class PriceAdmin(OfClinicAdmin):
    """What was quoted stays as it was: a quote copies its prices."""

    form = PriceForm
    list_display = ("protocol", "phase", "in_euros", "in_per_cent", "vat_ground")
    list_filter = ("phase", "vat_ground")
    search_fields = ("protocol",)
    fields = ("protocol", "phase", "cents", "vat_permille", "vat_ground")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    @admin.display(description=gettext_lazy("price, tax included"), ordering="cents")
    def in_euros(self, price: Price) -> str:
        return money.euros(price.cents)

    @admin.display(description=gettext_lazy("VAT"), ordering="vat_permille")
    def in_per_cent(self, price: Price) -> str:
        return money.percent(price.vat_permille)
