"""A patient is found however the name, number or birth date is typed."""

import datetime as dt

import pytest

from patients.models import Patient
from patients.search import find, first, is_too_short
from patients.words import search_text
from tests.factories import NOW, make_patient
from tests.patients.names import NAMES, ways_to_type

pytestmark = pytest.mark.django_db


def names_found(query: str) -> list[str]:
    return [patient.name for patient in find(query)]


def add(names: list[tuple[str, str]]) -> None:
    rows = [
        Patient(family_name=family, given_name=given, created_at=NOW) for family, given in names
    ]
    for row in rows:
        row.search_text, row.sort_text = search_text(row)
    Patient.objects.bulk_create(rows)


def test_every_name_is_found_in_every_way_it_is_typed() -> None:
    add(NAMES)
    assert len(NAMES) == 200
    lost = [
        (family, given, typed)
        for family, given in NAMES
        for typed in ways_to_type(family, given)
        if not find(typed).filter(family_name=family, given_name=given).exists()
    ]
    assert lost == []


def test_only_those_who_match_are_found() -> None:
    add(NAMES)
    assert names_found("nguyen zoe") == ["NGUYỄN Zoë"]
    assert names_found("lukasi anne") == ["ŁUKASIEWICZ Anne-Sophie"]
    assert names_found("petrov") == []  # another script is another name
    assert names_found("петров zoe") == ["ПЕТРОВ Zoë"]


@pytest.mark.parametrize(
    "typed", ["O’Brien", "O'Brien", "OBrien", "o brien", "OBRIEN", "obri", "brien"]
)
def test_an_apostrophe_makes_no_difference(typed: str) -> None:
    add([("O’Brien", ""), ("O'Brien", ""), ("OʼBrien", ""), ("Obama", "")])
    assert len(names_found(typed)) == 3


@pytest.mark.parametrize(
    "typed", ["de la tour", "delatour", "latour", "la tour", "tour", "DE LA TOUR", "Tour de la"]
)
def test_a_name_of_several_words_is_found_from_each(typed: str) -> None:
    add([("de La Tour", "Anne"), ("Autour", "Anne")])
    assert names_found(typed) == ["DE LA TOUR Anne"]


def test_the_middle_of_a_word_is_no_beginning() -> None:
    make_patient("Dupont", "")
    assert names_found("pont") == []


def test_words_come_in_any_order() -> None:
    make_patient("Dupont", "Marie-Claire")
    assert names_found("cla dup") == names_found("dup mar") == ["DUPONT Marie-Claire"]


def test_the_birth_name_finds_too() -> None:
    make_patient("Dupont", "Marie", birth_name="Lefranc")
    assert names_found("lefranc marie") == ["DUPONT Marie"]


@pytest.mark.parametrize(
    "typed",
    [
        "0612345678", "06 12 34 56 78", "06.12.34.56.78", "06-12-34-56-78", "+33612345678",
        "+33 6 12 34 56 78", "+33 (0)6 12 34 56 78", "0033 6 12 34 56 78", "33612345678", "0612",
        "06 12", "+3361", "dupont 0612", "06 12 34 dup", "06/12/34/56/78", "（06）12 34 56",
    ],
)  # fmt: skip
def test_a_phone_is_found_in_every_form(typed: str) -> None:
    make_patient("Dupont", "Marie", phone="+33612345678")
    make_patient("Autre", "Une", phone="+33698765432")
    assert names_found(typed) == ["DUPONT Marie"]


@pytest.mark.parametrize(
    "typed", ["0475 12 34 56", "+32 475 12 34 56", "0032475123456", "0475/12.34.56"]
)
def test_a_phone_from_abroad_is_found_as_dialled_there(typed: str) -> None:
    make_patient("Peeters", "An", phone="+32475123456")
    assert names_found(typed) == ["PEETERS An"]


@pytest.mark.parametrize(
    "typed",
    [
        "31/01/1980", "31/1/1980", "31.01.1980", "31-01-1980", "31 01 1980", "31011980",
        "1980-01-31", "1980/1/31", "19800131", "31/01/80", "31/01", "1980", "31 janvier 1980",
        "31 janv. 1980", "31 January 1980", "January 31, 1980", "01/31/1980", "dupont 31/01/1980",
        "1980-01", "31 JAN 1980",
    ],
)  # fmt: skip
def test_a_birth_date_is_found_in_every_form(typed: str) -> None:
    make_patient("Dupont", "Marie", birth_on=dt.date(1980, 1, 31))
    make_patient("Autre", "Une", birth_on=dt.date(1981, 2, 28))
    assert names_found(typed) == ["DUPONT Marie"]


def test_the_first_of_january_of_the_year_one_hundred_is_no_error() -> None:
    assert names_found("01/01/0100") == []


def test_an_email_is_found_from_its_beginning() -> None:
    make_patient("Dupont", "Marie", email="Marie.Dupont@example.test")
    assert (
        names_found("marie.dupont@example.test")
        == names_found("MARIE.DUPONT@ex")
        == ["DUPONT Marie"]
    )


@pytest.mark.parametrize(
    "typed", ["", " ", "%", "_", "%%", "--", "'", "\0", "😀", "\u202e", "\\", "+", "()"]
)
def test_what_is_no_word_finds_nobody(typed: str) -> None:
    make_patient("Dupont", "Marie")
    assert names_found(typed) == []


@pytest.mark.parametrize(
    "typed",
    ["x" * 10_000, "1" * 10_000, "a b " * 3_000, "\0dup", "31/31/3131", "٣١/٠١/١٩٨٠ ²", "@", "a@"],
)
def test_odd_queries_are_no_error(typed: str) -> None:
    make_patient("Dupont", "Marie")
    assert find(typed).count() in {0, 1}


def test_one_letter_finds_only_the_name_of_that_letter() -> None:
    add([("Y", "Anne"), ("Yvon", "Paul")])
    assert names_found("y") == ["Y Anne"]
    assert is_too_short("y")
    assert not is_too_short("yv")
    assert not is_too_short("王")


def test_names_that_begin_as_typed_come_first() -> None:
    add([("Abel", "Martin"), ("Martin", "Zoë"), ("Bernard", "Martine")])
    assert names_found("martin") == ["MARTIN Zoë", "ABEL Martin", "BERNARD Martine"]


def test_the_first_few_come_with_the_count_of_all(django_assert_num_queries) -> None:
    add([("Martin", f"Anne {number}") for number in range(25)])
    with django_assert_num_queries(1):
        found = first("martin", limit=10)
    assert (len(found.ids), found.total, found.more) == (10, 25, 15)
