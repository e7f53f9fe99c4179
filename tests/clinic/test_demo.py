"""The demonstration clinic keeps the product's own rules, and every list has something to show."""

import datetime as dt
import io

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, F, Q

from clinic.demo import accounts
from clinic.demo.seeding import Seeded, seed
from clinic.models import (
    OCCUPYING,
    Appointment,
    AuditEntry,
    Clinic,
    Hold,
    Role,
    StaffMember,
    User,
)
from clinic.moments import to_minute, to_minute_up
from clinic.pages import calls, desk, worklist
from patients import consents, gs1, quotes, reviews, stock, twins
from patients.models import (
    AccessRequest,
    AdverseEvent,
    Amendment,
    Article,
    CareConsent,
    KeptText,
    Lot,
    Patient,
    Photo,
    ProductUse,
    Quote,
    Review,
    Screening,
    ScreeningDecision,
    Seal,
    Series,
    SessionRecord,
    TreatmentSession,
)
from patients.records import problems_before_signing, seals
from patients.series import rules_for
from patients.standing import Status, standings
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


# --- Records -------------------------------------------------------------------------------------


def test_chain_of_seals_holds_over_all_that_is_signed(main):
    assert seals.verify().broken is None
    signed = SessionRecord.objects.filter(status="signed").count()
    assert Seal.objects.count() == signed + Amendment.objects.count() > 1000
    assert Amendment.objects.count() > 3


def test_every_signed_record_is_of_a_session_done_by_who_held_it(main):
    signed = SessionRecord.objects.filter(status="signed")
    done = signed.filter(
        session__status="completed",
        session__appointments__status="fulfilled",
        patient=F("session__series__patient"),
        performer=F("session__appointments__holds__resource__user"),
        started_at__gte=F("session__appointments__starts_at"),
        ended_at__lte=F("session__appointments__ends_at"),
        signed_at__gte=F("ended_at"),
    )
    assert done.distinct().count() == signed.count()


def test_no_product_came_from_a_lot_that_was_not_good_that_day(main):
    uses = ProductUse.objects.select_related("lot", "record")
    for use in uses:
        on = use.record.started_at.astimezone(PARIS).date()
        assert use.lot.received_on <= on <= use.lot.expires_on
        assert use.lot.finished_on is None or on <= use.lot.finished_on
        assert use.lot.recalled_at is None or use.injected_at < use.lot.recalled_at
    other = uses.exclude(record__session__series__protocol__products=F("lot__article__product"))
    assert list(other) == []


def test_records_stand_up_to_the_rules_of_signing(main):
    for record in SessionRecord.objects.filter(status="signed")[::60]:
        found = problems_before_signing(
            record,
            on=record.started_at.astimezone(PARIS).date(),
            performer_qualification=record.performer.resources.get().qualification,
        )
        assert found.blockers == ()


def test_pain_falls_over_most_courses(main):
    pain = [course.pain for course in reviews.courses(list(Series.objects.all())).values()]
    long = [one for one in pain if len(one) >= 3]
    better = sum(one[-1] < one[0] for one in long)
    assert 0.7 < better / len(long) < 1


def test_stock_has_lots_of_every_kind(main, now):
    today = now.date()
    states = {stock.state_of(lot, today=today) for lot in Lot.objects.all()}
    assert states == set(stock.STATES)
    assert [lot for lot in Lot.objects.all() if stock.expires_soon(lot, today=today)]
    assert Lot.objects.get(recalled_at__isnull=False).uses.count() > 5
    assert all(gs1.is_gtin(code) for code in Article.objects.values_list("barcode", flat=True))


def test_who_signs_in_has_drafts_and_sessions_to_write(main, now):
    rows = worklist.to_write(staff(main, "praticien@demo.test"), now=now)
    drafts = [row for row in rows if getattr(row.session, "record", None)]
    assert (len(drafts), len(rows) - len(drafts)) == (3, 3)
    assert KeptText.objects.get().record.status == "draft"
    nurse = worklist.to_write(staff(main, "s.faure@demo.test"), now=now)
    assert 0 < nurse.count() < 4


def staff(clinic: Clinic, email: str) -> StaffMember:
    return StaffMember.objects.get(clinic=clinic, user__email=email)


def test_few_courses_wait_for_a_review_and_each_for_another_reason(main, now):
    due = [one.why for one in worklist.to_review(main, now=now)]
    assert set(due) == set(reviews.Why)
    assert len(due) <= 6
    assert set(Review.objects.values_list("outcome", flat=True)) == set(Review.Outcome)


# --- Before a session ----------------------------------------------------------------------------


def test_few_patients_are_blocked_and_hardly_anybody_who_comes_today(main, now):
    running = Series.objects.filter(status__in=Series.OPEN).values_list("patient", "protocol")
    found = standings(running, on=now.date())
    blocked = {patient for (patient, _protocol), one in found.items() if one.blockers}
    held = {patient for (patient, _protocol), one in found.items() if one.not_before}
    assert 3 <= len(blocked) <= 9
    assert 2 <= len(held) <= 5
    assert ScreeningDecision.objects.filter(kind="cleared", until__gte=now.date()).count() > 3
    today = Appointment.objects.filter(
        clinic=main, starts_at__date=now.date(), status__in=OCCUPYING, session__isnull=False
    )
    assert today.filter(patient__in=blocked).count() <= 1
    statuses = standings(today.values_list("patient", "session__series__protocol"), on=now.date())
    assert {Status.CLEARED, Status.TO_BE_SEEN} <= {one.status for one in statuses.values()}


def test_nobody_was_treated_without_consent(main, now):
    agreed = set(CareConsent.objects.values_list("patient", "protocol"))
    began = Series.objects.filter(sessions__status="completed").distinct()
    assert set(began.values_list("patient", "protocol")) <= agreed
    assert all(consents.is_intact(consent) for consent in CareConsent.objects.all())
    assert CareConsent.objects.filter(withdrawn_at__isnull=False).count() == 1
    to_begin = Series.objects.filter(status="active").exclude(pk__in=began)
    lacking = set(to_begin.values_list("patient", "protocol")) - agreed
    assert lacking
    today = to_begin.filter(
        sessions__appointments__starts_at__date=now.date(),
        sessions__appointments__status__in=OCCUPYING,
    )
    assert not lacking & set(today.values_list("patient", "protocol"))


def test_quotes_of_every_kind_are_sealed_and_counted(main, now):
    assert set(Quote.objects.values_list("status", flat=True)) == set(Quote.Status.values)
    assert all(quotes.is_intact(quote) for quote in Quote.objects.exclude(status="draft"))
    for year in ("D2025-", "D2026-"):
        numbers = Quote.objects.filter(number__startswith=year).values_list("number", flat=True)
        in_order = [f"{year}{place:04}" for place in range(1, len(numbers) + 1)]
        assert sorted(numbers) == in_order != []
    assert not Quote.objects.filter(series__isnull=False, status="draft").exists()


# --- After it ------------------------------------------------------------------------------------


def test_reactions_are_open_and_closed_each_in_its_vigilance(main):
    events = AdverseEvent.objects.all()
    assert set(events.values_list("status", flat=True)) == {"open", "closed"}
    assert events.filter(channel="device").exclude(declaration="").count() == 1
    kinds = {"device": "device", "amm": "drug", "cosmetic": "cosmetic"}
    for event in events.filter(product_use__isnull=False):
        assert event.channel == kinds[event.product_use.regulatory_status]
        assert event.product_use.record.session_id == event.session_id


def test_files_are_asked_for_and_one_is_nearly_due(main, now):
    due = AccessRequest.objects.filter(status="open").values_list("due_on", flat=True)
    assert sorted((on - now.date()).days for on in due) == [2, 42]
    assert AccessRequest.objects.filter(status="delivered").exists()


def test_photos_are_drawn_and_in_the_private_store(main):
    for photo in Photo.objects.all():
        assert storages["private"].size(photo.file) == photo.size
    zones = Photo.objects.values("patient", "zone").annotate(moments=Count("moment", distinct=True))
    assert {row["moments"] for row in zones} == {2}
    assert zones.count() >= 4


def test_no_record_was_written_after_now(main, now):
    later = {
        Screening: "answered_at", ScreeningDecision: "at", CareConsent: "given_at", Seal: "at",
        Quote: "created_at", SessionRecord: "saved_at", AdverseEvent: "reported_at", Review: "at",
        Photo: "at", Amendment: "at", AccessRequest: "at",
    }  # fmt: skip
    for model, column in later.items():
        assert not model._default_manager.filter(Q(**{f"{column}__gt": now})).exists(), model


def test_assistants_see_records_at_one_of_the_two_sites(main):
    granted = Clinic.objects.order_by("pk").values_list("assistants_see_records", flat=True)
    assert list(granted) == [True, False]
