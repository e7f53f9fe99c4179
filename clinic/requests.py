"""A request as views see it once the middleware let it in."""

from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from clinic.models import StaffMember
from patients.search import LONGEST_QUERY


class StaffRequest(HttpRequest):
    """`staff` is who asks, in their role at the clinic they work at just now."""

    staff: StaffMember
    staff_members: list[StaffMember]
    htmx: HtmxDetails


def sent(request: HttpRequest) -> QueryDict | None:
    """What binds a form: nothing until it is sent."""
    return request.POST if request.method == "POST" else None


def status_of(form: BaseForm) -> int:
    """Of a page with its form: one that was sent and is shown again was refused."""
    return 409 if form.is_bound else 200


def wants_json(request: HttpRequest) -> bool:
    return not request.accepts("text/html")


def asked(request: HttpRequest, name: str = "q") -> str:
    """What was typed into a search field."""
    return request.GET.get(name, "").replace("\0", " ").strip()[:LONGEST_QUERY]


def own_path(request: HttpRequest, wished: str) -> str:
    """`wished` where it is a path of ours, else nothing: nobody is sent to somebody else's site."""
    own = url_has_allowed_host_and_scheme(wished, {request.get_host()}, request.is_secure())
    # Anything else than a path would be taken for the name of a view.
    return wished if own and wished.startswith("/") and wished.isprintable() else ""
