"""The catalogue: the list of protocols, and a protocol's page in any of its versions."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from clinic.policy import STAFF, policy
from protocols.finding import folded, matching
from protocols.models import Protocol
from protocols.overview import Overview

PER_PAGE = 50


@policy(roles=STAFF)
def protocols(request: HttpRequest) -> HttpResponse:
    """Those in use and the drafts, unless the reader asks for one status."""
    words, status = request.GET.get("q", "").strip(), request.GET.get("status", "")
    rows = Protocol.objects.with_steps().prefetch_related(
        "indication_links__indication", "zone_links__zone"
    )
    if status in Protocol.Status.values:
        rows = rows.filter(status=status)
    else:
        status, rows = "", rows.exclude(status=Protocol.Status.RETIRED)
    found = sorted(matching(rows, words), key=lambda row: (folded(row.name), -row.version))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "overviews": [Overview(row) for row in page],
        "words": words,
        "status": status,
        "statuses": Protocol.Status.choices,
    }
    return render(request, "protocols/list/page.html", context)


@policy(roles=STAFF)
def protocol(request: HttpRequest, slug: str) -> HttpResponse:
    """The version in use; where none is, the latest."""
    versions = Protocol.objects.filter(slug=slug).order_by("-version")
    current = versions.bookable().first() or versions.first()
    if current is None:
        raise Http404
    return _page(request, slug, current.version)


@policy(roles=STAFF)
def protocol_version(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    return _page(request, slug, version)


def _page(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    shown = get_object_or_404(Protocol.objects.with_rules(), slug=slug, version=version)
    versions = list(Protocol.objects.filter(slug=slug).order_by("-version"))
    context = {"protocol": shown, "overview": Overview(shown), "versions": versions}
    return render(request, "protocols/protocol/page.html", context)
