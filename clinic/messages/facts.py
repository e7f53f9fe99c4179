"""What the words in braces stand for: a clinic's label and place, and when an appointment is."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from django.utils.translation import gettext as _

from clinic import wording
from clinic.dates import written
from clinic.messages.clean import on_one_line, shortened
from clinic.models import Appointment, Clinic
from protocols.translated import active_language

LONGEST_LABEL = 60
SHORT_LABEL = 20
HOME = "Europe/Paris"


def facts_of(
    clinic: Clinic,
    visits: Sequence[Appointment],
    *,
    tells_of: dt.datetime,
    link: str = "",
    stop: str = "",
) -> dict[str, str]:
    """Every word of `filling.WORDS` but the list; the first of `visits` gives date and hour."""
    zone = visits[0].clinic.zone if visits else clinic.zone
    at = (visits[0].starts_at if visits else tells_of).astimezone(zone)
    return {
        "label": label_of(clinic),
        "address": on_one_line(clinic.address),
        "place": place_of(clinic),
        "phone": on_one_line(wording.phone(clinic.phone)),
        "date": wording.day(at.date()),
        "day": written(at.date(), "l j F"),
        "time": hour(at, zone),
        "count": str(len(visits) or 1),
        "link": link,
        "stop": stop,
    }


def label_of(clinic: Clinic) -> str:
    return on_one_line(clinic.neutral_label, LONGEST_LABEL)


def place_of(clinic: Clinic) -> str:
    return ", ".join(filter(None, [label_of(clinic), on_one_line(clinic.address)]))


def moment_of(visit: Appointment) -> str:
    """mardi 14 avril 2026, 09:30, on the clock of its clinic."""
    zone = visit.clinic.zone
    at = visit.starts_at.astimezone(zone)
    return f"{wording.day(at.date())}, {hour(at, zone)}"


def hour(at: dt.datetime, zone: ZoneInfo) -> str:
    """09:30, and whose hour it is where the clinic is not in metropolitan France."""
    if zone.key == HOME:
        return f"{at:%H:%M}"
    city = get_timezone_location(zone, locale=active_language(), return_city=True)
    return _("%(time)s (%(city)s time)") % {"time": f"{at:%H:%M}", "city": city}


def shorter(words: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """What may stand in place of long words, the mildest first: the place gives way, then more."""
    city = words["address"].rsplit(", ", 1)[-1]
    change: dict[str, str] = {}
    for more in (
        {},
        {"address": shortened(city, SHORT_LABEL), "place": words["label"]},
        {"address": ""},
        {"label": shortened(words["label"], SHORT_LABEL)},
        {"phone": ""},
    ):
        change = change | more
        yield change
