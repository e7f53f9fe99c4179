"""Where the demonstration clinic is made, and where it is not."""

import datetime as dt
import io

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction

from clinic.demo.seeding import seed
from clinic.models import Appointment, Message, User
from patients.models import Patient, Quote, ScreeningAnswer, SessionRecord
from tests.factories import PARIS, make_clinic, make_user

SUNDAY = dt.datetime(2026, 4, 19, 16, 0, tzinfo=PARIS)
DAY = dt.timedelta(days=1)


@pytest.mark.django_db
def test_same_seed_and_moment_give_the_same_clinic():
    def picture() -> list:
        # Joined rows need an order of their own: PostgreSQL gives them as it likes.
        rows = Appointment.objects.order_by("pk", "holds__pk").values_list(
            "patient__sort_text", "starts_at", "status", "holds__resource__name"
        )
        written = SessionRecord.objects.order_by("pk", "products__position").values_list(
            "patient__sort_text", "started_at", "notes", "pain_before", "products__lot_number"
        )
        answered = ScreeningAnswer.objects.order_by("pk").values_list(
            "screening__patient__sort_text", "value", "finding"
        )
        offered = Quote.objects.order_by("pk").values_list("number", "patient_name", "total_cents")
        return [*rows, *written, *answered, *offered]

    pictures = []
    for _time in range(2):
        with transaction.atomic():
            call_command("load_catalogue", verbosity=0, stdout=io.StringIO())
            seed(now=SUNDAY, say=lambda line: None, weeks=(3, 6))
            pictures.append(picture())
            monday = Appointment.objects.filter(starts_at__date=SUNDAY.date() + DAY)
            assert monday.filter(status="booked").count() >= 20
            transaction.set_rollback(True)
    assert pictures[0] == pictures[1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "now",
    [
        dt.datetime(2026, 11, 28, 12, 0, tzinfo=PARIS),  # Saturday: said today of Monday
        dt.datetime(2026, 5, 13, 12, 0, tzinfo=PARIS),  # the eve of Ascension
    ],
    ids=["before Sunday", "before a holiday"],
)
def test_no_message_is_both_sent_and_still_to_come(now):
    """What is due on a closed day leaves on the evening before it, in the past as in the future."""
    call_command("load_catalogue", verbosity=0, stdout=io.StringIO())
    seed(now=now, say=lambda line: None, weeks=(3, 6))
    said = Message.objects.filter(due_at__lte=now)
    coming = Message.objects.filter(due_at__gt=now)
    assert (said.exists(), coming.exists()) == (True, True)
    assert not said.filter(status__in=Message.WAITING).exists()
    assert not coming.exclude(status__in=Message.WAITING).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("make", [make_user, make_clinic])
def test_database_that_is_not_empty_is_left_alone(make):
    make()
    with pytest.raises(CommandError, match="not empty"):
        call_command("seed_demo", verbosity=0)
    assert not Patient.objects.exists()


@pytest.mark.django_db
def test_production_is_refused_without_yes(monkeypatch):
    production = settings.ENVIRONMENT.model_copy(update={"production": True})
    monkeypatch.setattr(settings, "ENVIRONMENT", production)
    with pytest.raises(CommandError, match="production"):
        call_command("seed_demo", verbosity=0)
    assert not User.objects.exists()
