"""An e-mail as it leaves: its parts and headers, parsed back from its bytes."""

import email
from email import policy

import pytest
from icalendar import Calendar

from clinic.messages import letters
from clinic.messages.channels import Parcel
from clinic.models import Kind
from tests.factories import House
from tests.telling import STOP, group_of, make_message, said


def parcel(house: House, kind: str = Kind.BOOKED, many: bool = False, **fields) -> Parcel:
    booked = house.book_series().appointments
    for appointment in booked:
        appointment.clinic, appointment.patient = house.clinic, house.patient
    group = group_of(house, kind, "email", booked if many else booked[:1])
    defaults = {"to": house.patient.email, "stop_link": STOP}
    return Parcel(message=group[0], worded=said(group), **defaults | fields)


def parsed(one: Parcel):
    content = letters.build(one).message().as_bytes()
    return email.message_from_bytes(content, policy=policy.default)


def test_the_parts_in_the_order_of_their_worth(house: House) -> None:
    letter = parsed(parcel(house))
    assert [part.get_content_type() for part in letter.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar",
        "text/calendar",
    ]  # fmt: skip
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text.get_content() == said([parcel_message(house)]).text
    assert "Cabinet Voltaire" in html.get_content()


def parcel_message(house: House):
    from clinic.models import Message

    return Message.objects.select_related("clinic", "patient", "appointment__clinic").first()


@pytest.mark.parametrize(("kind", "method"), [(Kind.MOVED, "REQUEST"), (Kind.CANCELLED, "CANCEL")])
def test_calendar_parts_say_their_method(house: House, kind: str, method: str) -> None:
    letter = parsed(parcel(house, kind))
    inline, file = [p for p in letter.walk() if p.get_content_type() == "text/calendar"]
    for part in (inline, file):
        assert dict(part["Content-Type"].params) == {"method": method, "charset": "utf-8"} or (
            part["Content-Type"].params["method"] == method
        )
        assert part.get_content_charset() == "utf-8"
        calendar = Calendar.from_ical(part.get_content())
        assert calendar["METHOD"] == method
        assert "Cabinet Voltaire" in calendar.walk("VEVENT")[0]["SUMMARY"]
    assert file.get_filename() == "appointment.ics"
    assert inline.get_filename() is None


def test_what_changed_goes_before_what_stands_in_the_calendar_already(house: House) -> None:
    """A cancellation on the day of another visit's reminder still takes itself out."""
    first, second, *_others = house.book_series().appointments
    for appointment in (first, second):
        appointment.clinic, appointment.patient = house.clinic, house.patient
    group = [make_message(first, Kind.EVE), make_message(second, Kind.CANCELLED)]
    letter = parsed(Parcel(group[0], house.patient.email, said(group), STOP))
    parts = [p for p in letter.walk() if p.get_content_type() == "text/calendar"]
    found = [(part.get_filename(), part["Content-Type"].params["method"]) for part in parts]
    assert found == [
        (None, "CANCEL"),
        ("appointment.ics", "REQUEST"),
        ("appointment.ics", "CANCEL"),
    ]


@pytest.mark.parametrize(("kind", "method"), [(Kind.MOVED, "REQUEST"), (Kind.CANCELLED, "CANCEL")])
def test_of_several_changes_the_first_is_carried_out_and_the_others_are_files(
    house: House, kind: Kind, method: str
) -> None:
    booked = house.book_series().appointments
    for appointment in booked:
        appointment.clinic, appointment.patient = house.clinic, house.patient
    group = [make_message(one, kind) for one in booked]
    letter = parsed(Parcel(group[0], house.patient.email, said(group), STOP))
    parts = [p for p in letter.walk() if p.get_content_type() == "text/calendar"]
    assert [part["Content-Type"].params["method"] for part in parts] == [method] * 4
    assert [part.get_filename() for part in parts] == [None, *["appointment.ics"] * 3]
    assert f"UID:{booked[0].uid}" in parts[0].get_content()


def test_a_series_comes_as_a_file_alone(house: House) -> None:
    letter = parsed(parcel(house, many=True))
    (file,) = [p for p in letter.walk() if p.get_content_type() == "text/calendar"]
    assert file["Content-Type"].params["method"] == "PUBLISH"
    assert file.get_content_disposition() == "attachment"


def test_who_it_is_from_and_who_is_answered(house: House, settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Clinique <envoi@clinic.test>"
    letter = parsed(parcel(house))
    assert str(letter["From"]) == "Cabinet Voltaire <envoi@clinic.test>"
    assert str(letter["Reply-To"]) == "accueil@voltaire.test"
    assert str(letter["To"]) == "marie@example.test"
    house.clinic.email = ""
    assert letters.build(parcel_of(house)).reply_to == []


def parcel_of(house: House) -> Parcel:
    message = make_message(house.patient.appointments.first(), Kind.EVE)
    message.clinic = house.clinic
    return Parcel(message=message, to="a@example.test", worded=said([message]))


def test_one_click_stops_them(house: House) -> None:
    """RFC 8058."""
    letter = parsed(parcel(house))
    assert str(letter["List-Unsubscribe"]) == f"<{STOP}>"
    assert str(letter["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert str(letter["Auto-Submitted"]) == "auto-generated"
    assert "List-Unsubscribe" not in letters.headers(parcel_of(house))


def test_the_id_stays_for_each_try_and_changes_with_the_round(house: House, settings) -> None:
    settings.SITE_URL = "https://rdv.clinic.test"
    one = parcel(house)
    one.message.round = 0
    first = parsed(one)["Message-ID"]
    assert str(first) == f"<{one.message.public_id}.0@rdv.clinic.test>" == parsed(one)["Message-ID"]
    one.message.round = 1
    assert str(parsed(one)["Message-ID"]) == f"<{one.message.public_id}.1@rdv.clinic.test>"


@pytest.mark.parametrize(
    "label",
    [
        "Cabinet\r\nBcc: thief@example.test",
        'Cabinet "A" <a@b.test>, x',
        "Cabinet \N{RIGHT-TO-LEFT OVERRIDE}é",
        "É" * 300,
        "🙂 Cabinet",
    ],
)
def test_no_label_writes_a_header(house: House, label: str) -> None:
    house.clinic.neutral_label = label
    letter = parsed(parcel(house))
    assert letter["Bcc"] is None
    (sender,) = letter["From"].addresses
    assert sender.addr_spec == "clinique@localhost"
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in str(letter["Subject"]) + sender.display_name
    assert {name.lower() for name in dict(letter)} <= {
        "content-type", "mime-version", "subject", "from", "to", "reply-to", "date", "message-id",
        "auto-submitted", "content-language", "list-unsubscribe", "list-unsubscribe-post",
    }  # fmt: skip
    assert all(len(line) < 998 for line in letter.as_bytes().splitlines())


def test_an_address_cannot_bring_others(house: House) -> None:
    letter = parsed(parcel(house, to="a@example.test\r\nBcc: b@example.test"))
    assert letter["Bcc"] is None
