"""How allauth behaves here: accounts are made by the manager, nobody signs up."""

from typing import Any
from urllib.parse import urljoin, urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import user_pk_to_url_str
from allauth.core.context import request_context
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_q.tasks import async_task

from clinic.models import User


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": gettext_lazy(
            "Too many tries. For the safety of the records, sign-in pauses for this account:"
            " try again in 15 minutes, or choose a new password."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        del request
        return False

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Only after the right password: nobody else learns that the account exists."""
        del user
        messages.error(request, _("This account is closed. The manager can open it again."))
        return redirect("account_login")

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """Left to the worker: a mail server that hangs holds no page, and the answer takes as long
        for a stranger's address as for a member's. The link itself stands in no queue.
        """
        del email
        root = context["request"].build_absolute_uri("/")
        async_task("clinic.accounts.send_password_link", user.pk, root, translation.get_language())


def send_password_link(user_id: int, root: str, language: str) -> None:
    """The letter with a link made just now, to the address of the account; `root` is our own."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return
    uid, key = user_pk_to_url_str(user), app_settings.PASSWORD_RESET_TOKEN_GENERATOR()
    path = reverse("account_reset_password_from_key", args=[uid, key.make_token(user)])
    request = HttpRequest()  # the letter names the site after it
    request.META["HTTP_HOST"] = urlsplit(root).netloc
    context = {"user": user, "password_reset_url": urljoin(root, path)}
    with translation.override(language), request_context(request):
        DefaultAccountAdapter(request).send_mail(
            "account/email/password_reset_key", user.email, context
        )
