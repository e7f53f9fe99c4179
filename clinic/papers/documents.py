"""What a patient takes home on paper: the dates of a series, and what to do before and after.

`paper_of` says it once; the page for printing and the PDF show the same. Text reaches the PDF as
data, never as Typst source, so nothing that somebody typed can be markup.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic import wording
from clinic.models import Appointment, Clinic
from clinic.papers import ribbon, typesetting
from clinic.papers.ribbon import Ribbon
from patients.models import Series
from protocols.models import AlertSign, CareInstruction

PAPER_RIBBON = 560


@dataclass(frozen=True)
class Visit:
    """One appointment, in words."""

    day: str
    hours: str
    practitioner: str
    where: str
    is_past: bool


@dataclass(frozen=True)
class Advice:
    """One block of the leaflet."""

    heading: str
    lines: tuple[str, ...]
    is_alert: bool = False


@dataclass(frozen=True)
class Paper:
    language: str
    title: str
    place: str
    contact: tuple[str, ...]
    patient: str
    count: str
    visits: tuple[Visit, ...]
    advice: tuple[Advice, ...]
    to_move: str
    printed: str
    ribbon: Ribbon | None


def paper_of(
    series: Series,
    appointments: Sequence[Appointment],
    *,
    clinic: Clinic,
    language: str,
    now: dt.datetime,
) -> Paper:
    """In the language that is active; `language` is its name. Instructions are the protocol's.

    `appointments` need their holds with resource and kind loaded.
    """
    today = clinic.today(now=now)
    shown = [appointment for appointment in appointments if appointment.is_occupying]
    coming = sum(appointment.starts_at >= now for appointment in shown)
    return Paper(
        language=language,
        title=_("Your appointments"),
        place=clinic.neutral_label,
        contact=contact(clinic),
        patient=series.patient.name,
        count=count(coming),
        visits=tuple(visit(appointment, clinic=clinic, now=now) for appointment in shown),
        advice=tuple(advice(series)),
        to_move=to_move(clinic),
        printed=_("As of %(day)s") % {"day": wording.day(today)},
        ribbon=ribbon.of_series(series, today=today, width=PAPER_RIBBON),
    )


def contact(clinic: Clinic) -> tuple[str, ...]:
    return tuple(filter(None, [clinic.address, wording.phone(clinic.phone), clinic.email]))


def count(coming: int) -> str:
    if not coming:
        return _("No appointment to come")
    return ngettext("%(n)d appointment to come", "%(n)d appointments to come", coming) % {
        "n": coming
    }


def to_move(clinic: Clinic) -> str:
    if not clinic.phone:
        return _("Cannot come? Tell us as early as you can: the next dates follow from this one.")
    return _(
        "Cannot come? Call %(phone)s as early as you can: the next dates follow from this one."
    ) % {"phone": wording.phone(clinic.phone)}


def visit(appointment: Appointment, *, clinic: Clinic, now: dt.datetime) -> Visit:
    """`clinic`: the one whose paper it is; a visit at another one says so."""
    zone = appointment.clinic.zone
    starts, ends = appointment.starts_at.astimezone(zone), appointment.ends_at.astimezone(zone)
    rooms = [h.resource.name for h in appointment.holds.all() if h.resource.kind.category == "room"]
    if appointment.clinic != clinic:
        rooms.append(appointment.clinic.neutral_label)
    practitioner = appointment.practitioner
    return Visit(
        day=wording.day(starts.date()),
        hours=wording.hours(starts, ends),
        practitioner=practitioner.name if practitioner else "",
        where=", ".join(dict.fromkeys(rooms)),
        is_past=appointment.starts_at < now,
    )


def advice(series: Series) -> list[Advice]:
    """What the protocol says to do before and after, and when to ask for help."""
    care = list(series.protocol.care_instructions.all())
    signs = list(series.protocol.alert_signs.all())
    blocks = [
        Advice(_("Before each visit"), _texts(care, CareInstruction.When.BEFORE)),
        Advice(_("After each visit"), _texts(care, CareInstruction.When.AFTER)),
        Advice(_("When to ask for help"), _by_urgency(signs), is_alert=True),
    ]
    return [block for block in blocks if block.lines]


def _texts(care: Sequence[CareInstruction], phase: str) -> tuple[str, ...]:
    return tuple(instruction.text for instruction in care if instruction.phase == phase)


def _by_urgency(signs: Sequence[AlertSign]) -> tuple[str, ...]:
    """The most urgent first."""
    order = list(AlertSign.Urgency.values)
    return tuple(sign.text for sign in sorted(signs, key=lambda sign: order.index(sign.urgency)))


def pdf(paper: Paper, *, now: dt.datetime) -> bytes:
    return typesetting.pdf("series.typ", paper, now=now)
