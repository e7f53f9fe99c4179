"""django-appointment asked the same question: `python -m benchmarks.peer DATABASE < calendar.json`.

A process of its own, because it needs settings of its own. Its wheel has no migrations, so its
tables are made straight from its models. It works on every weekday here: one of its look-ups takes
the hours of today's weekday whatever the day asked for, and a lunch break cannot be expressed.
"""

import contextlib
import datetime as dt
import io
import json
import logging
import sys

APPS = ("auth", "contenttypes", "sessions", "messages")
BATCH = 400


def main() -> None:
    booked = json.load(sys.stdin)
    quiet = io.StringIO()
    with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        set_up(sys.argv[1])
        staff = build(booked)
        from benchmarks.slots import measured

        figure = measured("django-appointment", lambda: free(staff))
    print(json.dumps([vars(figure) | {"name": f"django-appointment {version()}, SQLite"}]))


def version() -> str:
    from importlib.metadata import version as version_of

    return version_of("django-appointment")


def set_up(database: str) -> None:
    import django
    from django.conf import settings

    logging.disable(logging.CRITICAL)
    settings.configure(
        SECRET_KEY="bench",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
        INSTALLED_APPS=[*(f"django.contrib.{app}" for app in APPS), "django_q", "appointment"],
        MIGRATION_MODULES={"appointment": None},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        TIME_ZONE="UTC",
        ROOT_URLCONF="appointment.urls",
        Q_CLUSTER={"name": "bench", "orm": "default"},
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    let_its_forms_load()


def let_its_forms_load() -> None:
    """One of its forms names a word that the phone package dropped; forms take no part in this."""
    from django.forms import TextInput
    from phonenumber_field import widgets

    class Prefix(TextInput):
        def __init__(self, initial: str = "") -> None:
            del initial
            super().__init__()

    widgets.PhoneNumberPrefixWidget = Prefix


def build(booked: list[tuple[str, int]]):
    from appointment.models import (
        Appointment,
        AppointmentRequest,
        Service,
        StaffMember,
        WorkingHours,
    )
    from django.contrib.auth import get_user_model

    from benchmarks.slots import CLOSE, MINUTES, OPEN

    user = get_user_model().objects.create_user("bench", email="bench@example.test")
    length = dt.timedelta(minutes=MINUTES)
    service = Service.objects.create(name="Visit", duration=length, price=0)
    staff = StaffMember.objects.create(
        user=user, slot_duration=MINUTES, lead_time=clock(OPEN), finish_time=clock(CLOSE),
        appointment_buffer_time=0, work_on_saturday=True, work_on_sunday=True,
    )  # fmt: skip
    staff.services_offered.add(service)
    for day in range(7):
        WorkingHours.objects.create(
            staff_member=staff, day_of_week=day, start_time=clock(OPEN), end_time=clock(CLOSE)
        )
    requests = AppointmentRequest.objects.bulk_create(
        [
            AppointmentRequest(
                date=dt.date.fromisoformat(on),
                start_time=clock(minute),
                end_time=clock(minute + MINUTES),
                service=service,
                staff_member=staff,
                id_request=str(number),
            )
            for number, (on, minute) in enumerate(booked)
        ],
        BATCH,
    )
    Appointment.objects.bulk_create(
        [
            Appointment(client=user, appointment_request=request, id_request=request.id_request)
            for request in requests
        ],
        BATCH,
    )
    return StaffMember.objects.get(pk=staff.pk)


def clock(minute: int) -> dt.time:
    return dt.time(*divmod(minute, 60))


def free(staff) -> list[int]:
    """Its own public function, one day after the other: it has no other."""
    from appointment.services import get_available_slots_for_staff

    from benchmarks.slots import FIRST, WEEKS

    days = (FIRST + dt.timedelta(days=number) for number in range(WEEKS * 7))
    slots = (slot for day in days for slot in get_available_slots_for_staff(day, staff))
    return [int(slot.replace(tzinfo=dt.UTC).timestamp()) // 60 for slot in slots]


if __name__ == "__main__":
    main()
