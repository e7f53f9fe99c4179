"""Money as it is typed and as it is written: whole cents, never a float."""

import pytest
from django.utils import translation

from patients import money


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1 234,50 €", 123450),
        ("1\u202f234,5", 123450),
        ("1\u00a0234.50", 123450),
        ("0", 0),
        (" 12 ", 1200),
        ("€12.05", 1205),
        ("999999999,99", 99999999999),
    ],
)
def test_cents_reads_what_people_type(typed: str, cents: int) -> None:
    assert money.cents(typed) == cents


@pytest.mark.parametrize(
    "typed",
    ["", "-1", "1,2,3", "12,345", "1e3", "½", "٣", "1_0", "\0", "NaN", "x" * 10_000, "1" * 30],
)
def test_cents_refuses_what_is_no_amount(typed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 the message is what was typed
        money.cents(typed)


@pytest.mark.parametrize(
    ("language", "amount", "written"),
    [
        ("fr", 123450, "1\u00a0234,50\u00a0€"),
        ("fr", 0, "0,00\u00a0€"),
        ("fr", 123456789, "1\u00a0234\u00a0567,89\u00a0€"),
        ("en", 123450, "€1,234.50"),
        ("en", 5, "€0.05"),
    ],
)
def test_euros_in_the_readers_language(language: str, amount: int, written: str) -> None:
    with translation.override(language):
        assert money.euros(amount) == written


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("amount", [0, 1, 99, 100, 123450, 200_000_000])
def test_what_is_written_in_a_field_is_read_back(language: str, amount: int) -> None:
    with translation.override(language):
        assert money.cents(money.plain(amount)) == amount


@pytest.mark.parametrize(
    ("typed", "thousandths"), [("20", 200), ("5,5 %", 55), ("2.1", 21), ("0", 0), ("100", 1000)]
)
def test_permille_reads_a_rate(typed: str, thousandths: int) -> None:
    assert money.permille(typed) == thousandths


@pytest.mark.parametrize("typed", ["", "-5", "20,55", "abc", "%"])
def test_permille_refuses_what_is_no_rate(typed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        money.permille(typed)


def test_percent_in_the_readers_language() -> None:
    with translation.override("fr"):
        assert (money.percent(200), money.percent(55)) == ("20\u00a0%", "5,5\u00a0%")
    with translation.override("en"):
        assert (money.percent(200), money.percent(55)) == ("20%", "5.5%")


@pytest.mark.parametrize(
    ("amount", "rate", "tax"),
    [
        (12000, 200, 2000),
        (20000, 200, 3333),
        (10000, 200, 1667),
        (6000, 0, 0),
        (105, 55, 5),
        # A float would be off by a cent here.
        (1_999_999_999, 200, 333_333_333),
        (3, 1000, 2),  # one and a half: half upwards
    ],
)
def test_tax_within_an_amount_to_the_nearest_cent(amount: int, rate: int, tax: int) -> None:
    assert money.within(amount, rate) == tax
