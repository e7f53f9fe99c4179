"""A request as views see it once the middleware let it in."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from clinic.models import StaffMember


class StaffRequest(HttpRequest):
    """`staff` is who asks, in their role at the clinic they work at just now."""

    staff: StaffMember
    staff_members: list[StaffMember]
    htmx: HtmxDetails
