"""No first session without the patient's consent to this version; none at all once withdrawn."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from clinic.care.obstacles import Obstacle, Starting
from patients import consents
from patients.models import TreatmentSession


def consent_given(starting: Starting) -> Iterator[Obstacle]:
    consent = consents.latest(starting.patient, starting.protocol)
    if consent is not None and not consent.is_given:
        yield Obstacle("consent-withdrawn", _("The consent to this protocol was withdrawn."))
    elif consent is None and is_first(starting.session):
        yield Obstacle("consent-missing", _("The consent to this protocol is not signed yet."))


def is_first(session: TreatmentSession) -> bool:
    """Nothing of its series was done here yet: a series begun elsewhere has no session 1."""
    done = TreatmentSession.Status.COMPLETED
    return not session.series.sessions.filter(status=done).exclude(pk=session.pk).exists()
