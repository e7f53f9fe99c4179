"""A patient's appointments as an .ics file (RFC 5545) that calendars keep up to date.

A calendar is seen by others: nothing in the file says what is treated, by whom or how often. An
appointment that was moved keeps its UID with a higher SEQUENCE, so that it moves in the calendar
too; one that was cancelled is sent as cancelled. Instants are in UTC: right whatever the clocks do.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, vCalAddress, vDatetime

from clinic import wording
from clinic.models import Appointment, Clinic

PRODUCT = "-//Clinic appointments//1.0//EN"
REMINDER = dt.timedelta(days=-1)
REFRESH = dt.timedelta(hours=6)
GONE = {Appointment.Status.CANCELLED, Appointment.Status.ENTERED_IN_ERROR}


Address = vCalAddress


def calendar(
    appointments: Iterable[Appointment], *, clinic: Clinic, refreshes: bool = False
) -> bytes:
    """The file, in the language that is active. Appointments need their `clinic` loaded.

    `refreshes`: it is read again and again by a calendar (RFC 7986, and the older name of it).
    """
    feed = envelope(method="PUBLISH")
    feed.add("x-wr-calname", title(clinic))
    if refreshes:
        feed.add("refresh-interval", REFRESH, {"VALUE": "DURATION"})
        feed.add("x-published-ttl", "PT6H")
    for appointment in latest(appointments):
        feed.add_component(event(appointment))
    content: bytes = feed.to_ical()
    return content


def envelope(*, method: str) -> Calendar:
    """A calendar without events; `method` says what is to be done with them (RFC 5546)."""
    empty = Calendar()
    empty.add("prodid", PRODUCT)
    empty.add("version", "2.0")
    empty.add("calscale", "GREGORIAN")
    empty.add("method", method)
    return empty


def latest(appointments: Iterable[Appointment]) -> Iterator[Appointment]:
    """Of each appointment that was moved, the last attempt: calendars know it by its UID."""
    by_uid = sorted(appointments, key=lambda a: (a.uid, a.sequence))
    attempts = [list(group)[-1] for _uid, group in groupby(by_uid, key=lambda a: a.uid)]
    yield from sorted(attempts, key=lambda a: (a.starts_at, a.pk))


def title(clinic: Clinic) -> str:
    return on_one_line(_("Appointment – %(place)s") % {"place": clinic.neutral_label})


def on_one_line(text: str) -> str:
    """A lone carriage return would end the line in the file, and what follows be read as one."""
    return " ".join(text.split())


def event(appointment: Appointment, *, cancels: bool = False) -> Event:
    """`cancels`: it takes itself out of a calendar, whatever its row says."""
    is_gone = cancels or appointment.status in GONE
    one = Event()
    one.add("uid", str(appointment.uid))
    # Cancelling is a revision too (RFC 5546), and a move never comes after it.
    one.add("sequence", appointment.sequence + is_gone)
    one.add("dtstamp", appointment.changed_at)
    one.add("last-modified", appointment.changed_at)
    one.add("dtstart", appointment.starts_at.astimezone(dt.UTC))
    one.add("dtend", appointment.ends_at.astimezone(dt.UTC))
    one.add("summary", title(appointment.clinic))
    one.add("status", "CANCELLED" if is_gone else "CONFIRMED")
    one.add("class", "PRIVATE")
    one.add("transp", "TRANSPARENT" if is_gone else "OPAQUE")
    for name, text in (
        ("location", on_one_line(appointment.clinic.address)),
        ("description", how_to_reach(appointment.clinic)),
    ):
        if text:
            one.add(name, text)
    if not is_gone:
        one.add_component(reminder(appointment.clinic))
    return one


def reminder(clinic: Clinic) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title(clinic))
    alarm.add("trigger", REMINDER)
    return alarm


def how_to_reach(clinic: Clinic) -> str:
    if not clinic.phone:
        return ""
    number = wording.phone(clinic.phone)
    return _("To move or cancel this appointment: %(phone)s") % {"phone": number}


def address(email: str, **parameters: str) -> Address:
    """A person or a place in a calendar."""
    one = Address(f"mailto:{email}")
    for name, value in parameters.items():
        one.params[name.upper()] = value
    return one


def instant(at: dt.datetime) -> vDatetime:
    return vDatetime(at.astimezone(dt.UTC))
