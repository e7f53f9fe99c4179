from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from protocols.models import (
    Contraindication,
    Indication,
    Product,
    ResourceKind,
    Source,
    Zone,
)


@admin.register(Contraindication, Indication, Product, ResourceKind, Source, Zone)
class TermAdmin(admin.ModelAdmin):
    """Words that protocols share. A code never changes: files and bookings speak of it."""

    search_fields = ("code",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()
