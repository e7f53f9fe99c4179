"""Who may be the same person already."""

import datetime as dt

import pytest

from patients import twins
from tests.factories import make_patient

pytestmark = pytest.mark.django_db
BORN = dt.date(1980, 1, 31)


def reasons(**asked) -> list[list[str]]:
    return [[str(reason) for reason in twin.reasons] for twin in twins.likely(**asked)]


@pytest.mark.parametrize(
    ("family", "given"),
    [
        ("Dupont", "Marie-Ève"),
        ("DUPONT", "marie eve"),
        ("Marie-Ève", "Dupont"),
        ("Dupond", "Marie-Ève"),
        ("Duppont", "Marie-Ève"),
        ("Dupnot", "Marie Eve"),
        ("Dupon", "Marieeve"),
        ("Lefranc", "Marie-Ève"),
        ("Lefrank", "Marie-Eve"),
    ],
)
def test_a_near_name_with_the_same_birth_date_is_a_twin(family: str, given: str) -> None:
    make_patient("Dupont", "Marie-Ève", birth_name="Lefranc", birth_on=BORN)
    assert reasons(family_name=family, given_name=given, birth_on=BORN) == [[str(twins.SAME_BIRTH)]]


@pytest.mark.parametrize(
    ("family", "given", "born"),
    [
        ("Dupont", "Marie", dt.date(1980, 1, 30)),
        ("Durand", "Marie", BORN),
        ("Dupont", "Paul", BORN),
        ("Dumond", "Marie", BORN),
        ("", "", BORN),
    ],
)
def test_another_person_is_no_twin(family: str, given: str, born: dt.date) -> None:
    make_patient("Dupont", "Marie", birth_on=BORN)
    assert reasons(family_name=family, given_name=given, birth_on=born) == []


def test_short_names_one_letter_apart_are_two_names() -> None:
    make_patient("Li", "Wei", birth_on=BORN)
    assert reasons(family_name="Lu", given_name="Wei", birth_on=BORN) == []


def test_the_same_name_is_a_twin_where_a_birth_date_is_missing() -> None:
    make_patient("Dupont", "Marie")
    assert reasons(family_name="dupont", given_name="Marie", birth_on=BORN) == [
        [str(twins.SAME_NAME)]
    ]
    assert reasons(family_name="marie", given_name="Dupont") == [[str(twins.SAME_NAME)]]


def test_the_same_phone_or_email_is_a_reason_of_its_own() -> None:
    make_patient("Autre", "Une", phone="+33612345678", email="une@example.test")
    make_patient("Tiers", "Un", phone="", other_phone="+33612345678")
    found = reasons(family_name="Dupont", phones=("+33612345678",), email="UNE@example.test")
    assert found == [[str(twins.SAME_PHONE), str(twins.SAME_EMAIL)], [str(twins.SAME_PHONE)]]


def test_no_phone_is_not_the_same_phone() -> None:
    make_patient("Autre", "Une", phone="", email="")
    assert reasons(family_name="Dupont", phones=("", ""), email="") == []


def test_a_record_is_not_its_own_twin() -> None:
    patient = make_patient("Dupont", "Marie", birth_on=BORN)
    asked = {"family_name": "Dupont", "given_name": "Marie", "birth_on": BORN}
    assert reasons(**asked, besides=patient.pk) == []


def test_looking_for_twins_is_one_query(django_assert_num_queries) -> None:
    for number in range(3):
        make_patient("Dupont", "Marie", birth_on=BORN, email=f"m{number}@example.test")
    with django_assert_num_queries(1):
        assert len(twins.likely(family_name="Dupont", given_name="Marie", birth_on=BORN)) == 3


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("dupont", "dupont", True), ("dupont", "dupond", True), ("dupont", "dupon", True),
        ("dupont", "duppont", True), ("dupont", "udpont", True), ("dupont", "dpuotn", False),
        ("dupont", "durand", False), ("", "a", True), ("ab", "", False),
    ],
)  # fmt: skip
def test_one_slip(one: str, other: str, near: bool) -> None:
    assert twins.is_one_slip(one, other) is near
    assert twins.is_one_slip(other, one) is near
