"""Articles are kept by managers; lots are looked at, and reactions and records are not there."""

import pytest
from django.contrib import admin
from django.test import Client

from clinic.models import AuditEntry
from patients.models import AdverseEvent, Article, Lot, ProductUse, SessionRecord
from tests.patients.treating import make_article, make_lot, make_product

pytestmark = pytest.mark.django_db


def typed(**fields: object) -> dict[str, object]:
    return {
        "name": "Révitalise",
        "maker": "Maison Bleue",
        "regulatory_status": "device",
        "performer_qualification": "",
        "barcode": "3401234567890",
        "is_active": "on",
    } | fields


def test_a_manager_adds_and_corrects_an_article(manager: Client) -> None:
    product = make_product()
    manager.post("/settings/patients/article/add/", typed(product=product.pk))
    article = Article.objects.get()
    assert (article.name, article.barcode) == ("Révitalise", "03401234567890")
    address = f"/settings/patients/article/{article.pk}/change/"
    manager.post(address, typed(product=product.pk, name="Révitalise 135"))
    assert Article.objects.get().name == "Révitalise 135"
    actions = AuditEntry.objects.filter(action__startswith="article.")
    assert sorted(actions.values_list("action", flat=True)) == ["article.create", "article.update"]


def test_a_wrong_gtin_is_told(manager: Client) -> None:
    fields = typed(product=make_product().pk, barcode="3401234567891")
    answer = manager.post("/settings/patients/article/add/", fields)
    assert (answer.status_code, Article.objects.count()) == (200, 0)


def test_an_article_is_never_deleted_and_a_lot_never_changed(manager: Client) -> None:
    article, lot = make_article(), make_lot(number="L1")
    for address in (
        f"/settings/patients/article/{article.pk}/delete/",
        f"/settings/patients/lot/{lot.pk}/delete/",
        f"/settings/patients/lot/{lot.pk}/change/",
        "/settings/patients/lot/add/",
    ):
        assert manager.post(address, {"post": "yes", "number": "L2"}).status_code == 403, address
    assert Lot.objects.get(pk=lot.pk).number == "L1"


def test_nothing_clinical_stands_in_the_settings() -> None:
    clinical = {AdverseEvent, ProductUse, SessionRecord}
    assert clinical & set(admin.site._registry) == set()
