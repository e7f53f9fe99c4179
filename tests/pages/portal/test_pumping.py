"""Text messages cost money: whoever hammers at the doors gets no more of them than the day's (R13).

Public doors with keys and numbers made up, gateways' answers, and patients who move to and fro and
change their number, from five hundred addresses. `PUMPING=10000 make test ARGS=…` for all of it.
"""

import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from clinic.messages import checking
from clinic.models import Appointment, Clinic, Message
from clinic.outbox import links
from patients.models import Patient
from tests.dispatching import Sink, book, dispatcher
from tests.factories import NOW, House, make_patient
from tests.pages.visiting import BIRTH, link_of, shown_key, starts_on, visit

REQUESTS = int(os.environ.get("PUMPING", "400"))
ADDRESSES = [f"10.{number // 250}.{number % 250}.7" for number in range(500)]
BUDGET, PATIENTS = 12, 6
ABROAD = "+8801712345678"


@dataclass
class Crowd:
    """Six patients who came by their links, and everybody else."""

    phones: list[Client]
    chance: random.Random

    @property
    def address(self) -> str:
        return self.chance.choice(ADDRESSES)

    def guess(self) -> None:
        """A key made up, and whatever can be asked of it."""
        key = links.new_key()
        name = self.chance.choice(["patient_link", "patient_stop", "feed"])
        ask = self.chance.choice([Client().get, Client().post])
        ask(reverse(name, args=[key]), REMOTE_ADDR=self.address)

    def text_back(self) -> None:
        """To the clinic's number, from numbers that nobody knows."""
        number = f"+88{self.chance.randrange(10**9, 10**10)}"
        words = {"From": number, "Body": self.chance.choice(["START", "hello", "?", "STOP"])}
        secret = self.chance.choice([settings.SMS_INBOUND_SECRET, "x" * 24])
        Client().post(f"/sms/inbound/{secret}/", words, REMOTE_ADDR=self.address)

    def move(self) -> None:
        """To another hour that is offered."""
        phone = self.chance.choice(self.phones)
        visits = Appointment.objects.filter(status="booked", patient=patient_of(phone))
        where = reverse("my_move", args=[visits.get().public_id])
        page = phone.get(where, REMOTE_ADDR=self.address).text
        if offered := starts_on(page):
            told = {"starts_at": self.chance.choice(offered), "key": shown_key(page)}
            phone.post(where, told, REMOTE_ADDR=self.address)

    def change_number(self) -> None:
        phone = self.chance.choice(self.phones)
        told = {
            "phone": self.chance.choice([ABROAD, f"+336{self.chance.randrange(10**7, 10**8)}"]),
            "email": "",
            "language": "fr",
            "preferred_channel": "sms",
            "version": patient_of(phone).version,
        }
        phone.post(reverse("my_contact"), told, REMOTE_ADDR=self.address)

    def ways(self) -> list[Callable[[], None]]:
        return [self.guess, self.text_back, self.move, self.change_number]


def patient_of(phone: Client) -> Patient:
    return Patient.objects.get(pk=phone.patient)  # type: ignore[attr-defined]  # put there below


@pytest.fixture
def crowd(house: House) -> Crowd:
    Clinic.objects.update(texts_a_day=BUDGET)
    phones = []
    for number in range(PATIENTS):
        patient = make_patient(email="", phone=f"+3363998{number:04}", birth_on=BIRTH)
        visit_ = book(house, f"2026-03-{12 + number // 3} {9 + number % 3:02}:00", patient=patient)
        phone = visit(Client(), link_of(visit_), knows_birth=True)
        phone.patient = patient.pk  # type: ignore[attr-defined]
        phones.append(phone)
    return Crowd(phones, random.Random(13))


def pumped(crowd: Crowd) -> Sink:
    """What left, while so many requests came in."""
    sink, ways = Sink(), crowd.ways()
    for number in range(REQUESTS):
        ways[number % len(ways)]()
        if number % 20 == 0:
            dispatcher(sink, NOW, late_a_minute=None).run()
    dispatcher(sink, NOW, late_a_minute=None).run()
    return sink


def test_texts_keep_to_known_patients_allowed_countries_and_the_days_budget(
    house: House, crowd: Crowd
) -> None:
    known = set(Patient.objects.values_list("pk", flat=True))
    sink = pumped(crowd)
    texts = [parcel for parcel in sink.parcels if parcel.message.channel == "sms"]
    assert len(texts) == BUDGET
    assert max(Counter(parcel.to for parcel in texts).values()) <= checking.TEXTS_A_NUMBER
    assert {parcel.message.patient_id for parcel in texts} <= known
    assert all(parcel.to.startswith("+33") for parcel in texts)
    assert set(Patient.objects.values_list("pk", flat=True)) == known
    barred = Message.objects.filter(status="failed").values_list("reason", flat=True)
    assert set(barred) == {"budget", "prefix"}  # and so on the desk's list, see test_to_tell


def test_without_the_bar_there_is_no_end_of_them(
    house: House, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    monkeypatch.setattr(checking, "bar", lambda *_: "")
    texts = [parcel for parcel in pumped(crowd).parcels if parcel.message.channel == "sms"]
    assert len(texts) > BUDGET
    assert any(parcel.to == ABROAD for parcel in texts)
