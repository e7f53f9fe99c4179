"""What one clinic wrote is changed there: a reason opens the record, and no more."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from clinic import booking, consenting, recording, reviewing
from clinic import screening as verbs
from clinic.booking import Refused
from clinic.care import adverse, changing, photos
from clinic.models import Role, StaffMember
from patients.models import Amendment, CareConsent, Photo, Review, ScreeningDecision, SessionRecord
from patients.refusal import Refusal
from tests.factories import (
    at,
    make_clinic,
    make_photo,
    make_resource,
    make_user,
    make_visit_type,
    open_record,
)
from tests.patients.records.making import Treatment
from tests.patients.treating import make_event

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
WORDS = {"text": "Autre chose.", "reason": "Oubli"}


@pytest.fixture
def treatment() -> Treatment:
    treatment = Treatment()
    treatment.signed()
    return treatment


def outsider(treatment: Treatment, role: Role = Role.PRACTITIONER) -> StaffMember:
    """Somebody of another clinic, to whom a reason opens the record."""
    user = make_user(make_clinic(name="Ailleurs"), role)
    open_record(user, treatment.patient, user.staff_members.get().clinic)
    return user.staff_members.select_related("clinic", "user").get()


def insider(treatment: Treatment) -> StaffMember:
    """A colleague at the clinic of the session, who never treated the patient."""
    return treatment.colleague.staff_members.select_related("clinic", "user").get()


def amend(treatment: Treatment, by: StaffMember) -> bool:
    record = SessionRecord.objects.get()
    return isinstance(recording.amend(record=record, by=by, now=treatment.now, **WORDS), Amendment)


def withdraw(treatment: Treatment, by: StaffMember) -> bool:
    consent = CareConsent.objects.get()
    done = consenting.withdraw(staff=by, consent=consent, note="", now=treatment.now)
    assert isinstance(done, CareConsent | Refusal)
    return isinstance(done, CareConsent)


def remove(treatment: Treatment, by: StaffMember) -> bool:
    session = treatment.appointment.session
    photo = make_photo(treatment.patient, treatment.doctor, session=session)
    try:
        return photos.remove(photo=photo, reason="Floue", staff=by, now=treatment.now)
    except changing.Elsewhere:
        assert Photo.objects.get().removed_at is None
        return False


def hold(treatment: Treatment, by: StaffMember) -> bool:
    until = treatment.now.date() + 9 * DAY
    held = verbs.hold(
        patient=treatment.patient, until=until, reason="Avis", by=by, now=treatment.now
    )
    assert ScreeningDecision.objects.exists() is (held is None)
    return held is None


def close(treatment: Treatment, by: StaffMember) -> bool:
    event = make_event(treatment.patient, treatment.doctor, session=treatment.appointment.session)
    try:
        adverse.close(event=event, outcome="recovered", by=by, now=treatment.now)
    except changing.Elsewhere:
        return False
    return True


def review(treatment: Treatment, by: StaffMember) -> bool:
    done = reviewing.review(
        series=treatment.appointment.session.series,
        improvement="better",
        outcome=Review.Outcome.CONTINUE,
        next_protocol=None,
        note="",
        staff=by,
        now=treatment.now,
    )
    return isinstance(done, Review)


ACTS = [amend, withdraw, remove, hold, close, review]
Act = Callable[[Treatment, StaffMember], bool]


@pytest.mark.parametrize("act", ACTS)
def test_a_reason_from_elsewhere_changes_nothing(treatment: Treatment, act: Act) -> None:
    assert act(treatment, outsider(treatment)) is False


@pytest.mark.parametrize("act", ACTS)
def test_who_works_where_the_session_was_held_may(treatment: Treatment, act: Act) -> None:
    assert act(treatment, insider(treatment)) is True


@pytest.mark.parametrize("act", ACTS)
def test_without_the_rule_a_reason_would_do(
    treatment: Treatment, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    monkeypatch.setattr(changing, "elsewhere", lambda *_args, **_options: "")
    assert act(treatment, outsider(treatment)) is True


@pytest.mark.parametrize("act", [amend, remove])
def test_who_wrote_it_may_from_any_clinic(treatment: Treatment, act: Act) -> None:
    moved = StaffMember.objects.create(
        user=treatment.doctor, clinic=make_clinic(), role=Role.PRACTITIONER
    )
    assert act(treatment, moved) is True


def test_a_visit_at_the_other_clinic_makes_the_patient_theirs_and_not_the_record(
    treatment: Treatment,
) -> None:
    by = outsider(treatment)
    own, desk = make_resource(by.clinic, user=by.user), make_user(by.clinic)
    booking.book_visit(
        clinic=by.clinic,
        patient=treatment.patient,
        visit_type=make_visit_type(needs=("practitioner",)),
        starts_at=at("2026-03-05 09:00"),
        by=desk,
        now=treatment.now,
        key="",
    )
    assert own.holds.count() == 1
    assert withdraw(treatment, by) is True
    assert amend(treatment, by) is False


def test_the_sentence_says_whose_it_is(treatment: Treatment) -> None:
    refused = recording.amend(
        record=SessionRecord.objects.get(), by=outsider(treatment), now=treatment.now, **WORDS
    )
    assert isinstance(refused, Refused)
    assert treatment.clinic.name in refused.problems[0].message


# --- On the pages --------------------------------------------------------------------------------


def client_of(staff: StaffMember) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(staff.user)
    return client


def addresses(treatment: Treatment) -> dict[str, str]:
    session = treatment.appointment.session
    series = session.series.public_id
    photo = make_photo(treatment.patient, treatment.doctor, session=session)
    return {
        "record": reverse("record", args=[series, session.number]),
        "amend": reverse("record_amend", args=[series, session.number]),
        "consent": reverse("consent", args=[CareConsent.objects.get().public_id]),
        "photo": reverse("photo", args=[photo.public_id]),
        "remove": reverse("photo_remove", args=[photo.public_id]),
        "review": reverse("review", args=[series]),
    }


def test_what_may_be_read_from_elsewhere_says_where_it_is_changed(treatment: Treatment) -> None:
    client, found = client_of(outsider(treatment)), addresses(treatment)
    for page, offered in (("record", "amend"), ("photo", "remove"), ("consent", None)):
        answer = client.get(found[page])
        assert answer.status_code == 200, page
        assert f"This belongs to {treatment.clinic.name}" in answer.text, page
        assert offered is None or found[offered] not in answer.text
    for page in ("amend", "remove", "review"):
        answer = client.get(found[page])
        assert (answer.status_code, f"This belongs to {treatment.clinic.name}" in answer.text) == (
            403,
            True,
        ), page


def test_what_was_typed_stays_where_it_is_refused(treatment: Treatment) -> None:
    client, found = client_of(outsider(treatment)), addresses(treatment)
    answer = client.post(found["amend"], WORDS)
    assert answer.status_code == 409
    assert WORDS["text"] in answer.text
    assert f"This belongs to {treatment.clinic.name}" in answer.text


def test_the_pages_of_the_clinic_itself_offer_it(treatment: Treatment) -> None:
    open_record(treatment.colleague, treatment.patient, treatment.clinic)
    client, found = client_of(insider(treatment)), addresses(treatment)
    assert found["amend"] in client.get(found["record"]).text
    assert found["remove"] in client.get(found["photo"]).text
    assert client.get(found["review"]).status_code == 200
