"""The leaflet's pages: for anybody, by plain POST, with the alert signs first, and nothing kept."""

import datetime as dt
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import Clinic, Price, Role
from protocols import leaflet
from protocols.catalogue import loader
from protocols.models import Protocol
from tests.factories import NOW, House, at, make_clinic, make_patient, make_user
from tests.pages.leaflet_readers import make_link, visit
from tests.pages.reading import errors
from tests.patients.treating import make_article, make_lot, make_record, make_session, sign

TOOLS = ("leaflet_look_up", "leaflet_recovery", "leaflet_count", "leaflet_quiz")
GOOD = {
    "leaflet_look_up": {"signs": ["redness"], "since": "10", "unit": "hours"},
    "leaflet_recovery": {"signs": ["redness"], "since": "", "unit": "hours"},
    "leaflet_count": {"goal": "skin"},
    "leaflet_quiz": {"q1": "1"},
}


@pytest.fixture
def clinic(house: House) -> Clinic:
    house.clinic.shows_leaflet = True
    house.clinic.phone = "+33199000100"
    house.clinic.save()
    return house.clinic


@pytest.fixture
def shipped(clinic: Clinic) -> None:
    loader.load(now=NOW)


def address(clinic: Clinic, name: str = "leaflet") -> str:
    return reverse(name, args=[clinic.public_id])


def words(response: HttpResponse) -> str:
    """What is read, with one space between words."""
    body = response.text[response.text.index("<main") :]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def look_up(client: Client, clinic: Clinic, *signs: str, **fields: Any) -> HttpResponse:
    typed = {"signs": signs, "since": "10", "unit": "hours"} | fields
    return client.post(address(clinic, "leaflet_look_up"), typed)


def levels(response: HttpResponse) -> list[str]:
    return re.findall(r'class="said is-(\w+)', response.text)


# --- On every page -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["leaflet", *TOOLS])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_alert_signs_phone_and_disclaimers_stand_on_every_page(
    client: Client, clinic: Clinic, name: str, language: str
) -> None:
    answers = [client.get(address(clinic, name), headers={"Accept-Language": language})]
    if name != "leaflet":
        answers.append(
            client.post(address(clinic, name), GOOD[name], headers={"Accept-Language": language})
        )
    for response in answers:
        assert response.status_code == 200
        text = words(response)
        for alert in leaflet.general().alerts:
            said = alert.said.text_fr if language == "fr" else alert.said.text_en
            assert said in text
        page = response.text
        assert page.index('class="alerts"') < page.index("<form" if name != "leaflet" else "<nav")
        assert {'href="tel:15"', 'href="tel:112"', 'href="tel:+33-1-99-00-01-00"'} <= set(
            re.findall(r'href="tel:[^"]+"', page)
        )
        ours = "ajoutés par nous" if language == "fr" else "added by us"
        assert ours in text
        replaces = "ne remplacent ni" if language == "fr" else "does not replace"
        assert replaces in text
        assert "<script" not in page
        assert "no-store" in response["Cache-Control"]
        assert 'name="robots" content="noindex' in page


@pytest.mark.parametrize("name", ["leaflet", *TOOLS, "leaflet_report"])
def test_where_a_clinic_does_not_show_it_there_is_no_page(
    client: Client, clinic: Clinic, name: str
) -> None:
    clinic.shows_leaflet = False
    clinic.save()
    visit(client, make_link(make_patient(), clinic))
    assert client.get(address(clinic, name)).status_code == 404
    if name != "leaflet":
        assert client.post(address(clinic, name), GOOD.get(name, {})).status_code == 404
    clinic.shows_leaflet = True  # the control: it is the switch
    clinic.save()
    assert client.get(address(clinic, name)).status_code == 200


def test_a_clinic_starts_without_it() -> None:
    assert Clinic().shows_leaflet is False


def test_a_manager_switches_it_on(client: Client, clinic: Clinic) -> None:
    client.force_login(make_user(clinic, Role.MANAGER))
    page = client.get(f"/settings/clinic/clinic/{clinic.pk}/change/").text
    assert re.search(r'<input type="checkbox" name="shows_leaflet"[^>]*checked', page)
    assert f'<a href="{address(clinic)}">' in page


@pytest.mark.parametrize("name", TOOLS)
def test_nothing_is_written_and_nothing_is_in_the_address(
    client: Client, clinic: Clinic, name: str
) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.post(address(clinic, name), GOOD[name])
    verbs = {query["sql"].split()[0] for query in queries}
    assert verbs <= {"SELECT"}
    assert (response.status_code, client.session.keys()) == (200, set())
    for form in re.findall(r"<form[^>]*>", response.text):
        assert 'method="post"' in form


@pytest.mark.parametrize("protocols", [1, 4])
@pytest.mark.parametrize(
    ("name", "queries"),
    [("leaflet", 1), ("leaflet_look_up", 3), ("leaflet_recovery", 2), ("leaflet_count", 11),
     ("leaflet_quiz", 1)],
)  # fmt: skip
def test_a_page_costs_the_same_for_many_protocols(
    client: Client, shipped, clinic: Clinic, protocols: int, name: str, queries: int,
    django_assert_num_queries: Callable,
) -> None:  # fmt: skip
    kept = list(Protocol.objects.filter(status="active").values_list("pk", flat=True)[:protocols])
    Protocol.objects.filter(status="active").exclude(pk__in=kept).update(
        status="retired", retired_at=NOW, retired_by="the test"
    )
    if name == "leaflet":
        with django_assert_num_queries(queries):
            client.get(address(clinic))
        return
    with django_assert_num_queries(queries):
        client.post(address(clinic, name), GOOD[name])


# --- Reactions -----------------------------------------------------------------------------------


def test_what_is_usual_is_said_with_its_source(client: Client, clinic: Clinic) -> None:
    response = look_up(client, clinic, "redness", since="2", unit="days")
    assert levels(response) == ["expected"]
    text = words(response)
    for said in ("Page d’information 001", "l. 9, 50", "24 à 72 heures.", "l. 25"):
        assert said in text
    past = look_up(client, clinic, "redness", since="49")
    assert levels(past) == ["contact"]
    assert "Contactez le cabinet. Ajouté par nous" in words(past)
    assert "Ajouté par nous" not in text[text.index("Ce que dit la notice") :]


def test_an_alert_sign_stands_first_and_alone(client: Client, clinic: Clinic) -> None:
    response = look_up(client, clinic, "redness", "bruise", "intense_redness", "pus", "breathing")
    assert levels(response) == ["urgent", "urgent"]
    page = response.text
    assert page.index('id="answer"') < page.index('class="alerts"') < page.index("<form")
    assert page.index("is-emergency") < page.index('class="alerts"')
    assert "dit la notice</strong>" not in page  # “usual, says the leaflet”


@pytest.mark.parametrize("since", ["", "1,5", "-3"])
@pytest.mark.parametrize("sign", [one.code for one in leaflet.alert_signs()])
def test_an_alert_sign_is_answered_whatever_else_is_missing(
    client: Client, clinic: Clinic, sign: str, since: str
) -> None:
    address = reverse("leaflet_look_up", args=[clinic.public_id])
    response = client.post(address, {"signs": [sign], "since": since, "unit": "hours"})
    assert set(levels(response)) <= {"urgent", "contact"}
    assert response.text.index('id="answer"') < response.text.index("<form")
    assert response.context["form"].errors  # and the field still says what is missing


def test_without_an_alert_sign_the_time_is_asked_first(client: Client, clinic: Clinic) -> None:
    address = reverse("leaflet_look_up", args=[clinic.public_id])
    response = client.post(address, {"signs": ["redness"], "since": "", "unit": "hours"})
    assert 'id="answer"' not in response.text


@pytest.mark.parametrize("sign", [one.code for one in leaflet.alert_signs()])
def test_no_alert_sign_is_ever_shown_as_usual(client: Client, clinic: Clinic, sign: str) -> None:
    others = [one.code for one in leaflet.symptoms()]
    found = levels(look_up(client, clinic, sign, *others))
    assert found
    assert not {"expected", "watch"} & set(found)


def test_a_chosen_treatment_is_looked_up_in_its_own_leaflet(
    client: Client, shipped, clinic: Clinic
) -> None:
    assert levels(look_up(client, clinic, "redness")) == ["expected"]
    assert levels(look_up(client, clinic, "redness", protocol="laser-hair-removal")) == ["contact"]
    assert levels(look_up(client, clinic, "pain", zone="scalp")) == ["expected"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("signs", []),
        ("signs", ["nonsense"]),
        ("since", ""),
        ("since", "-1"),
        ("since", "two"),
        ("since", "1" * 30),
        ("unit", ""),
        ("protocol", "nothing"),
        ("zone", "nowhere"),
    ],
)
def test_a_wrong_field_is_told_and_what_was_ticked_stays(
    client: Client, clinic: Clinic, field: str, value: Any
) -> None:
    typed = {"signs": ["bruise"], "since": "10", "unit": "hours", "thin": "on"} | {field: value}
    response = client.post(address(clinic, "leaflet_look_up"), typed)
    assert (response.status_code, errors(response.text)) == (200, [field])
    assert f'id="id_{field}"' in response.text
    assert re.search(r'name="thin" checked', response.text)
    if field != "signs":
        assert re.search(r'value="bruise" checked', response.text)
    assert 'id="answer"' not in response.text


# --- How long, how many, quiz --------------------------------------------------------------------


def test_how_long_and_what_still_holds(client: Client, clinic: Clinic) -> None:
    typed = {"signs": ["redness", "nodule", "tingling"], "since": "30", "unit": "hours"}
    text = words(client.post(address(clinic, "leaflet_recovery"), typed))
    assert "Durée habituelle : 12 à 48 heures" in text
    assert "Encore 18 heures" in text  # of the 48 for sport; make-up is over
    assert "maquillage" not in text.lower()
    assert "Pour une boule, aucune durée n’est estimée" in text
    without = words(client.post(address(clinic, "leaflet_recovery"), typed | {"since": ""}))
    assert "Consignes encore valables" not in without


def test_how_many_with_the_clinics_prices(client: Client, shipped, clinic: Clinic) -> None:
    def cost(cents: int) -> str:
        Price.objects.update_or_create(
            clinic=clinic, protocol="pain-locomotor", phase="",
            defaults={"cents": cents, "vat_ground": "care"},
        )  # fmt: skip
        response = client.post(address(clinic, "leaflet_count"), {"goal": "pain"})
        return words(response).replace("\u00a0", " ")

    assert "3 à 6 séances" in cost(6_000)
    assert "de 180,00 € à 360,00 €" in cost(6_000)
    assert "devis écrit" in cost(5_000)
    assert "devis écrit" not in cost(4_999)
    Price.objects.all().delete()
    text = words(client.post(address(clinic, "leaflet_count"), {"goal": "pain"}))
    assert ("€" in text, "devis écrit" in text) == (False, False)
    assert errors(client.post(address(clinic, "leaflet_count"), {}).text) == ["goal"]


def test_a_zone_that_no_page_names_gets_no_number(client: Client, shipped, clinic: Clinic) -> None:
    typed = {"goal": "skin", "zone": "body"}
    text = words(client.post(address(clinic, "leaflet_count"), typed))
    assert "Aucune page ne donne de nombre" in text
    assert not re.search(r"\d à \d séances", text)


def test_the_quiz_explains_and_counts_nothing(client: Client, clinic: Clinic) -> None:
    before = client.get(address(clinic, "leaflet_quiz"))
    assert 'class="why' not in before.text
    response = client.post(address(clinic, "leaflet_quiz"), {"q1": "1", "q2": "2"})
    assert re.findall(r'class="why( is-\w+)?"', response.text) == [" is-right", " is-other"] + [
        ""
    ] * (len(leaflet.questions()) - 2)
    text = words(response)
    assert not re.search(r"\d+\s*(/|sur|%|point)\s*(14|15|s\b)", text)
    assert "score" not in text.lower()
    assert re.search(r'name="q1" value="1" checked', response.text)


# --- Who is known --------------------------------------------------------------------------------


@pytest.fixture
def treated(house: House, clinic: Clinic) -> House:
    """The patient's last session ended 47 hours and a minute ago, on the scalp."""
    doctor = make_user(clinic, Role.PRACTITIONER)
    record = make_record(
        make_session(house.patient, house.protocol, doctor), doctor,
        lots=[make_lot(make_article("Éclat", contains_ha=True), "L1")], zones=["scalp-crown"],
        started_at=at("2026-02-28 08:30"), ended_at=NOW - dt.timedelta(hours=47, minutes=1),
    )  # fmt: skip
    sign(record)
    return house


def filled(response: HttpResponse) -> dict[str, str]:
    page = response.text
    chosen = re.findall(
        r'<select name="(\w+)".*?<option value="([\w-]+)" selected', page, re.DOTALL
    )
    since = re.search(r'name="since" value="(\d+)"', page)
    return dict(chosen) | ({"since": since[1]} if since else {})


def test_a_known_patients_last_session_is_filled_in(client: Client, treated: House) -> None:
    clinic = treated.clinic
    place = address(clinic, "leaflet_look_up")
    assert filled(client.get(place)) == {}
    loader.load(now=NOW)  # the zones
    visit(client, make_link(treated.patient, clinic))
    page = client.get(place)
    assert filled(page) == {
        "since": "48",
        "unit": "hours",
        "zone": "scalp",
        "protocol": treated.protocol.slug,
    }
    assert re.search(r'name="filler" checked', page.text)


def test_a_series_keeps_the_leaflet_of_its_own_version(
    client: Client, house: House, clinic: Clinic
) -> None:
    """Also where its protocol is in use no more."""
    loader.load(now=NOW)
    protocol = Protocol.objects.get(slug="skin-quality", status="active")
    doctor = make_user(clinic, Role.PRACTITIONER)
    make_record(make_session(house.patient, protocol, doctor), doctor)
    protocol.status, protocol.retired_at, protocol.retired_by = "retired", NOW, "the test"
    protocol.save()
    visit(client, make_link(house.patient, clinic))
    assert filled(client.get(address(clinic, "leaflet_look_up")))["protocol"] == "skin-quality"
    assert levels(look_up(client, clinic, "redness", protocol="skin-quality")) == ["expected"]


@pytest.mark.parametrize("case", ["no birth date", "another clinic", "revoked", "expired"])
def test_whoever_is_not_known_is_told_nothing_of_a_session(
    client: Client, treated: House, case: str
) -> None:
    clinic = make_clinic(shows_leaflet=True) if case == "another clinic" else treated.clinic
    fields: dict[str, Any] = {
        "revoked": {"revoked_at": NOW - dt.timedelta(minutes=31)},
        "expired": {"expires_at": NOW - dt.timedelta(minutes=1)},
    }.get(case, {})
    link = make_link(treated.patient, clinic, **fields)
    visit(client, link, knows_birth=case != "no birth date")
    assert filled(client.get(address(treated.clinic, "leaflet_look_up"))) == {}
    assert client.get(address(treated.clinic, "leaflet_report")).status_code == 404


@pytest.mark.parametrize("sessions", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("leaflet_look_up", 12), ("leaflet", 10)])
def test_a_known_patients_page_costs_the_same_for_many_sessions(
    client: Client, treated: House, sessions: int, name: str, queries: int,
    django_assert_num_queries: Callable,
) -> None:  # fmt: skip
    doctor = make_user(treated.clinic, Role.PRACTITIONER)
    for _ in range(sessions - 1):
        session = make_session(treated.patient, treated.protocol, doctor)
        make_record(session, doctor, lots=[make_lot()], started_at=at("2026-02-01 09:00"))
    visit(client, make_link(treated.patient, treated.clinic))
    with django_assert_num_queries(queries):
        client.get(address(treated.clinic, name))
