"""Rows of a draft may be edited; rows of a published version are only shown."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from protocols.models import Protocol, Step


def is_open(obj: Model | None) -> bool:
    """Whether the version that this row belongs to is still a draft; nothing yet is open."""
    if isinstance(obj, Step):
        obj = obj.protocol
    return not isinstance(obj, Protocol) or obj.is_draft


class DraftsOnly(admin.options.BaseModelAdmin):
    """Ask before every change: Django shows the rest as text."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_open(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_open(obj) and super().has_delete_permission(request, obj)


class DraftInline(DraftsOnly, admin.StackedInline):
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_open(obj) and super().has_add_permission(request, obj)
