"""The audit trail as managers read it: who did what about whom, and nothing about health.

Managers see no record. That a reaction was reported, or a screening let through, would tell them
as much as a page of it; so of every act on a record they see that it was read or written, by whom,
when and about whom, which is what they answer for. The rows themselves keep the whole.
"""

from collections.abc import Iterator

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.admin.views import ReadOnlyAdmin, clinic_of
from clinic.models import AuditEntry

# Of a patient and told by name: booking, identity, prices. Whatever is not here is of the record.
TOLD = (
    "appointment.", "message.", "messages.", "patient.", "quote.", "quotes.", "screen.", "series.",
)  # fmt: skip
NOT_TOLD = ("series.review", "patient.call_back")
OUTSIDE = "record.break_glass"  # the managers' own list names it: `clinic.admin.accesses`
READS = {
    "record.read", "record.course", "record.screening", "screening.ask", "adverse.list",
    "adverse.new", "adverse.read", "adverse.report", "photo.open", "photo.read", "photos.read",
    "consent.read", "consent.pdf", "consent.file", "consent.hand_over", "consents.read",
    "file.read", "file.pdf", "file.json", "file.zip", "slip.pdf", "carnet.pdf", "lot.patients",
    "lot.export", "lot.calls", "lot.letters",
}  # fmt: skip


def is_of_record(entry: AuditEntry) -> bool:
    """Where no patient's name stands beside it, as with a lot itself, there is nothing to hide."""
    if entry.patient_id is None or entry.action == OUTSIDE:
        return False
    return entry.action in NOT_TOLD or not entry.action.startswith(TOLD)


def of_records() -> Q:
    """The same, of rows."""
    told = Q(action=OUTSIDE)
    for beginning in TOLD:
        told |= Q(action__startswith=beginning)
    return Q(patient__isnull=False) & (Q(action__in=NOT_TOLD) | ~told)


def what(entry: AuditEntry) -> str:
    if entry.action == OUTSIDE:
        return _("Record opened from outside the care")
    if not is_of_record(entry):
        return entry.action
    return _("Record read") if entry.action in READS else _("Record written in")


class WhatFilter(admin.SimpleListFilter):
    """Of records reading and writing; of everything else each action."""

    title = gettext_lazy("action")
    parameter_name = "what"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> Iterator[tuple[str, str]]:
        yield "read", _("Record read")
        yield "write", _("Record written in")
        yield OUTSIDE, _("Record opened from outside the care")
        rows = model_admin.get_queryset(request).exclude(of_records()).exclude(action=OUTSIDE)
        for action in rows.order_by("action").values_list("action", flat=True).distinct():
            yield action, action

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet:
        del request
        chosen = self.value()
        if chosen == "read":
            return queryset.filter(of_records(), action__in=READS)
        if chosen == "write":
            return queryset.filter(of_records()).exclude(action__in=READS)
        return queryset.exclude(of_records()).filter(action=chosen) if chosen else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "by", "what", "patient", "on")
    list_filter = (WhatFilter,)
    list_select_related = ("by", "patient")
    search_fields = ("by__email", "by__last_name", "patient__search_text")
    date_hierarchy = "at"
    fields = ("at", "by", "clinic", "what", "patient", "on", "more")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return super().get_queryset(request).filter(clinic=clinic_of(request))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """No address of one's own making asks for what the list does not say."""
        is_told = lookup.split("__", maxsplit=1)[0] not in {"action", "subject", "detail"}
        return is_told and super().lookup_allowed(lookup, value, request)

    @admin.display(description=gettext_lazy("action"))
    def what(self, entry: AuditEntry) -> str:
        return what(entry)

    @admin.display(description=gettext_lazy("subject"))
    def on(self, entry: AuditEntry) -> str:
        return "" if is_of_record(entry) else entry.subject

    @admin.display(description=gettext_lazy("detail"))
    def more(self, entry: AuditEntry) -> str:
        return "" if is_of_record(entry) else str(entry.detail or "")
