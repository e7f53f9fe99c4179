"""The course at a glance, its re-evaluation and the practitioner's work list, as pages."""

import datetime as dt
import html

import pytest
import time_machine
from django.test import Client
from django.utils.translation import gettext

from clinic.models import Appointment, AuditEntry, Role, User
from clinic.pages import course, worklist
from patients.models import Review, Series, TreatmentSession
from patients.reviews import Why
from tests.factories import (
    NOW,
    House,
    make_file_request,
    make_patient,
    make_user,
    open_record,
)
from tests.patients.treating import make_lot, make_record

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
WORK = 13


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def doctor(house: House) -> User:
    user = make_user(house.clinic, Role.PRACTITIONER)
    house.practitioner.user = user
    house.practitioner.save()
    return user


@pytest.fixture
def client(doctor: User) -> Client:
    client = Client()
    client.force_login(doctor)
    return client


def treated(house: House, doctor: User, **record: object) -> Series:
    """A booked series whose first session took place and has a signed record."""
    booked = house.book_series()
    first = booked.appointments[0]
    Appointment.objects.filter(pk=first.pk).update(status="fulfilled")
    session = TreatmentSession.objects.get(pk=first.session_id)
    written = make_record(session, doctor, lots=[make_lot()], **record)
    type(written).objects.filter(pk=written.pk).update(
        status="signed", signed_at=NOW, signed_by=doctor
    )
    TreatmentSession.objects.filter(pk=session.pk).update(status="completed", done_on=first.on)
    assert booked.series is not None
    return booked.series


def later() -> time_machine.travel:
    return time_machine.travel(NOW + 2 * DAY, tick=False)


class TestDossier:
    def test_shows_what_was_done_with_its_lots_and_leaves_an_audit_row(
        self, house: House, doctor: User, client: Client
    ) -> None:
        series = treated(house, doctor, zones=["forehead"], pain_before=7, pain_after=3)
        with later():
            text = client.get(f"/patients/{house.patient.public_id}/record/").content.decode()
        record = series.sessions.get(number=1).record
        use = record.products.get()
        assert use.name in text
        assert use.lot_number in text
        assert "chart-line is-pain-before" in text
        read = AuditEntry.objects.get(action="record.course")
        assert (read.by, read.patient) == (doctor, house.patient)

    def test_without_a_series_says_what_comes_first(
        self, house: House, doctor: User, client: Client
    ) -> None:
        open_record(doctor, house.patient, house.clinic)
        answer = client.get(f"/patients/{house.patient.public_id}/record/")
        assert f"/series/new/?patient={house.patient.public_id}" in answer.content.decode()

    @pytest.mark.parametrize("records", [1, 3])
    def test_asks_as_often_for_one_record_as_for_three(
        self, house: House, doctor: User, client: Client, records: int, django_assert_num_queries
    ) -> None:
        series = house.book_series().series
        assert series is not None
        for session in series.sessions.all()[:records]:
            make_record(session, doctor, lots=[make_lot()])
        with django_assert_num_queries(QUERIES):
            client.get(f"/patients/{house.patient.public_id}/record/")


QUERIES = 17


class TestReview:
    def send(self, client: Client, series: Series, **fields: object) -> int:
        sent = {"improvement": "some", "outcome": "continue", "note": ""} | fields
        with later():
            return client.post(f"/series/{series.public_id}/review/", sent).status_code

    def test_is_written_down(self, house: House, doctor: User, client: Client) -> None:
        series = treated(house, doctor)
        assert self.send(client, series, note="Peau plus souple.") == 302
        told = Review.objects.get()
        assert (told.series, told.after_number, told.note) == (series, 1, "Peau plus souple.")

    def test_stopping_cancels_what_is_to_come_in_the_same_act(
        self, house: House, doctor: User, client: Client
    ) -> None:
        series = treated(house, doctor)
        assert self.send(client, series, outcome="stop") == 302
        series.refresh_from_db()
        assert series.status == "revoked"
        assert not Appointment.objects.filter(session__series=series, status="booked").exists()

    def test_a_change_asks_for_the_protocol_and_goes_on_to_plan_it(
        self, house: House, doctor: User, client: Client
    ) -> None:
        series = treated(house, doctor)
        assert self.send(client, series, outcome="change") == 409
        assert not Review.objects.exists()

    def test_says_what_is_wrong_and_keeps_the_note(
        self, house: House, doctor: User, client: Client
    ) -> None:
        series = treated(house, doctor)
        with later():
            answer = client.post(f"/series/{series.public_id}/review/", {"note": "Gardé."})
        assert answer.status_code == 409
        assert "Gardé." in answer.content.decode()


class TestWork:
    def test_lists_the_sessions_without_a_signed_record(
        self, house: House, doctor: User, client: Client
    ) -> None:
        series = house.book_series().series
        first = Appointment.objects.get(session__series=series, session__number=1)
        Appointment.objects.filter(pk=first.pk).update(status="fulfilled")
        with later():
            text = client.get("/to-do/").content.decode()
        assert f"/sessions/{series.public_id}/1/record/" in text
        assert f"/sessions/{series.public_id}/2/record/" not in text

    def test_a_signed_record_is_no_longer_asked_for(
        self, house: House, doctor: User, client: Client
    ) -> None:
        series = treated(house, doctor)
        with later():
            text = client.get("/to-do/").content.decode()
        assert f"/sessions/{series.public_id}/1/record/" not in text

    def test_a_colleagues_sessions_are_not_listed(self, house: House, doctor: User) -> None:
        series = house.book_series().series
        Appointment.objects.filter(session__series=series, session__number=1).update(
            status="fulfilled"
        )
        other = Client()
        other.force_login(make_user(house.clinic, Role.PRACTITIONER))
        with later():
            assert f"/sessions/{series.public_id}/1/" not in other.get("/to-do/").content.decode()

    def test_lists_courses_to_look_at_again(
        self, house: House, doctor: User, client: Client
    ) -> None:
        series = treated(house, doctor, next_step="review_first")
        with later():
            assert f"/series/{series.public_id}/review/" in client.get("/to-do/").content.decode()

    def test_says_why_only_to_those_who_treat_the_patient(
        self, house: House, doctor: User, client: Client
    ) -> None:
        """What a record asked for is a word of the record."""
        treated(house, doctor, next_step="review_first")
        other = Client()
        other.force_login(make_user(house.clinic, Role.PRACTITIONER))
        said = str(course.WHY[Why.ASKED_FOR])
        with later():
            assert said in html.unescape(client.get("/to-do/").text)
            text = html.unescape(other.get("/to-do/").text)
        assert (said in text, gettext("A re-evaluation is due.") in text) == (False, True)

    def test_a_long_list_shows_its_first_rows_and_says_how_many_there_are(
        self, house: House, doctor: User, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(worklist, "MOST", 2)
        for _ in range(3):
            make_file_request(make_patient(), doctor)
        listed = client.get("/to-do/").context["listed"]
        assert (len(listed.to_hand_over), listed.to_hand_over.total, listed.total) == (2, 3, 3)
        text = client.get("/to-do/", headers={"accept-language": "en"}).text
        assert "The first 2 of 3" in text
        assert text.count("The first ") == 1

    @pytest.mark.parametrize("count", [1, 3])
    def test_costs_the_same_for_one_as_for_three(
        self, house: House, doctor: User, client: Client, count: int, django_assert_num_queries
    ) -> None:
        for _ in range(count):
            make_file_request(make_patient(), doctor)
            booked = house.book_series(patient=make_patient(), through=1)
            Appointment.objects.filter(pk=booked.appointments[0].pk).update(status="fulfilled")
        client.get("/to-do/")
        with later(), django_assert_num_queries(WORK):
            assert len(client.get("/to-do/").context["listed"].to_write) == count
