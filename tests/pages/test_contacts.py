"""How a patient wants to hear from the clinic, written down at the desk."""

from typing import Any

import pytest
from django.test import Client

from clinic.models import AuditEntry
from patients import contacts
from patients.models import MessageConsent, Patient
from tests.factories import NOW, House, make_patient

PURPOSES = ("reminder", "aftercare", "recall", "marketing")
UNSAID = {f"{purpose}-{channel}": "" for purpose in PURPOSES for channel in ("email", "sms")}


@pytest.fixture
def patient(house: House) -> Patient:
    return make_patient("Petit", "Léa", email="lea@example.test")


def address(patient: Patient) -> str:
    return f"/patients/{patient.public_id}/contacts/"


def send(client: Client, patient: Patient, **data: str) -> Any:
    """`recall_sms="yes"` is the field of that purpose and channel."""
    stands = {"language": "fr", "how": "desk", "version": str(patient.version)} | UNSAID
    named = {key.replace("_", "-"): value for key, value in data.items()}
    chosen = {key: value for key, value in named.items() if key in UNSAID}
    rest = {key: value for key, value in data.items() if key.replace("_", "-") not in UNSAID}
    return client.post(address(patient), stands | chosen | rest)


def said() -> list[tuple[str, str, bool, str]]:
    rows = MessageConsent.objects.order_by("pk")
    return list(rows.values_list("purpose", "channel", "is_given", "how"))


def test_what_is_said_is_one_row_each_with_who_and_how(
    desk: Client, house: House, patient: Patient
) -> None:
    answer = send(desk, patient, recall_email="yes", reminder_sms="no", how="paper")
    assert answer.status_code == 302
    assert said() == [("reminder", "sms", False, "paper"), ("recall", "email", True, "paper")]
    row = MessageConsent.objects.first()
    assert row is not None
    assert (row.by, row.at) == (house.user, NOW)
    entry = AuditEntry.objects.get(action="patient.agree")
    assert entry.detail == {
        "how": "paper",
        "given": ["recall:email"],
        "refused": ["reminder:sms"],
    }
    page = desk.get(address(patient))
    assert [row.purpose for row in page.context["history"]] == ["recall", "reminder"]
    assert "Signé sur papier" in page.text


def test_what_stood_so_is_not_said_again(desk: Client, patient: Patient) -> None:
    send(desk, patient, recall_email="yes")
    send(desk, patient, recall_email="yes")
    assert len(said()) == 1
    send(desk, patient, recall_email="no")
    assert [is_given for *_rest, is_given, _how in said()] == [True, False]


def test_what_was_said_cannot_be_unsaid(desk: Client, patient: Patient) -> None:
    send(desk, patient, recall_email="yes")
    answer = send(desk, patient, recall_email="")
    assert answer.status_code == 409
    assert "recall-email" in answer.context["form"].errors
    assert len(said()) == 1


def test_nothing_chosen_writes_nothing(desk: Client, patient: Patient) -> None:
    assert send(desk, patient).status_code == 302
    assert said() == []
    assert not AuditEntry.objects.filter(action__in=["patient.agree", "patient.update"]).exists()


def test_preference_and_language_are_the_patient_s(desk: Client, patient: Patient) -> None:
    send(desk, patient, preferred_channel="sms", language="en")
    patient.refresh_from_db()
    assert (patient.preferred_channel, patient.language, patient.version) == ("sms", "en", 2)
    assert [way.channel for way in contacts.reach(patient, "reminder")] == ["sms", "email"]


def test_somebody_else_saved_meanwhile(desk: Client, patient: Patient) -> None:
    Patient.objects.filter(pk=patient.pk).update(version=5)
    answer = send(desk, patient, preferred_channel="sms", recall_sms="yes")
    assert answer.status_code == 409
    assert said() == []
    assert 'name="version" value="5"' in answer.text
    assert '<option value="yes" selected>' in answer.text


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"how": "stop"}, "how"),
        ({"how": ""}, "how"),
        ({"language": "xx"}, "language"),
        ({"preferred_channel": "pigeon"}, "preferred_channel"),
        ({"recall_sms": "perhaps"}, "recall-sms"),
        ({"version": "x"}, "version"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    desk: Client, patient: Patient, data: dict[str, str], field: str
) -> None:
    answer = send(desk, patient, **data)
    assert answer.status_code == 409
    assert list(answer.context["form"].errors) == [field]
    assert said() == []


def test_a_stop_and_a_refused_address_show(desk: Client, patient: Patient) -> None:
    contacts.stop(patient=patient, channel="sms", how="stop", now=NOW)
    contacts.mark_unusable(
        patient=patient, channel="email", address=patient.email, answer="550 no", now=NOW
    )
    text = desk.get(address(patient)).text
    assert "STOP par SMS" in text
    assert "<strong>lea@example.test</strong>" in text
    assert "550 no" in text


def test_an_address_that_is_right_after_all_is_tried_again(desk: Client, patient: Patient) -> None:
    contacts.mark_unusable(
        patient=patient, channel="email", address=patient.email, answer="550 no", now=NOW
    )
    again = f"{address(patient)}{patient.unusable_addresses.get().pk}/again/"
    assert f'action="{again}"' in desk.get(address(patient)).text
    for _ in range(2):
        assert desk.post(again).url == address(patient)
    assert not patient.unusable_addresses.exists()
    (entry,) = AuditEntry.objects.filter(action="patient.try_again")
    assert (entry.patient, entry.detail) == (patient, {"channel": "email"})


def test_that_of_somebody_else_stays(desk: Client, patient: Patient) -> None:
    other = make_patient("Autre", email="autre@example.test")
    contacts.mark_unusable(
        patient=other, channel="email", address=other.email, answer="550 no", now=NOW
    )
    mark = other.unusable_addresses.get().pk
    desk.post(f"{address(patient)}{mark}/again/")
    assert other.unusable_addresses.exists()


def test_the_edit_form_asks_for_the_preferred_channel(desk: Client, patient: Patient) -> None:
    page = desk.get(f"/patients/{patient.public_id}/edit/")
    assert 'name="preferred_channel"' in page.text
    assert 'id="id_phone"' in page.text
    assert 'name="preferred_channel"' in desk.get("/patients/new/").text
