"""No session without the patient's consent to this version of the protocol.

Asked before the first one; a session that somehow took place without it does not open the others.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from clinic.care.obstacles import Obstacle, Starting
from patients import consents


def consent_given(starting: Starting) -> Iterator[Obstacle]:
    consent = consents.latest(starting.patient, starting.protocol)
    if consent is None:
        yield Obstacle("consent-missing", _("The consent to this protocol is not signed yet."))
    elif not consent.is_given:
        yield Obstacle("consent-withdrawn", _("The consent to this protocol was withdrawn."))
