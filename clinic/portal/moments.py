"""Moments as a patient reads them on the day: “18:30”, “tomorrow, 09:00”; and how long is left."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.dates import written

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
IN_DAYS_FROM = 2 * DAY
COUNTED = 14 * DAY  # further away a date says more than a count


def near(at: dt.datetime, *, now: dt.datetime) -> str:
    """Both in the clinic's zone."""
    days = (at.date() - now.date()).days
    if days == 0:
        return f"{at:%H:%M}"
    if days == 1:
        return _("tomorrow, %(hour)s") % {"hour": f"{at:%H:%M}"}
    return f"{written(at.date(), 'l j F')}, {at:%H:%M}"


def left(until: dt.datetime, *, now: dt.datetime) -> str:
    """“5 h left”, rounded up, so that nobody stops too early; assets/patient.js says the same."""
    rest = until - now
    if not dt.timedelta() < rest <= COUNTED:
        return ""
    if rest > IN_DAYS_FROM:
        days = -(-rest // DAY)
        return ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}
    if rest > HOUR:
        return _("%(n)d h left") % {"n": -(-rest // HOUR)}
    return _("%(n)d min left") % {"n": -(-rest // MINUTE)}
