"""What the worker does by itself."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from clinic import jobs
from clinic.alive import WORKER, worker_state
from clinic.models import IdempotencyKey, WorkerBeat
from tests.factories import NOW, make_user

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=5)


def test_beat_twice_leaves_one_row_and_a_healthy_worker():
    jobs.beat()
    jobs.beat()
    assert list(WorkerBeat.objects.values_list("name", flat=True)) == ["worker"]
    assert worker_state(now=timezone.now())["state"] == "ok"


def test_schedules_written_twice_are_one_each():
    jobs.ensure_schedules(now=NOW)
    jobs.ensure_schedules(now=NOW)
    rows = Schedule.objects.order_by("name").values_list("func", "schedule_type", "minutes")
    assert list(rows) == [
        ("clinic.jobs.beat", Schedule.MINUTES, 1),
        ("clinic.jobs.expire_quotes", Schedule.HOURLY, None),
        ("clinic.jobs.forget_old_keys", Schedule.DAILY, None),
        ("clinic.jobs.forget_old_sign_ins", Schedule.DAILY, None),
        ("clinic.jobs.plan_recalls", Schedule.HOURLY, None),
        ("clinic.jobs.sweep_private_files", Schedule.HOURLY, None),
        ("clinic.jobs.watch_sender", Schedule.MINUTES, 1),
    ]


def test_schedules_at_a_new_start_stay_due_when_they_were():
    jobs.ensure_schedules(now=NOW)
    jobs.ensure_schedules(now=LATER)
    assert set(Schedule.objects.values_list("next_run", flat=True)) == {NOW}


def test_schedules_at_a_start_the_worker_is_asked_to_beat_first_of_all():
    """It beats in its own process: nobody does it in its name."""
    WorkerBeat.objects.create(name=WORKER, at=NOW)
    jobs.ensure_schedules(now=LATER)
    assert [job.func() for job in OrmQ.objects.all()] == ["clinic.jobs.beat"]
    assert WorkerBeat.objects.get().at == NOW


def test_schedules_of_jobs_that_are_no_more_go_away():
    Schedule.objects.create(name="clinic.gone", func="clinic.jobs.gone")
    Schedule.objects.create(name="somebody's own", func="builtins.print")
    call_command("ensure_schedules", verbosity=0)
    names = set(Schedule.objects.values_list("name", flat=True))
    assert names == {f"clinic.{job}" for job in jobs.SCHEDULES} | {"somebody's own"}


def test_every_scheduled_job_can_be_run():
    assert all(callable(getattr(jobs, job)) for job in jobs.SCHEDULES)


def test_old_keys_are_forgotten_and_fresh_ones_kept():
    user, now = make_user(), timezone.now()
    for name, age in (("old", 72), ("fresh", 1)):
        IdempotencyKey.objects.create(
            key=name, by=user, fingerprint="", answer={}, created_at=now - dt.timedelta(hours=age)
        )
    assert jobs.forget_old_keys() == 1
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["fresh"]
