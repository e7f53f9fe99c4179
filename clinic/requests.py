"""A request as views see it once the middleware let it in."""

from django.http import HttpRequest, QueryDict
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


def asked(request: HttpRequest, name: str = "q") -> str:
    """What was typed into a search field."""
    return request.GET.get(name, "").replace("\0", " ").strip()[:LONGEST_QUERY]
