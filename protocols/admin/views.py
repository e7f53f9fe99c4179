"""The actions on protocols, each one call of a verb a row."""

from collections.abc import Iterable

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from protocols import editing
from protocols.models import Protocol


@admin.action(description=gettext_lazy("Publish the drafts"), permissions=["change"])
def publish_drafts(site: ModelAdmin, request: HttpRequest, rows: QuerySet[Protocol]) -> None:
    for protocol in rows:
        problems = editing.publish(protocol, by=request.user, now=timezone.now())
        _tell(site, request, protocol, problems, done=_("%(protocol)s is published."))


@admin.action(description=gettext_lazy("Start the next version"), permissions=["change"])
def revise_versions(site: ModelAdmin, request: HttpRequest, rows: QuerySet[Protocol]) -> None:
    for protocol in rows:
        draft = editing.revise(protocol, by=request.user)
        _tell(site, request, draft, [], done=_("The draft %(protocol)s is open."))


@admin.action(description=gettext_lazy("Retire the versions"), permissions=["change"])
def retire_versions(site: ModelAdmin, request: HttpRequest, rows: QuerySet[Protocol]) -> None:
    for protocol in rows:
        problems = editing.retire(protocol, by=request.user, now=timezone.now())
        _tell(site, request, protocol, problems, done=_("%(protocol)s is retired."))


def _tell(
    site: ModelAdmin,
    request: HttpRequest,
    protocol: Protocol,
    problems: Iterable[editing.Problem],
    *,
    done: str,
) -> None:
    """What was done goes into the site's own log, and either way the manager is told."""
    reasons = " ".join(problem.text for problem in problems)
    if reasons:
        site.message_user(request, f"{protocol}: {reasons}", messages.ERROR)
        return
    text = done % {"protocol": protocol}
    site.log_change(request, protocol, text)
    site.message_user(request, text, messages.SUCCESS)
