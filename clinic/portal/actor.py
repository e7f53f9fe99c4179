"""Who acts where a patient does: one reserved user, so that history says so."""

from clinic.models import PatientLink, User

THE_PATIENT = "patient@portal.invalid"


def the_patient(link: PatientLink | None = None) -> User:
    """`link`: the one by which they came."""
    del link
    user, _made = User.objects.get_or_create(
        email=THE_PATIENT, defaults={"is_active": False, "password": "!"}
    )
    return user
