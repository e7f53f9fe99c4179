"""Reception, managers, and assistants without the grant never get care: not a word, not a column.

One patient's record holds a word of its own in every text (`tests.canaries`). Every route is asked
for as each of them, and neither the answer nor the SQL that made it may touch what is clinical. A
new route joins by its row in the policy table.
"""

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse
from pypdf import PdfReader

from clinic import urls
from clinic.models import Role
from clinic.policy import STAFF, policy
from patients import models
from patients.models import SessionRecord
from tests.canaries import Cage
from tests.factories import NOW
from tests.pages.policy_table import TABLE
from tests.pages.routes import Place, routes

OUTSIDERS = (Role.RECEPTION, Role.MANAGER, Role.ASSISTANT)

# Of the patient, their contacts and course the desk sees all; of a quote too: it hands it over.
OPEN = {
    *[models.Patient, models.Series, models.TreatmentSession, models.Quote, models.QuoteLine],
    *[models.MessageConsent, models.UnusableAddress],
}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Hundreds of refusals are meant here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    with time_machine.travel(NOW, tick=False):
        place = Place()
        place.house.clinic.assistants_see_records = False
        place.house.clinic.save()
        yield place


@pytest.fixture
def cage(place: Place) -> Cage:
    """The record is of the visit that stands on the desk today."""
    return Cage(place.house, place.patient, place.booked.appointments[0].session)


def addresses(place: Place, cage: Cage) -> Iterator[tuple[str, str]]:
    """Every route about the patient with the record, asked in the ways that show most."""
    about = {
        "patient": {"public_id": cage.patient.public_id},
        "series": {"public_id": cage.series.public_id},
        "session": {"public_id": cage.series.public_id, "number": 1},
    }
    for name, row in TABLE.items():
        yield name, place.address(name)
        if row.on in about:
            yield name, reverse(name, kwargs=about[row.on])
    for name in ("search", "patients"):
        yield name, f"{reverse(name)}?q={cage.patient.family_name}"
    yield "series_new", f"{reverse('series_new')}?patient={cage.patient.public_id}"
    yield (
        "series_new",
        f"{reverse('series_new')}?patient={cage.patient.public_id}"
        f"&protocol={place.house.protocol.pk}&start=2026-03-09",
    )
    yield "visit_new", f"{reverse('visit_new')}?patient={cage.patient.public_id}"
    week = "start=2026-03-02T00:00:00Z&end=2026-05-02T00:00:00Z&on=2026-03-02&view=week"
    yield "agenda_events", f"{reverse('agenda_events')}?{week}"


def settings_addresses(cage: Cage) -> Iterator[tuple[str, str]]:
    """The lists of the settings, and the pages of what belongs to the patient."""
    for name in routes():
        if name.startswith("admin:") and name.endswith("_changelist"):
            yield name, reverse(name)
        if name.startswith("admin:") and name.endswith("_change"):
            for row in (cage.series, cage.session, cage.article, cage.lot):
                if name == f"admin:{row._meta.app_label}_{row._meta.model_name}_change":
                    yield name, reverse(name, args=[row.pk])


def answers(client: Client, address: str) -> Iterator[HttpResponse]:
    for options in (
        {},
        {"headers": {"HX-Request": "true"}},
        {"headers": {"Accept": "application/json"}},
    ):
        yield client.get(address, **options)
    yield client.post(address)


def words_in(response: HttpResponse) -> str:
    content = b"".join(response) if response.streaming else response.content
    if content.startswith(b"%PDF"):
        pages = PdfReader(io.BytesIO(content)).pages
        return "\n".join(page.extract_text() for page in pages).lower()
    return content.decode("utf-8", "replace").lower()


def told(cage: Cage, response: HttpResponse) -> set[str]:
    said = words_in(response) + str(response.headers).lower()
    return {str(c) for c in cage.canaries if c.model not in OPEN and c.word in said}


# --- What stands in the SQL ----------------------------------------------------------------------

# What the desk's pages may ask of a record: that something is there, whose, and until when. No text
# and no value is among them. The sentence of each: why it is asked.
STATUS = {
    # Cleared, not cleared, to be seen; and from which day.
    models.Screening: {"id", "patient_id", "protocol_id", "answered_at"},
    models.ScreeningAnswer: {
        *["id", "screening_id", "contraindication_id", "finding", "not_before", "expires_on"],
    },
    models.ScreeningDecision: {"id", "patient_id", "answer_id", "kind", "until", "at"},
    # Given or not, and when.
    models.CareConsent: {
        *["id", "public_id", "patient_id", "protocol_id", "given_at", "withdrawn_at", "how"],
    },
    # Whether a session is recorded and signed.
    models.SessionRecord: {"id", "session_id", "patient_id", "status", "performer_id"},
    # Whether the re-evaluation that was due took place.
    models.Review: {"id", "series_id", "after_number", "at", "outcome"},
    # The desk registers a request, says how it knew who asks, and sees when it is due.
    models.AccessRequest: {field.column for field in models.AccessRequest._meta.concrete_fields}
    - {"answer"},
}
CLINICAL = {
    model._meta.db_table: STATUS.get(model, set())
    for model in models.__dict__.values()
    if isinstance(model, type) and hasattr(model, "_meta") and model not in OPEN
}
COLUMN = re.compile(r'"(\w+)"\."(\w+)"')
ALIAS = re.compile(r'"(patients_\w+)" (?:AS )?"?(\w+)"?')


def asked_too_much(sql: str) -> set[str]:
    """Columns of a record that a statement reads and the desk may not."""
    aliases = {alias: table for table, alias in ALIAS.findall(sql)}
    return {
        f"{aliases.get(table, table)}.{column}"
        for table, column in COLUMN.findall(sql)
        if aliases.get(table, table) in CLINICAL
        and column not in CLINICAL[aliases.get(table, table)]
    }


def test_every_clinical_table_is_watched() -> None:
    assert len(CLINICAL) == len(models.__all__) - len(OPEN) - len(
        {
            *["Gender", "Language", "VatGround", "new_public_id", "Channel", "Purpose"],
            *["ALLOWED_UNASKED", "LONGEST_ADDRESS"],
        }
    )
    texts = {
        f"{model.__name__}.{column}"
        for model, columns in STATUS.items()
        for column in columns
        if column in {"value", "note", "reason", "text", "answer", "withdrawal_note", "signer"}
    }
    assert texts == set()


@pytest.mark.parametrize("role", OUTSIDERS)
def test_those_who_do_not_treat_get_no_word_and_no_column_of_a_record(
    place: Place, cage: Cage, role: Role
) -> None:
    client, leaks = place.client(role), {}
    asked = [*addresses(place, cage), *(settings_addresses(cage) if role == Role.MANAGER else [])]
    for name, address in asked:
        with CaptureQueriesContext(connection) as queries:
            words = {word for response in answers(client, address) for word in told(cage, response)}
        columns = {c for query in queries for c in asked_too_much(query["sql"])}
        if words or columns:
            leaks.setdefault(name, set()).update(words | columns)
    assert leaks == {}


@pytest.mark.parametrize("name", ["search", "patients"])
def test_a_word_of_a_record_finds_nobody(place: Place, cage: Cage, name: str) -> None:
    client = place.client(Role.RECEPTION)
    for canary in cage.canaries:
        if canary.model not in OPEN:
            answer = client.get(reverse(name), {"q": canary.word})
            assert cage.patient.public_id not in answer.text, canary


# --- Controls ------------------------------------------------------------------------------------


@policy(roles=STAFF, patient_data=True)
def careless(request: HttpRequest, public_id: str) -> HttpResponse:
    """A view as it might be written by somebody who forgot."""
    record = SessionRecord.objects.get(patient__public_id=public_id)
    return HttpResponse(f"<p>{record.notes}</p>")


@policy(roles=STAFF, patient_data=True)
def silent(request: HttpRequest, public_id: str) -> HttpResponse:
    """It fetches what it does not show."""
    return HttpResponse(str(SessionRecord.objects.filter(patient__public_id=public_id).first()))


urlpatterns = [
    path("careless/<slug:public_id>/", careless, name="careless"),
    path("silent/<slug:public_id>/", silent, name="silent"),
    *urls.urlpatterns,
]


@pytest.mark.urls("tests.pages.test_canaries")
@pytest.mark.parametrize(("name", "shows"), [("careless", True), ("silent", False)])
def test_control_a_view_that_forgot_is_seen(
    place: Place, cage: Cage, name: str, shows: bool
) -> None:
    client = place.client(Role.RECEPTION)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(reverse(name, args=[cage.patient.public_id]))
    assert ("SessionRecord.notes" in told(cage, response)) is shows
    assert "patients_sessionrecord.notes" in {
        c for query in queries for c in asked_too_much(query["sql"])
    }


def test_control_a_template_that_says_too_much_is_seen(
    place: Place, cage: Cage, tmp_path: Any, settings: Any
) -> None:
    (tmp_path / "patients").mkdir()
    leak = "{% for record in patient.records.all %}{{ record.next_step_text }}{% endfor %}"
    (tmp_path / "patients" / "_head.html").write_text(leak)
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [engine | {"DIRS": [tmp_path, *engine["DIRS"]]}]
    response = place.client(Role.RECEPTION).get(place.address("patient"))
    assert told(cage, response) == {"SessionRecord.next_step_text"}


def test_control_those_who_treat_do_get_the_words(place: Place, cage: Cage) -> None:
    client = place.client(Role.PRACTITIONER)
    seen = {
        word
        for name in ("file_pdf", "file_json", "adverse_events")
        for word in told(cage, client.get(place.address(name)))
    }
    assert len(seen) > 30
