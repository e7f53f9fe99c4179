"""The consent's text, its signature, and the patient's last word."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from patients import consents
from patients.consents import Block, Signature
from patients.models import CareConsent
from patients.refusal import Refusal
from protocols.models import AlertSign, ExpectedReaction, Protocol
from tests.factories import NOW, House
from tests.protocols.making import make_draft, make_source
from tests.quoting import A_DRAWING, make_consent


@pytest.fixture
def house(db: None) -> House:
    return House(consent_fr="Les injections.\n\nLeurs risques.", consent_en="The injections.")


@pytest.fixture
def told(db: None) -> Protocol:
    """A draft with what the text lists."""
    protocol = make_draft(consent_fr="Les injections.")
    common = {"protocol": protocol, "source": make_source()}
    ExpectedReaction.objects.create(topic="redness", text_fr="Une rougeur\n passagère.", **common)
    for urgency, text in (("check", "Un nodule."), ("emergency", "Un malaise.")):
        AlertSign.objects.create(topic="nodule", urgency=urgency, text_fr=text, **common)
    return protocol


def test_text_of_joins_the_protocols_words_and_its_lists(told: Protocol) -> None:
    found = consents.blocks(consents.text_of(told, "fr"))
    assert found[0] == Block("heading", (told.name_fr,))
    assert found[1] == Block("paragraph", ("Les injections.",))
    assert [b.lines for b in found if b.kind == "list"] == [
        ("Une rougeur passagère.",),
        ("Un malaise.", "Un nodule."),
    ]
    assert found[-1].kind == "paragraph"


def test_text_of_in_the_patients_language_french_standing_in(house: House) -> None:
    english = consents.text_of(house.protocol, "en")
    assert "The injections." in english
    assert "Les injections." in consents.text_of(house.protocol, "fr")
    assert consents.text_of(house.protocol, "de") == consents.text_of(house.protocol, "fr")


def test_text_of_a_protocol_without_words_is_still_a_text(db: None) -> None:
    found = consents.blocks(consents.text_of(House().protocol, "en"))
    assert [block.kind for block in found] == ["heading", "paragraph", "heading", "paragraph"]


@pytest.mark.parametrize(
    "path",
    [A_DRAWING, "M0 0 L600 200 L1 1 L2 2", "M1 1 L2 2 L3 3 M9 9 L10 10", "M1 1 L2 2 L3 3 L4 4 "],
)
def test_is_drawing_takes_strokes(path: str) -> None:
    assert consents.is_drawing(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "M1 1",
        "M1 1 L1 1 L1 1 L1 1 L1 1",  # a finger that rested
        "M1 1 L2 2 L3 3",
        "M601 1 L2 2 L3 3 L4 4",
        "M-1 1 L2 2 L3 3 L4 4",
        'M1 1 L2 2 L3 3 L4 4"/><script>',
        "M1 1 L2 2 L3 3 L4 4\0",
        "M1 1 C2 2 3 3 4 4",
        "M1 1" + " L2 2 L3 3" * 10_000,
        "M٣ 1 L2 2 L3 3 L4 4",
    ],
)
def test_is_drawing_takes_nothing_else(path: str) -> None:
    assert not consents.is_drawing(path)


def test_give_keeps_the_very_text_with_its_hash(house: House) -> None:
    consent = CareConsent.objects.get(pk=make_consent(house).pk)
    assert consent.text == consents.text_of(house.protocol, "fr")
    assert (consent.how, consent.drawing, consent.given_at) == ("drawn", A_DRAWING, NOW)
    assert consents.is_intact(consent)
    consent.text += " "
    assert not consents.is_intact(consent)


def give(house: House, seen: str) -> CareConsent | Refusal:
    return consents.give(
        patient=house.patient,
        protocol=house.protocol,
        language="fr",
        seen=seen,
        signature=Signature("typed", "Marie Dupont"),
        off_label_told=False,
        by=house.user,
        now=NOW,
    )


def test_give_another_text_than_was_read_is_refused(house: House) -> None:
    refusal = give(house, consents.hash_of("another"))
    assert isinstance(refusal, Refusal)
    assert (refusal.code, CareConsent.objects.count()) == ("stale", 0)


def test_give_twice_is_one_consent(house: House) -> None:
    text = consents.hash_of(consents.text_of(house.protocol, "fr"))
    first, second = give(house, text), give(house, text)
    assert isinstance(first, CareConsent)
    assert isinstance(second, Refusal)
    assert (second.code, CareConsent.objects.count()) == ("given", 1)


def test_withdrawn_and_given_anew_the_last_word_counts(house: House) -> None:
    consent, later = make_consent(house), NOW + dt.timedelta(days=1)
    gone = consents.withdraw(consent=consent, note="A changé d’avis", by=house.user, now=later)
    assert isinstance(gone, CareConsent)
    assert (gone.withdrawn_at, gone.withdrawn_by, gone.is_given) == (later, house.user, False)
    again = consents.withdraw(consent=consent, note="Autre", by=house.user, now=later)
    assert isinstance(again, Refusal)
    consent.refresh_from_db()
    assert consent.withdrawal_note == "A changé d’avis"
    anew = make_consent(house, now=later + dt.timedelta(days=1))
    assert consents.latest(house.patient, house.protocol) == anew
    assert CareConsent.objects.count() == 2


@pytest.mark.parametrize(
    "change",
    [{"text": "x"}, {"signer": "x"}, {"drawing": "M1 1 L2 2"}, {"given_at": NOW - dt.timedelta(1)}],
)
def test_what_was_signed_cannot_be_changed(house: House, change: dict[str, object]) -> None:
    consent = make_consent(house)
    with (
        pytest.raises(IntegrityError, match="patients_careconsent_is_fixed"),
        transaction.atomic(),
    ):
        CareConsent.objects.filter(pk=consent.pk).update(**change)


def test_a_consent_is_never_deleted(house: House) -> None:
    consent = make_consent(house)
    with pytest.raises(IntegrityError, match="never_deleted"), transaction.atomic():
        CareConsent.objects.filter(pk=consent.pk).delete()
