"""Nothing about health in the open: every outgoing text, scanned for every word of the catalogue.

Every kind, channel and language, alone and together, for every protocol that is shipped. What a
record, a note or a desk's note says is looked for as well: each is a word that stands nowhere else.
"""

import datetime as dt
import email
import re
from collections.abc import Iterator
from dataclasses import replace
from email import policy

import pytest
from django.core.management import call_command

from clinic import visit_types
from clinic.messages import letters, openness
from clinic.messages.channels import Parcel
from clinic.messages.invitations import Invitation
from clinic.models import Appointment, Kind, VisitType
from patients.models import Channel, Language, Series, TreatmentSession
from protocols.models import Indication, Product, Protocol, Zone
from tests.canaries import Cage
from tests.factories import NOW, House
from tests.telling import STOP, make_message, said


@pytest.fixture
def catalogue(db: None) -> openness.Vocabulary:
    call_command("load_catalogue", verbosity=0)
    visit_types.load()
    return openness.vocabulary()


def everything_open(parcel: Parcel) -> str:
    """Every letter that leaves: of an e-mail its headers, its parts decoded, its calendars."""
    if parcel.message.channel == Channel.SMS:
        return parcel.worded.text
    content = letters.build(parcel).message().as_bytes()
    letter = email.message_from_bytes(content, policy=policy.default)
    heads = "\n".join(f"{name}: {value}" for name, value in letter.items())
    parts = [part.get_content() for part in letter.walk() if not part.is_multipart()]
    said = "\n".join([heads, *map(str, parts)])
    return visible(said.replace("\r\n ", ""))


def visible(text: str) -> str:
    """Without how a mail program is told to show it, and without our own names of fields."""
    text = re.sub(r"<style>.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL)
    return re.sub(r"^[A-Z][A-Za-z-]*[:;]", " ", text, flags=re.MULTILINE)


def outgoing(house: House, appointment: Appointment, session: TreatmentSession) -> Iterator[Parcel]:
    """One of every kind, channel and language."""
    for language in Language:
        appointment.patient.language = session.series.patient.language = language
        for channel in Channel:
            for kind in Kind:
                yield parcel(house, appointment, session, kind, channel, language)


def parcel(house, appointment, session, kind, channel, language) -> Parcel:
    recall = kind in {Kind.RECALL, Kind.RECALL_DUE}
    round_ = list(Language).index(language)
    message = (
        make_message(session, kind, channel, clinic=house.clinic, round=round_)
        if recall
        else make_message(appointment, kind, channel, round=round_)
    )
    message.patient = appointment.patient
    to = "marie@example.test" if channel == Channel.EMAIL else "+33639981234"
    return Parcel(message, to, said([message]), STOP)


def booked(house: House, protocol: Protocol, day: int) -> Appointment:
    """Of the first session of a series on this protocol: the rows that a message is about."""
    series = Series.objects.create(
        patient=house.patient, protocol=protocol, status="active", opened_at=NOW,
        opened_by=house.user,
    )  # fmt: skip
    session = TreatmentSession.objects.create(series=series, step=protocol.steps.first(), number=1)
    starts_at = NOW + dt.timedelta(days=day, hours=2)
    return Appointment.objects.create(
        clinic=house.clinic, patient=house.patient, session=session, starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=30), booked_at=NOW, booked_by=house.user,
        changed_at=NOW, changed_by=house.user,
    )  # fmt: skip


def test_no_outgoing_text_says_a_word_of_the_catalogue(
    house: House, catalogue: openness.Vocabulary
) -> None:
    protocols = list(Protocol.objects.bookable())
    assert len(protocols) >= 11
    leaks, scanned = {}, 0
    for day, protocol in enumerate(protocols):
        appointment = booked(house, protocol, day)
        for one in outgoing(house, appointment, appointment.session):
            scanned += 1
            if found := catalogue.found_in(everything_open(one)):
                leaks[protocol.slug, one.message.kind, one.message.channel] = found
    assert leaks == {}
    assert scanned == len(protocols) * len(Kind) * len(Channel) * len(Language)


def test_no_outgoing_text_says_a_word_of_a_record_or_of_a_note(house: House) -> None:
    appointment = house.book_series().appointments[0]
    appointment.cancellation_note = "qzxnote"
    house.patient.desk_note = "qzxdesk"
    house.patient.save()
    appointment.clinic, appointment.patient = house.clinic, house.patient
    cage = Cage(house, house.patient, appointment.session)
    words = [canary.word for canary in cage.canaries] + ["qzxnote", "qzxdesk"]
    assert len(words) > 60
    for one in outgoing(house, appointment, appointment.session):
        text = everything_open(one).casefold()
        assert [word for word in words if word in text] == [], one.message.kind
        names = {house.patient.family_name.casefold(), house.practitioner.name.casefold()}
        assert [name for name in names if name in text] == [], one.message.kind


# --- Controls -------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["subject", "text", "html", "calendar", "sms"])
def test_control_a_word_in_any_part_is_found(
    house: House, catalogue: openness.Vocabulary, place: str
) -> None:
    appointment = house.book_series().appointments[0]
    channel = Channel.SMS if place == "sms" else Channel.EMAIL
    message = make_message(appointment, Kind.BOOKED, channel)
    worded = said([message])
    word = "Mésothérapie"
    if place == "calendar":
        (one,) = worded.invitations
        content = one.content.decode().replace("Rendez-vous", word).encode()
        worded = replace(worded, invitations=(Invitation("REQUEST", content),))
    else:
        field = "text" if place == "sms" else place
        wrong = getattr(worded, field).replace("endez-vous", f"endez-vous {word}")
        worded = replace(worded, **{field: wrong})
    to = "+33639981234" if place == "sms" else "marie@example.test"
    found = catalogue.found_in(everything_open(Parcel(message, to, worded)))
    assert found != []


def test_control_a_label_that_says_it_is_found(
    house: House, catalogue: openness.Vocabulary
) -> None:
    house.clinic.neutral_label = "Centre Laser & Peau"
    appointment = house.book_series().appointments[0]
    appointment.clinic, appointment.patient = house.clinic, house.patient
    for one in outgoing(house, appointment, appointment.session):
        assert {"laser", "peau"} <= set(catalogue.found_in(everything_open(one)))


# --- The words themselves -------------------------------------------------------------------------


TOO_COMMON = {"Back"}  # the part of the body; "call us back" is said every day


def test_every_name_of_the_catalogue_is_found(catalogue: openness.Vocabulary) -> None:
    """As it stands there, in capitals, without its accents, and inside a sentence."""
    rows = [
        *Protocol.objects.all(), *Indication.objects.all(), *Zone.objects.all(),
        *Product.objects.all(), *VisitType.objects.all(),
    ]  # fmt: skip
    assert len(rows) > 40
    for row in rows:
        for name in (row.name_fr, row.name_en):
            for text in (name, name.upper(), f"Voici : {name}, demain."):
                assert catalogue.found_in(text) or name in TOO_COMMON, name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Votre MESOTHERAPIE", ["mésothérapie"]),
        ("les ridules", ["ridules"]),
        ("une ridule", ["ridules"]),
        ("Rendez-vous le mardi 14 avril à 09:30, 112 boulevard Voltaire", []),
        ("Rendez-vous à https://clinic.test/p/visage/", []),
        ("Parking après la salle, en face de la gare", []),
    ],
)
def test_words_are_compared_without_accents_case_and_plural(
    catalogue: openness.Vocabulary, text: str, found: list[str]
) -> None:
    assert openness.vocabulary("fr").found_in(text) == found


def test_tomorrows_protocol_brings_its_own_words(catalogue: openness.Vocabulary) -> None:
    assert openness.found_in("Votre zorblage") == []
    Protocol.objects.create(
        slug="zorb", name_fr="Zorblage doux", name_en="Gentle zorbing", summary_fr="x"
    )
    assert openness.found_in("Votre zorblage") == ["zorblage"]
    assert openness.found_in("Votre zorbing", "fr") == []
