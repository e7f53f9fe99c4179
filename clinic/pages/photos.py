"""A patient's photos by zone, before beside after. For those who treat only."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from patients import charts
from patients.models import Patient, Photo, TreatmentSession
from patients.pictures import SMALL_SIDE

BEFORE, AFTER = Photo.Moment.BEFORE, Photo.Moment.AFTER
ORDER = {zone: place for place, zone in enumerate(charts.PLACES)}


@dataclass(frozen=True)
class Side:
    """One photo, with the size of its small version, so that nothing moves when it arrives."""

    photo: Photo

    @property
    def size(self) -> tuple[int, int]:
        scale = min(1, SMALL_SIDE / max(self.photo.width, self.photo.height))
        return max(1, round(self.photo.width * scale)), max(1, round(self.photo.height * scale))

    @property
    def width(self) -> int:
        return self.size[0]

    @property
    def height(self) -> int:
        return self.size[1]

    @property
    def words(self) -> str:
        """What a screen reader says."""
        return f"{zone_word(self.photo.zone)}, {self.photo.get_moment_display().lower()}"


@dataclass(frozen=True)
class Pair:
    """Photos of one zone on one occasion."""

    heading: str
    before: tuple[Side, ...]
    after: tuple[Side, ...]
    is_whole_course: bool = False


@dataclass(frozen=True)
class ZonePhotos:
    zone: str
    pairs: tuple[Pair, ...]
    count: int

    @property
    def word(self) -> str:
        return zone_word(self.zone)


def zone_word(zone: str) -> str:
    return str(charts.PLACES.get(zone, zone))


def shown(patient: Patient) -> QuerySet[Photo]:
    return Photo.objects.filter(patient=patient, removed_at__isnull=True)


def by_zone(patient: Patient) -> list[ZonePhotos]:
    """One query, in the order of the chart."""
    photos = list(shown(patient).select_related("session"))
    photos.sort(key=lambda p: (ORDER.get(p.zone, len(ORDER)), p.zone, p.taken_on, p.pk))
    zones = groupby(photos, key=lambda p: p.zone)
    return [of_zone(zone, list(group)) for zone, group in zones]


def of_zone(zone: str, photos: list[Photo]) -> ZonePhotos:
    """Each occasion as a pair; above them the first before beside the latest after."""
    occasions = [list(group) for _key, group in groupby(photos, key=occasion)]
    pairs = [pair(heading(group[0]), group) for group in occasions]
    whole = whole_course(photos) if len(pairs) > 1 else None
    return ZonePhotos(zone, (*([whole] if whole else []), *pairs), len(photos))


def occasion(photo: Photo) -> tuple[int, dt.date | None]:
    """A session has its before and its after; without one, a day has."""
    return (photo.session_id, None) if photo.session_id else (0, photo.taken_on)


def heading(photo: Photo) -> str:
    if photo.session is None:
        return ""
    return _("Session %(number)d") % {"number": photo.session.number}


def pair(title: str, photos: Sequence[Photo], *, is_whole_course: bool = False) -> Pair:
    sides = {
        moment: tuple(Side(photo) for photo in photos if photo.moment == moment)
        for moment in (BEFORE, AFTER)
    }
    return Pair(title, sides[BEFORE], sides[AFTER], is_whole_course)


def whole_course(photos: list[Photo]) -> Pair | None:
    before = [photo for photo in photos if photo.moment == BEFORE]
    after = [photo for photo in photos if photo.moment == AFTER]
    if not before or not after or before[0].taken_on > after[-1].taken_on:
        return None
    return pair(_("From the first to the latest"), [before[0], after[-1]], is_whole_course=True)


def counterpart(photo: Photo, *, of_course: bool = False) -> Photo | None:
    """What to look at beside it: the other moment of the same occasion, else of the whole course,
    which is the first before and the latest after.
    """
    other = AFTER if photo.moment == BEFORE else BEFORE
    others = shown(photo.patient).filter(zone=photo.zone, moment=other).select_related("session")
    order = "-" if other == AFTER else ""
    furthest = others.order_by(f"{order}taken_on", f"{order}pk").first()
    if of_course:
        return furthest
    if photo.session_id:
        near = others.filter(session=photo.session_id)
    else:
        near = others.filter(session=None, taken_on=photo.taken_on)
    return near.first() or furthest


def sessions_of(patient: Patient) -> QuerySet[TreatmentSession]:
    """Those that were done first, the latest on top."""
    return (
        TreatmentSession.objects.filter(series__patient=patient)
        .exclude(status=TreatmentSession.Status.CANCELLED)
        .select_related("series__protocol")
        .order_by("-done_on", "-series__opened_at", "number")
    )
