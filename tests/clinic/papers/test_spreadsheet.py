"""No cell of a table is taken for a formula; numbers and phones stay of use."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from phonenumber_field.phonenumber import PhoneNumber

from clinic.papers import spreadsheet

FORMULAS = [
    *["=1+1", "+1", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1"],
    *["＝1", "＋1", "－1", "＠a"],
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_begins_like_a_formula_stays_text(text: str) -> None:
    assert spreadsheet.written(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Dupont", "", "1+1", "a=b", "O'Brien", "N° 5", "é", "שלום"])
def test_any_other_text_is_left_alone(text: str) -> None:
    assert spreadsheet.written(text) == text


def test_numbers_dates_and_phones_stay_of_use() -> None:
    lines = spreadsheet.lines(["a"], [[Decimal("1.50"), -5, None]], language="fr")
    assert list(lines) == ["\ufeffa\r\n", "1,50;-5;\r\n"]
    assert spreadsheet.written(dt.date(2026, 3, 2)) == "02/03/2026"
    assert spreadsheet.written(PhoneNumber.from_string("+33612345678")) == "06 12 34 56 78"
    assert spreadsheet.written(PhoneNumber.from_string("+32475123456")) == "00 32 475 12 34 56"


def test_what_is_read_back_is_what_was_written() -> None:
    rows = [[*FORMULAS, 'a"b', "a;b", "deux\nlignes"]]
    text = "".join(spreadsheet.lines([], rows, language="fr"))
    (_header, back) = csv.reader(io.StringIO(text[1:], newline=""), delimiter=";")
    assert [cell.removeprefix("'") for cell in back] == rows[0]
