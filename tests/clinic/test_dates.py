"""The first of a month in French, in templates and out of them."""

import datetime as dt

import pytest
from django.template import Context, Template
from django.utils import translation

from clinic.dates import written

FIRST, SECOND = dt.date(2026, 12, 1), dt.date(2026, 12, 2)


@pytest.mark.parametrize(
    ("language", "on", "pattern", "text"),
    [
        ("fr", FIRST, "l j F Y", "mardi 1er décembre 2026"),
        ("fr", FIRST, "DATE_FORMAT", "1er décembre 2026"),
        ("fr", FIRST, "j", "1"),
        ("fr", FIRST, "d/m/Y", "01/12/2026"),
        ("fr", SECOND, "l j F Y", "mercredi 2 décembre 2026"),
        ("en", FIRST, "l j F Y", "Tuesday 1 December 2026"),
    ],
)
def test_the_first_is_written_as_the_language_does(
    language: str, on: dt.date, pattern: str, text: str
) -> None:
    with translation.override(language):
        assert written(on, pattern) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(FIRST, "1er décembre"), (SECOND, "2 décembre"), (None, ""), ("", ""), (dt.time(9), "")],
)
def test_the_filter_of_every_template_writes_it_too(value: object, text: str) -> None:
    with translation.override("fr"):
        assert Template('{{ v|date:"j F" }}').render(Context({"v": value})) == text


def test_the_filter_counts_the_day_in_the_zone_of_the_page() -> None:
    evening = dt.datetime(2026, 11, 30, 23, 30, tzinfo=dt.UTC)
    with translation.override("fr"):
        template = Template(
            '{% load tz %}{% timezone "Europe/Paris" %}{{ v|date:"j F" }}{% endtimezone %}'
        )
        assert template.render(Context({"v": evening})) == "1er décembre"
