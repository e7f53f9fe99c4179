"""The demonstration clinic keeps the product's own rules, and every list has something to show."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, F

from clinic.demo import accounts
from clinic.demo.seeding import Seeded, seed
from clinic.models import (
    OCCUPYING,
    Appointment,
    AuditEntry,
    Clinic,
    Hold,
    Role,
    User,
)
from clinic.moments import to_minute, to_minute_up
from clinic.pages import calls, desk
from patients import twins
from patients.models import Patient, Series, TreatmentSession
from patients.series import rules_for
from tests.factories import PARIS

WEDNESDAY = dt.datetime(2026, 4, 15, 11, 20, tzinfo=PARIS)
DAY = dt.timedelta(days=1)


def seeded(now: dt.datetime) -> Seeded:
    call_command("load_catalogue", verbosity=0, stdout=io.StringIO())
    return seed(now=now, say=lambda line: None)


@pytest.fixture(scope="module")
def now() -> dt.datetime:
    return WEDNESDAY


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, now):
    """Seeded once for all tests of this file, and rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield seeded(now)
        transaction.set_rollback(True)


@pytest.fixture
def main(demo, db) -> Clinic:
    del demo
    return Clinic.objects.get(name="Centre Voltaire")


def test_demo_has_the_size_that_was_promised(main, demo):
    assert Patient.objects.count() == demo.patients == 400
    assert Appointment.objects.count() == demo.appointments
    assert demo.appointments > 2000
    assert Clinic.objects.count() == 2


def test_sessions_keep_the_gaps_to_their_neighbours(main):
    broken = []
    every = Series.objects.prefetch_related("sessions__step", "sessions__appointments")
    for series in every:
        sessions = list(series.sessions.all())
        dates = {s.number: on for s in sessions if (on := held_on(s))}
        for session in sessions:
            if session.number in dates:
                rules = rules_for(session, sessions, dates, series.previous_on)
                broken += [rule for rule in rules if not rule.allows(dates[session.number])]
    assert broken == []


def held_on(session: TreatmentSession) -> dt.date | None:
    live = [a for a in session.appointments.all() if a.status in OCCUPYING]
    return live[0].starts_at.astimezone(PARIS).date() if live else None


def test_session_status_follows_its_last_attempt(main):
    scheduled = TreatmentSession.objects.filter(status=TreatmentSession.Status.SCHEDULED)
    assert not scheduled.exclude(appointments__status__in=["booked", "arrived"]).exists()
    done = TreatmentSession.objects.filter(status=TreatmentSession.Status.COMPLETED)
    assert not done.exclude(appointments__status="fulfilled").exists()
    waiting = TreatmentSession.objects.filter(status=TreatmentSession.Status.NOT_STARTED)
    assert not waiting.filter(appointments__status__in=OCCUPYING).exists()


def test_every_appointment_holds_what_it_needs_and_only_while_it_lasts(main):
    assert not Appointment.objects.annotate(n=Count("holds")).filter(n=0).exists()
    assert not Hold.objects.filter(active=True).exclude(appointment__status__in=OCCUPYING).exists()
    assert not Hold.objects.filter(active=False, appointment__status__in=OCCUPYING).exists()
    spans = Hold.objects.values_list(
        "starts", "ends", "appointment__starts_at", "appointment__ends_at"
    )
    assert all(to_minute(a) <= s < e <= to_minute_up(b) for s, e, a, b in spans)


def test_nothing_happened_before_it_was_booked_or_after_now(main, now):
    late = Appointment.objects.filter(booked_at__gte=F("starts_at"))
    assert not late.exists()
    assert not Appointment.objects.filter(changed_at__gt=now).exists()
    assert not Appointment.objects.filter(changed_at__lt=F("booked_at")).exists()
    assert not AuditEntry.objects.filter(at__gt=now).exists()
    past = {"fulfilled", "noshow"}
    assert not Appointment.objects.filter(status__in=past, starts_at__gt=now).exists()
    assert not Appointment.objects.filter(patient__created_at__gt=F("booked_at")).exists()


def test_no_shows_are_as_frequent_as_in_france(main, now):
    past = Appointment.objects.filter(ends_at__lte=now).exclude(status="cancelled")
    share = past.filter(status="noshow").count() / past.count()
    assert 0.06 <= share <= 0.10


def test_coming_weeks_are_as_full_as_promised(main, now):
    monday = (now.astimezone(PARIS) + (7 - now.weekday()) * DAY).replace(hour=0, minute=0)
    holds = Hold.objects.filter(
        active=True,
        resource__clinic=main,
        resource__qualification="physician",
        starts__gte=to_minute(monday),
        starts__lt=to_minute(monday + 28 * DAY),
    )
    taken = sum(end - start for start, end in holds.values_list("starts", "ends"))
    assert 0.62 <= taken / 60 / (4 * 108) <= 0.82  # holidays and the closure take some hours


def test_every_kind_of_series_is_there(main):
    assert set(Series.objects.values_list("status", flat=True)) == set(Series.Status.values)
    assert Series.objects.filter(previous_on__isnull=False).exists()
    assert Appointment.objects.filter(replaces__isnull=False).exists()
    assert Appointment.objects.filter(confirmed_at__isnull=False, status="booked").exists()
    moved = Appointment.objects.filter(replaces__isnull=False).exclude(
        replaces__status="cancelled", replaces__cancellation_reason="moved"
    )
    assert not moved.exists()


def test_the_desks_lists_have_something_to_do(main, demo, now):
    assert len(desk.to_move(main, now=now)) >= demo.to_move > 3
    assert calls.to_call(main, now=now)
    assert desk.to_close(main, now=now).exists()


def test_today_is_busy(main, now):
    day = now.astimezone(PARIS).replace(hour=0, minute=0)
    today = Appointment.objects.filter(
        clinic=main, starts_at__gte=day, starts_at__lt=day + DAY, status__in=OCCUPYING
    )
    assert today.count() >= 20
    assert today.filter(status="fulfilled").exists()
    assert today.filter(status="booked", starts_at__gt=now).count() >= 5


def test_people_are_reachable_by_fiction_only(main):
    phones = [str(p) for p in Patient.objects.exclude(phone="").values_list("phone", flat=True)]
    assert all(phone.startswith("+3363998") for phone in phones)
    emails = Patient.objects.exclude(email="").values_list("email", flat=True)
    assert all(email.endswith((".test", ".invalid")) for email in emails)
    assert Patient.objects.filter(phone="", other_phone="", email="").exists()
    assert not Patient.objects.filter(search_text="").exists()


@pytest.mark.parametrize(
    ("typed", "known"),
    [("Lefèvre Aurélie", "LEFEVRE Aurelie"), ("Obrien Siobhan", "O’BRIEN Siobhán")],
)
def test_two_people_were_entered_twice(main, typed, known):
    again = Patient.objects.filter(family_name=typed.split()[0], given_name=typed.split()[1]).last()
    found = twins.likely(
        family_name=again.family_name,
        given_name=again.given_name,
        birth_on=again.birth_on,
        phones=(str(again.phone),),
        besides=again.pk,
    )
    assert known in [twin.patient.name for twin in found]


def test_each_role_has_an_account_and_the_second_site_its_own_people(main):
    shown = {account.role for account in accounts.ACCOUNTS if account.is_shown}
    assert shown == set(Role)
    for account in accounts.ACCOUNTS:
        assert User.objects.get(email=account.email).check_password(accounts.PASSWORD)
    here = set(main.staff_members.values_list("user__email", flat=True))
    assert "vincennes@demo.test" not in here
    assert any(accounts.PASSWORD in line for line in accounts.lines())


def test_each_booking_is_in_the_trail(main):
    assert AuditEntry.objects.filter(action="series.book").count() == Series.objects.count()
    single = AuditEntry.objects.filter(action__in=["appointment.book", "appointment.move"])
    at_once = sum(
        len(detail["appointments"])
        for detail in AuditEntry.objects.filter(action="series.book").values_list(
            "detail", flat=True
        )
    )
    assert single.count() + at_once == Appointment.objects.count()
