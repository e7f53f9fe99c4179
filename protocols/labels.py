"""What the settings call the parts of a protocol, in the reader's language.

Beside the models and not in them: a word is no change of the database, and needs no migration.
"""

from collections.abc import Iterable

from django.db.models import Model
from django.utils.translation import pgettext_lazy

MODELS = {
    "indication": (
        pgettext_lazy("protocol form", "indication"),
        pgettext_lazy("protocol form", "indications"),
    ),
    "zone": (pgettext_lazy("protocol form", "zone"), pgettext_lazy("protocol form", "zones")),
    "contraindication": (
        pgettext_lazy("protocol form", "contraindication"),
        pgettext_lazy("protocol form", "contraindications"),
    ),
    "product": (
        pgettext_lazy("protocol form", "product"),
        pgettext_lazy("protocol form", "products"),
    ),
    "protocol": (
        pgettext_lazy("protocol form", "protocol"),
        pgettext_lazy("protocol form", "protocols"),
    ),
    "source": (pgettext_lazy("protocol form", "source"), pgettext_lazy("protocol form", "sources")),
    "careinstruction": (
        pgettext_lazy("protocol form", "care instruction"),
        pgettext_lazy("protocol form", "care instructions"),
    ),
    "expectedreaction": (
        pgettext_lazy("protocol form", "expected reaction"),
        pgettext_lazy("protocol form", "expected reactions"),
    ),
    "alertsign": (
        pgettext_lazy("protocol form", "alert sign"),
        pgettext_lazy("protocol form", "alert signs"),
    ),
    "sourcedvalue": (
        pgettext_lazy("protocol form", "figure with its source"),
        pgettext_lazy("protocol form", "figures with their sources"),
    ),
    "protocolindication": (
        pgettext_lazy("protocol form", "indication of the protocol"),
        pgettext_lazy("protocol form", "indications of the protocol"),
    ),
    "protocolzone": (
        pgettext_lazy("protocol form", "zone of the protocol"),
        pgettext_lazy("protocol form", "zones of the protocol"),
    ),
    "protocolproduct": (
        pgettext_lazy("protocol form", "product of the protocol"),
        pgettext_lazy("protocol form", "products of the protocol"),
    ),
    "protocolcontraindication": (
        pgettext_lazy("protocol form", "contraindication of the protocol"),
        pgettext_lazy("protocol form", "contraindications of the protocol"),
    ),
    "phase": (pgettext_lazy("protocol form", "phase"), pgettext_lazy("protocol form", "phases")),
    "resourcekind": (
        pgettext_lazy("protocol form", "kind of resource"),
        pgettext_lazy("protocol form", "kinds of resource"),
    ),
    "step": (
        pgettext_lazy("protocol form", "session of the series"),
        pgettext_lazy("protocol form", "sessions of the series"),
    ),
    "segment": (
        pgettext_lazy("protocol form", "part of the visit"),
        pgettext_lazy("protocol form", "parts of the visit"),
    ),
    "segmentneed": (
        pgettext_lazy("protocol form", "need"),
        pgettext_lazy("protocol form", "needs"),
    ),
}
FIELDS = {
    "code": pgettext_lazy("protocol form", "code"),
    "name_fr": pgettext_lazy("protocol form", "name, in French"),
    "name_en": pgettext_lazy("protocol form", "name, in English"),
    "severity": pgettext_lazy("protocol form", "severity"),
    "question_fr": pgettext_lazy("protocol form", "question, in French"),
    "question_en": pgettext_lazy("protocol form", "question, in English"),
    "answer_type": pgettext_lazy("protocol form", "kind of answer"),
    "options": pgettext_lazy("protocol form", "answers of the list"),
    "asked_again_days": pgettext_lazy("protocol form", "asked again after (days)"),
    "wait": pgettext_lazy("protocol form", "how long to wait (P2D is two days)"),
    "regulatory_status": pgettext_lazy("protocol form", "regulatory status"),
    "performer_qualification": pgettext_lazy("protocol form", "who may inject it"),
    "slug": pgettext_lazy("protocol form", "name in addresses"),
    "version": pgettext_lazy("protocol form", "version"),
    "status": pgettext_lazy("protocol form", "status"),
    "summary_fr": pgettext_lazy("protocol form", "summary, in French"),
    "summary_en": pgettext_lazy("protocol form", "summary, in English"),
    "consent_fr": pgettext_lazy("protocol form", "consent text, in French"),
    "consent_en": pgettext_lazy("protocol form", "consent text, in English"),
    "performers": pgettext_lazy("protocol form", "who may perform it"),
    "reflection_days": pgettext_lazy("protocol form", "days to think it over"),
    "season_from_month": pgettext_lazy("protocol form", "season: first month (1–12)"),
    "season_until_month": pgettext_lazy("protocol form", "season: last month (1–12)"),
    "sessions_min": pgettext_lazy("protocol form", "fewest sessions"),
    "sessions_max": pgettext_lazy("protocol form", "most sessions"),
    "on_missed": pgettext_lazy("protocol form", "after a missed session"),
    "content_hash": pgettext_lazy("protocol form", "fingerprint of the content"),
    "drafted_by": pgettext_lazy("protocol form", "drafted by"),
    "published_at": pgettext_lazy("protocol form", "published on"),
    "published_by": pgettext_lazy("protocol form", "published by"),
    "retired_at": pgettext_lazy("protocol form", "retired on"),
    "retired_by": pgettext_lazy("protocol form", "retired by"),
    "indications": pgettext_lazy("protocol form", "indications"),
    "zones": pgettext_lazy("protocol form", "zones"),
    "products": pgettext_lazy("protocol form", "products"),
    "contraindications": pgettext_lazy("protocol form", "contraindications"),
    "title_fr": pgettext_lazy("protocol form", "title, in French"),
    "title_en": pgettext_lazy("protocol form", "title, in English"),
    "address": pgettext_lazy("protocol form", "web address"),
    "kind": pgettext_lazy("protocol form", "kind"),
    "source": pgettext_lazy("protocol form", "source"),
    "locator": pgettext_lazy("protocol form", "page or paragraph"),
    "topic": pgettext_lazy("protocol form", "topic"),
    "position": pgettext_lazy("protocol form", "position"),
    "text_fr": pgettext_lazy("protocol form", "text, in French"),
    "text_en": pgettext_lazy("protocol form", "text, in English"),
    "protocol": pgettext_lazy("protocol form", "protocol"),
    "phase": pgettext_lazy("protocol form", "phase"),
    "hours_from": pgettext_lazy("protocol form", "from hour"),
    "hours_until": pgettext_lazy("protocol form", "until hour"),
    "hours_min": pgettext_lazy("protocol form", "shortest, hours"),
    "hours_max": pgettext_lazy("protocol form", "longest, hours"),
    "urgency": pgettext_lazy("protocol form", "urgency"),
    "after_hours": pgettext_lazy("protocol form", "only after, hours"),
    "is_default": pgettext_lazy("protocol form", "the value in use"),
    "why_fr": pgettext_lazy("protocol form", "why, in French"),
    "why_en": pgettext_lazy("protocol form", "why, in English"),
    "indication": pgettext_lazy("protocol form", "indication"),
    "zone": pgettext_lazy("protocol form", "zone"),
    "product": pgettext_lazy("protocol form", "product"),
    "contraindication": pgettext_lazy("protocol form", "contraindication"),
    "open_ended": pgettext_lazy("protocol form", "goes on as long as wanted"),
    "note_fr": pgettext_lazy("protocol form", "note, in French"),
    "note_en": pgettext_lazy("protocol form", "note, in English"),
    "category": pgettext_lazy("protocol form", "category"),
    "number": pgettext_lazy("protocol form", "number"),
    "gap_min": pgettext_lazy("protocol form", "shortest gap"),
    "gap_ideal": pgettext_lazy("protocol form", "ideal gap"),
    "gap_max": pgettext_lazy("protocol form", "longest gap"),
    "our_part": pgettext_lazy("protocol form", "what is our own reading"),
    "step": pgettext_lazy("protocol form", "session"),
    "minutes": pgettext_lazy("protocol form", "minutes"),
    "needs": pgettext_lazy("protocol form", "needs"),
    "segment": pgettext_lazy("protocol form", "part of the visit"),
}


def label(models: Iterable[type[Model]]) -> None:
    for model in models:
        one, many = MODELS[model.__name__.lower()]
        model._meta.verbose_name, model._meta.verbose_name_plural = one, many
        for field in model._meta.get_fields():
            if field.name in FIELDS and hasattr(field, "verbose_name"):
                field.verbose_name = FIELDS[field.name]
