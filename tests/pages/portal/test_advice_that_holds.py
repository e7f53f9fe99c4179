"""Advice that still binds stays on the page, whichever visit was the last or is the next."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.models import Appointment
from clinic.portal.advice import Advice
from protocols import editing, leaflet
from protocols.models import AlertSign, CareInstruction, ExpectedReaction, Protocol
from tests.factories import NOW, House, loaded
from tests.pages.visiting import BIRTH, make_link, visit
from tests.protocols import making

DAY = dt.timedelta(days=1)
WEEK = ("after", "Ni soleil ni sauna", 0, 7 * 24)
FORTNIGHT = ("after", "Pas de soleil", 0, 15 * 24)
PLAIN = ("after", "Une crème", None, None)
ASPIRIN = ("before", "Pas d’aspirine", None, None)
EARLY = ("before", "Pas de bronzage", -30 * 24, 0)

Care = tuple[str, str, int | None, int | None]


def treatment(name: str, *care: Care, usual: int = 0, **fields: Any) -> Protocol:
    """Published; `usual`: a reaction that lasts so many hours."""
    draft = making.make_draft(name_fr=name, **{"gaps": ()} | fields)
    common = {"protocol": draft, "source": making.make_source()}
    for phase, text, first, last in care:
        hours = {"hours_from": first, "hours_until": last}
        CareInstruction.objects.create(phase=phase, topic="sun", text_fr=text, **common | hours)
    if usual:
        ExpectedReaction.objects.create(
            topic="bruise", text_fr=f"Bleu {name}", hours_max=usual, **common
        )
    AlertSign.objects.create(topic="pain", urgency="urgent", text_fr=f"Signe {name}", **common)
    assert editing.publish(draft, by="the test", now=NOW) == []
    return loaded(draft)


def booked(house: House, protocol: Protocol, in_days: int, through: int = 1) -> list[Appointment]:
    start = NOW.date() + in_days * DAY
    series = house.book_series(protocol=protocol, start_on=start, through=through)
    return list(series.appointments)


@pytest.fixture
def phone(house: House, client: Client) -> Client:
    """It opens the page once the clock stands where it should."""
    house.patient.birth_on = BIRTH
    house.patient.save()
    return client


def opened(phone: Client, house: House, page: str = "/my/") -> Any:
    return visit(phone, make_link(house.patient, house.clinic), knows_birth=True).get(page)


def texts(lines: Iterable[Any]) -> list[str]:
    return [line.text for line in lines]


def after(phone: Client, house: House) -> dict[str, list[str]]:
    """What is said after each visit, by treatment and in the order of the page."""
    past = opened(phone, house).context["page"].health.past
    worry = opened(phone, house, "/my/worry/").context["advices"]
    assert [said(one) for one in worry] == [said(one) for one in past]
    return dict(map(said, past))


def said(one: Advice) -> tuple[str, list[str]]:
    return name_of(one), texts([*one.alerts, *one.after, *one.reactions])


def before(phone: Client, house: House) -> dict[str, list[str]]:
    coming = opened(phone, house).context["page"].health.coming
    return {name_of(one): texts(one.before) for one in coming}


def name_of(one: Advice) -> str:
    session = one.visit.appointment.session
    assert session is not None
    return session.series.protocol.name


# --- After ---------------------------------------------------------------------------------------


def test_a_visit_for_something_else_does_not_end_the_advice(
    house: House, phone: Client, clock: time_machine.Traveller
) -> None:
    booked(house, treatment("Visage", WEEK), 1)
    booked(house, treatment("Douleur", PLAIN), 4)
    clock.move_to(NOW + 5 * DAY)
    assert after(phone, house) == {
        "Douleur": ["Signe Douleur", "Une crème"],
        "Visage": ["Signe Visage", "Ni soleil ni sauna"],
    }
    for page in ("/my/", "/my/worry/"):
        text = opened(phone, house, page).text
        assert text.index("Séance 1 · Douleur") < text.index("Séance 1 · Visage")


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        # The visit ends at 09:20.
        (14 * 24, ["Signe Visage", "Pas de soleil", "Une crème", "Ni soleil ni sauna"]),
        (14 * 24 + 2, ["Signe Visage", "Pas de soleil"]),
        (15 * 24 + 1, ["Signe Visage", "Pas de soleil"]),
    ],
)
def test_past_a_fortnight_the_lines_that_run_and_the_alert_signs_stay(
    house: House, phone: Client, clock: time_machine.Traveller, hours: int, told: list[str]
) -> None:
    booked(house, treatment("Visage", WEEK, FORTNIGHT, PLAIN), 1)
    clock.move_to(NOW + DAY + dt.timedelta(hours=hours))
    assert after(phone, house) == {"Visage": told}


def test_it_ends_with_its_last_line(
    house: House, phone: Client, clock: time_machine.Traveller
) -> None:
    booked(house, treatment("Visage", WEEK, FORTNIGHT, PLAIN), 1)
    clock.move_to(NOW + DAY + dt.timedelta(hours=15 * 24 + 2))
    assert after(phone, house) == {}
    worry = opened(phone, house, "/my/worry/").text
    assert "Signe Visage" not in worry
    assert leaflet.general().alerts[0].said.text in worry


def test_so_do_a_usual_reaction_and_what_is_still_to_begin(
    house: House, phone: Client, clock: time_machine.Traveller
) -> None:
    booked(house, treatment("Cheveux", PLAIN, usual=30 * 24), 1)
    booked(house, treatment("Mains", ("after", "Teinture permise", 40 * 24, None)), 2)
    clock.move_to(NOW + 20 * DAY)
    assert after(phone, house) == {
        "Mains": ["Signe Mains", "Teinture permise"],
        "Cheveux": ["Signe Cheveux", "Bleu Cheveux"],
    }
    clock.move_to(NOW + 50 * DAY)
    assert after(phone, house) == {}


def test_however_many_months_it_holds(
    house: House, phone: Client, clock: time_machine.Traveller
) -> None:
    booked(house, treatment("Cicatrice", ("after", "Écran total", 0, 365 * 24)), 1)
    clock.move_to(NOW + 300 * DAY)
    assert after(phone, house) == {"Cicatrice": ["Signe Cicatrice", "Écran total"]}


def test_the_next_session_of_the_same_treatment_takes_its_place(
    house: House, phone: Client, clock: time_machine.Traveller
) -> None:
    protocol = treatment("Visage", FORTNIGHT, gaps=[("P6D", "P1W", "P8D")])
    second = booked(house, protocol, 1, through=2)[1]
    clock.move_to(second.ends_at + DAY)
    (one,) = opened(phone, house).context["page"].health.past
    assert one.visit.appointment == second


def test_also_where_it_was_revised_meanwhile(
    house: House, phone: Client, clock: time_machine.Traveller
) -> None:
    first = treatment("Visage", FORTNIGHT)
    booked(house, first, 1)
    revised = editing.revise(first, by="the test")
    assert editing.publish(revised, by="the test", now=NOW) == []
    (second,) = booked(house, loaded(revised), 4)
    clock.move_to(second.ends_at + DAY)
    (one,) = opened(phone, house).context["page"].health.past
    assert one.visit.appointment == second


def test_the_general_signs_stand_there_where_no_visit_has_any(
    house: House, phone: Client, clock: time_machine.Traveller
) -> None:
    booked(house, treatment("Visage", WEEK), 1)
    clock.move_to(NOW + 2 * DAY)
    general = leaflet.general().alerts[0].said.text
    assert general not in opened(phone, house, "/my/worry/").text
    stranger = visit(Client(), make_link(house.patient, house.clinic))
    assert general in stranger.get("/my/worry/").text


# --- Before --------------------------------------------------------------------------------------


def test_each_treatment_of_the_next_fortnight_says_what_comes_before(
    house: House, phone: Client
) -> None:
    booked(house, treatment("Visage", ASPIRIN), 10)
    booked(house, treatment("Douleur", ("before", "Manger", -2, 0)), 3)
    booked(house, treatment("Mains", ASPIRIN), 30)
    assert before(phone, house) == {"Douleur": ["Manger"], "Visage": ["Pas d’aspirine"]}
    assert "Séance 1 · Visage</p>" in opened(phone, house).text


def test_further_away_what_has_begun_is_said(house: House, phone: Client) -> None:
    booked(house, treatment("Douleur", ASPIRIN), 3)
    booked(house, treatment("Laser", EARLY), 28)
    booked(house, treatment("Peau", EARLY), 35)
    assert list(before(phone, house)) == ["Douleur", "Laser"]


def test_the_next_one_says_it_however_far_it_is(house: House, phone: Client) -> None:
    booked(house, treatment("Mains", ASPIRIN), 40)
    assert before(phone, house) == {"Mains": ["Pas d’aspirine"]}


def test_of_one_treatment_the_first_to_come_speaks(house: House, phone: Client) -> None:
    protocol = treatment("Visage", ASPIRIN, gaps=[("P6D", "P1W", "P8D")])
    first = booked(house, protocol, 3, through=2)[0]
    (one,) = opened(phone, house).context["page"].health.coming
    assert one.visit.appointment == first


# --- Queries -------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/my/", "/my/worry/"])
def test_one_treatment_or_three_cost_the_same_queries(
    house: House, phone: Client, clock: time_machine.Traveller, page: str
) -> None:
    clock.move_to(NOW + 5 * DAY)
    both(house, 1)
    one = cost(phone, house, page)
    both(house, 2)
    both(house, 3)
    assert cost(phone, house, page) == one
    health = opened(phone, house).context["page"].health
    assert (len(health.past), len(health.coming)) == (3, 3)


def both(house: House, n: int) -> None:
    """A treatment of that day, and one of a week later."""
    booked(house, treatment(f"Fait {n}", WEEK), n)
    booked(house, treatment(f"Prévu {n}", ASPIRIN), n + 7)


def cost(phone: Client, house: House, page: str) -> int:
    visit(phone, make_link(house.patient, house.clinic), knows_birth=True)
    with CaptureQueriesContext(connection) as asked:
        phone.get(page)
    return len(asked)
