"""What scanners type, and what is none of it."""

import datetime as dt

import pytest

from patients import gs1
from patients.gs1 import Scan

GTIN = "03401234567890"
WHOLE = Scan(GTIN, "ML24-08", dt.date(2027, 3, 31))


@pytest.mark.parametrize(
    "text",
    [
        f"(01){GTIN}(17)270331(10)ML24-08",
        f"(10)ML24-08(17)270331(01){GTIN}",
        f"01{GTIN}1727033110ML24-08",
        f"]d201{GTIN}1727033110ML24-08",
        f"\x1d01{GTIN}10ML24-08\x1d17270331",
        f"]C101{GTIN}10ML24-08\u241d17270331",
        f"  01{GTIN}1727033110ML24-08\r\n",
        f"01{GTIN}1124010110ML24-08\x1d17270331",
    ],
)
def test_a_code_is_read_in_every_spelling(text: str) -> None:
    assert gs1.parse(text) == WHOLE


def test_day_zero_is_the_last_of_the_month() -> None:
    assert gs1.parse(f"01{GTIN}1728020010A1") == Scan(GTIN, "A1", dt.date(2028, 2, 29))


def test_a_serial_number_is_read_beside_the_lot() -> None:
    assert gs1.parse(f"01{GTIN}10A1\x1d21S77") == Scan(GTIN, "A1", None, "S77")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ML24-08",
        "nappage",
        "\x1d\x1d",
        "(01)",
        "(01)(17)(10)",
        "(01" + GTIN,
        "01034012345678",
        "01034012345678951727033110A1",  # the check digit is wrong: misread
        f"01{GTIN}17279931" + "10A1",  # no such month
        f"01{GTIN}10" + "x" * 21,
        "010340123456789٣10A1",
        "½" * 40,
        "17270331",
    ],
)
def test_what_is_no_code_or_misread_is_none(text: str) -> None:
    assert gs1.parse(text) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("3401234567890", "03401234567890"),
        (" 40123455 ", "00000040123455"),
        ("", ""),
        ("3401234567891", ""),
        ("0" * 15, ""),
        ("٣" * 13, ""),
    ],
)
def test_a_number_is_kept_in_fourteen_digits(typed: str, kept: str) -> None:
    assert gs1.fourteen(typed) == kept


def test_a_number_is_found_as_it_was_typed_with_fewer_zeros() -> None:
    assert gs1.spellings(GTIN) == {GTIN, GTIN[1:]}
    assert "40123455" in gs1.spellings("00000040123455")
