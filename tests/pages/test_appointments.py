"""One appointment: its page, moving, cancelling, marking."""

import datetime as dt

import pytest
from django.test import Client

from clinic import booking
from clinic.models import Appointment, AuditEntry, Clinic, Hold, Role
from tests.factories import (
    NOW,
    House,
    at,
    make_absence,
    make_appointment,
    make_clinic,
    make_patient,
    make_resource,
    make_user,
)

HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}


def address(appointment: Appointment, what: str = "") -> str:
    return f"/appointments/{appointment.public_id}/{what}"


def errors(response) -> dict[str, list[str]]:
    return {field: list(found) for field, found in response.context["form"].errors.items()}


def local(appointment: Appointment) -> str:
    return f"{appointment.starts_at.astimezone(appointment.clinic.zone):%Y-%m-%d %H:%M}"


def series(house: House) -> tuple[Appointment, ...]:
    return house.book_series().appointments


def snapshot() -> tuple[list, list]:
    """All that a booking writes."""
    return (
        list(Appointment.objects.order_by("pk").values()),
        list(Hold.objects.order_by("pk").values()),
    )


# --- Its page ------------------------------------------------------------------------------------


def test_the_drawer_holds_the_same_fragment_as_the_page(desk: Client, house: House) -> None:
    first, *_rest = series(house)
    page, drawer = desk.get(address(first)), desk.get(address(first), headers=HTMX)
    assert drawer.templates[0].name == "appointments/_answer.html"
    assert "<html" not in drawer.text
    assert page.context["shown"].attempts == drawer.context["shown"].attempts
    for text in (page.text, drawer.text):
        assert f'href="/series/{first.session.series.public_id}/"' in text
        assert f'href="/patients/{house.patient.public_id}/"' in text
        assert "Dr Roux" in text
        assert "Salle 1" in text


def test_each_look_is_written_down(desk: Client, house: House) -> None:
    first, *_rest = series(house)
    before = AuditEntry.objects.filter(action="patient.read").count()
    desk.get(address(first))
    entry = AuditEntry.objects.filter(action="patient.read").first()
    assert AuditEntry.objects.filter(action="patient.read").count() == before + 1
    assert (entry.patient, entry.by, entry.at) == (house.patient, house.user, NOW)


def test_the_parts_say_what_each_holds(desk: Client) -> None:
    house = House(segments=((30, ("room",)), (20, ("practitioner", "room"))))
    desk.force_login(house.user)
    first, *_rest = series(house)
    parts = desk.get(address(first)).context["shown"].parts
    assert [(part.minutes, [r.name for r in part.resources]) for part in parts] == [
        (30, ["Salle 1"]),
        (20, ["Salle 1", "Dr Roux"]),
    ]


def test_the_history_names_every_attempt(desk: Client, house: House) -> None:
    first, *_rest = series(house)
    moved = booking.move(
        appointment=first, starts_at=at("2026-03-03 10:00"), by=house.user, now=NOW
    ).appointment
    shown = desk.get(address(moved)).context["shown"]
    assert [local(attempt) for attempt in shown.attempts] == [local(moved), local(first)]
    old = desk.get(address(first))
    assert old.context["shown"].moved_to == moved
    assert f'href="{address(moved)}"' in old.text
    assert old.context["shown"].can_move is False


@pytest.mark.parametrize("what", ["", "move/", "cancel/"])
def test_another_clinics_appointment_is_not_found(desk: Client, house: House, what: str) -> None:
    mine, theirs = series(house)[0], series(House())[0]
    assert desk.get(address(mine, what)).status_code == 200
    assert desk.get(address(theirs, what)).status_code == 404
    before = snapshot()
    posted = desk.post(address(theirs, what or "mark/"), {"mark": "arrived", "reason": "patient"})
    assert posted.status_code == 404
    assert snapshot() == before


def test_an_unknown_appointment_is_not_found(desk: Client, house: House) -> None:
    assert desk.get("/appointments/nothing/").status_code == 404
    assert desk.get("/appointments/%00/").status_code == 404


@pytest.mark.parametrize("role", Role.values)
def test_each_role_may_move(client: Client, house: House, role: str) -> None:
    client.force_login(make_user(house.clinic, role=role))
    assert client.get(address(series(house)[0], "move/")).status_code == 200


def test_a_get_writes_nothing_but_the_look(desk: Client, house: House) -> None:
    first, *_rest = series(house)
    before = snapshot()
    for what in ("", "move/", "cancel/", "move/?starts_at=2026-03-03T10:00"):
        desk.get(address(first, what))
    assert snapshot() == before
    assert desk.get(address(first, "mark/")).status_code == 405


# --- Move ----------------------------------------------------------------------------------------


def test_the_form_offers_the_days_of_the_window_and_the_free_starts(
    desk: Client, house: House
) -> None:
    _first, second, _third = series(house)
    choice = desk.get(address(second, "move/")).context["choice"]
    window = choice.window
    assert [day.on for day in choice.days] == list(window.days)[: len(choice.days)]
    assert len(window.rules) == 2  # to the session before and to the one after
    assert choice.on == second.starts_at.astimezone(house.clinic.zone).date()
    (group,) = choice.groups
    assert group.practitioner == house.practitioner
    assert second.starts_at in [place.starts_at for place in group.places]  # its own place counts


def test_a_day_outside_the_window_says_which_rules_stand_against_it(
    desk: Client, house: House
) -> None:
    _first, second, _third = series(house)
    page = desk.get(address(second, "move/"), {"on": "2026-08-03"})
    assert len(page.context["choice"].broken) == 2
    assert 'name="starts_at"' not in page.text


def test_a_move_within_the_window(desk: Client, house: House) -> None:
    first, *_rest = series(house)
    response = desk.post(
        address(first, "move/"),
        {"starts_at": "2026-03-03T10:00", "only": house.practitioner.public_id},
    )
    new = Appointment.objects.get(replaces=first)
    assert response.headers["Location"] == address(new)
    assert local(new) == "2026-03-03 10:00"
    assert (new.uid, new.sequence, new.status) == (first.uid, 1, "booked")
    first.refresh_from_db()
    assert (first.status, first.cancellation_reason) == ("cancelled", "moved")


def test_a_move_against_a_gap_is_refused_and_nothing_is_written(desk: Client, house: House) -> None:
    _first, second, _third = series(house)
    before = snapshot()
    response = desk.post(address(second, "move/"), {"starts_at": "2026-03-04T10:00"})
    assert response.status_code == 409
    messages = errors(response)["starts_at"]
    assert len(messages) == 2  # too near to session 1, too far from session 3
    assert all(message in response.text for message in messages)
    assert snapshot() == before


def test_a_drag_is_answered_in_json(desk: Client, house: House) -> None:
    first, second, _third = series(house)
    ok = desk.post(address(first, "move/"), {"starts_at": "2026-03-03T10:00"}, headers=JSON)
    new = Appointment.objects.get(replaces=first)
    assert (ok.status_code, ok.json()["appointment"]) == (200, new.public_id)
    before = snapshot()
    refused = desk.post(address(second, "move/"), {"starts_at": "2026-03-04T10:00"}, headers=JSON)
    assert refused.status_code == 409
    assert len(refused.json()["problems"]) == 2
    assert snapshot() == before


def test_a_drag_to_a_column_takes_that_one_and_no_other(desk: Client, house: House) -> None:
    other = make_resource(house.clinic, "practitioner", name="Dr Sy")
    first, *_rest = series(house)
    on_other = {"starts_at": "2026-03-03T10:00", "only": other.public_id}
    moved = desk.post(address(first, "move/"), on_other, headers=JSON)
    new = Appointment.objects.get(public_id=moved.json()["appointment"])
    assert new.practitioner == other
    make_absence(house.clinic, "2026-03-04 00:00", "2026-03-05 00:00", other)
    away = {"starts_at": "2026-03-04T10:00", "only": other.public_id}
    refused = desk.post(address(new, "move/"), away, headers=JSON)
    assert refused.status_code == 409  # the first practitioner is free, but was not asked for


def test_a_column_of_another_clinic_is_refused_at_the_field(desk: Client, house: House) -> None:
    first, *_rest = series(house)
    foreign = make_resource(make_clinic(), "practitioner")
    before = snapshot()
    wanted = {"starts_at": "2026-03-03T10:00", "only": foreign.public_id}
    response = desk.post(address(first, "move/"), wanted)
    assert list(errors(response)) == ["only"]
    assert snapshot() == before


@pytest.mark.parametrize(
    "start",
    [
        "",
        "tomorrow",
        "\0",
        "9" * 10_000,
        "2026-02-30T10:00",
        "2026-03-29T02:30",  # the hour that the clock leaves out
        "0001-01-01T00:00",
        "9999-12-31T23:59+14:00",
        "🦄",
        "2026-03-03T10:00<script>",
    ],
)
def test_an_odd_start_is_refused_at_the_field(desk: Client, house: House, start: str) -> None:
    first, *_rest = series(house)
    before = snapshot()
    response = desk.post(address(first, "move/"), {"starts_at": start})
    assert response.status_code == 409
    assert list(errors(response)) == ["starts_at"]
    assert snapshot() == before


def test_hours_without_an_offset_are_the_clinics(desk: Client, house: House) -> None:
    Clinic.objects.update(timezone="America/Guadeloupe")
    first, *_rest = series(house)
    desk.post(address(first, "move/"), {"starts_at": "2026-03-03T10:00"})
    new = Appointment.objects.get(replaces=first)
    assert new.starts_at == dt.datetime(2026, 3, 3, 14, 0, tzinfo=dt.UTC)


def test_the_same_key_moves_once(desk: Client, house: House) -> None:
    first, *_rest = series(house)
    sent = {"starts_at": "2026-03-03T10:00", "key": "k1"}
    once, twice = desk.post(address(first, "move/"), sent), desk.post(address(first, "move/"), sent)
    assert once.headers["Location"] == twice.headers["Location"]
    assert Appointment.objects.filter(replaces=first).count() == 1


# --- Cancel --------------------------------------------------------------------------------------


def test_cancelling_wants_a_reason(desk: Client, house: House) -> None:
    first, *_rest = series(house)
    before = snapshot()
    response = desk.post(address(first, "cancel/"), {"note": "tell me"})
    assert (response.status_code, list(errors(response))) == (409, ["reason"])
    assert 'value="tell me"' in response.text
    desk.post(address(first, "cancel/"), {"reason": "moved"})  # not one to choose
    assert snapshot() == before


def test_a_cancelled_session_says_what_to_do_next(desk: Client, house: House) -> None:
    first, *_rest = series(house)
    sent = {"reason": "patient", "note": "grippe d’un enfant"}
    response = desk.post(address(first, "cancel/"), sent, follow=True)
    first.refresh_from_db()
    assert (first.status, first.cancellation_reason) == ("cancelled", "patient")
    assert not first.holds.filter(active=True).exists()
    again = f"/sessions/{first.session.series.public_id}/1/book/"
    assert f'href="{again}"' in response.text
    assert desk.get(address(first, "cancel/")).context["shown"].can_cancel is False


def test_cancelling_twice_is_refused(desk: Client, house: House) -> None:
    first, *_rest = series(house)
    desk.post(address(first, "cancel/"), {"reason": "patient"})
    assert desk.post(address(first, "cancel/"), {"reason": "clinic"}).status_code == 409
    first.refresh_from_db()
    assert first.cancellation_reason == "patient"


# --- Marks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "status"), [("arrived", "arrived"), ("fulfilled", "fulfilled"), ("noshow", "noshow")]
)
def test_a_mark_and_back(desk: Client, house: House, mark: str, status: str) -> None:
    first, *_rest = series(house)
    response = desk.post(address(first, "mark/"), {"mark": mark})
    assert response.headers["Location"] == address(first)
    first.refresh_from_db()
    assert first.status == status
    desk.post(address(first, "mark/"), {"mark": "undo"})
    first.refresh_from_db()
    assert first.status == "booked"


def test_what_is_still_far_away_is_not_marked(desk: Client, house: House) -> None:
    _first, second, _third = series(house)
    assert desk.get(address(second)).context["shown"].marks == []
    desk.post(address(second, "mark/"), {"mark": "noshow"})
    second.refresh_from_db()
    assert second.status == "booked"


@pytest.mark.parametrize("mark", ["", "cancelled", "\0", "🦄", "x" * 10_000])
def test_an_unknown_mark_changes_nothing(desk: Client, house: House, mark: str) -> None:
    first, *_rest = series(house)
    before = snapshot()
    assert desk.post(address(first, "mark/"), {"mark": mark}).status_code == 302
    assert snapshot() == before


@pytest.mark.parametrize("wished", ["https://evil.example/", "//evil.example", "\0", "/\r\nX: y"])
def test_a_mark_leads_nowhere_else(desk: Client, house: House, wished: str) -> None:
    first, *_rest = series(house)
    response = desk.post(address(first, "mark/"), {"mark": "arrived", "next": wished})
    assert response.headers["Location"] == address(first)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("what", "queries"), [("", 13), ("move/", 41), ("cancel/", 12)])
def test_costs_the_same_for_many(
    desk: Client, house: House, django_assert_num_queries, count: int, what: str, queries: int
) -> None:
    for number in range(count):
        make_resource(house.clinic, "practitioner", name=f"Dr {number}")
        make_resource(house.clinic, "room", name=f"Salle {number + 2}")
        make_appointment(
            house, make_patient("Autre", f"Une {number}"), "2026-03-03 09:00", "2026-03-03 09:30"
        )
    first, *_rest = series(house)
    desk.get(address(first, what))
    with django_assert_num_queries(queries):
        desk.get(address(first, what))
