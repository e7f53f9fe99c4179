"""What the desk hears on the phone: passed on to those who treat, and never read back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.models import AuditEntry, Role
from patients.models import AdverseEvent
from tests.factories import House, make_user, open_record
from tests.pages.reading import errors


@pytest.fixture
def practice(house: House, client: Client) -> Client:
    doctor = make_user(house.clinic, Role.PRACTITIONER)
    house.practitioner.user = doctor
    house.practitioner.save()
    house.book_series()
    open_record(doctor, house.patient, house.clinic)
    client.force_login(doctor)
    return client


def told(**fields: Any) -> dict[str, Any]:
    return {
        "noticed_at": "2026-03-02T07:30",
        "source": "phone",
        "severity": "moderate",
        "seriousness": "non-serious",
        "outcome": "ongoing",
        "channel": "none",
    } | fields


def page(event: AdverseEvent, part: str = "") -> str:
    return f"/reactions/{event.public_id}/{part}"


def test_the_desk_passes_on_what_it_hears_and_cannot_read_it_back(
    house: House, desk: Client
) -> None:
    address = f"/patients/{house.patient.public_id}/call-back/"
    with CaptureQueriesContext(connection) as queries:
        response = desk.post(address, {"text": "Canariplainte depuis hier"}, follow=True)
    assert response.redirect_chain == [(f"/patients/{house.patient.public_id}/", 302)]
    fetched = [q["sql"] for q in queries if "adverseevent" in q["sql"] and "SELECT" in q["sql"]]
    assert all("description" not in sql.split("FROM")[0] for sql in fetched)
    event = AdverseEvent.objects.get()
    assert (event.description, event.source, event.severity, event.channel) == (
        "Canariplainte depuis hier",
        "phone",
        "",
        "",
    )
    seen = [f"/patients/{house.patient.public_id}/", address, "/", "/agenda/", "/desk/call/"]
    for where in seen:
        assert "anariplainte" not in desk.get(where).text, where
    refused = [page(event), page(event, "edit/"), page(event, "report.pdf"), "/reactions/"]
    refused.append(f"/patients/{house.patient.public_id}/reactions/")
    for where in refused:
        answer = desk.get(where)
        assert (answer.status_code, "anariplainte" in answer.text) == (403, False), where
    assert AuditEntry.objects.filter(action="patient.call_back").count() == 1
    assert "anariplainte" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize("text", ["", " ", "\0", "x" * 20_001])
def test_what_cannot_be_passed_on_is_told_at_the_field(
    house: House, desk: Client, text: str
) -> None:
    response = desk.post(f"/patients/{house.patient.public_id}/call-back/", {"text": text})
    assert (response.status_code, errors(response.text)) == (200, ["text"])
    assert not AdverseEvent.objects.exists()


def test_what_the_desk_passed_on_is_judged_before_it_is_closed(
    house: House, practice: Client, desk_user_event: Callable
) -> None:
    event = desk_user_event("Canariplainte")
    text = practice.get("/reactions/").text
    assert "bi-telephone-inbound" in text
    response = practice.post(page(event, "close/"), {"outcome": "resolved"})
    assert errors(response.text) == ["outcome"]
    practice.post(page(event, "edit/"), told(version=1, description="Canariplainte"))
    practice.post(page(event, "close/"), {"outcome": "resolved"})
    event.refresh_from_db()
    assert event.status == "closed"


@pytest.fixture
def desk_user_event(house: House) -> Callable:
    def tell(text: str) -> AdverseEvent:
        client = Client()
        client.force_login(house.user)
        client.post(f"/patients/{house.patient.public_id}/call-back/", {"text": text})
        return AdverseEvent.objects.get()

    return tell
