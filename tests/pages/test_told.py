"""What was said to patients: the list, one message, and where else it shows."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from clinic.models import AuditEntry, Kind, Message
from clinic.outbox import reasons
from clinic.pages import told
from clinic.states import LOST
from tests.desk_rows import HOUR, make_call, make_message, make_visit
from tests.factories import NOW, House, make_patient

KEY = "wZ3kq0T9xYb1LmN4pQ7sRt"


def shown(response: Any) -> list[Message]:
    return list(response.context["rows"])


# --- The list ------------------------------------------------------------------------------------


def test_the_newest_stands_first_and_what_is_planned_waits(desk: Client, house: House) -> None:
    visit = make_visit(house)
    old = make_message(visit, due_at=NOW - 5 * HOUR)
    new = make_message(visit, kind="eve", status="failed", reason="refused")
    planned = make_message(visit, kind="day", status="due", due_at=NOW + HOUR)
    later = make_message(visit, kind="aftercare", status="due", due_at=NOW + 2 * HOUR)
    assert shown(desk.get("/messages/")) == [new, old]
    assert shown(desk.get("/messages/?state=planned")) == [planned, later]


def test_reminders_that_a_move_made_useless_do_not_hide_what_was_sent(
    desk: Client, house: House
) -> None:
    visit = make_visit(house)
    sent = make_message(visit)
    make_message(visit, kind="eve", status="cancelled", reason="moved", due_at=NOW + 90 * HOUR)
    was_due = make_message(visit, kind="day", status="cancelled", reason="past", due_at=NOW - HOUR)
    assert set(shown(desk.get("/messages/"))) == {sent, was_due}


def test_a_state_says_itself_by_colour_shape_and_word(desk: Client, house: House) -> None:
    make_message(make_visit(house), status="failed", reason="refused")
    text = desk.get("/messages/").text
    assert "state-blocked" in text
    assert "bi-envelope-x-fill" in text
    assert '<span class="state-word">Non envoyé</span>' in text
    assert "refusé définitivement" in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=sent", ["sent"]),
        ("state=unsent", ["lost", "failed"]),
        ("state=doubtful", ["doubtful"]),
        ("state=unneeded", ["moved"]),
        ("kind=eve", ["failed"]),
        ("channel=sms", ["doubtful"]),
        ("since=2026-03-02", ["failed", "sent"]),
        ("until=2026-02-27", ["moved"]),
        ("since=2026-02-28&until=2026-02-28", ["lost"]),
        ("q=zzz", []),
        ("q=petit", ["failed", "sent", "doubtful", "lost", "moved"]),
    ],
)
def test_it_may_be_narrowed(desk: Client, house: House, query: str, expected: list[str]) -> None:
    visit, day = make_visit(house), dt.timedelta(days=1)
    unsaid = {"status": "cancelled", "reason": "no-address", "due_at": NOW - 2 * day + HOUR}
    off = {"status": "cancelled", "reason": "moved", "due_at": NOW - 3 * day}
    doubt = {"status": "doubtful", "channel": "sms", "due_at": NOW - day}
    names = {
        make_message(visit, due_at=NOW - 2 * HOUR).pk: "sent",
        make_message(visit, kind="eve", status="failed").pk: "failed",
        make_message(visit, kind="early", **doubt).pk: "doubtful",
        make_message(visit, kind="booked", **unsaid).pk: "lost",
        make_message(visit, kind="moved", **off).pk: "moved",
    }
    found = [names[message.pk] for message in shown(desk.get(f"/messages/?{query}"))]
    assert sorted(found) == sorted(expected)


def test_a_date_that_is_none_is_said_at_its_field(desk: Client, house: House) -> None:
    message = make_message(make_visit(house))
    page = desk.get("/messages/?since=31/02/2026")
    assert 'id="id_since-error"' in page.text
    assert shown(page) == [message]


def test_all_of_one_patient(desk: Client, house: House) -> None:
    visit = make_visit(house)
    mine = make_message(visit)
    make_message(make_visit(house, "2026-03-05 10:00", patient=make_patient("Autre", "Une")))
    page = desk.get(f"/messages/?patient={visit.patient.public_id}")
    assert shown(page) == [mine]
    assert "PETIT Léa" in page.text
    assert desk.get("/messages/?patient=nobody").context["page"].paginator.count == 0


def test_it_pages_at_fifty_and_says_how_many(desk: Client, house: House) -> None:
    visit = make_visit(house)
    Message.objects.bulk_create(
        Message(
            clinic=house.clinic, patient=visit.patient, appointment=visit, kind="check-in",
            channel="email", days=number, starts_at=visit.starts_at, due_at=NOW - HOUR,
            next_try_at=NOW, useful_until=NOW, status="accepted", settled_at=NOW, planned_at=NOW,
        )
        for number in range(200)
    )  # fmt: skip
    first, last = desk.get("/messages/"), desk.get("/messages/?page=4")
    assert (len(shown(first)), len(shown(last))) == (50, 50)
    assert first.context["page"].paginator.count == 200
    assert "1–50 sur 200" in first.text


@pytest.mark.parametrize("query", ["", "?state=unsent"])
def test_nothing_says_what_to_do_next(desk: Client, query: str) -> None:
    page = desk.get(f"/messages/{query}")
    assert 'class="empty"' in page.text
    assert "/messages/" in page.text


def test_another_clinic_has_its_own(desk: Client, house: House) -> None:
    message = make_message(make_visit(House()))
    assert shown(desk.get("/messages/")) == []
    assert desk.get(f"/messages/{message.public_id}/").status_code == 404


# --- One message ---------------------------------------------------------------------------------


def detail(client: Client, message: Message) -> Any:
    return client.get(f"/messages/{message.public_id}/")


def test_the_text_as_it_was_sent_without_the_key(desk: Client, house: House) -> None:
    message = make_message(
        make_visit(house),
        subject="Cabinet 1 : mercredi 4 mars",
        text=f"Bonjour,\nvotre page : http://127.0.0.1:8000/p/{KEY}/ <b>",
        sent_to="lea.petit@example.test",
        provider_id="abc-1",
    )
    page = detail(desk, message).text
    assert "votre page : http://127.0.0.1:8000/p/…/ &lt;b&gt;" in page
    assert KEY not in page
    assert all(word in page for word in ("Cabinet 1 : mercredi 4 mars", "abc-1", "lea.petit@"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"https://a.example.org/p/{KEY}", "https://a.example.org/p/…"),
        (f"a.fr/p/{KEY}?x=1", "a.fr/p/…?x=1"),
        (f"/x/y/{KEY}/ et /p/{KEY}/", "/x/y/…/ et /p/…/"),
        ("Rendez-vous du 04/03/2026, 10:00", "Rendez-vous du 04/03/2026, 10:00"),
        ("https://example.org/adresse/", "https://example.org/adresse/"),
    ],
)
def test_keys_are_masked_and_nothing_else(text: str, expected: str) -> None:
    assert told.masked(text) == expected


def test_what_was_merged_shows_the_text_of_its_carrier(desk: Client, house: House) -> None:
    carrier = make_message(make_visit(house), text="Pour les deux")
    merged = make_message(make_visit(house, "2026-03-05 10:00"), merged_into=carrier, text="")
    page = detail(desk, merged)
    assert "Pour les deux" in page.text
    assert list(page.context["shown"].merged) == [carrier]
    assert list(detail(desk, carrier).context["shown"].merged) == [merged]


def test_every_try_and_every_call_stands_there(desk: Client, house: House) -> None:
    visit = make_visit(house)
    first = make_message(visit, status="failed", reason="refused", answer="550 no such mailbox")
    again = make_message(visit, channel="sms", round=1)
    make_call(
        visit.patient, house.clinic, house.user, "left-word", message=first, note="Après 17 h"
    )
    page = detail(desk, again)
    assert list(page.context["shown"].rounds) == [first, again]
    assert "550 no such mailbox" in page.text
    assert "Après 17 h" in detail(desk, first).text


def test_a_planned_one_has_no_text_yet(desk: Client, house: House) -> None:
    message = make_message(make_visit(house), status="due", due_at=NOW + HOUR)
    page = detail(desk, message).text
    assert "composé au moment de l’envoi" in page
    assert "again/" not in page


def test_what_cannot_go_again_says_why_and_where_to_change_it(desk: Client, house: House) -> None:
    message = make_message(make_visit(house, email="", phone=""), status="failed")
    page = detail(desk, message).text
    assert "pas d’adresse utilisable" in page
    assert f"/patients/{message.patient.public_id}/own-page/" in page


def test_it_is_written_down_who_read_it(desk: Client, house: House) -> None:
    message = make_message(make_visit(house))
    detail(desk, message)
    assert AuditEntry.objects.filter(action="message.read", patient=message.patient).count() == 1


# --- Where else it shows -------------------------------------------------------------------------


def test_on_the_patient_s_page_the_latest(desk: Client, house: House) -> None:
    visit = make_visit(house)
    for number, kind in enumerate(["booked", "early", "reminder", "eve", "day", "moved"]):
        make_message(visit, kind=kind, due_at=NOW - number * HOUR)
    page = desk.get(f"/patients/{visit.patient.public_id}/")
    assert [m.kind for m in page.context["shown"].messages] == [
        *["booked", "early", "reminder", "eve", "day"]
    ]
    assert f"/messages/?patient={visit.patient.public_id}" in page.text
    assert f"/patients/{visit.patient.public_id}/contacts/" in page.text


def test_on_the_appointment_s_page_what_was_and_will_be_said(desk: Client, house: House) -> None:
    visit = make_visit(house)
    make_message(visit, due_at=NOW - HOUR)
    make_message(visit, kind="eve", status="due", due_at=NOW + 24 * HOUR)
    page = desk.get(f"/appointments/{visit.public_id}/")
    assert [m.kind for m in page.context["shown"].messages] == ["reminder", "eve"]
    assert "prévu</span> mar 3 mars 2026, 08:00" in page.text


# --- Words ---------------------------------------------------------------------------------------


def test_every_kind_and_every_reason_has_its_words() -> None:
    assert set(told.KINDS) == set(Kind)
    assert set(told.REASONS) == reasons.CODES
    assert LOST.isdisjoint(reasons.QUIET)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_in_both_languages(desk: Client, house: House, language: str) -> None:
    make_message(make_visit(house), status="failed", reason="gave-up")
    desk.cookies["django_language"] = language
    expected = {"fr": "sans succès", "en": "without success"}[language]
    assert expected in desk.get("/messages/").text


# --- What it costs -------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("address", "queries"), [("/messages/", 5), ("one", 11), ("calls", 10)])
def test_costs_the_same_for_many(
    desk: Client,
    house: House,
    django_assert_num_queries: Any,
    address: str,
    queries: int,
    count: int,
) -> None:
    for number in range(count):
        visit = make_visit(house, f"2026-03-04 1{number}:00")
        message = make_message(visit, status="failed")
        make_message(visit, kind="eve", merged_into=message, status="failed")
        make_call(visit.patient, house.clinic, house.user, "no-answer", message=message)
        make_visit(house, f"2026-03-05 1{number}:00", email="", phone="")
    address = f"/messages/{message.public_id}/" if address == "one" else address
    address = "/messages/calls/" if address == "calls" else address
    desk.get(address)
    with django_assert_num_queries(queries):
        desk.get(address)
