"""Keys of patients: what they open, and when they end."""

import datetime as dt
import string

import pytest
from django.conf import settings

from clinic import booking
from clinic.models import PatientLink
from clinic.outbox import links
from clinic.outbox.links import Purpose, Wanted
from tests.factories import NOW, House, at, make_patient
from tests.pages.visiting import link_of, make_link, make_message, row_of

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=1)
LETTERS = string.ascii_letters + string.digits + "-_"


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def key(house: House) -> str:
    return links.issue(patient=house.patient, clinic=house.clinic, expires_at=LATER, now=NOW)


def opens(key: str, purpose: str = Purpose.PAGE, now: dt.datetime = NOW) -> bool:
    return links.find(key, purpose=purpose, now=now) is not None


def test_a_key_has_enough_random_bits_and_is_kept_as_a_hash_alone(house: House, key: str) -> None:
    assert len(key) * 6 >= 128
    (row,) = PatientLink.objects.values()
    assert key not in str(row)
    assert row["key_hash"] == links.fingerprint(key)
    assert links.find(key, purpose=Purpose.PAGE, now=NOW).patient == house.patient


def test_two_keys_differ_and_come_in_the_order_asked(house: House) -> None:
    patients = [make_patient(), make_patient()]
    keys = links.issue_many([Wanted(p, house.clinic, LATER) for p in patients], now=NOW)
    assert [row_of(key).patient for key in keys] == patients


def test_many_are_made_in_one_statement(house: House, django_assert_num_queries) -> None:
    wanted = [Wanted(house.patient, house.clinic, LATER)] * 20
    with django_assert_num_queries(1):
        assert len(set(links.issue_many(wanted, now=NOW))) == 20


def test_a_key_with_any_letter_changed_opens_nothing(key: str) -> None:
    assert opens(key)
    changed = {
        key[:n] + other + key[n + 1 :]
        for n in range(len(key))
        for other in LETTERS
        if other != key[n]
    }
    assert not any(opens(other) for other in changed)
    assert not any(opens(other) for other in ("", key[:-1], f"{key}A", key.swapcase(), "é" * 500))


def test_a_key_opens_its_own_purpose_until_it_expires(house: House, key: str) -> None:
    feed = make_link(house.patient, house.clinic, purpose=Purpose.FEED)
    assert [opens(key, Purpose.FEED), opens(feed), opens(feed, Purpose.FEED)] == [
        False,
        False,
        True,
    ]
    assert opens(key, now=LATER - dt.timedelta(seconds=1))
    assert not opens(key, now=LATER)
    assert links.known(key) is not None


def test_a_key_whose_link_was_revoked_opens_nothing(key: str) -> None:
    assert links.revoke([row_of(key)], now=NOW) == 1
    assert not opens(key)
    assert links.revoke([row_of(key)], now=LATER) == 0  # the first time counts
    assert row_of(key).revoked_at == NOW


def test_a_move_ends_the_links_of_messages_about_it_and_no_other(house: House) -> None:
    first, second, _third = house.book_series().appointments
    about = make_message(first)
    merged = make_message(second)
    type(about).objects.filter(pk=about.pk).update(merged_into=merged)
    about_first = link_of(first, message=about)
    about_both = link_of(second, message=merged)
    about_second_alone = link_of(second, message=make_message(second, channel="sms"))
    free = make_link(house.patient, house.clinic)
    moved = booking.move(
        appointment=first, starts_at=at("2026-03-02 10:00"), by=house.user, now=NOW
    )
    assert isinstance(moved, booking.Moved), moved
    assert [opens(key) for key in (about_first, about_both, about_second_alone, free)] == [
        False,
        False,
        True,
        True,
    ]


def test_a_cancelled_appointment_ends_its_links(house: House) -> None:
    appointment = house.book_series().appointments[0]
    key = link_of(appointment)
    booking.cancel(appointment=appointment, reason="patient", by=house.user, now=NOW)
    assert not opens(key)


def test_a_refused_move_ends_nothing(house: House) -> None:
    appointment = house.book_series().appointments[0]
    key = link_of(appointment)
    refused = booking.move(
        appointment=appointment, starts_at=at("2026-03-01 10:00"), by=house.user, now=NOW
    )
    assert isinstance(refused, booking.Refused)
    assert opens(key)


def test_addresses_are_whole_and_what_is_shown_of_a_key_opens_nothing(key: str) -> None:
    assert links.address_of(key) == f"{settings.SITE_URL}/r/{key}/"
    assert links.stop_address_of(key) == f"{settings.SITE_URL}/r/{key}/stop/"
    assert links.feed_address_of(key) == f"{settings.SITE_URL}/cal/{key}.ics"
    assert links.shown(key) == f"{key[:4]}…"
