from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from protocols.admin.drafts import DraftInline, DraftsOnly
from protocols.models import ResourceKind, Segment, Step


class SegmentForm(forms.ModelForm):
    needs = forms.ModelMultipleChoiceField(
        queryset=ResourceKind.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Segment
        fields = ("position", "name_fr", "name_en", "minutes", "source", "locator", "needs")


class SegmentInline(DraftInline):
    model = Segment
    form = SegmentForm


@admin.register(Step)
class StepAdmin(DraftsOnly, admin.ModelAdmin):
    """Reached from its protocol: the parts of one visit."""

    list_display = ("protocol", "number", "gap_min", "gap_ideal", "gap_max")
    list_select_related = ("protocol",)
    readonly_fields = ("protocol", "phase", "number")
    inlines = (SegmentInline,)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A step goes on its protocol's page, where its neighbours are seen."""
        return False
