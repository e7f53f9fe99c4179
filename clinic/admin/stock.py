"""Articles, which managers keep; lots, which are received and recalled on the product's own pages.

What was used keeps the name it was used under (`ProductUse`), so an article may be corrected.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from clinic.admin.views import AuditedAdmin, ReadOnlyAdmin, plain_choice
from clinic.forms.lots import kept_gtin
from patients.models import Article, Lot


class ArticleForm(forms.ModelForm):
    class Meta:
        model = Article
        fields = (
            "name", "maker", "product", "regulatory_status", "performer_qualification", "barcode",
            "contains_ha", "is_active",
        )  # fmt: skip

    def clean_barcode(self) -> str:
        return kept_gtin(self.cleaned_data["barcode"])


@admin.register(Article)
class ArticleAdmin(AuditedAdmin):
    form = ArticleForm
    list_display = ("name", "maker", "product", "regulatory_status", "is_active")
    list_filter = ("is_active", "regulatory_status")
    list_select_related = ("product",)
    search_fields = ("name", "maker", "barcode")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return plain_choice(super().formfield_for_dbfield(db_field, request, **kwargs))


@admin.register(Lot)
class LotAdmin(ReadOnlyAdmin):
    fields = ("article", "number", "expires_on", "received_on", "finished_on", "recalled_at")
    list_display = ("number", "article", "expires_on", "received_on", "finished_on", "recalled_at")
    list_select_related = ("article",)
    search_fields = ("number_key", "article__name")
