"""What the worker does by itself, and when. Each job may run twice without harm."""

import datetime as dt
import logging

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from django_q.models import Schedule
from django_q.tasks import async_task

from clinic import alarms, alive
from clinic.booking import idempotency
from clinic.models import Clinic
from clinic.outbox import recalls
from patients import quotes, store

logger = logging.getLogger(__name__)
# Job → (how often, minutes for those that say "every so many minutes").
SCHEDULES = {
    "beat": (Schedule.MINUTES, 1),
    "watch_sender": (Schedule.MINUTES, 1),
    "forget_old_keys": (Schedule.DAILY, None),
    "forget_old_sign_ins": (Schedule.DAILY, None),
    "sweep_private_files": (Schedule.HOURLY, None),
    "expire_quotes": (Schedule.HOURLY, None),
    "plan_recalls": (Schedule.HOURLY, None),
}


def beat() -> None:
    """This process lives: `healthz` looks at it."""
    alive.beat(alive.WORKER, now=timezone.now())


def watch_sender() -> None:
    """Whoever minds the house is told when messages no longer leave."""
    alarms.watch(alive.SENDER, now=timezone.now())


def plan_recalls() -> int:
    """Maintenance that will be due and is not booked, for those who asked to be told."""
    return recalls.plan(now=timezone.now())


def forget_old_keys() -> int:
    """No request is sent again days later, so its answer need not be kept."""
    return idempotency.forget_old(now=timezone.now())


def forget_old_sign_ins() -> None:
    SessionStore.clear_expired()


def expire_quotes() -> int:
    """Quotes whose last day is over at every clinic: a quote belongs to none of them."""
    now = timezone.now()
    days = [clinic.today(now=now) for clinic in Clinic.objects.all()]
    return quotes.expire(today=min(days)) if days else 0


def sweep_private_files() -> dict[str, int]:
    """Take away photos and scans that no row names; say which rows lack theirs."""
    lost, missing = store.sweep(now=timezone.now())
    for name in missing:
        logger.error("The private store lacks %s, which a record names.", name)
    return {"taken away": len(lost), "missing": len(missing)}


def ensure_schedules(*, now: dt.datetime) -> None:
    """One schedule for each job, as it is here; a new one is due at once.

    The beat is queued besides: the cluster looks at its schedules only after half a minute, and
    until then an old beat would say that the worker stopped. The worker itself must write it: one
    written before it starts would tell of life that a crash at start has ended.
    """
    for job, (kind, minutes) in SCHEDULES.items():
        how = {
            "func": f"clinic.jobs.{job}",
            "schedule_type": kind,
            "minutes": minutes,
            "repeats": -1,
        }
        Schedule.objects.update_or_create(
            name=f"clinic.{job}", defaults=how, create_defaults=how | {"next_run": now}
        )
    ours = [f"clinic.{job}" for job in SCHEDULES]
    Schedule.objects.filter(name__startswith="clinic.").exclude(name__in=ours).delete()
    async_task("clinic.jobs.beat")
