"""Which clinic a signed-in person is working at just now."""

from django.http import HttpRequest

from clinic.models import Clinic, StaffMember

CLINIC_KEY = "clinic"  # in the session: the public id of the clinic chosen on the page


def staff_member(request: HttpRequest) -> StaffMember | None:
    """The person's role at the chosen clinic, or at their first one. One query."""
    members = list(
        StaffMember.objects.filter(user=request.user.pk)
        .select_related("clinic", "user")
        .order_by("clinic")
    )
    request.staff_members = members  # type: ignore[attr-defined]  # what makes it a StaffRequest
    chosen = request.session.get(CLINIC_KEY)
    return next(
        (m for m in members if m.clinic.public_id == chosen), members[0] if members else None
    )


def choose(request: HttpRequest, clinic: Clinic) -> None:
    request.session[CLINIC_KEY] = clinic.public_id
