"""What every page of the admin does: only this clinic, one audit row a write, no deletion."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic import audit
from clinic.models import Clinic, Role, User
from clinic.requests import StaffRequest


def clinic_of(request: HttpRequest) -> Clinic:
    """The clinic that the manager is working at just now, as on every other page."""
    return request.staff.clinic  # type: ignore[attr-defined]


def managed(user: User) -> QuerySet[Clinic]:
    return Clinic.objects.filter(staff_members__user=user, staff_members__role=Role.MANAGER)


class AuditedAdmin(admin.ModelAdmin):
    """Each write leaves a row that names the fields, never what was typed."""

    list_per_page = 50
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        del request, obj
        return False

    def save_related(
        self,
        request: HttpRequest,
        form: ModelForm,
        formsets: Iterable[BaseInlineFormSet],
        change: bool,
    ) -> None:
        formsets = list(formsets)
        super().save_related(request, form, formsets, change)
        rows = {str(formset.prefix): touched(formset) for formset in formsets if touched(formset)}
        verb = "update" if change else "create"
        self.write_down(request, form.instance, verb, fields=form.changed_data, rows=rows)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.write_down(request, obj, "delete")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for row in queryset:
            self.write_down(request, row, "delete")
        super().delete_queryset(request, queryset)

    def tell_to_move(self, request: HttpRequest, count: Callable[[dt.datetime], int]) -> None:
        """Nothing booked was touched; say how much of it the desk has to move now."""
        waiting = count(timezone.now())
        if not waiting:
            return
        text = ngettext("%(n)s appointment to move.", "%(n)s appointments to move.", waiting)
        link = format_html(
            '{} <a href="{}">{}</a>',
            text % {"n": waiting},
            reverse("desk_list", args=["move"]),
            _("Open the list"),
        )
        self.message_user(request, link, messages.WARNING)

    def write_down(self, request: HttpRequest, obj: Model, verb: str, **detail: Any) -> None:
        name = obj._meta.model_name
        audit.record(
            f"{name}.{verb}",
            by=request.user,  # type: ignore[arg-type]
            now=timezone.now(),
            clinic=clinic_of(request),
            subject=f"{name}:{getattr(obj, 'public_id', obj.pk)}",
            **detail,
        )


class OfClinicAdmin(AuditedAdmin):
    """Rows of the clinic that the manager is working at: the form does not ask which."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(clinic=clinic_of(request))

    def get_form(
        self,
        request: HttpRequest,
        obj: Any | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[ModelForm]:
        base = super().get_form(request, obj, change, **kwargs)

        class AtThisClinic(base):  # type: ignore[misc, valid-type]
            def __init__(self, *args: Any, **options: Any) -> None:
                super().__init__(*args, **options)
                if self.instance.clinic_id is None:
                    self.instance.clinic = clinic_of(request)

        return AtThisClinic


class ReadOnlyAdmin(admin.ModelAdmin):
    """May be looked up; only the product's own verbs write it."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        del request, obj
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        del request, obj
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        del request, obj
        return False


class PatientRecordAdmin(ReadOnlyAdmin):
    """Rows about one patient: looking at one is written down like on any other page."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None):
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            what = f"{found._meta.model_name}.read"
            audit.record_reading(
                cast("StaffRequest", request), found.patient, now=timezone.now(), what=what
            )
        return found


def plain_choice(field: Any) -> Any:
    """A choice without the buttons that edit or add the other thing in a window of its own."""
    widget = getattr(field, "widget", None)
    for what in ("add", "change", "delete", "view"):
        if hasattr(widget, f"can_{what}_related"):
            setattr(widget, f"can_{what}_related", False)
    return field


def touched(formset: BaseInlineFormSet) -> dict[str, int]:
    """How many rows beneath the object were added, changed, deleted."""
    counts = {
        "added": len(formset.new_objects),
        "changed": len(formset.changed_objects),
        "deleted": len(formset.deleted_objects),
    }
    return {what: count for what, count in counts.items() if count}
