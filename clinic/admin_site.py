"""Django's admin site, for managers only and signed in by our own page."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _


class ManagersSite(AdminSite):
    site_header = site_title = _("Settings of the clinic")
    index_title = _("What managers can change")

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(user.is_authenticated and user.is_active and user.is_staff)

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        del extra_context
        return redirect("account_login")
