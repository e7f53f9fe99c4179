"""The demonstration clinic has told its patients of late, and not everybody could be told."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F

from clinic.demo.seeding import seed
from clinic.models import Clinic, Message, PatientCall
from clinic.pages import to_tell
from patients.models import MessageConsent, UnusableAddress
from protocols.models import Protocol
from tests.factories import PARIS

WEDNESDAY = dt.datetime(2026, 4, 15, 11, 20, tzinfo=PARIS)


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """A short life: four weeks each way."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_catalogue", verbosity=0, stdout=io.StringIO())
        seed(now=WEDNESDAY, say=lambda line: None, weeks=(4, 4))
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(seeded, db) -> Clinic:
    del seeded
    return Clinic.objects.get(name="Centre Voltaire")


def test_patients_were_told_and_the_desk_has_somebody_to_ring(demo):
    sent = Message.objects.filter(status="accepted")
    assert 300 < sent.count() < 2500
    to_come = Message.objects.filter(due_at__gt=WEDNESDAY)
    assert set(to_come.values_list("status", flat=True)) == {"due"}
    assert not sent.filter(settled_at__gt=WEDNESDAY).exists()
    assert not sent.filter(settled_at__lt=F("due_at")).exists()
    assert sent.filter(merged_into__isnull=False).exists()
    hours = {at.astimezone(PARIS).hour for at in sent.values_list("due_at", flat=True)}
    assert hours <= set(range(8, 20))
    reasons = set(Message.objects.exclude(status="accepted").values_list("reason", flat=True))
    assert reasons == {"refused", "", "gave-up", "too-late", "no-address"}
    assert to_tell.to_tell(demo, now=WEDNESDAY).count() >= 4
    assert to_tell.out_of_reach(demo, now=WEDNESDAY)
    assert 0 < PatientCall.objects.count() <= 4
    assert MessageConsent.objects.filter(how="stop").values("patient").distinct().count() == 1
    assert UnusableAddress.objects.count() == 1


def test_what_patients_were_told_says_nothing_about_care(demo):
    words = {name for row in Protocol.objects.all() for name in (row.name_fr, row.name_en)}
    texts = Message.objects.values_list("subject", "text")
    said = {f"{subject} {text}".lower() for subject, text in texts}
    assert not [word for word in words for text in said if word.lower() in text]
    assert any("rendez-vous" in text for text in said)
