"""The page of a session's record: signing, reading, amending."""

import datetime as dt
from typing import Any

from django.test import Client
from django.urls import reverse

from patients.models import KeptText, Lot, SessionRecord, TreatmentSession
from tests.factories import NOW, make_user
from tests.pages.record_room import Room, saved
from tests.quoting import make_scan

# --- Signing -------------------------------------------------------------------------------------


def sign(room: Room, doctor: Client, record: SessionRecord, **fields: Any):
    seen = ["no_volume", "no_zones"]
    return doctor.post(room.address("record_sign"), room.typed(record, seen=seen, **fields))


def test_signing_fixes_the_record_and_ends_the_session(room: Room, doctor: Client) -> None:
    make_scan(room.house, patient=room.house.patient)
    record = room.draft()
    assert sign(room, doctor, record).url == room.address()
    assert saved(record).status == "signed"
    done = TreatmentSession.objects.get(pk=room.session.pk)
    assert (done.status, done.done_on) == ("completed", NOW.date())
    page = doctor.get(room.address()).content.decode()
    assert ("<textarea" in page, "ML 24-08" in page) == (False, True)


def test_a_second_signature_changes_nothing(room: Room, doctor: Client) -> None:
    make_scan(room.house, patient=room.house.patient)
    record = room.draft()
    sign(room, doctor, record)
    first = saved(record).signed_at
    assert sign(room, doctor, record).status_code == 302
    assert saved(record).signed_at == first
    assert sign(room, doctor, record, notes="trop tard").status_code == 409
    assert (saved(record).notes, KeptText.objects.get().content["notes"]) == ("", "trop tard")


def test_an_expired_lot_cannot_be_signed(room: Room, doctor: Client) -> None:
    make_scan(room.house, patient=room.house.patient)
    Lot.objects.filter(pk=room.lot.pk).update(expires_on=NOW.date() - dt.timedelta(days=1))
    record = room.draft()
    assert sign(room, doctor, record).url == room.address() + "#sign"
    assert saved(record).status == "draft"


def test_an_assistant_writes_and_does_not_sign(room: Room, client: Client) -> None:
    room.house.clinic.assistants_see_records = True
    room.house.clinic.save()
    record = room.draft()
    helper = make_user(room.house.clinic, "assistant")
    client.force_login(helper)
    sent = room.typed(record, who=helper.pk, notes="préparé")
    assert client.post(room.address("record_sign"), sent).status_code == 403
    assert client.post(room.address("record_save"), sent).status_code == 302
    assert saved(record).notes == "préparé"


# --- Reading and amending ------------------------------------------------------------------------


def signed(room: Room, **fields: Any) -> SessionRecord:
    record = room.draft(**fields)
    record.status, record.signed_at, record.signed_by = "signed", NOW, room.doctor
    record.save()
    return record


def test_an_amendment_is_shown_with_the_original(room: Room, doctor: Client) -> None:
    signed(room, notes="Deux ml à gauche")
    sent = {"text": "C’était à droite.", "reason": "côté inversé"}
    assert doctor.post(room.address("record_amend"), sent).url == room.address()
    page = doctor.get(room.address()).content.decode()
    assert [text in page for text in ("Deux ml à gauche", "C’était à droite.", "côté inversé")] == [
        True,
        True,
        True,
    ]


def test_an_amendment_without_a_reason_is_refused(room: Room, doctor: Client) -> None:
    record = signed(room)
    answer = doctor.post(room.address("record_amend"), {"text": "C’était à droite."})
    assert (answer.status_code, record.amendments.count()) == (409, 0)
    assert "C’était à droite." in answer.content.decode()


def test_reception_sees_no_link_to_the_record(room: Room, client: Client) -> None:
    page = reverse("appointment", args=[room.appointment.public_id])
    client.force_login(room.house.user)
    assert room.address() not in client.get(page).content.decode()
    client.force_login(room.doctor)
    assert room.address() in client.get(page).content.decode()
