"""Pictures that nobody could take for a person: a drawn face, marked as a demonstration."""

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from random import Random

from PIL import Image, ImageDraw

from clinic.demo.records import SHOWN, Records
from clinic.demo.treated import Told, Treated
from clinic.models import AuditEntry
from patients import photos, pictures
from patients.photos import Shot

SIZE = (480, 600)
COURSES = 2
MARK = "DEMONSTRATION"  # the font that Pillow brings has no accents
SKIN, LINE, RED = (233, 205, 184), (150, 110, 90), (214, 150, 132)


def write(rng: Random, stories: Sequence[Told], records: Records) -> Iterator[AuditEntry]:
    """Before the first session and at the last one, of some courses of the one shown."""
    for told in chosen(stories, records):
        visits = records.by_told[told]
        for zone in told.zones[:2]:
            for moment, one in (("before", visits[0]), ("after", visits[-1])):
                yield add(rng, told, one, zone, moment)


def chosen(stories: Sequence[Told], records: Records) -> list[Told]:
    fit = [
        told
        for told in stories
        if told.practice.kind == "skin"
        and len(records.by_told[told]) >= 3
        and records.by_told[told][-1].by.email == SHOWN
        and told.course.is_open
        and "cheek-left" in told.zones
    ]
    return fit[-COURSES:]


def add(rng: Random, told: Told, one: Treated, zone: str, moment: str) -> AuditEntry:
    better = moment == "after"
    stored = photos.put(pictures.clean(drawn(rng, one.on, better=better)))
    at = one.began_at if moment == "before" else one.ended_at
    shot = Shot(zone, moment, one.on, one.session)
    photo = photos.add(patient=told.course.patient, shot=shot, stored=stored, by=one.by, now=at)
    return AuditEntry(
        at=at,
        by=one.by,
        clinic=one.visit.site.clinic,
        action="photo.add",
        patient=told.course.patient,
        detail={"photos": [photo.public_id]},
    )


def drawn(rng: Random, on: dt.date, *, better: bool) -> bytes:
    """An oval, a few lines that grow fewer, and what it is."""
    width, height = SIZE
    sheet = Image.linear_gradient("L").resize(SIZE)
    image = Image.merge(
        "RGB", [sheet.point(lambda v, c=c: 200 + v * (c - 200) // 400) for c in SKIN]
    )
    draw = ImageDraw.Draw(image)
    draw.ellipse((70, 50, width - 70, height - 90), fill=SKIN, outline=LINE, width=3)
    for _line in range(3 if better else 14):
        x, y = rng.randint(130, width - 190), rng.randint(150, height - 220)
        draw.arc((x, y, x + 60, y + 26), 190, 350, fill=LINE, width=2)
    for _spot in range(2 if better else 9):
        x, y = rng.randint(130, width - 150), rng.randint(150, height - 200)
        draw.ellipse((x, y, x + 14, y + 14), fill=RED)
    draw.rectangle((0, height - 60, width, height), fill=(255, 255, 255))
    draw.text((16, height - 50), f"{MARK} · {on:%d/%m/%Y}", fill=(40, 40, 40), font_size=22)
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()
