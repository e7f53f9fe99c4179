"""Patients who do not exist: plausible names, numbers of fiction, addresses that lead nowhere.

Phones are from the French numbers reserved for works of fiction (06 39 98 and 01 99 00), e-mails
from the domains reserved for tests.
"""

import datetime as dt
from random import Random
from typing import Any

from phonenumber_field.phonenumber import PhoneNumber

from clinic.demo.names import DESK_NOTES, FAMILIES, MEN, OTHER_SCRIPTS, STREETS, TOWNS, WOMEN
from patients.models import Gender, Language, Patient
from patients.words import plain, search_text

PATIENTS = 400
SHARE_OF_WOMEN = 0.78
YOUNGEST, OLDEST = 19, 84


def build(rng: Random, *, today: dt.date, first: dt.date, zone: dt.tzinfo) -> list[Patient]:
    """All of them, not saved yet; the first ones have been known longest."""
    made = [_patient(rng, number, today) for number in range(PATIENTS)]
    _twins(made)
    for number, patient in enumerate(made):
        on = first + (today - first) * number // (2 * PATIENTS)
        patient.created_at = dt.datetime.combine(on, dt.time(9, number % 60), zone)
        patient.search_text, patient.sort_text = search_text(patient)
    return made


def _patient(rng: Random, number: int, today: dt.date) -> Patient:
    family, given, gender = _name(rng, number)
    postal_code, city = rng.choice(TOWNS)
    has_address = rng.random() < 0.7
    patient = Patient(
        family_name=family,
        given_name=given,
        gender=gender,
        birth_on=_birth(rng, today),
        language=Language.ENGLISH if rng.random() < 0.06 else Language.FRENCH,
        street=f"{rng.randint(1, 180)} {rng.choice(STREETS)}" if has_address else "",
        postal_code=postal_code if has_address else "",
        city=city if has_address else "",
        desk_note=rng.choice(DESK_NOTES) if rng.random() < 0.06 else "",
    )
    if gender == Gender.FEMALE and rng.random() < 0.25:
        patient.birth_name = rng.choice(FAMILIES)
    _add_contacts(rng, patient, number)
    return patient


def _name(rng: Random, number: int) -> tuple[str, str, str]:
    """Every 25th writes the name in another script."""
    if number % 25 == 12:
        return OTHER_SCRIPTS[number // 25 % len(OTHER_SCRIPTS)]
    if rng.random() < SHARE_OF_WOMEN:
        return rng.choice(FAMILIES), rng.choice(WOMEN), Gender.FEMALE
    return rng.choice(FAMILIES), rng.choice(MEN), Gender.MALE


def _birth(rng: Random, today: dt.date) -> dt.date | None:
    if rng.random() < 0.02:
        return None
    years = rng.triangular(YOUNGEST, OLDEST, 44)
    return today - dt.timedelta(days=int(years * 365.25) + rng.randint(0, 364))


def _add_contacts(rng: Random, patient: Patient, number: int) -> None:
    """One in thirty cannot be reached at all, and the desk is told so."""
    if number % 30 == 7:
        return
    patient.phone = fictional(f"+3363998{number * 23 % 10_000:04}")
    if rng.random() < 0.12:
        patient.other_phone = fictional(f"+3319900{number * 17 % 10_000:04}")
    latin = plain(f"{patient.given_name} {patient.family_name}").replace(" ", ".")
    if rng.random() < 0.8:
        name = latin if latin.isascii() else "patient"
        patient.email = f"{name}.{number}@example.{rng.choice(['test', 'invalid'])}"


def _twins(made: list[Patient]) -> None:
    """The same person entered twice, in the two ways in which that happens."""
    known, again = made[40], made[-20]
    again.family_name, again.given_name, again.gender = "Lefèvre", "Aurélie", Gender.FEMALE
    known.family_name, known.given_name, known.gender = "LEFEVRE", "Aurelie", Gender.FEMALE
    again.birth_on = known.birth_on = dt.date(1987, 5, 14)
    known, again = made[41], made[-21]
    known.family_name, known.given_name, known.gender = "O’Brien", "Siobhán", Gender.FEMALE
    again.family_name, again.given_name, again.gender = "Obrien", "Siobhan", Gender.FEMALE
    known.phone = again.phone = fictional("+33639984242")


def fictional(number: str) -> Any:
    """A number of the ranges that France keeps for fiction."""
    return PhoneNumber.from_string(number)
