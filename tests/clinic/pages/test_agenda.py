"""What the agenda shows equals what is booked, on any day, and nothing of another clinic."""

import datetime as dt
import json

import pytest

from clinic import booking
from clinic.models import Appointment, Clinic, Hold, VisitType
from clinic.moments import to_minute
from clinic.pages.agenda import NOBODY, Agenda, Ask, agenda, as_json
from tests.factories import (
    NOW,
    House,
    at,
    make_absence,
    make_appointment,
    make_clinic,
    make_patient,
    make_resource,
    make_visit_type,
)

pytestmark = pytest.mark.django_db
PARTS = ((30, ("room",)), (20, ("practitioner", "room")), (15, ("room", "led")))
MONDAY = dt.date(2026, 3, 2)


def shown(clinic: Clinic, on: dt.date = MONDAY, now: dt.datetime = NOW, **ask: str) -> Agenda:
    resources = tuple(clinic.resources.select_related("kind"))
    return agenda(Ask(clinic, on, **ask), resources=resources, now=now)


def events(found: Agenda) -> list[dict]:
    """Without the closed time."""
    return [event for event in as_json(found)["events"] if event.get("display") != "background"]


def closed(found: Agenda) -> list[tuple[list[str], str, str]]:
    names = {column.public_id: column.name for column in found.columns}
    return [
        ([names[key] for key in event["resourceIds"]], event["start"][11:], event["end"][5:])
        for event in as_json(found)["events"]
        if event.get("display") == "background"
    ]


def book(house: House, start: str, **fields: object) -> Appointment:
    booked = booking.book_visit(
        clinic=house.clinic,
        patient=fields.pop("patient", None) or make_patient("Petit", "Léa"),
        visit_type=VisitType.objects.first() or make_visit_type(),
        starts_at=at(start),
        by=house.user,
        now=fields.pop("now", NOW),
        key="",
    )
    assert isinstance(booked, booking.Booked), booked
    return booked.appointments[0]


def places(found: Agenda) -> list[tuple[str, str, str, str]]:
    return [(e["resourceId"], e["start"], e["end"], e["title"]) for e in events(found)]


# --- Equal to what is booked ---------------------------------------------------------------------


def test_each_column_shows_the_part_that_it_holds() -> None:
    house = House(sessions=2, segments=PARTS)
    make_resource(house.clinic, "led", name="Lampe")
    first, _second = house.book_series().appointments
    day = first.starts_at.astimezone(house.clinic.zone).date()
    held = {hold.resource.name: hold for hold in first.holds.select_related("resource")}
    assert held["Salle 1"].ends - held["Salle 1"].starts == 65
    begins = first.starts_at.astimezone(house.clinic.zone).replace(tzinfo=None)

    def moment(minutes: int) -> str:
        return (begins + dt.timedelta(minutes=minutes)).isoformat()[:16]

    by_practitioner = shown(house.clinic, day)
    assert places(by_practitioner) == [
        (house.practitioner.public_id, moment(30), moment(50), "DUPONT Marie")
    ]
    by_room = shown(house.clinic, day, by="room")
    assert places(by_room) == [(house.room.public_id, moment(0), moment(65), "DUPONT Marie")]
    (event,) = events(by_practitioner)
    assert event["extendedProps"] == {
        "visit": first.public_id,
        "begins": moment(0),
        "what": f"{house.protocol.name} 1/2",
        "icon": "bi-circle-fill",
        "label": event["extendedProps"]["label"],
    }
    assert event["className"] == ["visit", "state-booked"]
    assert event["startEditable"] is True


def test_events_of_a_week_are_the_holds_of_that_week() -> None:
    house = House()
    starts = ["2026-03-02 09:00", "2026-03-04 10:00", "2026-03-06 17:30"]
    for start in [*starts, "2026-03-09 09:00"]:
        book(house, start, patient=make_patient("Petit", start))
    found = shown(house.clinic, dt.date(2026, 3, 5), view="week")
    assert [event["start"] for event in events(found)] == [s.replace(" ", "T") for s in starts]
    assert [day for day, _visits in found.by_day] == [dt.date(2026, 3, day) for day in (2, 4, 6)]
    assert as_json(found)["hidden"] == [0, 6]  # Sunday and Saturday: nobody works


def test_a_visit_that_holds_nobody_has_a_column_of_its_own() -> None:
    house = House()
    make_appointment(house, make_patient("Seul", "Jean"), "2026-03-02 10:00", "2026-03-02 10:30")
    found = shown(house.clinic)
    assert [column["id"] for column in as_json(found)["columns"]] == [
        house.practitioner.public_id,
        NOBODY,
    ]
    assert places(found) == [(NOBODY, "2026-03-02T10:00", "2026-03-02T10:30", "SEUL Jean")]


def test_cancelled_ones_fall_free_and_are_shown_only_when_asked_for() -> None:
    house = House()
    gone = book(house, "2026-03-02 09:00")
    booking.cancel(appointment=gone, reason="patient", by=house.user, now=NOW)
    assert events(shown(house.clinic)) == []
    (event,) = events(shown(house.clinic, state="cancelled"))
    assert event["extendedProps"]["visit"] == gone.public_id
    assert event["startEditable"] is False
    assert book(house, "2026-03-02 09:00").status == "booked"


def test_another_clinic_never_appears() -> None:
    house, other = House(), make_clinic()
    own, theirs = book(house, "2026-03-02 09:00"), make_resource(other, "room", name="Ailleurs")
    elsewhere = Appointment.objects.create(
        clinic=other,
        patient=make_patient("Ailleurs", "Zoé"),
        visit_type=own.visit_type,
        starts_at=at("2026-03-02 09:00"),
        ends_at=at("2026-03-02 10:00"),
        booked_at=NOW,
        booked_by=house.user,
        changed_at=NOW,
        changed_by=house.user,
    )
    Hold.objects.create(
        appointment=elsewhere,
        resource=theirs,
        starts=to_minute(elsewhere.starts_at),
        ends=to_minute(elsewhere.ends_at),
    )
    for by in ("practitioner", "room"):
        text = json.dumps(as_json(shown(house.clinic, by=by)))
        assert own.public_id in text  # the control: what is ours does appear
        assert elsewhere.public_id not in text
        assert "AILLEURS" not in text
        assert theirs.public_id not in text
    assert [v.patient for v in shown(house.clinic, room=theirs.public_id).visits] == []
    assert [v.patient for v in shown(other).visits] == ["AILLEURS Zoé"]


# --- Days ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-03-03 00:10", "2026-03-03 00:40", [3]),
        ("2026-03-02 23:50", "2026-03-03 00:20", [2, 3]),
        ("2026-03-02 23:30", "2026-03-03 00:00", [2]),
        ("2026-03-03 00:00", "2026-03-03 00:30", [3]),
    ],
)
def test_day_boundaries(start: str, end: str, days: list[int]) -> None:
    house = House()
    make_appointment(house, make_patient("Minuit", "Ève"), start, end)
    seen = [
        day
        for day in (1, 2, 3, 4)
        if [v.patient for v in shown(house.clinic, dt.date(2026, 3, day)).visits]
    ]
    assert seen == days
    found = shown(house.clinic, dt.date(2026, 3, days[0]))
    assert places(found)[0][1:3] == (start.replace(" ", "T"), end.replace(" ", "T"))


@pytest.mark.parametrize(
    ("day", "utc", "wall"),
    [
        ("2026-03-29", "2026-03-29T00:30+00:00", "01:30"),  # 23 hours: 02:00 is left out
        ("2026-03-29", "2026-03-29T01:30+00:00", "03:30"),
        ("2026-10-25", "2026-10-25T00:30+00:00", "02:30"),  # 25 hours: 02:30 comes twice
        ("2026-10-25", "2026-10-25T01:30+00:00", "02:30"),
        ("2026-10-25", "2026-10-25T22:30+00:00", "23:30"),
    ],
)
def test_days_of_a_clock_change_show_the_hour_on_the_wall(day: str, utc: str, wall: str) -> None:
    house = House()
    patient = make_patient("Horloge", "Max")
    start = dt.datetime.fromisoformat(utc)
    local = start.astimezone(house.clinic.zone)
    booked = make_appointment(house, patient, "2026-03-02 09:00", "2026-03-02 09:15")
    clone = {
        f.name: getattr(booked, f.name)
        for f in Appointment._meta.concrete_fields
        if f.name not in {"id", "public_id", "uid", "starts_at", "ends_at"}
    }
    Appointment.objects.create(**clone, starts_at=start, ends_at=start + dt.timedelta(minutes=15))
    found = shown(house.clinic, dt.date.fromisoformat(day))
    assert [visit.begins for visit in found.visits] == [wall] == [f"{local:%H:%M}"]
    (event,) = events(found)
    assert event["start"] == f"{day}T{wall}"
    assert event["end"] > event["start"]


def test_an_hour_that_comes_twice_never_ends_before_it_begins() -> None:
    house = House()
    make_appointment(house, make_patient(), "2026-10-25 02:45", "2026-10-25 03:15")
    (event,) = events(shown(house.clinic, dt.date(2026, 10, 25)))
    assert event["end"] > event["start"]


# --- Closed time ---------------------------------------------------------------------------------


def test_closed_hours_of_each_column() -> None:
    house = House()
    make_absence(house.clinic, "2026-03-02 15:00", "2026-03-02 16:00", house.practitioner)
    assert closed(shown(house.clinic)) == [
        (["Dr Roux"], "00:00", "03-02T09:00"),
        (["Dr Roux"], "12:30", "03-02T14:00"),
        (["Dr Roux"], "15:00", "03-02T16:00"),
        (["Dr Roux"], "18:00", "03-03T00:00"),
    ]
    assert as_json(shown(house.clinic))["from"] == "09:00:00"
    assert as_json(shown(house.clinic))["to"] == "18:00:00"


def test_a_closure_and_a_public_holiday_close_every_column() -> None:
    house = House()
    second = make_resource(house.clinic, "practitioner", name="Dr Sy")
    make_absence(house.clinic, "2026-03-02 00:00", "2026-03-03 00:00")
    assert second.name in {name for names, *_span in closed(shown(house.clinic)) for name in names}
    whole_day = [(["Dr Roux", "Dr Sy"], "00:00", "03-03T00:00")]
    assert closed(shown(house.clinic)) == whole_day
    labour_day = shown(house.clinic, dt.date(2026, 5, 1))
    assert labour_day.holidays == ["Fête du Travail"]
    assert closed(labour_day) == [(["Dr Roux", "Dr Sy"], "00:00", "05-02T00:00")]


def test_hours_hold_from_their_date_on() -> None:
    house = House()
    house.practitioner.hours.update(valid_from=dt.date(2026, 3, 9))
    assert closed(shown(house.clinic)) == [(["Dr Roux"], "00:00", "03-03T00:00")]
    assert len(closed(shown(house.clinic, dt.date(2026, 3, 9)))) == 3


# --- Filters and states --------------------------------------------------------------------------


def test_filters() -> None:
    house = House()
    second = make_resource(house.clinic, "practitioner", name="Dr Sy")
    make_resource(house.clinic, "room", name="Salle 2")
    roux = book(house, "2026-03-02 09:00", patient=make_patient("Élan", "Noé"))
    sy = book(house, "2026-03-02 09:00", patient=make_patient("Bruno", "Ada"))
    Appointment.objects.filter(pk=sy.pk).update(confirmed_at=NOW)

    def found(**ask: str) -> list[str]:
        return [visit.public_id for visit in shown(house.clinic, **ask).visits]

    assert found() == [roux.public_id, sy.public_id]
    assert found(practitioner=second.public_id) == [sy.public_id]
    assert found(room=house.room.public_id) == [roux.public_id]
    assert found(state="confirmed") == [sy.public_id]
    assert found(text="elan") == [roux.public_id]
    assert found(text="zzz") == []
    one = shown(house.clinic, practitioner=second.public_id)
    assert [column.name for column in one.columns] == ["Dr Sy"]


def test_what_stands_in_closed_time_must_move() -> None:
    house = House()
    book(house, "2026-03-02 09:00")
    assert [v.state.code for v in shown(house.clinic).visits] == ["booked"]
    make_absence(house.clinic, "2026-03-02 09:15", "2026-03-02 09:20", house.room)
    (visit,) = shown(house.clinic).visits
    assert (visit.state.code, visit.missing) == ("to-move", ("Salle 1",))
    assert shown(house.clinic, state="to-move").must_move == 1
    late = shown(house.clinic, now=at("2026-03-02 09:05"))
    assert [v.state.code for v in late.visits] == ["booked"]  # it has begun: too late to move


def test_the_line_of_the_present_is_on_the_clinics_clock() -> None:
    house = House()
    assert as_json(shown(house.clinic))["offset"] == "+01:00"
    assert as_json(shown(house.clinic, now=at("2026-07-01 09:00")))["offset"] == "+02:00"
    house.clinic.timezone = "America/Guadeloupe"
    del house.clinic.zone
    assert as_json(shown(house.clinic))["offset"] == "-04:00"


@pytest.mark.parametrize("count", [1, 3])
def test_costs_the_same_for_many(count: int, django_assert_num_queries) -> None:
    house = House(sessions=1)
    for number in range(count):
        make_resource(house.clinic, "practitioner", name=f"Dr {number}")
        make_resource(house.clinic, "room", name=f"Salle {number + 2}")
        house.patient = make_patient("Petit", f"Léa {number}")
        house.book_series()
    resources = tuple(house.clinic.resources.select_related("kind"))
    with django_assert_num_queries(6):  # hours, absences, appointments, series, holds; who waits
        found = agenda(Ask(house.clinic, MONDAY), resources=resources, now=NOW)
        as_json(found)
    assert len(found.visits) == count
