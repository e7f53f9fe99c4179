"""The local mailbox: what patients would get, where nothing leaves this machine."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render

from clinic.messages import channels
from clinic.pages import mailbox as pages
from clinic.pages.mailbox import Kept
from clinic.policy import STAFF, policy
from clinic.requests import StaffRequest
from clinic.views.framed import framed

PAGE = 50


@policy(roles=STAFF, patient_data=True)
def mailbox(request: StaffRequest) -> HttpResponse:
    """The newest first, e-mails and text messages together or by themselves."""
    only_where_local()
    what = request.GET.get("what", "")
    what = what if what in pages.WHAT else ""
    page = Paginator(pages.slugs(what), PAGE).get_page(request.GET.get("page"))
    rows = pages.listed(page, reader=request.staff.user.email)
    context = {"what": what, "page": page, "rows": rows, "is_hidden": len(page) - len(rows)}
    return render(request, "mailbox/list.html", context)


@policy(roles=STAFF, patient_data=True)
def entry(request: StaffRequest, slug: str) -> HttpResponse:
    return render(request, "mailbox/entry.html", {"kept": found(request, slug)})


@policy(roles=STAFF, patient_data=True)
def html(request: StaffRequest, slug: str) -> HttpResponse:
    """The HTML part of an e-mail, for a frame of ours; whoever wrote it, it can do nothing."""
    kept = found(request, slug)
    if not kept.html:
        raise Http404
    return framed(kept.html)


def found(request: StaffRequest, slug: str) -> Kept:
    only_where_local()
    kept = pages.find(slug, reader=request.staff.user.email)
    if kept is None:
        raise Http404
    return kept


def only_where_local() -> None:
    if not channels.any_local():
        raise Http404
