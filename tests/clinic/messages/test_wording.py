"""What each message says, in both languages, of one appointment and of several."""

import datetime as dt
import logging
import re
from html.parser import HTMLParser

import pytest
from django.utils import translation

from clinic.messages import sms, texts, wording
from clinic.models import Kind, MessageText
from patients.models import Channel
from tests.factories import NOW, House, make_clinic
from tests.telling import DATED, LINK, RECALLS, STOP, group_of, make_message, said

BRACES = re.compile(r"\{[a-z_]+\}")
EVERY = [
    (kind, channel, language) for kind in Kind for channel in Channel for language in ("fr", "en")
]


def visits(house: House, **fields):
    """The three appointments of a series, as a sender loads them."""
    booked = house.book_series(**fields)
    for appointment in booked.appointments:
        appointment.clinic, appointment.patient = house.clinic, house.patient
    return list(booked.appointments)


def speaking(house: House, language: str) -> House:
    house.patient.language = language
    house.patient.save()
    return house


class Words(HTMLParser):
    """What is read of a page: its words, without styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.skipping = False
        self.feed(html)

    def handle_starttag(self, tag, attrs) -> None:
        self.skipping = tag in {"style", "title", "h1"}

    def handle_endtag(self, tag) -> None:
        self.skipping = False

    def handle_data(self, data) -> None:
        if not self.skipping:
            self.found += data.split()


@pytest.mark.parametrize(("kind", "channel", "language"), EVERY)
def test_every_kind_says_who_and_how_to_get_there(house, kind, channel, language) -> None:
    one = said(group_of(speaking(house, language), kind, channel, visits(house)[:1]))
    assert one.language == language
    assert one.text.count(LINK) == 1
    assert "Cabinet Voltaire" in one.text
    assert not BRACES.search(one.subject + one.text + one.html)
    assert house.patient.family_name not in one.subject + one.text + one.html
    phone = "01 99 00 01 00" if language == "fr" else "+33 1 99 00 01 00"
    assert (phone in one.text) is (channel == "email" or kind not in {Kind.DAY, Kind.AFTERCARE})


@pytest.mark.parametrize("kind", DATED)
def test_the_date_is_written_as_everywhere(house, kind) -> None:
    one = said(group_of(house, kind, "email", visits(house)[:1]))
    assert "– lundi 2 mars 2026, 09:00\n" in one.text
    assert "lundi 2 mars à 09:00" in one.subject
    assert one.subject.endswith("Cabinet Voltaire") or one.subject.endswith(
        "annulé – Cabinet Voltaire"
    )
    assert len(one.subject) < 79


def test_the_subject_of_a_booking_in_both_languages(house) -> None:
    first, *_others = visits(house)
    french = said([make_message(first, Kind.BOOKED)])
    assert french.subject == "Rendez-vous le lundi 2 mars à 09:00 – Cabinet Voltaire"
    speaking(house, "en")
    first.patient.refresh_from_db()
    english = said([make_message(first, Kind.BOOKED, round=1)])
    assert english.subject == "Appointment on Monday 2 March at 09:00 – Cabinet Voltaire"


def test_a_whole_series_stands_in_one_confirmation(house) -> None:
    booked = visits(house)
    mail = said(group_of(house, Kind.BOOKED, "email", booked))
    assert mail.subject == "3 rendez-vous, le premier le lundi 2 mars – Cabinet Voltaire"
    listed = [line for line in mail.text.splitlines() if line.startswith("– ")]
    assert listed == [
        "– lundi 2 mars 2026, 09:00", "– lundi 23 mars 2026, 09:00", "– lundi 13 avril 2026, 09:00",
    ]  # fmt: skip
    text = said(group_of(house, Kind.BOOKED, "sms", booked))
    assert text.text.startswith(
        "Cabinet Voltaire : 3 rendez-vous, le premier le lundi 2 mars 2026 à 09:00."
    )


def test_hours_are_the_clinics_across_a_clock_change(house) -> None:
    """The last one is in summer time; all three are at nine."""
    booked = visits(house)
    offsets = {a.starts_at.astimezone(house.clinic.zone).utcoffset() for a in booked}
    assert len(offsets) == 2
    mail = said(group_of(house, Kind.BOOKED, "email", booked))
    assert mail.text.count(", 09:00") == 3


@pytest.mark.parametrize(
    ("zone", "french", "english"),
    [
        ("America/Guadeloupe", "04:00 (heure de Guadeloupe)", "04:00 (Guadeloupe time)"),
        ("Europe/Brussels", "09:00 (heure de Bruxelles)", "09:00 (Brussels time)"),
        ("Pacific/Noumea", "19:00 (heure de Nouméa)", "19:00 (Noumea time)"),
    ],
)
def test_another_zone_says_whose_hour_it_is(house, zone, french, english) -> None:
    first, *_others = visits(house)
    house.clinic.timezone = zone
    house.clinic.save()
    del first.clinic.zone
    assert french in said([make_message(first, Kind.EVE)]).text
    speaking(house, "en")
    assert english in said([make_message(first, Kind.EVE, round=1)]).text


def test_the_first_of_a_month_is_premier(house) -> None:
    first, *_others = visits(house, start_on=dt.date(2026, 6, 1))
    assert "lundi 1er juin 2026" in said([make_message(first, Kind.EVE, "sms")]).text


def test_august_keeps_a_text_message_in_its_alphabet(house) -> None:
    first, *_others = visits(house, start_on=dt.date(2026, 8, 3))
    text, mail = said([make_message(first, Kind.EVE, "sms")]), said([make_message(first, Kind.EVE)])
    assert "lundi 3 aout 2026" in text.text
    assert sms.size(text.text).is_gsm
    assert "lundi 3 août 2026" in mail.text


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("many", [False, True])
def test_house_texts_are_two_parts_of_plain_letters_at_most(house, kind, language, many) -> None:
    booked = visits(speaking(house, language))
    text = said(group_of(house, kind, "sms", booked if many else booked[:1]))
    assert (text.parts <= 2, sms.size(text.text).is_gsm) == (True, True), text.text
    assert text.parts == sms.size(text.text).parts
    assert "\n" not in text.text


@pytest.mark.parametrize(
    "label",
    ["Centre de la Bête à Bon Dieu, place Saint-Étienne, Nîmes", "🙂" * 60, "x" * 60, "إ" * 60],
)
@pytest.mark.parametrize("kind", Kind)
def test_a_long_label_gives_way_and_the_link_stays_whole(house, kind, label) -> None:
    house.clinic.neutral_label = label[:60]
    house.clinic.street = "1 allée du Général-de-Gaulle-et-de-la-Libération, bâtiment C"
    house.clinic.save()
    text = said(group_of(house, kind, "sms", visits(house)))
    assert LINK in text.text
    assert text.parts <= 2, text.text


def test_injected_lines_stay_on_their_line(house) -> None:
    house.clinic.neutral_label = "Cabinet\r\nBcc: a@b.test\N{RIGHT-TO-LEFT OVERRIDE}"
    first, *_others = visits(house)
    mail = said([make_message(first, Kind.BOOKED)])
    assert mail.subject.endswith("– Cabinet Bcc: a@b.test")
    assert said([make_message(first, Kind.BOOKED, "sms")]).text.startswith(
        "Cabinet Bcc: a@b.test :"
    )


@pytest.mark.parametrize("kind", Kind)
def test_html_and_text_say_the_same(house, kind) -> None:
    one = said(group_of(house, kind, "email", visits(house)))
    plain = one.text.split()
    assert [w for w in Words(one.html).found if w != "–"] == [w for w in plain if w != "–"]


def test_the_page_of_an_email_fetches_and_runs_nothing(house) -> None:
    html = said(group_of(house, Kind.BOOKED, "email", visits(house))).html
    assert not re.search(r"<(img|script|link|iframe|table|form)\b|url\(|@import|src=", html)
    assert set(re.findall(r'href="([^"]+)"', html)) == {LINK, STOP}
    assert '<html lang="fr">' in html


def test_a_name_cannot_write_markup(house) -> None:
    house.clinic.neutral_label = "<script>alert(1)</script>"
    html = said(group_of(house, Kind.BOOKED, "email", visits(house))).html
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_without_a_link_nothing_points_nowhere(house) -> None:
    first, *_others = visits(house)
    for channel in Channel:
        one = said([make_message(first, Kind.CANCELLED, channel)], link="", stop="")
        assert "http" not in one.text + one.html
        assert "annulé" in one.text


def test_what_is_kept_has_no_key(house) -> None:
    first, *_others = visits(house)
    for channel in Channel:
        one = said([make_message(first, Kind.RECALL_DUE, channel)])
        keys = [address.rstrip("/").rpartition("/")[2] for address in (LINK, STOP)]
        assert all(key in one.text and key not in one.kept for key in keys)
        assert one.kept.count("http") == one.text.count("http") == 2


# --- Several kinds in one -------------------------------------------------------------------------


def test_several_kinds_each_say_their_part_once(house) -> None:
    first, second, third = visits(house)
    group = [
        make_message(first, Kind.EVE),
        make_message(second, Kind.MOVED),
        make_message(third, Kind.CANCELLED),
    ]
    mail = said(group)
    assert mail.subject == "Vos rendez-vous – Cabinet Voltaire"
    order = ["rappelons", "2 mars", "déplacé", "23 mars", "annulé", "13 avril", LINK]
    found = [mail.text.index(word) for word in order]
    assert found == sorted(found)
    assert mail.text.count("Bonjour,") == mail.text.count(LINK) == 1
    assert [each.method for each in mail.invitations] == ["REQUEST", "PUBLISH", "CANCEL"]


def test_reminders_of_several_rules_read_as_one(house) -> None:
    first, second, _third = visits(house)
    mail = said([make_message(first, Kind.EVE), make_message(second, Kind.REMINDER)])
    assert mail.subject == "Rappel : 2 rendez-vous, le premier le lundi 2 mars – Cabinet Voltaire"
    assert mail.text.count("rappelons") == 1


def test_a_mixed_text_message_names_the_next_that_stands(house) -> None:
    first, second, _third = visits(house)
    group = [make_message(first, Kind.CANCELLED, "sms"), make_message(second, Kind.MOVED, "sms")]
    assert "Le prochain : lundi 23 mars 2026 à 09:00." in said(group).text
    group = [
        make_message(first, Kind.CANCELLED, "sms", round=1),
        make_message(second, Kind.DAY, "sms"),
    ]
    assert said(group).text.startswith("Cabinet Voltaire : du nouveau pour vos rendez-vous.")


def test_one_visit_told_of_twice_is_one(house) -> None:
    first, *_others = visits(house)
    mail = said([make_message(first, Kind.BOOKED), make_message(first, Kind.EARLY)])
    assert mail.text.count("– lundi 2 mars 2026, 09:00") == 2  # each kind its own sentence
    assert len(mail.invitations) == 1
    assert mail.method == "REQUEST"


def test_appointments_at_two_clinics_say_where_each_is(house) -> None:
    first, second, _third = visits(house)
    second.clinic = make_clinic(neutral_label="Cabinet du Parc", city="Lyon")
    second.clinic_id = second.clinic.pk
    mail = said([make_message(first, Kind.BOOKED), make_message(second, Kind.BOOKED)])
    assert "– lundi 2 mars 2026, 09:00 – Cabinet Voltaire, 112 boulevard" in mail.text
    assert "– lundi 23 mars 2026, 09:00 – Cabinet du Parc, Lyon\n" in mail.text


# --- A clinic's own words -------------------------------------------------------------------------


def own(house: House, kind: str, channel: str, text: str, subject: str = "") -> MessageText:
    return MessageText.objects.create(
        clinic=house.clinic, kind=kind, channel=channel, language="fr", subject=subject, text=text
    )


def test_own_words_are_said_in_their_language_alone(house) -> None:
    own(house, "eve", "email", "À demain.\n\n{visits}\n\n{link}", "À bientôt – {label}")
    first, *_others = visits(house)
    mail = said([make_message(first, Kind.EVE)])
    assert mail.subject == "À bientôt – Cabinet Voltaire"
    assert mail.text.startswith("À demain.\n\n– lundi 2 mars 2026, 09:00\n\n")
    speaking(house, "en")
    assert said([make_message(first, Kind.EVE, round=1)]).text.startswith("Hello,")


def test_own_words_of_a_text_message_speak_of_one_unless_they_count(house) -> None:
    booked = visits(house)
    row = own(house, "eve", "sms", "{label}, le {date} : {link}")
    assert said(group_of(house, "eve", "sms", booked[:1])).text == (
        f"Cabinet Voltaire, le lundi 2 mars 2026 : {LINK}"
    )
    group = group_of(house, "eve", "sms", booked)
    assert "3 rendez-vous" in said(group).text
    row.text = "{label}, {count} fois : {link}"
    row.save()
    assert said(group).text.startswith("Cabinet Voltaire, 3 fois")


def test_own_words_without_a_list_still_name_every_visit_of_a_series(house) -> None:
    own(house, "booked", "email", "C’est noté.\n\n{link}")
    mail = said(group_of(house, "booked", "email", visits(house)))
    assert mail.text.count("\n– ") == 3


@pytest.mark.parametrize("text", ["{link} {nobody}", "{link", "{link.x}", "sans lien"])
@pytest.mark.parametrize("channel", Channel)
def test_a_broken_text_gives_way_to_the_houses_and_is_reported(
    house, text, channel, caplog
) -> None:
    row = own(house, "eve", channel, text)
    with caplog.at_level(logging.ERROR):
        one = said(group_of(house, "eve", channel, visits(house)[:1]))
    assert "rappel" in one.text
    assert [record.getMessage() for record in caplog.records] == [
        f"Text {row.pk} of messages cannot be used: the house's stands in for it."
    ]


def test_texts_of_a_batch_are_read_once(house, django_assert_num_queries) -> None:
    group = group_of(house, "eve", "email", visits(house)[:1])
    with django_assert_num_queries(1):
        words = wording.own_texts([house.clinic])
    with django_assert_num_queries(0):
        wording.worded(group, link=LINK, stop_link=STOP, now=NOW, own=words)


# --- The house's texts themselves -----------------------------------------------------------------


def every_text() -> list[str]:
    sayings = [*texts.HOUSE.values()]
    found = [
        value
        for saying in sayings
        for value in vars(saying).values()
        if not isinstance(value, bool)
    ]
    return [str(value) for value in (*found, texts.MIXED_SMS, texts.MIXED_SUBJECT) if value]


def test_the_french_keeps_the_braces_of_the_english() -> None:
    with translation.override("en"):
        english = every_text()
    with translation.override("fr"):
        french = every_text()
    assert [sorted(BRACES.findall(t)) for t in french] == [
        sorted(BRACES.findall(t)) for t in english
    ]
    assert french != english


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_houses_texts_are_calm(language) -> None:
    with translation.override(language):
        assert [text for text in every_text() if "!" in text] == []
        hurry = re.compile(r"urgent|vite|offre|promo|offer|hurry|last chance|dernière chance", re.I)
        assert [text for text in every_text() if hurry.search(text)] == []


def test_every_kind_has_its_words_and_its_recalls_no_hour() -> None:
    assert set(texts.HOUSE) == set(Kind)
    for kind in RECALLS:
        assert "{time}" not in texts.HOUSE[kind].text_message(many=False)
