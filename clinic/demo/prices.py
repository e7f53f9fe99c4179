"""What the demonstration asks for its acts: care is exempt of VAT, what is purely aesthetic not."""

from collections.abc import Iterable, Iterator

from clinic.models import Clinic, Price
from patients.models import VatGround

# Euros a session in the attack phase, and after it where that is another price.
EUROS = {
    "skin-quality": (180, 160),
    "rejuvenation": (190, 170),
    "face-revitalising": (170, 150),
    "skin-booster": (260, 240),
    "face-polycomponent": (150, None),
    "hair-mesopecie": (95, 80),
    "prp-hair": (320, 320),
    "superficial-peel": (110, 110),
    "laser-hair-removal": (120, None),
    "pain-locomotor": (75, None),
    "pain-weekly": (75, None),
}
CARE = ("pain-locomotor", "pain-weekly")
TAX = 200  # per thousand: the general rate
LESS_AT_THE_SMALL_SITE = 0.95


def write(clinics: Iterable[Clinic]) -> None:
    Price.objects.bulk_create(
        price for place, clinic in enumerate(clinics) for price in of(clinic, place)
    )


def of(clinic: Clinic, place: int) -> Iterator[Price]:
    for slug, (attack, after) in EUROS.items():
        for phase, euros in (("", attack), ("maintenance", after), ("consolidation", after)):
            if euros is None or (phase and euros == attack):
                continue
            share = LESS_AT_THE_SMALL_SITE if place else 1
            is_care = slug in CARE
            yield Price(
                clinic=clinic,
                protocol=slug,
                phase=phase,
                cents=round(euros * share) * 100,
                vat_permille=0 if is_care else TAX,
                vat_ground=VatGround.CARE if is_care else VatGround.AESTHETIC,
            )
