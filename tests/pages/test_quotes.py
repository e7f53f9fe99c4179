"""Quotes on their pages: written, given, answered; one press from a proposal."""

import datetime as dt
import io
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from clinic.models import AuditEntry, Role
from patients import quotes
from patients.models import Quote, Series
from tests.factories import NOW, House, make_user
from tests.quoting import A_LINE, make_price, make_quote

LINE = {
    "line-0-phase": "attack",
    "line-0-label": "Séance",
    "line-0-quantity": "3",
    "line-0-unit_cents": "200,00",
    "line-0-vat_permille": "20",
    "line-0-vat_ground": "aesthetic",
}


def form_of(quote: Quote, **changes: str) -> dict[str, str]:
    """The draft's form as the page would send it, with `changes`."""
    return {
        "seen": quotes.fingerprint(quote),
        "practitioner": "",
        "valid_until": "2026-06-01",
        "act": quote.act,
        "place": quote.place,
        "anaesthesia": "Aucune",
        "days_off": "Aucun",
        "patient_address": quote.patient_address,
        "line-TOTAL_FORMS": "2",
        "line-INITIAL_FORMS": "1",
        "line-1-vat_ground": "aesthetic",
        **LINE,
        "do": "save",
        **changes,
    }


def send(desk: Client, quote: Quote, **changes: str) -> Any:
    return desk.post(reverse("quote", args=[quote.public_id]), form_of(quote, **changes))


# --- Writing -------------------------------------------------------------------------------------


def test_a_new_quote_is_for_the_whole_protocol_at_the_clinics_prices(
    house: House, desk: Client
) -> None:
    make_price(house.clinic, house.protocol, 15_050)
    house.practitioner.order_number = "10101010101"
    house.practitioner.save()
    address = reverse("quote_new", args=[house.patient.public_id])
    response = desk.post(address, {"protocol": house.protocol.pk})
    quote = Quote.objects.get()
    assert response["Location"] == reverse("quote", args=[quote.public_id])
    assert (quote.status, quote.total_cents, quote.practitioner_name) == (
        "draft",
        45_150,
        "Dr Roux",
    )
    assert (quote.patient_name, quote.practitioner_number) == (house.patient.name, "10101010101")
    (line,) = quotes.lines_of(quote)
    assert (line.phase, line.quantity, line.unit_cents) == ("attack", 3, 15_050)
    assert AuditEntry.objects.get(action="quote.draft").patient == house.patient


def test_saving_keeps_what_was_typed_and_giving_fixes_it(house: House, desk: Client) -> None:
    quote = make_quote(house)
    send(desk, quote, **{"line-0-unit_cents": "1 234,50 €", "act": "Un autre acte"})
    quote.refresh_from_db()
    assert (quote.total_cents, quote.act, quote.status) == (370_350, "Un autre acte", "draft")
    send(desk, quote, do="give")
    quote.refresh_from_db()
    assert (quote.status, quote.given_by, quotes.is_intact(quote)) == ("given", house.user, True)
    actions = AuditEntry.objects.filter(action__startswith="quote.").exclude(action="quote.read")
    assert list(actions.order_by("id").values_list("action", flat=True)) == [
        "quote.write",
        "quote.write",
        "quote.give",
    ]


def test_a_line_is_added_and_another_removed(house: House, desk: Client) -> None:
    quote = make_quote(house)
    added = {f"line-1-{name[7:]}": value for name, value in LINE.items()}
    send(desk, quote, **added | {"line-1-label": "Crème", "line-0-DELETE": "on"})
    assert [line.label for line in quotes.lines_of(quote)] == ["Crème"]


def test_the_empty_line_at_the_end_is_none(house: House, desk: Client) -> None:
    quote = make_quote(house)
    assert send(desk, quote, **{"line-1-vat_ground": "care"}).status_code == 302
    assert len(quotes.lines_of(quote)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("line-0-unit_cents", "-1"),
        ("line-0-unit_cents", "99999999999"),
        ("line-0-unit_cents", "12,345"),
        ("line-0-unit_cents", "a\0b"),
        ("line-0-quantity", "0"),
        ("line-0-quantity", "-3"),
        ("line-0-quantity", "99999999999"),
        ("line-0-label", ""),
        ("line-0-label", "x" * 10_000),
        ("line-0-label", "a\0b"),
        ("line-0-vat_permille", "1000"),
        ("line-0-vat_ground", "nothing"),
    ],
)
def test_a_bad_line_is_shown_with_what_was_typed(
    house: House, desk: Client, field: str, value: str
) -> None:
    quote = make_quote(house)
    response = send(desk, quote, do="give", **{field: value})
    form = response.context["lines"].forms[0]
    assert list(form.errors) == [field.removeprefix("line-0-")]
    assert form[field.removeprefix("line-0-")].value() == value
    quote.refresh_from_db()
    assert (quote.status, quotes.lines_of(quote)) == ("draft", list(A_LINE))


def test_what_is_exempt_bears_no_vat(house: House, desk: Client) -> None:
    quote = make_quote(house)
    response = send(desk, quote, **{"line-0-vat_ground": "care"})
    assert list(response.context["lines"].forms[0].errors) == ["vat_permille"]
    send(desk, quote, **{"line-0-vat_ground": "care", "line-0-vat_permille": "0"})
    assert [line.vat_permille for line in quotes.lines_of(quote)] == [0]


def test_a_total_that_no_column_holds_is_said_so(house: House, desk: Client) -> None:
    quote = make_quote(house)
    huge = {"line-0-quantity": "999", "line-0-unit_cents": "19999999"}
    response = send(desk, quote, **huge)
    assert len(response.context["lines"].non_form_errors()) == 1


@pytest.mark.parametrize("day", ["2026-03-01", "2030-01-01", "31/02/2026", ""])
def test_valid_until_is_a_day_to_come(house: House, desk: Client, day: str) -> None:
    response = send(desk, make_quote(house), valid_until=day)
    assert list(response.context["form"].errors) == ["valid_until"]


def test_two_people_edit_one_draft_and_nothing_is_lost(house: House, desk: Client) -> None:
    quote = make_quote(house)
    seen = quotes.fingerprint(quote)
    send(desk, quote, act="Le premier")
    response = send(desk, quote, seen=seen, act="Le second", do="give")
    quote.refresh_from_db()
    assert (quote.act, quote.status) == ("Le premier", "draft")
    page = response.content.decode()
    assert "Le premier" in page
    assert response.context["form"]["act"].value() == "Le second"
    again = form_of(quote, act="Le second") | {"seen": response.context["form"]["seen"].value()}
    desk.post(reverse("quote", args=[quote.public_id]), again)
    quote.refresh_from_db()
    assert quote.act == "Le second"


def test_a_draft_that_was_given_meanwhile_is_shown_as_it_stands(house: House, desk: Client) -> None:
    quote = make_quote(house)
    seen = quotes.fingerprint(quote)
    quotes.give(quote=quote, seen=seen, by=house.user, now=NOW)
    response = send(desk, quote, seen=seen, act="Trop tard")
    assert response.status_code == 409
    assert Quote.objects.get().act == quote.act


# --- Given ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["signed", "refused"])
def test_the_answer_is_noted_once(house: House, desk: Client, status: str) -> None:
    quote = make_quote(house, give=True)
    address = reverse("quote_answer", args=[quote.public_id])
    desk.post(address, {"answer": status})
    desk.post(address, {"answer": "refused"})
    quote.refresh_from_db()
    assert (quote.status, quote.answered_by) == (status, house.user)
    assert AuditEntry.objects.filter(action=f"quote.{status}").count() == 1


def test_a_quote_past_its_day_reads_as_expired_before_the_worker_says_so(
    house: House, desk: Client
) -> None:
    quote = make_quote(house, give=True, valid_until=NOW.date())
    address = reverse("quote", args=[quote.public_id])
    assert desk.get(address).context["shown"].state.code == "booked"
    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        desk.force_login(house.user)  # the session of yesterday has ended
        assert desk.get(address).context["shown"].state.code == "to-close"
    assert Quote.objects.get().status == "given"


def test_the_pdf_says_what_the_decree_asks_for(house: House, desk: Client) -> None:
    house.patient.language = "en"  # the page's catalogue is not what is tried here
    quote = make_quote(house, give=True, language="en")
    response = desk.get(reverse("quote_pdf", args=[quote.public_id]))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="quote-{quote.number}.pdf"'
    reader = PdfReader(io.BytesIO(response.content))
    assert [(round(p.mediabox.width), round(p.mediabox.height)) for p in reader.pages] == [
        (595, 842)
    ]
    text = " ".join(reader.pages[0].extract_text().split())
    said = [
        *[quote.number, "Monday 2 March 2026", "Dr Roux", "1 rue de la Paix, 75002 Paris"],
        *["10101010101", "Médecin", "Mutuelle, contrat 42", house.patient.name],
        *["31 January 1980", "2 rue du Bac, 75007 Paris", "Cabinet Voltaire, Paris"],
        *["Mésothérapie du visage", "Aucune", "Aucun", "€200.00", "€600.00", "20%", "€100.00"],
        *["not covered by the health insurance", "two copies"],
    ]
    assert [words for words in said if words not in text] == []


def test_a_draft_has_no_pdf(house: House, desk: Client) -> None:
    quote = make_quote(house)
    assert desk.get(reverse("quote_pdf", args=[quote.public_id])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_many_quotes(
    house: House, desk: Client, count: int, django_assert_num_queries: Any
) -> None:
    for _number in range(count):
        make_quote(house, give=True)
    with django_assert_num_queries(9):
        response = desk.get(reverse("quotes", args=[house.patient.public_id]))
    assert len(response.context["rows"]) == count


def test_the_list_pages_at_fifty(house: House, desk: Client) -> None:
    for _number in range(51):
        make_quote(house)
    response = desk.get(reverse("quotes", args=[house.patient.public_id]))
    assert (len(response.context["rows"]), response.context["page"].paginator.count) == (50, 51)


# --- From a proposal -----------------------------------------------------------------------------


def proposal(house: House) -> str:
    return f"/series/new/?patient={house.patient.public_id}&protocol={house.protocol.pk}"


def give_from(desk: Client, house: House, page: Any) -> Any:
    panel = page.context["panel"]
    return desk.post(
        reverse("quote_hand_over", args=[house.patient.public_id]),
        {
            "protocol": house.protocol.pk,
            "first": panel.first,
            "last": panel.last,
            "practitioner": panel.practitioner,
            "next": page.context["here"],
        },
    )


def book_from(desk: Client, page: Any) -> Any:
    token = page.context["page"].proposal.token
    return desk.post(page.context["here"], {"token": token, "key": "k"})


def test_one_press_gives_the_quote_and_the_series_can_be_booked(house: House, desk: Client) -> None:
    make_price(house.clinic, house.protocol)
    page = desk.get(proposal(house))
    assert (page.context["panel"].is_missing, page.context["panel"].quote) == (True, None)
    assert book_from(desk, page).status_code == 409
    back = give_from(desk, house, page)
    assert back["Location"] == page.context["here"]
    quote = Quote.objects.get()
    assert (quote.status, quote.total_cents, quote.practitioner_name) == (
        "given",
        60_000,
        "Dr Roux",
    )
    page = desk.get(back["Location"])
    assert (page.context["panel"].is_missing, page.context["panel"].quote) == (False, quote)
    assert f'data-comes-once="{quote.number}"' in page.content.decode()
    assert book_from(desk, page).status_code == 302
    quote.refresh_from_db()
    assert quote.series == Series.objects.get()


def test_pressed_twice_it_is_one_quote(house: House, desk: Client) -> None:
    make_price(house.clinic, house.protocol)
    page = desk.get(proposal(house))
    give_from(desk, house, page)
    give_from(desk, house, page)
    assert Quote.objects.count() == 1


def test_a_dearer_proposal_than_the_quote_says_so(house: House, desk: Client) -> None:
    price = make_price(house.clinic, house.protocol)
    give_from(desk, house, desk.get(proposal(house)))
    price.cents += 100
    price.save()
    page = desk.get(proposal(house))
    assert (page.context["panel"].is_of_another_price, page.context["panel"].is_missing) == (
        True,
        False,
    )
    give_from(desk, house, page)
    assert [quote.total_cents for quote in Quote.objects.order_by("id")] == [60_000, 60_300]


def test_without_prices_the_panel_warns_and_nothing_is_walled_in(
    house: House, desk: Client
) -> None:
    page = desk.get(proposal(house))
    panel = page.context["panel"]
    assert (panel.is_shown, panel.is_missing, panel.need.price.unpriced) == (True, False, 3)
    refused = give_from(desk, house, page)
    assert refused["Location"] == page.context["here"]
    assert Quote.objects.count() == 0
    assert book_from(desk, page).status_code == 302


def test_below_the_sum_there_is_no_panel(house: House, desk: Client) -> None:
    make_price(house.clinic, house.protocol, 9_999)
    assert desk.get(proposal(house)).context["panel"].is_shown is False


def test_a_quote_for_somewhere_else_is_not_followed(house: House, desk: Client) -> None:
    make_price(house.clinic, house.protocol)
    sent = {"protocol": house.protocol.pk, "first": 1, "last": 3, "next": "//evil.example/"}
    response = desk.post(reverse("quote_hand_over", args=[house.patient.public_id]), sent)
    assert response["Location"] == reverse("quotes", args=[house.patient.public_id])


def test_the_practitioner_who_writes_it_stands_on_it(house: House, client: Client) -> None:
    doctor = make_user(house.clinic, Role.PRACTITIONER)
    other = house.practitioner
    other.pk, other.public_id, other.name, other.user = None, "second00000000", "Dr Autre", doctor
    other.position = 9
    other.save()
    make_price(house.clinic, house.protocol)
    client.force_login(doctor)
    address = reverse("quote_new", args=[house.patient.public_id])
    client.post(address, {"protocol": house.protocol.pk})
    assert Quote.objects.get().practitioner_name == "Dr Autre"
