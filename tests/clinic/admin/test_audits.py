"""Managers read who did what; of acts on a record, never which."""

import pytest
from django.test import Client

from clinic import audit
from clinic.admin import audits
from clinic.models import AuditEntry
from patients.models import Patient
from tests.factories import NOW, House

pytestmark = pytest.mark.django_db
LIST = "/settings/clinic/auditentry/"


@pytest.fixture(autouse=True)
def _english(manager: Client) -> None:
    manager.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


def wrote(house: House, action: str, **fields: object) -> AuditEntry:
    patient = fields.pop("patient", house.patient)
    assert patient is None or isinstance(patient, Patient)
    return audit.record(
        action, by=house.user, now=NOW, clinic=house.clinic, patient=patient, **fields
    )


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("adverse.read", "Record read"),
        ("adverse.close", "Record written in"),
        ("screening.cleared", "Record written in"),
        ("screening.hold", "Record written in"),
        ("consent.withdraw", "Record written in"),
        ("photo.remove", "Record written in"),
        ("patient.call_back", "Record written in"),
        ("series.review", "Record written in"),
        ("lot.patients", "Record read"),
        ("record.read", "Record read"),
        ("record.break_glass", "Record opened from outside the care"),
        ("whatever.comes", "Record written in"),
        ("series.book", "series.book"),
        ("appointment.move", "appointment.move"),
    ],
)
def test_of_a_record_it_says_read_or_written(
    manager: Client, house: House, action: str, said: str
) -> None:
    entry = wrote(house, action, subject=f"{action}:canary", kept="canary-detail")
    shown = not said.startswith(("Record read", "Record written"))
    for address in (LIST, f"{LIST}{entry.pk}/change/"):
        text = manager.get(address).text
        assert said in text
        assert str(house.patient) in text
        assert (f"{action}:canary" in text) is shown
    assert ("canary-detail" in manager.get(f"{LIST}{entry.pk}/change/").text) is shown


def test_what_was_done_with_a_lot_itself_is_told(manager: Client, house: House) -> None:
    wrote(house, "lot.recall", patient=None, subject="lot:abc")
    assert "lot.recall" in manager.get(LIST).text
    assert "lot:abc" in manager.get(LIST).text


@pytest.mark.parametrize(
    "asked",
    [
        "q=adverse",
        "q=reaction:1",
        "action=adverse.report",
        "action__startswith=adverse",
        "subject__contains=reaction",
        "o=2",
    ],
)
def test_no_address_asks_for_what_the_list_does_not_say(
    manager: Client, house: House, asked: str
) -> None:
    """Whatever is asked, both patients are on the answer, in the same order, or none is."""
    Patient.objects.filter(pk=house.patient.pk).update(family_name="Premier")
    other = Patient.objects.create(family_name="Second", given_name="Une", created_at=NOW)
    wrote(house, "adverse.report", subject="reaction:1")
    wrote(house, "record.read", patient=other, subject="record:2")
    text = manager.get(f"{LIST}?{asked}", follow=True).text
    assert ("PREMIER" in text) == ("SECOND" in text)
    if "PREMIER" in text:
        assert text.index("SECOND") < text.index("PREMIER")


def test_without_the_refusal_an_address_would_ask(
    manager: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""

    def may_ask(self: object, lookup: str, value: str, request: object) -> bool:
        return True

    other = Patient.objects.create(family_name="Second", given_name="Une", created_at=NOW)
    wrote(house, "adverse.report")
    wrote(house, "record.read", patient=other)
    monkeypatch.setattr(audits.AuditEntryAdmin, "lookup_allowed", may_ask)
    text = manager.get(f"{LIST}?action=adverse.report").text
    assert (str(house.patient) in text, "SECOND" in text) == (True, False)


@pytest.mark.parametrize(
    ("chosen", "found"),
    [("read", ["record.read"]), ("write", ["adverse.close"]), ("series.book",) * 2],
)
def test_the_filter_knows_reading_and_writing(
    rf, manager: Client, house: House, chosen: str, found: list[str] | str
) -> None:
    for action in ("record.read", "adverse.close", "series.book"):
        wrote(house, action)
    page = manager.get(f"{LIST}?what={chosen}")
    shown = [entry.action for entry in page.context["cl"].result_list]
    assert shown == (found if isinstance(found, list) else [found])
    assert "adverse.close" not in page.text
