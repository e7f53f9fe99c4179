"""The managers' page: when each kind of message goes, and in which words."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.models import AuditEntry, Kind, MessageRule, MessageText, Role
from clinic.outbox.timing import HOUSE
from protocols.models import Protocol
from tests.factories import House, make_clinic, make_protocol, make_user
from tests.pages.reading import errors

REMINDER, SMS = "/messages/rules/reminder/", "/messages/rules/reminder/sms/fr/"
MAIL = "/messages/rules/reminder/email/fr/"


@pytest.fixture
def manager(house: House, client: Client) -> Client:
    house.clinic.neutral_label, house.clinic.phone = "Cabinet Voltaire", "+33199000100"
    house.clinic.save()
    client.force_login(make_user(house.clinic, Role.MANAGER))
    return client


def sentences(text: str) -> list[str]:
    found = re.findall(r'class="rule-when"><i [^>]*></i> ([^<]+)</td>', text)
    return [each.strip() for each in found]


def rules(**fields: Any) -> list[tuple[str, str, int, int, bool]]:
    rows = MessageRule.objects.filter(**fields)
    return [(r.kind, r.protocol, r.days, r.at_minute, r.is_on) for r in rows]


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


# --- The list -------------------------------------------------------------------------------------


def test_each_kind_has_one_line_with_its_time_in_words(manager: Client) -> None:
    page = manager.get("/messages/rules/").text
    assert len(sentences(page)) == len(Kind)
    assert "3 jours avant, à 10:00" in sentences(page)
    assert sentences(page)[0] == "Aussitôt"
    assert page.count('class="btn btn-secondary" href="/messages/rules/') == len(Kind)


def test_the_links_lead_there_from_every_page(manager: Client) -> None:
    assert 'href="/messages/rules/"' in manager.get("/").text


def test_the_list_asks_as_often_however_many_rules(manager: Client, house: House) -> None:
    asked = []
    for days in (1, 2, 3):
        MessageRule.objects.create(clinic=house.clinic, kind="check-in", days=days)
        with CaptureQueriesContext(connection) as queries:
            assert manager.get("/messages/rules/").status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[2]
    assert asked[0] < 20


def test_a_label_that_speaks_of_care_is_named(manager: Client, house: House) -> None:
    assert "libellé neutre" not in manager.get("/messages/rules/").text
    house.clinic.neutral_label = "Mésothérapie Voltaire"
    house.clinic.save()
    page = manager.get("/messages/rules/").text
    assert (
        "« Mésothérapie Voltaire », figure dans chaque message et contient : mésothérapie" in page
    )


# --- When -----------------------------------------------------------------------------------------


def test_a_manager_changes_when_a_reminder_goes(manager: Client, house: House) -> None:
    assert manager.get(REMINDER).status_code == 200
    sent = {"is_on": "on", "days": "5", "at": "9h30", "do": "save"}
    answer = manager.post(REMINDER, sent, follow=True)
    assert "5 jours avant, à 09:30" in sentences(answer.text)
    assert rules() == [("reminder", "", 5, 570, True)]
    entry = AuditEntry.objects.get(action="message_rule.set")
    assert (entry.clinic, entry.subject) == (house.clinic, "reminder")
    assert entry.detail == {"protocol": "", "rules": [[5, 570, True]]}


def test_it_goes_back_to_the_standard(manager: Client) -> None:
    manager.post(REMINDER, {"is_on": "on", "days": "5", "at": "10:00", "do": "save"})
    assert "Revenir aux horaires d’origine" in manager.get(REMINDER).text
    answer = manager.post(REMINDER, {"do": "reset"}, follow=True)
    assert "3 jours avant, à 10:00" in sentences(answer.text)
    assert rules() == []
    assert actions()[-1] == "message_rule.reset"
    manager.post(REMINDER, {"do": "reset"})
    assert actions().count("message_rule.reset") == 1  # nothing was there to go back from


def test_a_kind_is_switched_off_without_being_asked_more(manager: Client) -> None:
    answer = manager.post(REMINDER, {"do": "save", "days": "", "at": ""}, follow=True)
    assert "Non envoyé" in sentences(answer.text)
    assert [is_on for *_rest, is_on in rules()] == [False]
    manager.post("/messages/rules/booked/", {"do": "save"})
    assert sentences(manager.get("/messages/rules/").text)[0] == "Non envoyé"


def test_a_protocol_has_times_of_its_own(manager: Client, house: House) -> None:
    other = make_protocol(name_fr="Autre")
    MessageRule.objects.create(clinic=house.clinic, kind="check-in", days=2, at_minute=600)
    address = f"/messages/rules/check-in/?protocol={other.slug}"
    sent = {"is_on": "on", "days": "7; 1,3", "at": "10:00", "do": "save"}
    answer = manager.post(address, sent, follow=True)
    assert "1, 3, 7 jours après, à 10:00" in sentences(answer.text)
    assert "de ce protocole" in answer.text
    assert rules(protocol=other.slug) == [
        ("check-in", other.slug, days, 600, True) for days in (1, 3, 7)
    ]
    assert "2 jours après, à 10:00" in sentences(manager.get("/messages/rules/").text)
    back = manager.post(address, {"do": "reset"}, follow=True)
    assert "2 jours après, à 10:00" in sentences(back.text)
    assert rules() == [("check-in", "", 2, 600, True)]


def test_a_protocol_that_is_none_is_the_whole_clinic(manager: Client) -> None:
    manager.post(
        f"{REMINDER}?protocol=nonsense",
        {"is_on": "on", "days": "4", "at": "10:00", "do": "save"},
    )
    assert rules() == [("reminder", "", 4, 600, True)]


@pytest.mark.parametrize(
    ("kind", "sent", "field"),
    [
        ("reminder", {"days": "", "at": "10:00"}, "days"),
        ("reminder", {"days": "demain", "at": "10:00"}, "days"),
        ("reminder", {"days": "0", "at": "10:00"}, "days"),
        ("reminder", {"days": "-3", "at": "10:00"}, "days"),
        ("reminder", {"days": "999", "at": "10:00"}, "days"),
        ("reminder", {"days": "3, 5", "at": "10:00"}, "days"),
        ("reminder", {"days": "٣", "at": "10:00"}, "days"),
        ("reminder", {"days": "3\0", "at": "10:00"}, "days"),
        ("reminder", {"days": "3", "at": ""}, "at"),
        ("reminder", {"days": "3", "at": "25:00"}, "at"),
        ("reminder", {"days": "3", "at": "07:59"}, "at"),
        ("reminder", {"days": "3", "at": "20:00"}, "at"),
        ("check-in", {"days": "1,2,3,4,5,6", "at": "10:00"}, "days"),
        ("day", {"at": "22:00"}, "at"),
    ],
)
def test_bad_times_are_refused_at_their_field(
    manager: Client, kind: str, sent: dict[str, str], field: str
) -> None:
    answer = manager.post(f"/messages/rules/{kind}/", {"is_on": "on", "do": "save"} | sent)
    assert answer.status_code == 200
    assert errors(answer.text) == [field]
    assert rules() == []
    kept = sent[field]
    assert kept.replace("\0", "") in answer.text or not kept.isascii()


def test_a_kind_that_is_none_is_not_found(manager: Client) -> None:
    for address in ("nonsense/", "nonsense/sms/fr/", "eve/fax/fr/", "eve/sms/de/", "eve/de.html"):
        assert manager.get(f"/messages/rules/{address}").status_code == 404


def test_another_clinic_keeps_its_own(manager: Client, house: House) -> None:
    elsewhere = make_clinic()
    MessageRule.objects.create(clinic=elsewhere, kind="reminder", days=9, at_minute=600)
    MessageText.objects.create(
        clinic=elsewhere, kind="reminder", channel="sms", language="fr", text="Ailleurs {link}"
    )
    assert "9 jours avant" not in manager.get("/messages/rules/").text
    assert "Ailleurs" not in manager.get(REMINDER).text
    manager.post(REMINDER, {"do": "reset"})
    manager.post(SMS, {"do": "reset"})
    assert MessageRule.objects.count() == MessageText.objects.count() == 1


# --- In which words -------------------------------------------------------------------------------


def test_each_text_is_shown_as_a_patient_gets_it(manager: Client) -> None:
    page = manager.get(REMINDER).text
    assert "Cabinet Voltaire : rappel, rendez-vous le lundi 23 mars 2026 à 09:30." in page
    assert "Reminder: appointment on Monday 23 March at 09:30 – Cabinet Voltaire" in page
    assert page.count('class="mail-frame"') == 2
    frame = manager.get("/messages/rules/reminder/fr.html")
    assert "Nous vous rappelons votre rendez-vous" in frame.text


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_page_with_its_four_texts(manager: Client, kind: str) -> None:
    page = manager.get(f"/messages/rules/{kind}/").text
    assert page.count("texte d’origine") == 4
    for channel in ("email", "sms"):
        address = f"/messages/rules/{kind}/{channel}/fr/"
        first = manager.get(address)
        text = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", first.text, re.DOTALL)[1]
        subject = re.search(r'name="subject" value="([^"]*)"', first.text)
        sent = {"text": text.replace("&#x27;", "'"), "do": "save"}
        sent |= {"subject": subject[1]} if subject else {}
        answer = manager.post(address, sent)
        assert answer.status_code == 302, errors(answer.text)  # what we offer, we take
    assert MessageText.objects.count() == 2


def test_a_text_is_looked_at_before_it_is_kept(manager: Client) -> None:
    sent = {"text": "{label} vous attend le {date}. {link}", "do": "preview"}
    answer = manager.post(SMS, sent)
    assert "Cabinet Voltaire vous attend le lundi 23 mars 2026. http" in answer.text
    assert sent["text"] in answer.text
    assert MessageText.objects.count() == 0
    answer = manager.post(SMS, sent | {"do": "save"}, follow=True)
    assert "votre texte" in answer.text
    assert "Cabinet Voltaire vous attend le lundi 23 mars 2026. http" in answer.text
    entry = AuditEntry.objects.get(action="message_text.set")
    assert entry.detail == {"channel": "sms", "language": "fr"}


def test_a_text_goes_back_to_the_standard(manager: Client) -> None:
    sent = {"subject": "Rendez-vous {day}", "text": "Venez.\n\n{visits}\n\n{link}", "do": "save"}
    manager.post(MAIL, sent)
    row = MessageText.objects.get()
    assert (row.subject, row.text.replace("\r", "")) == (sent["subject"], sent["text"])
    assert "Rendez-vous lundi 23 mars" in manager.get(REMINDER).text
    answer = manager.post(MAIL, {"do": "reset"}, follow=True)
    assert MessageText.objects.count() == 0
    assert "Nous vous rappelons" in answer.text
    assert actions()[-1] == "message_text.reset"


@pytest.mark.parametrize(
    ("address", "sent", "field", "told"),
    [
        (SMS, {"text": ""}, "text", "Écrivez un texte"),
        (SMS, {"text": "sans lien"}, "text", "Il manque {link}"),
        (SMS, {"text": "{nom} {link}"}, "text", "{nom} n’est pas connu ici. Mots permis : {label}"),
        (SMS, {"text": "{link"}, "text", "Une accolade ne se ferme pas"),
        (SMS, {"text": "{visits} {link}"}, "text", "{visits} n’est pas connu ici"),
        (SMS, {"text": "a" * 300 + " {link}"}, "text", "Trop long : un SMS compte au plus 2"),
        (SMS, {"text": "a" * 401 + " {link}"}, "text", "Au plus 400 caractères"),
        (
            SMS,
            {"text": "Votre mésothérapie : {link}"},
            "text",
            "ne doit pas contenir “mésothérapie”",
        ),
        (SMS, {"text": "{link}\0"}, "text", "nul"),
        (MAIL, {"text": "a" * 2001 + "{link}"}, "text", "2000"),
        (MAIL, {"text": "Vos INJECTIONS {link}"}, "text", "ne doit pas contenir “injection”"),
        (MAIL, {"text": "{link}", "subject": "{link}"}, "subject", "{link} n’est pas connu ici"),
        (MAIL, {"text": "{link}", "subject": "Mésothérapie"}, "subject", "“mésothérapie”"),
        (MAIL, {"text": "{link}", "subject": "a" * 121}, "subject", "120"),
    ],
)
def test_bad_texts_are_refused_at_their_field_and_stay_typed(
    manager: Client, address: str, sent: dict[str, str], field: str, told: str
) -> None:
    for do in ("preview", "save"):
        answer = manager.post(address, sent | {"do": do})
        assert answer.status_code == 200
        assert errors(answer.text) == [field]
        assert told in answer.text
        assert sent[field].replace("\0", "") in answer.text
    assert MessageText.objects.count() == 0


def test_the_words_of_a_protocol_are_refused_by_name(manager: Client, house: House) -> None:
    Protocol.objects.create(slug="zorb", name_fr="Zorblage doux", summary_fr="x")
    answer = manager.post(SMS, {"text": "Votre zorblage : {link}", "do": "save"})
    assert "ne doit pas contenir “zorblage”" in answer.text


def test_a_line_cannot_be_smuggled_into_a_subject(manager: Client) -> None:
    sent = {"subject": "Bonjour\r\nBcc: x@example.test", "text": "{link}", "do": "save"}
    manager.post(MAIL, sent)
    assert MessageText.objects.get().subject == "Bonjour Bcc: x@example.test"


def test_a_stored_text_that_broke_is_shown_as_what_goes_out(manager: Client, house: House) -> None:
    MessageText.objects.create(
        clinic=house.clinic, kind="reminder", channel="sms", language="fr", text="{broken"
    )
    assert "Cabinet Voltaire : rappel" in manager.get(REMINDER).text
    assert "{broken" in manager.get(SMS).text  # to be put right


def test_every_kind_of_the_house_has_a_line() -> None:
    assert set(HOUSE) <= set(Kind)
