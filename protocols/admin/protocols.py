from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from protocols import editing
from protocols.admin.drafts import DraftInline, DraftsOnly
from protocols.admin.views import publish_drafts, retire_versions, revise_versions
from protocols.models import (
    AlertSign,
    CareInstruction,
    ExpectedReaction,
    Phase,
    Protocol,
    ProtocolContraindication,
    ProtocolIndication,
    ProtocolProduct,
    ProtocolZone,
    Qualification,
    SourcedValue,
    Step,
)


class ProtocolForm(forms.ModelForm):
    performers = forms.MultipleChoiceField(
        choices=Qualification, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Protocol
        fields = (
            "slug", "name_fr", "name_en", "summary_fr", "summary_en", "consent_fr", "consent_en",
            "performers",
            "sessions_min", "sessions_max", "season_from_month", "season_until_month",
            "reflection_days", "on_missed",
        )  # fmt: skip


class PhaseInline(DraftInline):
    model = Phase


class StepInline(DraftInline):
    model = Step
    show_change_link = True  # its segments stand on its own page

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Only the phases of this protocol."""
        if db_field.name == "phase" and request.resolver_match:
            owner = request.resolver_match.kwargs.get("object_id")
            options["queryset"] = Phase.objects.filter(protocol=owner)
        return super().formfield_for_foreignkey(db_field, request, **options)


class IndicationInline(DraftInline):
    model = ProtocolIndication


class ZoneInline(DraftInline):
    model = ProtocolZone


class ProductInline(DraftInline):
    model = ProtocolProduct


class ContraindicationInline(DraftInline):
    model = ProtocolContraindication


class CareInline(DraftInline):
    model = CareInstruction


class ReactionInline(DraftInline):
    model = ExpectedReaction


class AlertInline(DraftInline):
    model = AlertSign


class ValueInline(DraftInline):
    model = SourcedValue


@admin.register(Protocol)
class ProtocolAdmin(DraftsOnly, admin.ModelAdmin):
    form = ProtocolForm
    list_display = ("name_fr", "slug", "version", "status", "published_at", "published_by")
    list_filter = ("status",)
    search_fields = ("slug", "name_fr", "name_en")
    readonly_fields = (
        "version", "status", "drafted_by", "published_at", "published_by", "retired_at",
        "retired_by", "what_is_missing",
    )  # fmt: skip
    inlines = (
        PhaseInline, StepInline, IndicationInline, ZoneInline, ProductInline,
        ContraindicationInline, CareInline, ReactionInline, AlertInline, ValueInline,
    )  # fmt: skip
    actions = (publish_drafts, revise_versions, retire_versions)

    @admin.display(description=gettext_lazy("What stands in the way of publishing"))
    def what_is_missing(self, protocol: Protocol) -> str:
        if protocol.pk is None or protocol.is_fixed:
            return ""
        return " ".join(problem.text for problem in editing.problems(protocol))

    def save_model(self, request: HttpRequest, obj: Protocol, form: Any, change: bool) -> None:
        if not change:
            obj.drafted_by = editing.actor(request.user)
        super().save_model(request, obj, form, change)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What hangs on a draft goes with it; only the draft itself is asked about."""
        deletable, counts, _missing, protected = super().get_deleted_objects(objs, request)
        return deletable, counts, set(), protected

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Protocol]) -> None:
        super().delete_queryset(request, queryset.filter(status=Protocol.Status.DRAFT))
