"""A practitioner with a patient in the chair right now: made in the database of a running server.

Run as a module with that server's environment; it prints where things are, as JSON. A clinic of its
own, open day and night, because journeys are walked at any hour and also on Sundays.
"""

import datetime as dt
import json
import os
import sys
from decimal import Decimal

import django

EMAIL = "dr.journey@demo.test"
EARLIER = {
    "zones": ["forehead", "cheek-right", "cheek-left"],
    "techniques": ["nappage"],
    "depth": "IDS",
    "depth_mm": Decimal("2.5"),
    "needle": "32G 4 mm",
    "asepsis": "chlorhexidine",
    "pain_before": 2,
    "pain_after": 3,
    "satisfaction": 7,
    "aftercare_given": True,
    "cream_minutes": 30,
    "notes": "Peau fine sur les pommettes.",
}


def main(name: str) -> None:
    from django.utils import timezone

    from clinic.demo.accounts import PASSWORD
    from tests.factories import make_clinic, make_patient, make_resource, make_user

    now = timezone.now().replace(second=0, microsecond=0)
    clinic = make_clinic(name=f"Cabinet {name}", timezone="Europe/Paris")
    email = f"{name}.{EMAIL}"
    user = make_user(clinic, "practitioner", email=email, password=PASSWORD, first_name="Ada")
    resource = make_resource(clinic, name="Dr Ada Roux", user=user, hours=[])
    patient = make_patient("Zéphyrin", "Léa")
    found = course(patient, resource, user, now)
    sys.stdout.write(json.dumps({"email": email} | found) + "\n")


def course(patient, resource, user, now) -> dict[str, str]:
    """A first session three weeks ago, recorded; the second one now."""
    from clinic.models import Appointment, Hold
    from clinic.moments import to_minute
    from patients.models import Series
    from protocols.models import Protocol

    protocol = Protocol.objects.get(slug="skin-quality", status="active")
    series = Series.objects.create(
        patient=patient, protocol=protocol, opened_at=now, opened_by=user
    )
    before = now - dt.timedelta(days=21)
    steps = {step.number: step for step in protocol.steps.all()}
    first = series.sessions.create(step=steps[1], number=1, status="completed", done_on=before)
    second = series.sessions.create(step=steps[2], number=2, status="scheduled")
    common = {"clinic": resource.clinic, "patient": patient, "booked_by": user, "changed_by": user}
    common |= {"booked_at": before, "changed_at": before}
    for session, start, status in ((first, before, "fulfilled"), (second, now, "booked")):
        appointment = Appointment.objects.create(
            session=session,
            starts_at=start,
            ends_at=start + dt.timedelta(minutes=30),
            status=status,
            **common,
        )
        begins = to_minute(start)
        Hold.objects.create(
            appointment=appointment, resource=resource, starts=begins, ends=begins + 30
        )
    answer_everything_with_no(patient, protocol, user, now)
    agree(patient, protocol, user, before)
    record(first, patient, user, before)
    found = {"series": series.public_id, "appointment": appointment.public_id}
    return found | {"scan": "010370000012345317" + "991231" + "10NEUF-1"}


def answer_everything_with_no(patient, protocol, user, now) -> None:
    from patients import screening
    from protocols.models import AnswerType

    links = protocol.contraindication_links.select_related("contraindication")
    answers = {
        link.contraindication_id: screening.Answer(
            "no" if link.contraindication.answer_type == AnswerType.BOOLEAN else ""
        )
        for link in links
    }
    screening.record(
        patient=patient,
        protocol=protocol,
        answers=answers,
        by_patient=False,
        by=user,
        now=now,
        on=now.date(),
    )


def agree(patient, protocol, user, now) -> None:
    from patients import consents

    consents.give(
        patient=patient,
        protocol=protocol,
        language=patient.language,
        seen=consents.hash_of(consents.text_of(protocol, patient.language)),
        signature=consents.Signature("typed", patient.name),
        off_label_told=True,
        by=user,
        now=now,
    )


def record(session, patient, user, before) -> None:
    """Last time, with a product of which another lot is to be used now."""
    from patients.models import Article, Lot, ProductUse, SessionRecord
    from protocols.models import Product

    product = Product.objects.get(code="skin-polycomponent")
    article = Article.objects.filter(name="Éclatis Journey").first() or Article.objects.create(
        product=product,
        name="Éclatis Journey",
        maker="Aubrac",
        regulatory_status="device",
        barcode="03700000123453",
    )
    today = dt.date.today()
    lots = {}
    for number, days in (("VIEUX-9", -3), ("NEUF-1", 200), ("NEUF-2", 400)):
        lots[number] = Lot.objects.filter(article=article, number=number).first() or (
            Lot.objects.create(
                article=article,
                number=number,
                expires_on=today + dt.timedelta(days=days),
                received_on=today - dt.timedelta(days=60),
            )
        )
    record = SessionRecord.objects.create(
        session=session,
        patient=patient,
        place="Cabinet",
        performer=user,
        performer_name=str(user),
        started_at=before,
        opened_at=before,
        opened_by=user,
        saved_at=before,
        saved_by=user,
        **EARLIER,
    )
    lot = lots["VIEUX-9"]
    ProductUse.objects.create(
        record=record,
        lot=lot,
        name=article.name,
        maker=article.maker,
        lot_number=lot.number,
        expires_on=lot.expires_on,
        regulatory_status="device",
        volume_ml=Decimal("2.5"),
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    django.setup()
    from django.db import transaction

    with transaction.atomic():
        main(sys.argv[1])
