"""Django's admin site, for managers only and signed in by our own page."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

OURS = {"clinic", "patients", "protocols"}


class ManagersSite(AdminSite):
    site_header = site_title = _("Settings of the clinic")
    index_title = _("What managers can change")
    site_url = None
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Our own models only: those of packages would let a manager write, say, a job to run."""
        models = (
            model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        )
        own = [model for model in models if model._meta.app_label in OURS]
        super().register(own, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(user.is_authenticated and user.is_active and user.is_staff)

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        del extra_context
        return redirect("account_login")
