"""Who acts where a patient does: one reserved user, so that history says so."""

from clinic.models import Clinic, PatientLink, StaffMember, User
from clinic.models.people import THE_PATIENT


def the_patient(link: PatientLink | None = None) -> User:
    """`link`: the one by which they came; its key stands in every audit row of the act."""
    user, _made = User.objects.get_or_create(
        email=THE_PATIENT, defaults={"is_active": False, "password": "!"}
    )
    user.link = link.pk if link else None
    return user


def at(clinic: Clinic, link: PatientLink) -> StaffMember:
    """The same, for verbs that ask at which clinic something is done. No row, and no role."""
    return StaffMember(user=the_patient(link), clinic=clinic, role="")
