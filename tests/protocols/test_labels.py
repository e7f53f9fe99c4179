"""No part of a protocol is shown to a manager under the name of its column."""

from django.apps import apps
from django.utils import translation

from protocols import labels

OWN = [*apps.get_app_config("protocols").get_models()]


def test_every_model_and_every_column_has_a_label() -> None:
    columns = {
        field.name for model in OWN for field in model._meta.get_fields() if not field.auto_created
    }
    assert columns == set(labels.FIELDS)
    assert {model.__name__.lower() for model in OWN} == set(labels.MODELS)


def test_a_french_reader_sees_french() -> None:
    gap = next(model for model in OWN if model.__name__ == "Step")._meta.get_field("gap_min")
    with translation.override("fr"):
        assert str(gap.verbose_name) == "écart minimal"
        assert str(gap.model._meta.verbose_name_plural) == "séances de la série"
