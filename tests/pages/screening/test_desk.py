"""The desk's one word, and how little is read for it."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import Appointment
from patients.models import ScreeningAnswer, ScreeningDecision, Series
from protocols.models import Contraindication
from tests.factories import House, make_patient
from tests.screening import CANARIES, NOTHING, TODAY, answer, asking, decide, latest


def desk_pages(house: House) -> dict[str, str]:
    """Every page of reception's that says how the patient stands."""
    series = Series.objects.get(patient=house.patient)
    ask = f"?patient={house.patient.public_id}&protocol={house.protocol.pk}"
    first = Appointment.objects.filter(session__series=series).earliest("starts_at")
    return {
        "patient": reverse("patient", args=[house.patient.public_id]),
        "series": reverse("series", args=[series.public_id]),
        "appointment": reverse("appointment", args=[first.public_id]),
        "proposal": reverse("series_new") + ask,
        "desk": reverse("desk"),
    }


PAGES = ("patient", "series", "appointment", "proposal", "desk")
SHIELDS = {
    "cleared": "bi-shield-fill-check",
    "not_cleared": "bi-shield-fill-x",
    "to_be_seen": "bi-shield-fill-exclamation",
}


def shields(text: str) -> set[str]:
    return {status for status, icon in SHIELDS.items() if icon in text}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ({}, "cleared"),
        ({"infection": "yes"}, "not_cleared"),
        ({"painkiller": "2026-03-02"}, "not_cleared"),
        ({"history": "asthme"}, "to_be_seen"),
        (None, "to_be_seen"),
    ],
)
def test_the_desk_is_told_one_word(
    desk: Client, house: House, booked: Series, name: str, answers: dict | None, status: str
) -> None:
    if answers is not None:
        answer(house.patient, house.protocol, NOTHING | answers, by=house.user)
    text = desk.get(desk_pages(house)[name]).text
    assert shields(text) == {status}
    # The questionnaire is offered while something is to be asked.
    assert ("/questionnaire/" in text) == (answers is None)
    assert reverse("screening", args=[house.patient.public_id]) not in text


@pytest.mark.parametrize("name", PAGES)
def test_the_desk_is_told_nothing_else(
    desk: Client, house: House, booked: Series, told: None, name: str
) -> None:
    """Neither in what it is sent nor in what is read for it."""
    about = latest(house.patient, "infection")
    decide(about, "not_before", dt.date(2026, 3, 10), by=house.user, reason=CANARIES[2])
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = desk.get(desk_pages(house)[name])
    assert page.status_code == 200
    questions = Contraindication.objects.values_list("name_fr", "question_fr")
    words = [*CANARIES, *(text for row in questions for text in row)]
    assert [word for word in words if word in page.text] == []
    assert fetched(asked) == []


@pytest.mark.parametrize("name", PAGES)
def test_the_canaries_would_be_seen(house: House, told: None, name: str) -> None:
    """The control: a page that reads answers is caught by the same look at its queries."""
    with CaptureQueriesContext(connection) as asked:
        list(ScreeningAnswer.objects.select_related("contraindication"))
        list(ScreeningDecision.objects.values_list("reason"))
    assert fetched(asked) == ["note", "reason", "value"]


def fetched(asked: CaptureQueriesContext) -> list[str]:
    """The columns of answers and decisions that hold words, among those selected."""
    selected = " ".join(selected_columns(query["sql"]) for query in asked.captured_queries)
    found = re.findall(r'"patients_screening(?:answer|decision)"\."(value|note|reason)"', selected)
    return sorted(set(found))


def selected_columns(sql: str) -> str:
    """What a SELECT hands over; the texts that it compares inside EXISTS stay in the database."""
    without = re.sub(r"EXISTS\(SELECT.*?LIMIT 1\)", "", sql, flags=re.S)
    return " ".join(re.findall(r"SELECT(.*?)FROM", without, flags=re.S))


def test_the_json_of_the_agenda_says_nothing(
    desk: Client, house: House, booked: Series, told: None
) -> None:
    with CaptureQueriesContext(connection) as asked:
        page = desk.get(reverse("agenda_events"))
    assert [word for word in CANARIES if word in page.text] == []
    assert fetched(asked) == []


def test_those_who_treat_are_led_to_the_reasons(
    practitioner: Client, house: House, booked: Series, record: str
) -> None:
    for name, address in desk_pages(house).items():
        assert f'href="{record}"' in practitioner.get(address).text, name


def test_a_blocked_series_cannot_be_confirmed_on_the_page(
    desk: Client, house: House, told: None
) -> None:
    ask = f"?patient={house.patient.public_id}&protocol={house.protocol.pk}"
    page = desk.get(reverse("series_new") + ask)
    assert "btn-book" not in page.text
    (problem,) = page.context["page"].proposal.obstacles
    assert problem.message in page.text
    token = page.context["page"].proposal.token
    refused = desk.post(reverse("series_new") + ask, {"token": token, "key": "k"})
    assert (refused.status_code, Series.objects.count()) == (409, 0)


def test_a_cleared_series_is_confirmed(desk: Client, house: House) -> None:
    answer(house.patient, house.protocol, NOTHING, by=house.user)
    ask = f"?patient={house.patient.public_id}&protocol={house.protocol.pk}"
    assert "btn-book" in desk.get(reverse("series_new") + ask).text


@pytest.mark.parametrize("many", [1, 3])
def test_the_patients_page_asks_as_often_for_one_series_as_for_three(
    desk: Client, house: House, many: int
) -> None:
    for _ in range(many):
        house.protocol = asking()
        house.book_series(through=1, start_on=TODAY + dt.timedelta(days=7 * _))
    with CaptureQueriesContext(connection) as asked:
        desk.get(reverse("patient", args=[house.patient.public_id]))
    assert len(about_screening(asked)) == 3


@pytest.mark.parametrize("many", [1, 3])
def test_the_desk_asks_as_often_for_one_visit_as_for_three(
    desk: Client, house: House, many: int
) -> None:
    for _ in range(many):
        house.book_series(patient=make_patient(), through=1)
    with CaptureQueriesContext(connection) as asked:
        page = desk.get(reverse("desk"))
    assert len(page.context["lists"].next_in.rows) == many
    assert len(about_screening(asked)) == 5  # two of them: is somebody held, for agenda and list


def about_screening(asked: CaptureQueriesContext) -> list[str]:
    named = ("protocols_protocolcontraindication", "patients_screening")
    return [q["sql"] for q in asked.captured_queries if any(name in q["sql"] for name in named)]
