"""Django's admin site, for managers only and signed in by our own page."""

from collections.abc import Iterable
from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

OURS = {"clinic", "patients", "protocols"}


def is_readable(request: HttpRequest) -> bool:
    """No NUL in what is asked, and only numbers for the rows that are ticked."""
    asked = (text for name, values in request.GET.lists() for text in (name, *values))
    ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
    return not any("\0" in text for text in asked) and all(map(str.isdecimal, ticked))


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

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """An address that no database can be asked is refused: PostgreSQL knows no NUL in a text,
        and a year of eleven digits is none.
        """
        inner = super().admin_view(view, cacheable)

        def readable(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not is_readable(request):
                raise BadRequest
            try:
                answer: HttpResponse = inner(request, *args, **kwargs)
            except OverflowError as error:
                raise BadRequest from error
            return answer

        return update_wrapper(readable, inner)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """No form here asks it, and it would list patients beside the pages that write it down."""
        raise Http404

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        del extra_context
        return redirect("account_login")
