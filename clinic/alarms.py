"""Word by e-mail to whoever minds the house, when one of its processes fell silent.

The worker watches the sender and the sender watches the worker. Where both are dead nobody of ours
can tell: that is what `/healthz/worker` and somebody else's dead man's switch are for.
"""

import datetime as dt
import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F, Q
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import wording
from clinic.alive import SENDER, WORKER
from clinic.models import Clinic, Role, User, WorkerBeat

logger = logging.getLogger(__name__)
AFTER = dt.timedelta(minutes=4)  # asked once a minute: within five of the last sign of life
WHO: dict[str, tuple[Promise, Promise]] = {
    SENDER: (
        gettext_lazy("Messages to patients no longer leave"),
        gettext_lazy("The sender of messages gives no sign of life since %(since)s."),
    ),
    WORKER: (
        gettext_lazy("The background worker has stopped"),
        gettext_lazy("The background worker gives no sign of life since %(since)s."),
    ),
}


def watch(name: str, *, now: dt.datetime) -> bool:
    """Say once that this one fell silent; whether it was said. One that never was is not missed."""
    silent = WorkerBeat.objects.filter(name=name, at__lt=now - AFTER)
    untold = silent.filter(Q(told_at__isnull=True) | Q(told_at__lte=F("at")))
    since = untold.values_list("at", flat=True).first()
    # The condition again: of two that look at once, one writes.
    if since is None or not untold.update(told_at=now):
        return False
    try:
        tell(name, since)
    except (OSError, SMTPException):
        logger.exception("Nobody could be told that %s fell silent.", name)
        WorkerBeat.objects.filter(name=name, told_at=now).update(told_at=None)
        return False
    return True


def tell(name: str, since: dt.datetime) -> None:
    subject, text = WHO[name]
    with translation.override(settings.LANGUAGE_CODE):
        clinic = Clinic.objects.order_by("pk").first()
        at = since.astimezone(clinic.zone if clinic else dt.UTC)
        lines = [
            str(text) % {"since": wording.moment(at)},
            _("Pages and bookings go on. Start it again, and look here whether it lives:"),
            f"{settings.SITE_URL}/healthz",
        ]
        send_mail(str(subject), "\n\n".join(lines), settings.DEFAULT_FROM_EMAIL, addresses())


def addresses() -> list[str]:
    """Those of ALARM_EMAIL, else every manager's."""
    managers = User.objects.filter(is_active=True, staff_members__role=Role.MANAGER).distinct()
    return settings.ALARM_EMAIL or list(managers.order_by("pk").values_list("email", flat=True))
