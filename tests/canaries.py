"""A patient in whose record every text is a word that stands nowhere else.

Whatever shows one of these words has shown that very column. `Cage` writes at least one row of
every table of `patients`, and refuses to be built when a new table has none.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import CharField, Field, JSONField, Model, TextField
from phonenumber_field.modelfields import PhoneNumberField

from patients.models import (
    AccessRequest,
    AdverseEvent,
    AdverseEventEntry,
    Amendment,
    Article,
    CareConsent,
    KeptText,
    Lot,
    MessageConsent,
    Patient,
    Photo,
    ProductUse,
    Quote,
    QuoteLine,
    RecordVersion,
    Review,
    Screening,
    ScreeningAnswer,
    ScreeningDecision,
    Seal,
    Series,
    SessionRecord,
    TreatmentSession,
    UnusableAddress,
)
from protocols.models import Contraindication
from tests.factories import NOW, House
from tests.patients.treating import make_product

LATER = NOW + dt.timedelta(hours=1)
NEXT_YEAR = dt.date(2027, 3, 2)


@dataclass(frozen=True)
class Canary:
    model: type[Model]
    field: str
    word: str

    @property
    def column(self) -> tuple[str, str]:
        return self.model._meta.db_table, self.field

    def __str__(self) -> str:
        return f"{self.model.__name__}.{self.field}"


def texts_of(model: type[Model]) -> list[Field]:
    """Where somebody may write what they like: text that is chosen from no list."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, CharField | TextField | JSONField)
        and not isinstance(field, PhoneNumberField)
        and not field.choices
        and field.editable
    ]


class Cage:
    """Rows of every table about one patient; `canaries` are the words in them.

    The record is that of `session` where one is given: one that is booked shows in the agenda.
    """

    def __init__(
        self, house: House, patient: Patient, session: TreatmentSession | None = None
    ) -> None:
        self.house, self.patient, self.by = house, patient, house.user
        self.canaries: list[Canary] = []
        self.filled: set[type[Model]] = {Patient}
        self.series = self.fill(
            Series, protocol=house.protocol, patient=patient, status="revoked", opened_at=NOW,
            opened_by=self.by, closed_at=LATER, closed_by=self.by,
        )  # fmt: skip
        done = self.fill(
            TreatmentSession, series=self.series, step=house.protocol.steps.first(), number=1,
            status="completed", done_on=NOW.date(),
        )  # fmt: skip
        self.session = session or done
        self._record()
        self._screening()
        self._consents()
        self._quote()
        self._aftermath()
        self._contacts()
        assert self.filled == set(apps.get_app_config("patients").get_models())

    def fill(self, model: type[Model], **given: Any) -> Any:
        """A row with a word in each of its texts that was not given."""
        row = model(
            **given | {f.name: self._word(model, f) for f in texts_of(model) if f.name not in given}
        )
        row.save()
        self.filled.add(model)
        return row

    def _word(self, model: type[Model], field: Field) -> Any:
        word = f"qzx{len(self.canaries):03d}y"
        self.canaries.append(Canary(model, field.name, word))
        if isinstance(field, JSONField):
            return [word] if field.default is list else {"notes": word}
        return word

    def _record(self) -> None:
        self.article = self.fill(
            Article, product=make_product(), regulatory_status="device", barcode=""
        )
        self.lot = self.fill(
            Lot, article=self.article, expires_on=NEXT_YEAR, received_on=NOW.date(),
            recalled_at=NOW, recalled_by=self.by,
        )  # fmt: skip
        self.record = self.fill(
            SessionRecord, session=self.session, patient=self.patient, started_at=NOW,
            performer=self.by, opened_at=NOW, opened_by=self.by, saved_at=NOW, saved_by=self.by,
        )  # fmt: skip
        self.use = self.fill(
            ProductUse, record=self.record, lot=self.lot, expires_on=NEXT_YEAR,
            regulatory_status="device",
        )  # fmt: skip
        self.fill(RecordVersion, record=self.record, version=1, at=NOW, by=self.by)
        self.fill(KeptText, record=self.record, by=self.by, at=NOW, base=1)
        self.record.status, self.record.signed_at, self.record.signed_by = "signed", NOW, self.by
        self.record.save()
        amendment = self.fill(Amendment, record=self.record, at=LATER, by=self.by)
        self.fill(Seal, number=1, record=self.record, at=NOW, by=self.by)
        self.fill(Seal, number=2, amendment=amendment, at=LATER, by=self.by)

    def _screening(self) -> None:
        screening = self.fill(
            Screening, patient=self.patient, protocol=self.house.protocol, answered_at=NOW,
            by_patient=True, by=self.by,
        )  # fmt: skip
        question = Contraindication.objects.create(
            code="cage", name_fr="Allergie", severity="blocking", question_fr="Une allergie ?"
        )
        answer = self.fill(
            ScreeningAnswer, screening=screening, contraindication=question, finding="blocking"
        )
        decided = {"patient": self.patient, "at": LATER, "by": self.by, "until": NEXT_YEAR}
        self.fill(ScreeningDecision, answer=answer, kind="cleared", **decided)
        self.fill(ScreeningDecision, kind="not_before", **decided)

    def _consents(self) -> None:
        given = {
            "patient": self.patient, "protocol": self.house.protocol, "language": "fr",
            "off_label_told": True, "given_at": NOW, "recorded_by": self.by,
            "withdrawn_at": LATER, "withdrawn_by": self.by,
        }  # fmt: skip
        self.consent = self.fill(CareConsent, how="drawn", file="", **given)
        self.fill(CareConsent, how="uploaded", drawing="", **given)

    def _quote(self) -> None:
        self.quote = self.fill(
            Quote, patient=self.patient, protocol=self.house.protocol, language="fr",
            valid_until=NEXT_YEAR, content_hash="", created_at=NOW, created_by=self.by,
        )  # fmt: skip
        self.fill(
            QuoteLine, quote=self.quote, position=1, quantity=1, unit_cents=100, vat_permille=0,
            vat_ground="care",
        )  # fmt: skip
        seal = self._word(Quote, Quote._meta.get_field("content_hash"))
        Quote.objects.filter(pk=self.quote.pk).update(
            status="given", given_at=NOW, given_by=self.by, content_hash=seal
        )

    def _aftermath(self) -> None:
        self.event = self.fill(
            AdverseEvent, patient=self.patient, session=self.session, product_use=self.use,
            source="phone", noticed_at=NOW, severity="mild", channel="device", reported_at=NOW,
            reported_by=self.by,
        )  # fmt: skip
        self.fill(AdverseEventEntry, event=self.event, at=NOW, by=self.by)
        self.fill(
            Review, series=self.series, after_number=1, improvement="some", outcome="continue",
            at=NOW, by=self.by,
        )  # fmt: skip
        self.photo = self.fill(
            Photo, patient=self.patient, session=self.session, moment="before",
            taken_on=NOW.date(), width=4, height=3, size=9, at=NOW, by=self.by, removed_at=LATER,
            removed_by=self.by,
        )  # fmt: skip
        self.fill(
            AccessRequest, patient=self.patient, received_on=NOW.date(), due_on=NEXT_YEAR, at=NOW,
            by=self.by, status="refused", answered_at=LATER, answered_by=self.by,
        )  # fmt: skip

    def _contacts(self) -> None:
        self.fill(
            MessageConsent, patient=self.patient, purpose="recall", channel="sms", is_given=False,
            how="desk", at=NOW, by=self.by,
        )  # fmt: skip
        self.fill(UnusableAddress, patient=self.patient, channel="email", at=NOW)
