"""The two sites of the demonstration: people who work there, rooms, devices, hours, closures."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from clinic.availability import Horizon, public_holidays
from clinic.demo.accounts import ACCOUNTS, PASSWORD
from clinic.models import Absence, Clinic, Resource, Role, StaffMember, User, WorkingHours
from clinic.moments import midnight
from protocols.models import ResourceKind

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = range(6)
MORNING, AFTERNOON = (9 * 60, 13 * 60 + 30), (14 * 60 + 30, 19 * 60)
NURSE_MORNING, NURSE_AFTERNOON = (10 * 60, 13 * 60 + 30), (14 * 60 + 30, 18 * 60)
OPEN = tuple((day, 9 * 60, 19 * 60) for day in range(6))

INSURANCE = "Assurance fictive des soignants, contrat DEMO-2026"
ZONE = ZoneInfo("Europe/Paris")

Week = tuple[tuple[int, int, int], ...]


def half_days(*days: tuple[int, str]) -> Week:
    """`(MONDAY, "ma")`: Monday morning and afternoon."""
    spans = {"m": MORNING, "a": AFTERNOON}
    return tuple((day, *spans[half]) for day, halves in days for half in halves)


# Eight half-days each, so that two physicians are there at any hour.
DOCTORS = (
    (
        "Dr Hélène Roux",
        "praticien@demo.test",
        half_days((MONDAY, "ma"), (TUESDAY, "ma"), (THURSDAY, "ma"), (SATURDAY, "ma")),
    ),
    (
        "Dr Amine Benali",
        "a.benali@demo.test",
        half_days((MONDAY, "ma"), (WEDNESDAY, "ma"), (THURSDAY, "ma"), (FRIDAY, "ma")),
    ),
    (
        "Dr Claire Nguyễn",
        "c.nguyen@demo.test",
        half_days((TUESDAY, "ma"), (WEDNESDAY, "ma"), (FRIDAY, "ma"), (SATURDAY, "ma")),
    ),
)
NURSE_WEEK = tuple(
    (day, *span)
    for day in range(TUESDAY, SATURDAY + 1)
    for span in (NURSE_MORNING, NURSE_AFTERNOON)
)
ROOMS = ("Salle 1", "Salle 2", "Salle 3", "Salle laser")
PREPARATION = ("Fauteuil A", "Fauteuil B")
DEVICES = (
    ("gun", "Pistolet 1"),
    ("gun", "Pistolet 2"),
    ("pen", "Stylo de micro-aiguilles"),
    ("led", "Lampe LED"),
    ("laser", "Laser d’épilation"),
    ("centrifuge", "Centrifugeuse"),
)


@dataclass(frozen=True)
class House:
    """What was built: `users` by e-mail."""

    main: Clinic
    second: Clinic
    users: dict[str, User]

    @property
    def clinics(self) -> tuple[Clinic, Clinic]:
        return self.main, self.second

    @cached_property
    def by_pk(self) -> dict[int, User]:
        return {user.pk: user for user in self.users.values()}

    @property
    def receptionist(self) -> User:
        return self.users["reception@demo.test"]


def build(*, today: dt.date) -> House:
    main, second = _clinics()
    users = _users()
    _staff(main, second, users)
    kinds = {kind.code: kind for kind in ResourceKind.objects.all()}
    _furnish(main, kinds, users)
    _furnish_second(second, kinds, users)
    _close(main, today)
    return House(main, second, users)


def _clinics() -> tuple[Clinic, Clinic]:
    main = Clinic.objects.create(
        name="Centre Voltaire",
        neutral_label="Cabinet Voltaire",
        street="112 boulevard Voltaire",
        postal_code="75011",
        city="Paris",
        phone="+33199000100",
        email="centre@voltaire.example.test",
        assistants_see_records=True,
        shows_leaflet=True,
    )
    second = Clinic.objects.create(
        name="Vincennes",
        neutral_label="Cabinet de Vincennes",
        street="8 rue du Midi",
        postal_code="94300",
        city="Vincennes",
        phone="+33199000200",
        email="vincennes@voltaire.example.test",
    )
    return main, second


def _users() -> dict[str, User]:
    """One hash for all: it is made slow on purpose, and the password is printed anyway."""
    password = make_password(PASSWORD)
    made = User.objects.bulk_create(
        User(email=a.email, first_name=a.first_name, last_name=a.last_name, password=password)
        for a in ACCOUNTS
    )
    return {user.email: user for user in made}


def _staff(main: Clinic, second: Clinic, users: dict[str, User]) -> None:
    """The manager and one receptionist work at both sites."""
    there = {"manager@demo.test", "accueil2@demo.test", "vincennes@demo.test"}
    here = {account.email for account in ACCOUNTS} - {"vincennes@demo.test"}
    StaffMember.objects.bulk_create(
        StaffMember(user=users[account.email], clinic=clinic, role=Role(account.role))
        for clinic, emails in ((main, here), (second, there))
        for account in ACCOUNTS
        if account.email in emails
    )


def _furnish(clinic: Clinic, kinds: dict[str, ResourceKind], users: dict[str, User]) -> None:
    for position, (name, email, week) in enumerate(DOCTORS, 1):
        _add(clinic, kinds["practitioner"], name, week, position, users[email], "physician")
    nurse = users["s.faure@demo.test"]
    _add(clinic, kinds["practitioner"], "Sandrine Faure (IDE)", NURSE_WEEK, 4, nurse, "nurse")
    things = [("room", name) for name in ROOMS] + [("prep", name) for name in PREPARATION]
    for position, (code, name) in enumerate([*things, *DEVICES], 1):
        _add(clinic, kinds[code], name, OPEN, position)


def _furnish_second(clinic: Clinic, kinds: dict[str, ResourceKind], users: dict[str, User]) -> None:
    week = half_days((TUESDAY, "ma"), (THURSDAY, "ma"), (FRIDAY, "m"))
    doctor = users["vincennes@demo.test"]
    _add(clinic, kinds["practitioner"], "Dr Paul Marchetti", week, 1, doctor, "physician")
    for position, (code, name) in enumerate((("room", "Cabinet"), ("gun", "Pistolet")), 1):
        _add(clinic, kinds[code], name, OPEN, position)


def _add(
    clinic: Clinic,
    kind: ResourceKind,
    name: str,
    week: Week,
    position: int,
    user: User | None = None,
    qualification: str = "",
) -> None:
    resource = Resource.objects.create(
        clinic=clinic,
        kind=kind,
        name=name,
        position=position,
        user=user,
        qualification=qualification,
        order_number=f"DEMO-75-{1000 * clinic.pk + position}" if qualification else "",
        insurance=INSURANCE if qualification else "",
    )
    WorkingHours.objects.bulk_create(
        WorkingHours(resource=resource, weekday=day, from_minute=start, to_minute=end)
        for day, start, end in week
    )


def _close(clinic: Clinic, today: dt.date) -> None:
    """A day of works five weeks ahead, one gone by; a doctor's holidays that everybody knew of."""
    doctor = clinic.resources.get(name=DOCTORS[1][0])
    works, past = working_day(clinic, today + dt.timedelta(weeks=5)), today - dt.timedelta(weeks=9)
    holidays = today + dt.timedelta(days=49 - today.weekday())
    Absence.objects.bulk_create(
        [
            absence(clinic, working_day(clinic, past), 1, "Travaux électriques"),
            absence(clinic, works, 1, "Maintenance des appareils"),
            absence(clinic, holidays, 6, "Congés", doctor),
        ]
    )


def absence(
    clinic: Clinic, on: dt.date, days: int, label: str, resource: Resource | None = None
) -> Absence:
    """Whole local days."""
    return Absence(
        clinic=clinic,
        resource=resource,
        starts_at=midnight(on, clinic.zone),
        ends_at=midnight(on + dt.timedelta(days=days), clinic.zone),
        label=label,
    )


def working_day(clinic: Clinic, on: dt.date) -> dt.date:
    """This day, or the first after it on which the clinic is open."""
    return next(day for day in _days_from(on) if is_open(clinic, day))


def is_open(clinic: Clinic, on: dt.date) -> bool:
    return on.weekday() <= SATURDAY and not public_holidays(Horizon(clinic, on, on))


def _days_from(on: dt.date) -> Iterator[dt.date]:
    while True:
        yield on
        on += dt.timedelta(days=1)
