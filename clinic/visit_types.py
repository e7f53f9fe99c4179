"""The single visits that a clinic starts with. Its manager changes them; they never come back."""

from clinic.models import VisitType
from protocols.models import ResourceKind

FIRST_ONES = (("Consultation", "Consultation", 30), ("Contrôle", "Review", 15))
NEEDS = ("practitioner", "room")


def load() -> None:
    """Only where there are none at all. The catalogue's kinds of resource must be loaded."""
    if VisitType.objects.exists():
        return
    needs = ResourceKind.objects.filter(code__in=NEEDS)
    for position, (name_fr, name_en, minutes) in enumerate(FIRST_ONES, 1):
        visit_type = VisitType.objects.create(
            name_fr=name_fr, name_en=name_en, minutes=minutes, position=position
        )
        visit_type.needs.set(needs)
