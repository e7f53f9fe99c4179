"""Somebody is told, once, that a process of the house fell silent (R10)."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail

from clinic import alarms, alive
from clinic.models import Role
from tests.factories import NOW, House, make_user

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def house(settings: Any) -> House:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    house = House()
    make_user(house.clinic, Role.MANAGER, email="boss@example.test")
    return house


def watched(minutes: float, name: str = alive.SENDER) -> bool:
    return alarms.watch(name, now=NOW + minutes * MINUTE)


@pytest.mark.parametrize("name", [alive.SENDER, alive.WORKER])
def test_the_managers_are_told_within_five_minutes_and_once(house: House, name: str) -> None:
    alive.beat(name, now=NOW)
    told = [minute for minute in range(60) if watched(minute, name)]
    assert told == [5]  # asked each minute, past four of silence
    (letter,) = mail.outbox
    assert letter.to == ["boss@example.test"]
    assert "lundi 2 mars 2026, 08:00" in letter.body
    assert "/healthz" in letter.body


def test_one_that_came_back_and_fell_silent_again_is_told_again(house: House) -> None:
    alive.beat(alive.SENDER, now=NOW)
    assert watched(10)
    alive.beat(alive.SENDER, now=NOW + 20 * MINUTE)
    assert [watched(21), watched(30), watched(31)] == [False, True, False]


def test_one_that_never_was_is_not_missed(house: House) -> None:
    assert not watched(600)


def test_those_who_are_named_are_told_instead(house: House, settings: Any) -> None:
    settings.ALARM_EMAIL = ["it@example.test"]
    alive.beat(alive.SENDER, now=NOW)
    assert watched(10)
    assert mail.outbox[0].to == ["it@example.test"]


def test_what_could_not_be_said_is_said_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive.beat(alive.SENDER, now=NOW)

    def away(*_: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(alarms, "send_mail", away)
        assert not watched(10)
    assert watched(11)
    assert len(mail.outbox) == 1


def test_of_two_that_look_at_once_one_tells(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    alive.beat(alive.SENDER, now=NOW)
    sound = alarms.tell

    def other_looks_too(name: str, since: dt.datetime) -> None:
        assert not watched(10)
        sound(name, since)

    monkeypatch.setattr(alarms, "tell", other_looks_too)
    assert watched(10)
    assert len(mail.outbox) == 1
