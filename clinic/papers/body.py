"""The face and the body as they are tapped: the outline of every place of `patients.charts`.

Drawn for this product, in plain coordinates; the two sides of a person are one path and its mirror
image. Seen from the front the patient's right is on the left of the drawing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patients import charts

WIDTH = 200  # of every chart; the middle of the body is at half of it


@dataclass(frozen=True)
class Area:
    """A place as it is drawn; `mirrored` is the other side of the same path."""

    code: str
    name: str
    path: str
    mirrored: bool
    chosen: bool = False


@dataclass(frozen=True)
class Chart:
    """One drawing: the places to tap, and the rest that makes a body of them."""

    code: str
    title: str | Promise
    height: int
    areas: tuple[Area, ...]
    rest: tuple[tuple[str, bool], ...]
    lines: tuple[tuple[str, bool], ...]

    @property
    def chosen(self) -> list[Area]:
        return [area for area in self.areas if area.chosen]


def chart(code: str, chosen: Collection[str] = ()) -> Chart:
    """The face, or the body from the front or the back, with these places marked."""
    title, height, words, paths, rest, lines = CHARTS[code]
    areas = tuple(
        Area(place, str(name), *_path(place, paths), place in chosen)
        for place, name in words.items()
    )
    return Chart(code, title, height, areas, _sides(rest), _sides(lines))


def _path(place: str, paths: Mapping[str, str]) -> tuple[str, bool]:
    """Its own path, or that of its other side."""
    if place in paths:
        return paths[place], False
    return paths[_other_side(place)], True


def _other_side(place: str) -> str:
    stem, _dash, side = place.rpartition("-")
    return f"{stem}-{'left' if side == 'right' else 'right'}"


def _sides(paths: Mapping[str, bool]) -> tuple[tuple[str, bool], ...]:
    """Every path, and its mirror image where there are two of it."""
    return tuple((d, side) for d, both in paths.items() for side in ((False, True)[: 1 + both]))


FACE = {
    "scalp-crown": "M100 8C74 8 53 20 45 41C60 32 80 28 100 28s40 4 55 13C147 20 126 8 100 8Z",
    "scalp-front": "M45 43C60 34 80 30 100 30s40 4 55 13c4 10 6 20 7 31c-8-12-16-20-26-24"
    "c-12-4-24-4-36-4s-24 0-36 4c-10 4-18 12-26 24C39 63 41 53 45 43Z",
    "forehead": "M64 52c12-4 24-4 36-4s24 0 36 4c6 3 10 6 14 11l-4 20c-12-5-22-4-32-1H86"
    "c-10-3-20-4-32 1l-4-20C54 58 58 55 64 52Z",
    "glabella": "M88 84h24l-3 20H91Z",
    "temple-right": "M48 64l4.5 20c-4 4-6 9-7 16.5L38 99.5C37 90 37 83 38 76C41 71 44 67 48 64Z",
    "eye-right": "M54 86c12-5 22-4 32-1l3 19c-2 8-10 13-21 13c-10 0-18-6-22-15C47 94 50 89 54 86Z",
    "cheek-right": "M38.2 102l7 1c4 10 12 16 23 16c9 0 16-4 20-9l-3 22c-8 5-14 14-16.5 25"
    "c-9 0-17-3-23.5-9C41 132 39 117 38.2 102Z",
    "nasolabial-right": "M85.5 134l4 7c-6 5-10 12-12 20.5l-6 5.5l-2-9C72 147 78 139 85.5 134Z",
    "lips": "M91 142c4 3 14 3 18 0c6 5 10 12 11.5 20l-1.5 9c-6 6-12 8-19 8s-13-2-19-8l-1.5-9"
    "C81 154 85 147 91 142Z",
    "chin": "M80 173c7 6 13 8 20 8s13-2 20-8l2 22c-7 9-14 13-22 13s-15-4-22-13Z",
    "jaw-right": "M45.5 151c7 6 15 8.5 23.5 8.5l2 8.5l7 5.5l-1.5 20C61 184 50 170 45.5 151Z",
    "neck-front": "M66 189c10 12 22 21.5 34 21.5s24-9.5 34-21.5v34c4 10 14 14 24 17H42"
    "c10-3 20-7 24-17Z",
}
FACE_REST = {
    "M37 92c-6-3-9 2-8 10c1 9 5 18 10 17Z": True,  # the ears
    "M91 106h18l2 26l-3 9c-4 3-12 3-16 0l-3-9Z": False,  # the nose
}
FACE_LINES = {
    "M57 100c5-6 17-7 23 0c-6 5-17 5-23 0Z": True,
    "M54 91c8-5 20-6 29-2": True,
    "M93 137c3 3 11 3 14 0": False,
    "M86 160c5-3 10-5 14-3c4-2 9 0 14 3c-9 8-19 8-28 0Zm0 0h28": False,
}
FRONT = {
    "decollete": "M75 67h50c6 5 8 14 7.5 29c-12 8-53 8-65 0C67 81 69 72 75 67Z",
    "shoulder-right": "M72 67c-11 2-20 8-23 21l-2 12l18.5-3C65.5 82 67 73 72 67Z",
    "arm-right": "M46.5 102l19-3c.5 16-1 29-4 43l-16.5-2C45 126 45.5 114 46.5 102Z"
    "M41.5 160l17 2c-2 16-5 27-9 38l-13.5-3C37 184 39 172 41.5 160Z",
    "elbow-right": "M45 142l16 2l-2.2 16l-17-2Z",
    "wrist-right": "M35.6 199l13.5 3l-2.6 8.5l-13-3Z",
    "hand-right": "M33 209.5l13.5 3c1 10-1 20-5 28c-4 3-11 1-13-4C27.5 226 29.5 216 33 209.5Z",
    "abdomen": "M70 128h60c-2 14-2 26 1 40H69C72 154 72 142 70 128Z",
    "hip-right": "M68.5 170H93l4.5 31l-33.5 4C63 191 65 181 68.5 170Z",
    "thigh-right": "M64 207l33.5-4c.5 29-3.5 59-7.5 81H70C65 260 62.5 233 64 207Z",
    "knee-right": "M70.3 286h19.5c0 10-.8 18-1.8 26H71C70.3 304 70 296 70.3 286Z",
    "ankle-right": "M75 368h11v14H74.5Z",
    "foot-right": "M74.3 384H86c2 8 2 15-2 19H66C66 396 70 390 74.3 384Z",
}
LEG_REST = "M71 314h17c2 16 0 36-2 52H75C72 350 69 330 71 314Z"
FRONT_REST = {
    "M83 28C83 13 90 6 100 6s17 7 17 22s-9 22-17 22s-17-7-17-22Z": False,
    "M90.5 50c5 3 14 3 19 0v6c2 5 7 8 14 9h-47c7-1 12-4 14-9Z": False,
    "M67.5 98.5c12 7 53 7 65 0L130 126H70Z": False,
    "M95 170h10l-4 31h-2Z": False,
    LEG_REST: True,
}
BACK = {
    "scalp-back": "M83 28C83 13 90 6 100 6s17 7 17 22c0 8-4 15-8 19H91c-4-4-8-11-8-19Z",
    "neck-back": "M91 49h18v7c2 5 8 8 16 9H75c8-1 14-4 16-9Z",
    "back-upper": "M74 67h52c7 4 8.5 17 7.5 37h-67C65.5 84 67 71 74 67Z",
    "back-middle": "M66.6 106h66.8L130 138H70Z",
    "back-lower": "M70 140h60c-2 12-1 22 2 32H68C71 162 72 152 70 140Z",
    "buttock-left": "M67.4 174H99v38c-11 6-27 4-35-4C63 194 64 184 67.4 174Z",
    "hamstring-left": "M64 210.5c8 7.5 24 9.5 34.5 4C98 240 94 266 90 290H70"
    "C65 264 63 238 64 210.5Z",
    "calf-left": "M70.5 308h18.5c3 18-1 42-3 58H75C70 350 67 326 70.5 308Z",
    "heel-left": "M74 386h12c2 8 2 14-1 17H73.5C71 398 72 392 74 386Z",
}
BACK_REST = {
    "M71 68c-11 2-19 8-22 20c-3 16-4 36-4 52c-5 16-8 40-10 60c-6 14-7 26-6 36c2 5 9 7 13 4"
    "c4-8 6-18 5-28c3-12 9-32 12-54c4-18 6-38 6.5-54C64 88 66 74 71 68Z": True,
    "M70.2 292h19.5l-.7 14H70.6Z": True,
    "M75 368h11l.3 16H74.3Z": True,
}
CHARTS = {
    "face": (_("Face"), 246, charts.FACE, FACE, FACE_REST, FACE_LINES),
    "front": (_("Body, front"), 410, charts.BODY_FRONT, FRONT, FRONT_REST, {}),
    "back": (_("Body, back"), 410, charts.BODY_BACK, BACK, BACK_REST, {}),
}
