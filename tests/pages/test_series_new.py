"""Whom and what, the proposal, and its other days."""

import datetime as dt
import re
from html import unescape

import pytest
from django.test import Client

from clinic.models import Appointment, AuditEntry
from patients.models import Series
from protocols import editing
from tests.factories import (
    NOW,
    House,
    make_clinic,
    make_protocol,
    make_resource,
)
from tests.pages.series_pages import (
    ENGLISH,
    FIND,
    ODD,
    SWAP,
    address,
    asked,
    errors,
    post_of,
    starts,
)

# --- Whom and what -----------------------------------------------------------------------------


def test_patients_are_found_as_one_types(desk: Client, house: House) -> None:
    response = desk.get("/series/new/", {"find": "dupo"}, headers=FIND)
    assert [patient.name for patient in response.context["patients"]] == ["DUPONT Marie"]
    assert f"?patient={house.patient.public_id}" in response.text
    assert "<html" not in response.text


def test_the_page_holds_the_same_list(desk: Client) -> None:
    fragment = desk.get("/series/new/", {"find": "dupo"}, headers=FIND).text.strip()
    assert fragment in desk.get("/series/new/", {"find": "dupo"}).text


def test_choosing_the_patient_keeps_the_protocol(desk: Client, house: House) -> None:
    page = desk.get("/series/new/", {"find": "dupo", "protocol": house.protocol.pk})
    link = f"/series/new/?protocol={house.protocol.pk}&patient={house.patient.public_id}"
    assert link in unescape(page.text)


@pytest.mark.parametrize("protocols", [1, 3])
def test_choosing_costs_the_same_for_many_protocols(
    desk: Client, house: House, protocols: int, django_assert_num_queries
) -> None:
    for _number in range(protocols - 1):
        make_protocol()
    with django_assert_num_queries(10):
        response = desk.get("/series/new/")
    assert len(response.context["protocols"]) == protocols


@pytest.mark.parametrize("odd", [*ODD, "nobody"])
def test_an_unknown_patient_or_protocol_is_said_and_asked_again(
    desk: Client, house: House, odd: str
) -> None:
    response = desk.get("/series/new/", {"patient": odd, "protocol": odd}, headers=ENGLISH)
    assert response.status_code == 200
    assert response.context["unknown"] == [
        "This patient is not known here. Please choose again.",
        "This protocol is no longer offered. Please choose again.",
    ]


def test_a_retired_protocol_is_not_offered(desk: Client, house: House) -> None:
    editing.retire(house.protocol, by="the test", now=NOW)
    response = desk.get("/series/new/", asked(house))
    assert response.context["protocol"] is None
    assert response.context["protocols"] == []


# --- The proposal ------------------------------------------------------------------------------


def test_the_proposal_is_what_booking_proposes(desk: Client, house: House) -> None:
    response = desk.get("/series/new/", asked(house), headers=ENGLISH)
    assert starts(response) == ["2026-03-02 09:00", "2026-03-23 09:00", "2026-04-13 09:00"]
    assert starts(response) == [f"{s.starts_at:%Y-%m-%d %H:%M}" for s in house.propose().sessions]
    for said in ("Monday 23 March 2026", "Dr Roux", "Salle 1", "21 d", "14–28 d, ideally 21"):
        assert said in response.text
    assert "Book the 3 sessions" in response.text


def test_a_change_swaps_the_same_fragment_as_the_page_holds(desk: Client, house: House) -> None:
    fragment = desk.get("/series/new/", asked(house), headers=SWAP)
    whole = desk.get("/series/new/", asked(house))
    table = re.compile(r"<table.*?</table>", re.DOTALL)
    assert table.findall(fragment.text) == table.findall(whole.text)
    assert "<html" not in fragment.text
    assert fragment.headers["HX-Push-Url"].startswith("/series/new/?patient=")


def test_going_back_in_the_history_gets_the_whole_page(desk: Client, house: House) -> None:
    headers = SWAP | {"HX-History-Restore-Request": "true"}
    assert "<html" in desk.get("/series/new/", asked(house), headers=headers).text


def test_the_pushed_address_shows_the_same_proposal(desk: Client, house: House) -> None:
    wishes = {
        "weekday": ["1", "3"], "weekdays": "must", "after": "14:00", "before": "17:00",
        "hours": "wish", "practitioner": house.practitioner.public_id, "who": "must",
    }  # fmt: skip
    first = desk.get("/series/new/", asked(house, start="2026-03-10", **wishes), headers=SWAP)
    again = desk.get(first.headers["HX-Push-Url"])
    assert again.context["page"].proposal.ask == first.context["page"].proposal.ask
    assert starts(again) == starts(first)
    assert {start[-5:] for start in starts(first)} == {"14:00"}


@pytest.mark.parametrize("sessions", [1, 3])
@pytest.mark.parametrize(("headers", "queries"), [({}, 25), (SWAP, 24)])
def test_a_proposal_costs_the_same_for_many_sessions(
    desk: Client,
    house: House,
    sessions: int,
    headers: dict[str, str],
    queries: int,
    django_assert_num_queries,
) -> None:
    with django_assert_num_queries(queries):
        response = desk.get("/series/new/", asked(house, last=sessions), headers=headers)
    assert len(starts(response)) == sessions


def test_a_get_writes_only_that_the_patient_was_read(desk: Client, house: House) -> None:
    desk.get("/series/new/", asked(house))
    assert list(AuditEntry.objects.values_list("action", "patient")) == [
        ("patient.read", house.patient.pk)
    ]
    assert not Series.objects.exists()
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    ("field", "wrong", "said"),
    [
        ("start", {"start": "2026-03-01"}, "This day is over: choose today or later."),
        ("start", {"start": "31/02/2026"}, "Enter a date that exists, such as 14/04/2026."),
        ("start", {"start": "9999-12-31"}, "At most two years ahead."),
        ("previous", {"previous": "2026-03-03", "first": 2},
         "A session that was done cannot lie in the future."),
        ("previous", {"previous": "30/02/2026", "first": 2},
         "Enter a date that exists, such as 14/04/2026."),
        ("previous", {"previous": "0001-01-01", "first": 2}, "This date lies too far back."),
        ("previous", {"first": 2}, "When was the session before this one?"),
        ("first", {"previous": "2026-02-20"},
         "After a session elsewhere, the next one is 2 or more."),
        ("last", {"previous": "2026-02-20", "first": 3, "last": 2},
         "The last session cannot come before the next one."),
        ("before", {"after": "14:00", "before": "10:00"}, "The end must come after the beginning."),
        ("after", {"after": "25:00"}, "Enter an hour, such as 09:30."),
        ("after", {"hours": "must"}, "Enter an hour, or choose “wish”."),
        ("weekday", {"weekdays": "must"}, "Tick at least one day, or choose “wish”."),
        ("practitioner", {"who": "must"}, "Choose a practitioner, or “wish”."),
    ],
)  # fmt: skip
def test_bad_input_is_said_at_its_field(
    desk: Client, house: House, field: str, wrong: dict[str, object], said: str
) -> None:
    response = desk.get("/series/new/", asked(house, **wrong), headers=ENGLISH)
    assert errors(response) == {field: [said]}
    assert response.context["page"] is None
    place = re.search(rf'id="error-{field}"[^>]*>([^<]*)<', response.text)
    assert place is not None
    assert unescape(place[1]).strip() == said
    assert f'href="#id_{field}"' in response.text
    if isinstance(wrong.get(field), str):
        assert f'value="{wrong[field]}"' in response.text


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "field",
    ["start", "last", "first", "previous", "weekday", "weekdays", "after", "before", "hours",
     "practitioner", "who", "pick"],
)  # fmt: skip
def test_odd_values_never_break_the_page(desk: Client, house: House, field: str, odd: str) -> None:
    response = desk.get("/series/new/", asked(house, **{field: odd}))
    assert response.status_code == 200
    assert bool(errors(response)) == (field != "pick")


def test_the_errors_reach_the_fields_of_a_page_that_is_not_swapped(
    desk: Client, house: House
) -> None:
    response = desk.get("/series/new/", asked(house, start="2020-01-01"), headers=SWAP)
    assert response.text.count('hx-swap-oob="true"') == 8
    assert "HX-Push-Url" not in response.headers


def test_a_practitioner_of_another_clinic_is_no_choice(desk: Client, house: House) -> None:
    stranger = make_resource(make_clinic(), "practitioner")
    response = desk.get("/series/new/", asked(house, practitioner=stranger.public_id))
    assert list(errors(response)) == ["practitioner"]


def test_a_series_begun_elsewhere_counts_from_the_session_there(desk: Client, house: House) -> None:
    response = desk.get("/series/new/", asked(house, first=2, last=3, previous="2026-02-16"))
    assert starts(response) == ["2026-03-09 09:00", "2026-03-30 09:00"]
    assert [row.number for row in response.context["page"].rows] == [2, 3]


# --- Picking another day -----------------------------------------------------------------------


def other_day(response, number: int):
    rows = {row.number: row for row in response.context["page"].rows}
    return rows[number].choices[0]


def test_a_picked_day_plans_the_rest_anew_and_shows_what_moved(desk: Client, house: House) -> None:
    before = desk.get("/series/new/", asked(house))
    choice = other_day(before, 2)
    after = desk.get(f"/series/new/?{choice.address}", headers=ENGLISH)
    rows = after.context["page"].rows
    assert rows[1].session.starts_at == choice.starts_at
    assert [row.was is not None for row in rows] == [False, True, True]
    assert (after.context["page"].change, after.context["page"].moved) == (
        "1 day further from the ideal",
        1,
    )
    assert "<del>" in after.text
    assert "1 other session moved." in after.text


def test_an_undone_pick_gives_the_proposal_back(desk: Client, house: House) -> None:
    before = desk.get("/series/new/", asked(house))
    picked = desk.get(f"/series/new/?{other_day(before, 2).address}")
    undone = desk.get(f"/series/new/?{picked.context['page'].rows[1].undo}")
    assert starts(undone) == starts(before)
    assert undone.context["page"].change == ""


def test_a_later_pick_falls_away_when_an_earlier_day_is_picked(desk: Client, house: House) -> None:
    first = desk.get("/series/new/", asked(house))
    third = desk.get(f"/series/new/?{other_day(first, 3).address}")
    second = desk.get(f"/series/new/?{other_day(third, 2).address}")
    assert [pick.number for pick in second.context["page"].proposal.ask.picks] == [2]


def test_the_focus_goes_to_the_row_whose_day_was_picked(desk: Client, house: House) -> None:
    choice = other_day(desk.get("/series/new/", asked(house)), 2)
    headers = SWAP | {"HX-Trigger": f"pick-{choice.key}"}
    response = desk.get(f"/series/new/?{choice.address}", headers=headers)
    assert re.findall(r'id="([\w-]+)" data-focus', response.text) == ["undo-2"]


def test_changed_wishes_keep_the_picks(desk: Client, house: House) -> None:
    choice = other_day(desk.get("/series/new/", asked(house)), 2)
    picked = desk.get(f"/series/new/?{choice.address}")
    (pick,) = picked.context["picked"]
    assert f'<input type="hidden" name="pick" value="{pick}" form="wishes">' in picked.text


def test_a_pick_that_is_gone_is_named(desk: Client, house: House) -> None:
    choice = other_day(desk.get("/series/new/", asked(house)), 2)
    begin, end = choice.starts_at, choice.ends_at
    house.occupy(house.room, f"{begin:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}")
    response = desk.get(f"/series/new/?{choice.address}")
    assert not response.context["page"].rows[1].session.is_picked
    assert len(response.context["page"].proposal.warnings) == 1


# --- When it does not fit ----------------------------------------------------------------------


def test_what_does_not_fit_says_why_and_what_would_help(desk: Client, house: House) -> None:
    house.practitioner.hours.filter(weekday__gte=1).delete()
    response = desk.get("/series/new/", asked(house, weekday="1", weekdays="must"), headers=ENGLISH)
    page = response.context["page"]
    assert page.proposal.blocked_at == 1
    assert "Session 1 finds no place:" in response.text
    assert "Book" not in re.sub(r"<head>.*?</head>", "", response.text).split('id="proposal"')[1]
    assert page.loosenings
    for loosening in page.loosenings:
        assert desk.get(f"/series/new/?{loosening.address}").context["page"].proposal.is_planned


def test_the_part_that_fits_stays_and_can_be_booked(desk: Client, house: House) -> None:
    house.practitioner.hours.update(valid_until=dt.date(2026, 3, 25))
    response = desk.get("/series/new/", asked(house), headers=ENGLISH)
    assert starts(response) == ["2026-03-02 09:00", "2026-03-23 09:00"]
    assert "Session 3 finds no place:" in response.text
    assert "Book the 2 sessions that fit" in response.text
    booked = desk.post(address(response), post_of(response))
    assert booked.status_code == 302
    assert Appointment.objects.count() == 2


def test_an_address_beside_a_patient_does_not_name_the_care(desk, house):
    page = desk.get("/series/new/", asked(house)).content.decode()
    addresses = re.findall(r'(?:href|action|hx-get)="([^"]*patient[^"]*)"', page)
    assert len(addresses) > 3
    assert [address for address in addresses if house.protocol.slug in address] == []
