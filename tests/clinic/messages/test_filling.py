"""Words in braces: which there may be, and what is said when a text is wrong."""

import pytest
from django.utils import translation

from clinic.messages import filling
from clinic.models import Kind

WORDS = {name: name.upper() for name in filling.WORDS}


def problems(text: str, kind: str = Kind.REMINDER, channel: str = "email", **more: bool):
    with translation.override("en"):
        return filling.problems(text, kind=kind, channel=channel, **more)


def test_a_good_text_has_no_problem() -> None:
    assert problems("Hello,\n\n{visits}\n\n{link}") == []
    assert problems("{label} {day} {time}", is_subject=True) == []
    assert problems("{label}: {phone}", kind=Kind.CANCELLED) == []


@pytest.mark.parametrize(
    "text", ["{link} {name}", "{link} {Label}", "{link} {patient.name}", "{link} {0}"]
)
def test_an_unknown_word_is_refused_with_those_allowed(text: str) -> None:
    (told,) = problems(text)
    assert told.endswith(
        "Allowed: {label}, {address}, {place}, {phone}, {date}, {day}, {time}, {count}, {visits},"
        " {link}, {stop}."
    )


@pytest.mark.parametrize("text", ["{link", "{link} }", "{link!r}", "{link:>900000000}", "{}"])
def test_a_broken_brace_is_refused_with_those_allowed(text: str) -> None:
    (told,) = problems(text)
    assert told.startswith("A brace does not close, or holds no word. Allowed: {label},")


def test_a_missing_link_is_refused_where_the_patient_needs_it() -> None:
    for kind in Kind:
        told = problems("Hello", kind=kind)
        assert (told == []) is (kind == Kind.CANCELLED), kind


def test_a_recall_has_no_hour_and_a_text_message_no_list() -> None:
    assert problems("{time} {link}", kind=Kind.RECALL) != []
    assert problems("{visits} {link}", channel="sms") != []
    assert problems("{link}", is_subject=True) != []


def test_a_sentence_whose_word_is_empty_is_left_out() -> None:
    text = "Come to {place}. Call {phone}. See {link}"
    assert filling.filled(text, WORDS) == "Come to PLACE. Call PHONE. See LINK"
    assert filling.filled(text, WORDS | {"phone": ""}) == "Come to PLACE. See LINK"


def test_braces_in_a_value_are_not_filled_again() -> None:
    assert filling.filled("{label}", WORDS | {"label": "{link}{x}"}) == "{link}{x}"


def test_double_braces_are_braces() -> None:
    assert problems("{{x}} {link}") == []
    assert filling.filled("{{x}} {link}", WORDS) == "{x} LINK"


def test_paragraphs_are_parted_by_empty_lines_however_sent() -> None:
    assert filling.paragraphs("a\r\nb\r\n\r\nc\n \n\nd") == ["a\nb", "c", "d"]
