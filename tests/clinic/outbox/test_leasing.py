"""A message is one sender's at a time; who dies leaves one in doubt and the rest to the others."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from clinic.models import Message
from clinic.outbox import handing, leasing
from clinic.outbox.handing import Sent
from clinic.outbox.leasing import LEASE, Sender
from tests.factories import NOW, House, make_appointment, make_patient
from tests.telling import make_message

pytestmark = pytest.mark.django_db

ONE, OTHER = Sender("one"), Sender("other")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def house() -> House:
    return House()


def due(house: House, count: int = 1, **fields: object) -> list[Message]:
    """Of as many patients; the visits are on one day, the earliest first."""
    made = []
    for number in range(count):
        start, end = f"2026-03-05 09:{number:02}", f"2026-03-05 10:{number:02}"
        visit = make_appointment(house, make_patient(), start, end)
        made.append(make_message(visit, **{"useful_until": visit.starts_at} | fields))
    return made


def claim(sender: Sender, *, now: dt.datetime = NOW, limit: int = 100) -> list[int]:
    return [message.pk for message in leasing.claim(sender, limit=limit, now=now)]


def begin(sender: Sender, *messages: int, now: dt.datetime = NOW) -> bool:
    with transaction.atomic():
        seen = handing.how_it_stands(sender, messages)
        return handing.begin(sender, dict.fromkeys(messages, "") | seen, now=now)


def sent(*messages: int) -> Sent:
    return Sent(messages, "a@example.test", "Objet", "Texte", "fr", 0, "id-1")


def statuses() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("status", flat=True))


def test_the_database_has_the_time() -> None:
    first, second = leasing.database_now(), leasing.database_now()
    assert first <= second
    assert first.tzinfo is not None
    assert abs(first - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)


def test_what_one_claimed_no_other_gets(house: House) -> None:
    first, second = due(house, 2)
    assert claim(ONE, limit=1) == [first.pk]
    assert claim(OTHER) == [second.pk]
    assert claim(ONE) == claim(OTHER) == []


def test_what_is_not_due_waits(house: House) -> None:
    due(house, next_try_at=NOW + MINUTE)
    assert claim(ONE) == []
    assert len(claim(ONE, now=NOW + MINUTE)) == 1


@pytest.mark.parametrize("status", ["accepted", "failed", "cancelled", "doubtful"])
def test_what_ended_is_not_claimed(house: House, status: str) -> None:
    due(house, status=status, settled_at=None if status == "doubtful" else NOW)
    assert claim(ONE) == []


def test_a_lease_that_ran_out_gives_back_what_was_not_begun(house: House) -> None:
    first, second = due(house, 2)
    claim(ONE)
    assert begin(ONE, first.pk)
    assert claim(OTHER, now=NOW + LEASE - MINUTE) == []
    assert claim(OTHER, now=NOW + LEASE) == [second.pk]
    assert statuses() == ["doubtful", "claimed"]
    assert Message.objects.get(pk=first.pk).doubted_at == NOW + LEASE


def test_a_sender_that_slept_past_its_lease_begins_and_writes_nothing(house: House) -> None:
    (message,) = due(house)
    claim(ONE)
    late = NOW + LEASE
    assert not begin(ONE, message.pk, now=late)
    claim(OTHER, now=late)
    assert not begin(ONE, message.pk, now=late)
    assert begin(OTHER, message.pk, now=late)
    assert not handing.accept(ONE, sent(message.pk), now=late)
    leasing.fail(ONE, [message.pk], reason="gave-up", now=late)
    leasing.put_off(ONE, [message.pk], until=late)
    assert statuses() == ["claimed"]
    assert handing.accept(OTHER, sent(message.pk), now=late)
    assert statuses() == ["accepted"]


def test_a_parcel_begins_whole_or_not_at_all(house: House) -> None:
    first, second = due(house, 2)
    claim(ONE)
    Message.objects.filter(pk=second.pk).update(
        status="cancelled", settled_at=NOW, leased_until=None
    )
    assert not begin(ONE, first.pk, second.pk)
    message = Message.objects.get(pk=first.pk)
    assert (message.begun_at, message.attempts) == (None, 0)
    assert begin(ONE, first.pk)


def test_what_is_sent_is_kept_as_it_was_sent(house: House) -> None:
    first, second = due(house, 2)
    claim(ONE)
    begin(ONE, first.pk, second.pk)
    assert handing.accept(ONE, sent(first.pk, second.pk), now=NOW + MINUTE)
    carrier, other = Message.objects.order_by("pk")
    assert (carrier.subject, carrier.text, carrier.sent_to) == ("Objet", "Texte", "a@example.test")
    assert (carrier.provider_id, carrier.settled_at) == ("id-1", NOW + MINUTE)
    assert (other.status, other.merged_into, other.text) == ("accepted", carrier, "")


@pytest.mark.parametrize(
    "change", [{"status": "due", "settled_at": None}, {"text": "Autre"}, {"sent_to": "b"}]
)
def test_the_database_lets_nobody_change_what_was_sent(
    house: House, change: dict[str, object]
) -> None:
    (message,) = due(house)
    claim(ONE)
    begin(ONE, message.pk)
    handing.accept(ONE, sent(message.pk), now=NOW)
    with pytest.raises(IntegrityError, match="clinic_message_sent_is_fixed"), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM clinic_message")


def test_without_the_rule_what_was_sent_can_be_changed(house: House) -> None:
    """The control of the test above."""
    (message,) = due(house)
    claim(ONE)
    begin(ONE, message.pk)
    handing.accept(ONE, sent(message.pk), now=NOW)
    on = ' ON "clinic_message"' if connection.vendor == "postgresql" else ""
    name = "clinic_message_sent_is_fixed" + ("" if on else "_update")
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{name}"{on}')
    assert Message.objects.filter(pk=message.pk).update(text="Autre") == 1


# --- The pace of what is late --------------------------------------------------------------------


def test_what_is_late_leaves_at_a_pace_and_what_is_on_time_at_once(house: House) -> None:
    hours_ago = NOW - dt.timedelta(hours=6)
    late = due(house, 5, due_at=hours_ago, next_try_at=hours_ago)
    slow = Sender("slow", late_a_minute=2)
    assert claim(slow) == [message.pk for message in late[:2]]
    assert claim(Sender("other", late_a_minute=2)) == []
    visit = make_appointment(house, make_patient(), "2026-03-04 09:00", "2026-03-04 09:30")
    on_time = make_message(visit)
    assert claim(slow, now=NOW + MINUTE / 2) == [on_time.pk]
    assert claim(slow, now=NOW + 2 * MINUTE) == [message.pk for message in late[2:4]]


def test_without_a_pace_all_that_is_late_leaves_together(house: House) -> None:
    """The control of the test above."""
    hours_ago = NOW - dt.timedelta(hours=6)
    due(house, 5, due_at=hours_ago, next_try_at=hours_ago)
    assert len(claim(Sender("quick", late_a_minute=None))) == 5


def test_the_earliest_visits_come_first(house: House) -> None:
    messages = due(house, 3)
    ago = NOW - dt.timedelta(hours=1)
    Message.objects.filter(pk=messages[2].pk).update(next_try_at=ago)
    assert claim(ONE, limit=2) == [messages[0].pk, messages[1].pk]


# --- One parcel a patient and day ----------------------------------------------------------------


def test_what_else_is_due_today_for_the_patient_leaves_with_it(house: House) -> None:
    patient = make_patient()
    later = NOW + dt.timedelta(hours=3)
    visits = [
        make_appointment(house, patient, f"2026-03-05 {hour}:00", f"2026-03-05 {hour}:30")
        for hour in ("09", "15")
    ]
    now_due, later_today = make_message(visits[0]), make_message(visits[1], next_try_at=later)
    other_day = make_message(visits[1], "early", next_try_at=NOW + dt.timedelta(days=1))
    bound = make_message(visits[1], "day", next_try_at=later)
    other_way = make_message(visits[1], channel="sms", next_try_at=later)
    assert claim(ONE) == [now_due.pk, later_today.pk]
    left = [other_day.pk, bound.pk, other_way.pk]
    assert list(Message.objects.filter(status="due").values_list("pk", flat=True)) == left


def test_giving_back_leaves_what_was_begun(house: House) -> None:
    first, second = due(house, 2)
    claim(ONE)
    begin(ONE, first.pk)
    leasing.give_back(ONE)
    assert statuses() == ["claimed", "due"]
    assert claim(OTHER) == [second.pk]
