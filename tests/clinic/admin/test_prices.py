"""Prices of a clinic, and what its quotes need to know."""

import pytest
from django.test import Client
from django.utils import translation

from clinic.models import AuditEntry, Clinic, Price, Resource
from tests.clinic.admin.asking import errors
from tests.factories import House, make_clinic
from tests.quoting import make_price

pytestmark = pytest.mark.django_db
ADD = "/settings/clinic/price/add/"


def price_form(house: House, **fields: object) -> dict[str, object]:
    return {
        "protocol": house.protocol.slug,
        "phase": "",
        "cents": "1 234,50 €",
        "vat_permille": "20",
        "vat_ground": "aesthetic",
    } | fields


def test_a_price_is_typed_in_euros_and_kept_in_cents(manager: Client, house: House) -> None:
    assert manager.post(ADD, price_form(house)).status_code == 302
    price = Price.objects.get()
    assert (price.clinic, price.protocol, price.cents) == (
        house.clinic,
        house.protocol.slug,
        123_450,
    )
    assert price.vat_permille == 200
    assert AuditEntry.objects.filter(action="price.create", by=house.manager).count() == 1


def test_a_price_is_shown_again_as_it_was_typed(manager: Client, house: House) -> None:
    price = make_price(house.clinic, house.protocol, 123_450)
    with translation.override("fr"):
        form = manager.get(f"/settings/clinic/price/{price.pk}/change/").context["adminform"].form
        assert (form["cents"].value(), form["vat_permille"].value()) == ("1\u00a0234,50", "20")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"cents": "-1"}, "cents"),
        ({"cents": "99999999999"}, "cents"),
        ({"cents": "100001"}, "cents"),
        ({"cents": "a\0b"}, "cents"),
        ({"vat_permille": "200"}, "vat_permille"),
        ({"vat_ground": "care"}, "vat_permille"),
        ({"protocol": "nothing"}, "protocol"),
    ],
)
def test_a_price_that_cannot_be_is_refused_at_the_field(
    manager: Client, house: House, fields: dict[str, object], field: str
) -> None:
    assert list(errors(manager.post(ADD, price_form(house, **fields)))) == [field]
    assert Price.objects.count() == 0


def test_a_second_price_of_the_same_phase_is_refused(manager: Client, house: House) -> None:
    make_price(house.clinic, house.protocol)
    assert manager.post(ADD, price_form(house)).status_code == 200
    assert Price.objects.count() == 1


def test_another_clinics_price_is_not_there(manager: Client, house: House) -> None:
    price = make_price(make_clinic(), house.protocol)
    address = f"/settings/clinic/price/{price.pk}/"
    assert manager.get(f"{address}change/").status_code == 302
    assert manager.post(f"{address}delete/", {"post": "yes"}).status_code in {302, 404}
    assert Price.objects.count() == 1


def test_a_price_may_be_taken_away(manager: Client, house: House) -> None:
    price = make_price(house.clinic, house.protocol)
    manager.post(f"/settings/clinic/price/{price.pk}/delete/", {"post": "yes"})
    assert Price.objects.count() == 0
    assert AuditEntry.objects.filter(action="price.delete").count() == 1


def test_the_clinic_sets_its_sum_and_who_sees_records(manager: Client, house: House) -> None:
    fields = ("name", "neutral_label", "timezone", "holiday_region", "grid_minutes")
    form = {name: getattr(house.clinic, name) for name in fields}
    form |= {"quote_from_euros": "250", "assistants_see_records": "on"}
    answer = manager.post(f"/settings/clinic/clinic/{house.clinic.pk}/change/", form)
    assert answer.status_code == 302
    clinic = Clinic.objects.get(pk=house.clinic.pk)
    assert (clinic.quote_from_euros, clinic.assistants_see_records) == (250, True)


def test_a_practitioner_has_what_stands_on_quotes(manager: Client, house: House) -> None:
    address = f"/settings/clinic/resource/{house.practitioner.pk}/change/"
    form = {
        "name": "Dr Roux",
        "qualification": "physician",
        "position": 1,
        "is_active": "on",
        "order_number": "10101010101",
        "insurance": "Mutuelle, contrat 42",
        "hours-TOTAL_FORMS": 0,
        "hours-INITIAL_FORMS": 0,
    }
    assert manager.post(address, form).status_code == 302
    kept = Resource.objects.get(pk=house.practitioner.pk)
    assert (kept.order_number, kept.insurance) == ("10101010101", "Mutuelle, contrat 42")
    room = f"/settings/clinic/resource/{house.room.pk}/change/"
    refused = manager.post(room, form | {"name": "Salle 1", "qualification": ""})
    assert list(errors(refused)) == ["order_number"]
