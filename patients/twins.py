"""Who may be the same person already: shown before a second record is made, never refused."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patients.models import Patient
from patients.words import joined

SAME_BIRTH = _("near name, same birth date")
SAME_NAME = _("same name, a birth date is missing")
SAME_PHONE = _("same phone")
SAME_EMAIL = _("same e-mail")
MOST = 10
SHORTEST_FOR_A_TYPO = 4  # "Li" and "Lu" are two names


@dataclass(frozen=True)
class Twin:
    patient: Patient
    reasons: tuple[str | Promise, ...]


def likely(
    *,
    family_name: str,
    given_name: str = "",
    birth_name: str = "",
    birth_on: dt.date | None = None,
    phones: tuple[str, ...] = (),
    email: str = "",
    besides: int | None = None,
) -> list[Twin]:
    """Records that may be this person's, the likeliest first. `besides`: the record itself."""
    asked = Patient(
        family_name=family_name, given_name=given_name, birth_name=birth_name,
        birth_on=birth_on, email=email,
    )  # fmt: skip
    numbers = frozenset(filter(None, map(str, phones)))
    twins = [
        Twin(patient, reasons)
        for patient in _candidates(asked, numbers).exclude(pk=besides or 0)[:500]
        if (reasons := tuple(_reasons(asked, numbers, patient)))
    ]
    return sorted(twins, key=lambda twin: -len(twin.reasons))[:MOST]


def _candidates(asked: Patient, numbers: frozenset[str]) -> QuerySet[Patient]:
    query = Q(search_text__contains=f" {joined(asked.family_name + asked.given_name)} ")
    query |= Q(search_text__contains=f" {joined(asked.given_name + asked.family_name)} ")
    if asked.birth_on:
        query |= Q(birth_on=asked.birth_on)
    if numbers:
        query |= Q(phone__in=numbers) | Q(other_phone__in=numbers)
    if asked.email:
        query |= Q(email__iexact=asked.email)
    return Patient.objects.filter(query).order_by("pk")  # one plain scan, not a walk by name


def _reasons(asked: Patient, numbers: frozenset[str], other: Patient) -> Iterator[str | Promise]:
    if asked.birth_on and other.birth_on:
        if asked.birth_on == other.birth_on and names_are_near(asked, other):
            yield SAME_BIRTH
    elif _names(asked) & _names(other):
        yield SAME_NAME
    if numbers & {str(other.phone), str(other.other_phone)}:
        yield SAME_PHONE
    if asked.email and asked.email.casefold() == other.email.casefold():
        yield SAME_EMAIL


def names_are_near(one: Patient, other: Patient) -> bool:
    """Accents, case, hyphens aside: equal, swapped, with the birth name, or one slip away."""
    return any(
        _is_near(a_family, b_family) and _is_near(a_given, b_given)
        for a_family, a_given in _names(one)
        for b_family, b_given in _names(other)
    )


def _names(patient: Patient) -> set[tuple[str, str]]:
    """Each way the pair may stand in a record: used or birth name, either one first."""
    given = joined(patient.given_name)
    families = {joined(name) for name in (patient.family_name, patient.birth_name) if name}
    return {(family, given) for family in families} | {(given, family) for family in families}


def _is_near(one: str, other: str) -> bool:
    return one == other or (
        min(len(one), len(other)) >= SHORTEST_FOR_A_TYPO and is_one_slip(one, other)
    )


def is_one_slip(one: str, other: str) -> bool:
    """One letter more, less, other, or two neighbours swapped."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return True
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
