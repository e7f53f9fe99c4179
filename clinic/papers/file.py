"""A patient's whole file, to take away: as JSON for a machine, as a PDF for a person.

One reading of the tables feeds both. What the PDF leaves out is said in docs/file-format.md.
"""

import base64
import datetime as dt
import io
import json
import zipfile
from collections import Counter
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from phonenumber_field.phonenumber import PhoneNumber

from clinic.dates import written
from clinic.models import (
    Appointment,
    AuditEntry,
    CareAccess,
    Clinic,
    Hold,
    Message,
    PatientCall,
)
from clinic.papers import typesetting
from clinic.papers.documents import contact
from patients import charts, money, store
from patients.file import gathering, tables
from patients.file.columns import Column, Table, field_of, identifier, machine, person, text
from patients.file.gathering import Gathered, Row
from patients.models import Patient, Photo

FORMAT, VERSION = "mesotherapy-clinic-file", 1
MOST_PICTURES = 40  # in the PDF; all of them are in the archive
FEW = 90  # characters: what is longer has a line of its own
LONGEST_WORD = 28  # one that a column of the PDF holds; a hash is longer

APPOINTMENTS = Table(
    "appointments",
    gettext_lazy("Appointments"),
    Appointment,
    "patient",
    (
        identifier(),
        text("status"),
        text("start", "starts_at"),
        text("end", "ends_at"),
        text("location", "clinic__neutral_label", gettext_lazy("Place")),
        Column("serviceType", "visit_type__name", gettext_lazy("Visit"), is_translated=True),
        Column(
            "protocol",
            "session__series__protocol__name",
            gettext_lazy("Protocol"),
            is_translated=True,
        ),
        text("sessionNumber", "session__number", gettext_lazy("Session")),
        text("confirmed", "confirmed_at"),
        text("cancellationReason", "cancellation_reason", gettext_lazy("Why it was cancelled")),
        text("cancellationNote", "cancellation_note", gettext_lazy("Note")),
        text("booked", "booked_at", gettext_lazy("Booked on")),
        person("bookedBy", "booked_by_id", gettext_lazy("Booked by")),
        text("changed", "changed_at", gettext_lazy("Changed on")),
        person("changedBy", "changed_by_id", gettext_lazy("Changed by")),
    ),
    children=(
        Table(
            "participants",
            gettext_lazy("With"),
            Hold,
            "appointment__patient",
            (text("actor", "resource__name", gettext_lazy("Practitioner, room or device")),),
            parent="appointment_id",
        ),
    ),
)
MESSAGES = Table(
    "communications",
    gettext_lazy("What we wrote to you"),
    Message,
    "patient",
    (
        identifier(),
        text("category", "kind"),
        text("medium", "channel"),
        text("status"),
        text("about", "starts_at"),
        text("due", "due_at"),
        text("sent", "settled_at"),
        text("recipient", "sent_to"),
        machine("language"),
        text("subject"),
        text("text"),
        machine("statusReason", "reason"),
        text("answer"),
        text("location", "clinic__neutral_label", gettext_lazy("Place")),
    ),
)
CALLS = Table(
    "calls",
    gettext_lazy("When we called you"),
    PatientCall,
    "patient",
    (
        text("date", "at", gettext_lazy("On")),
        text("outcome"),
        text("note"),
        person("agent", "by_id", gettext_lazy("By")),
        text("location", "clinic__neutral_label", gettext_lazy("Place")),
    ),
)
OUTSIDE = Table(
    "accessesFromOutside",
    gettext_lazy("Openings from outside the care"),
    CareAccess,
    "patient",
    (
        text("date", "at", gettext_lazy("On")),
        text("until", label=gettext_lazy("Until")),
        person("agent", "user_id", gettext_lazy("By")),
        text("location", "clinic__name", gettext_lazy("Place")),
        text("reason"),
    ),
)
# Printed by day and person (`opened`): a page that was looked at leaves one row each time.
LOG = Table(
    "auditEvents",
    gettext_lazy("Who opened the file"),
    AuditEntry,
    "patient",
    (
        text("recorded", "at"),
        text("action"),
        person("agent", "by_id", gettext_lazy("By")),
        text("location", "clinic__name", gettext_lazy("Place")),
        machine("subject"),
        machine("detail"),
    ),
)
TABLES = (*tables.TABLES, APPOINTMENTS, MESSAGES, CALLS, OUTSIDE, LOG)


@dataclass(frozen=True)
class Entry:
    """One row, in words: short facts side by side, long ones below each other."""

    short: tuple[tuple[str, str], ...]
    long: tuple[tuple[str, str], ...]
    below: tuple["Section", ...]


@dataclass(frozen=True)
class Section:
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Shot:
    """`svg` carries the picture: text is all that reaches the typesetter."""

    caption: str
    svg: str


@dataclass(frozen=True)
class Paper:
    language: str
    title: str
    place: str
    contact: tuple[str, ...]
    patient: str
    intro: str
    nothing: str
    sections: tuple[Section, ...]
    pictures_title: str
    pictures: tuple[Shot, ...]
    log_title: str
    log: tuple[tuple[str, str, str, str], ...]
    printed: str


def gathered(patient: Patient) -> Gathered:
    return gathering.gather(TABLES, patient, language=patient.language)


# --- For a machine -------------------------------------------------------------------------------


def as_json(patient: Patient, found: Gathered, *, now: dt.datetime) -> bytes:
    said: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "generated": gathering.plain(now),
        "language": patient.language,
        **{key: gathering.as_plain(rows) for key, rows in found.items()},
    }
    (said["patient"],) = said["patient"]
    return json.dumps(said, ensure_ascii=False, indent=2).encode()


def archive(patient: Patient, found: Gathered, *, clinic: Clinic, now: dt.datetime) -> bytes:
    """The PDF, the JSON, and every photo under the id that it has in the JSON."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("file.pdf", as_pdf(patient, found, clinic=clinic, now=now))
        archive.writestr("file.json", as_json(patient, found, now=now))
        for photo in photos_of(patient):
            content = store.read(photo.file)
            if content is not None:
                archive.writestr(f"photos/{photo.public_id}.jpg", content, zipfile.ZIP_STORED)
    return packed.getvalue()


def photos_of(patient: Patient) -> list[Photo]:
    shown = Photo.objects.filter(patient=patient, removed_at__isnull=True)
    return list(shown.order_by("zone", "taken_on", "pk"))


# --- For a person --------------------------------------------------------------------------------


def as_pdf(patient: Patient, found: Gathered, *, clinic: Clinic, now: dt.datetime) -> bytes:
    return typesetting.pdf("file.typ", paper_of(patient, found, clinic=clinic, now=now), now=now)


def paper_of(patient: Patient, found: Gathered, *, clinic: Clinic, now: dt.datetime) -> Paper:
    """In the language that is active."""
    printed = [table for table in TABLES if table is not LOG]
    return Paper(
        language=patient.language,
        title=_("Your file"),
        place=clinic.neutral_label,
        contact=contact(clinic),
        patient=patient.name,
        intro=_(
            "Everything that is kept about you here: what you told us, what was decided, done and "
            "seen since, your appointments, and who opened your file."
        ),
        nothing=_("Nothing is recorded."),
        sections=tuple(section(table, found[table.key], clinic.zone) for table in printed),
        pictures_title=_("Your photos"),
        pictures=tuple(shots(patient)),
        log_title=str(LOG.title),
        log=tuple(opened(found[LOG.key], clinic.zone)),
        printed=_("As of %(day)s") % {"day": written(clinic.today(now=now), "j F Y")},
    )


def section(table: Table, rows: list[Row], zone: ZoneInfo) -> Section:
    return Section(str(table.title), tuple(entry(row, zone) for row in rows))


def entry(row: Row, zone: ZoneInfo) -> Entry:
    facts = [
        (label_of(column, row.table), words_of(column, row, zone))
        for column in row.table.columns
        if not column.is_technical
    ]
    facts = [(label, value) for label, value in facts if value]
    children = {child.key: child for child in row.table.children if not child.is_technical}
    return Entry(
        short=tuple(fact for fact in facts if is_short(fact[1])),
        long=tuple(fact for fact in facts if not is_short(fact[1])),
        below=tuple(
            section(table, row.children[key], zone)
            for key, table in children.items()
            if row.children.get(key)
        ),
    )


def is_short(value: str) -> bool:
    longest = max(map(len, value.split()), default=0)
    return len(value) <= FEW and longest <= LONGEST_WORD and "\n" not in value


def label_of(column: Column, table: Table) -> str:
    label = str(column.label or field_of(table.model, column.path).verbose_name)
    return label[:1].upper() + label[1:]


def words_of(column: Column, row: Row, zone: ZoneInfo) -> str:
    """A value as its reader says it; nothing for nothing."""
    value = row.values[column.key]
    if value is None or value in ("", [], {}):
        return ""
    if column.is_money:
        return money.euros(value)
    if isinstance(value, str):
        return chosen(column, row, value)
    if isinstance(value, list):
        return ", ".join(str((column.words or {}).get(one, one)) for one in value)
    return said(value, zone)


def chosen(column: Column, row: Row, value: str) -> str:
    """The word of a code, or the text itself."""
    if column.words is not None:
        return str(column.words.get(value, value))
    if column.is_person or column.is_translated:
        return value
    choices = dict(field_of(row.table.model, column.path).flatchoices or ())
    return str(choices.get(value, value))


def said(value: Any, zone: ZoneInfo) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dt.datetime):
        local = value.astimezone(zone)
        return f"{written(local, 'j F Y')}, {local:%H:%M}"
    if isinstance(value, dt.date):
        return written(value, "j F Y")
    if isinstance(value, PhoneNumber):
        return str(value.as_international)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {one}" for key, one in value.items())
    return str(formats.localize(value))


def opened(rows: list[Row], zone: ZoneInfo) -> list[tuple[str, str, str, str]]:
    """Day, person, place, and how often: the whole log is in the JSON."""
    times = Counter(
        (
            row.values["recorded"].astimezone(zone).date(),
            row.values["agent"],
            row.values["location"],
        )
        for row in rows
    )
    return [
        (
            written(day, "j F Y"),
            who or "—",
            where or "",
            ngettext("%(n)d entry", "%(n)d entries", count) % {"n": count},
        )
        for (day, who, where), count in times.items()
    ]


def shots(patient: Patient) -> list[Shot]:
    found = []
    for photo in photos_of(patient)[:MOST_PICTURES]:
        content = store.read(store.small_name(photo.file))
        if content is not None:
            zone = charts.PLACES.get(photo.zone, photo.zone)
            caption = f"{zone} · {photo.get_moment_display()} · {written(photo.taken_on, 'j F Y')}"
            found.append(Shot(caption, svg_of(content, photo)))
    return found


def svg_of(content: bytes, photo: Photo) -> str:
    data = base64.b64encode(content).decode()
    width, height = photo.width, photo.height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/jpeg;base64,{data}"/></svg>'
    )
