"""How each protocol is practised in the demonstration: where, how deep, with what, how it goes."""

from dataclasses import dataclass

FACE = (
    "cheek-left", "cheek-right", "chin", "forehead", "jaw-left", "jaw-right",
    "nasolabial-left", "nasolabial-right",
)  # fmt: skip
MID_FACE = ("cheek-left", "cheek-right", "nasolabial-left", "nasolabial-right")
EYES = ("eye-left", "eye-right", "temple-left", "temple-right")
NECK = ("decollete", "neck-front")
HANDS = ("hand-left", "hand-right")
SCALP = ("scalp-crown", "scalp-front")
PAINFUL = (
    ("back-lower",),
    ("back-lower", "buttock-right"),
    ("neck-back", "shoulder-left"),
    ("neck-back", "back-upper"),
    ("knee-right",),
    ("knee-left", "knee-right"),
    ("elbow-right",),
    ("shoulder-right",),
    ("heel-left",),
    ("wrist-right", "hand-right"),
)


@dataclass(frozen=True)
class Dose:
    """Millilitres, from and to, of so many articles of one class."""

    product: str
    least: float
    most: float
    articles: int = 1


@dataclass(frozen=True)
class Practice:
    """`zones`, `techniques`: one choice of them for a whole course."""

    kind: str
    zones: tuple[tuple[str, ...], ...]
    techniques: tuple[tuple[str, ...], ...]
    doses: tuple[Dose, ...] = ()
    depth: str = ""
    mm: tuple[float, float] | None = None
    needle: str = ""
    passes: tuple[int, int] | None = None
    cream_minutes: int | None = None
    led_minutes: int | None = None

    @property
    def eases_pain(self) -> bool:
        return self.kind == "pain"


HA = "non-cross-linked-ha"
PAIN = Practice(
    "pain",
    PAINFUL,
    (("papule", "point_by_point"), ("gun", "nappage"), ("nappage", "point_by_point")),
    (Dose("pain-medicine", 0.5, 2, articles=3),),
    "IDP",
    (2, 4),
    "30G 4 mm",
)
PRACTICES = {
    "skin-quality": Practice(
        "skin", (FACE, FACE + NECK, MID_FACE + EYES, HANDS), (("gun", "nappage"), ("nappage",)),
        (Dose(HA, 1, 2.5), Dose("skin-polycomponent", 1, 3)),
        "IDS", (1, 2), "30G 4 mm", cream_minutes=30,
    ),
    "rejuvenation": Practice(
        "skin", (FACE, FACE + NECK, MID_FACE), (("papule", "point_by_point"), ("nappage",)),
        (Dose(HA, 2, 3),), "IDS", (1, 2.5), "32G 4 mm", cream_minutes=30,
    ),
    "face-revitalising": Practice(
        "skin", (FACE, FACE + NECK), (("nappage",), ("nappage", "point_by_point")),
        (Dose(HA, 1, 2), Dose("amino-nucleic-complex", 1, 2.5)),
        "IDS", (1, 2), "32G 4 mm", led_minutes=15,
    ),
    "skin-booster": Practice(
        "skin", (MID_FACE, FACE, HANDS), (("point_by_point",), ("papule",)),
        (Dose(HA, 1, 2),), "IDP", (2, 3.5), "32G 9 mm", cream_minutes=20,
    ),
    "face-polycomponent": Practice(
        "skin", (FACE, MID_FACE + EYES), (("microneedling",),),
        (Dose("skin-polycomponent", 2, 3),), "IDS", (1, 1.5), "", passes=(3, 5), cream_minutes=30,
    ),
    "pain-locomotor": PAIN,
    "pain-weekly": PAIN,
    "hair-mesopecie": Practice(
        "hair", (SCALP, (*SCALP, "scalp-back")), (("nappage",), ("nappage", "point_by_point")),
        (Dose("hair-complex", 1, 2.5, articles=2),), "IDS", (1, 2), "30G 4 mm",
    ),
    "prp-hair": Practice(
        "hair", (SCALP,), (("point_by_point",),), (Dose("prp", 3, 5),),
        "IDP", (2, 3), "30G 13 mm", cream_minutes=20,
    ),
    "superficial-peel": Practice(
        "peel", (FACE, (*FACE, "neck-front")), ((),), (Dose("superficial-peel", 1, 2),),
    ),
    "laser-hair-removal": Practice(
        "laser",
        (
            ("calf-left", "calf-right", "knee-left", "knee-right"),
            ("chin", "jaw-left", "jaw-right"),
            ("abdomen",),
            ("back-middle", "back-upper"),
        ),
        (("no_product",),),
    ),
}  # fmt: skip
