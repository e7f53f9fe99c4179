"""Everything that is in a patient's file. docs/file-format.md tells it to those who read it."""

from django.utils.translation import gettext_lazy as _

from patients import models
from patients.file.columns import (
    Column,
    Table,
    identifier,
    machine,
    person,
    protocol_columns,
    text,
)
from patients.file.course import ADVERSE_EVENTS, PHOTOS, SERIES
from protocols.models import Severity

PATIENT = Table(
    "patient",
    _("Identity"),
    models.Patient,
    "pk",
    (
        identifier(),
        text("familyName", "family_name"),
        text("givenName", "given_name"),
        text("birthName", "birth_name"),
        text("birthDate", "birth_on"),
        text("gender"),
        text("language"),
        text("phone"),
        text("otherPhone", "other_phone"),
        text("email"),
        text("preferredChannel", "preferred_channel"),
        text("street"),
        text("postalCode", "postal_code"),
        text("city"),
        text("deskNote", "desk_note"),
        text("created", "created_at", _("Registered")),
    ),
)

SCREENINGS = Table(
    "questionnaireResponses",
    _("Screening"),
    models.Screening,
    "patient",
    (
        identifier(),
        *protocol_columns(),
        text("authored", "answered_at"),
        text("byPatient", "by_patient"),
        person("recordedBy", "by_id", _("Asked by")),
    ),
    children=(
        Table(
            "items",
            _("Answers"),
            models.ScreeningAnswer,
            "screening__patient",
            (
                machine("linkId", "contraindication__code"),
                Column("text", "contraindication__question", _("Question"), is_translated=True),
                text("answer", "value", words={"yes": _("Yes"), "no": _("No")}),
                text("note"),
                text("finding", label=_("Finding"), words=dict(Severity.choices)),
                text("notBefore", "not_before"),
                text("expires", "expires_on", _("Counts until")),
            ),
            parent="screening_id",
            children=(
                Table(
                    "decisions",
                    _("Decisions"),
                    models.ScreeningDecision,
                    "patient",
                    (
                        text("kind", label=_("Decision")),
                        text("until"),
                        text("reason"),
                        text("date", "at", _("On")),
                        person("performer", "by_id", _("By")),
                    ),
                    parent="answer_id",
                ),
            ),
        ),
    ),
)

HOLDS = Table(
    "holds",
    _("Decisions about every treatment"),
    models.ScreeningDecision,
    "patient",
    (
        text("kind", label=_("Decision")),
        text("until"),
        text("reason"),
        text("date", "at", _("On")),
        person("performer", "by_id", _("By")),
    ),
)

CONSENTS = Table(
    "consents",
    _("Consents"),
    models.CareConsent,
    "patient",
    (
        identifier(),
        *protocol_columns(),
        text("text"),
        text("textHash", "text_hash", _("SHA-256 of the text")),
        machine("language"),
        text("offLabelTold", "off_label_told"),
        text("how"),
        text("signer"),
        machine("signatureDrawing", "drawing"),
        text("dateTime", "given_at"),
        person("recordedBy", "recorded_by_id", _("Recorded by")),
        text("withdrawn", "withdrawn_at"),
        person("withdrawnBy", "withdrawn_by_id", _("Withdrawal recorded by")),
        text("withdrawalNote", "withdrawal_note"),
    ),
)

QUOTES = Table(
    "quotes",
    _("Quotes"),
    models.Quote,
    "patient",
    (
        identifier(),
        text("number"),
        *protocol_columns(),
        text("status", label=_("Status")),
        machine("language"),
        text("validUntil", "valid_until"),
        text("practitionerName", "practitioner_name"),
        text("practitionerAddress", "practitioner_address"),
        text("practitionerNumber", "practitioner_number"),
        text("practitionerQualification", "practitioner_qualification"),
        text("insurance"),
        text("patientName", "patient_name"),
        text("patientBirthDate", "patient_birth_on"),
        text("patientAddress", "patient_address"),
        text("place"),
        text("act"),
        text("anaesthesia"),
        text("daysOff", "days_off"),
        Column("totalCents", "total_cents", is_money=True),
        text("contentHash", "content_hash", _("SHA-256 of the content")),
        text("created", "created_at", _("Written")),
        person("createdBy", "created_by_id", _("Written by")),
        text("given", "given_at"),
        person("givenBy", "given_by_id", _("Given by")),
        text("answered", "answered_at"),
        person("answerRecordedBy", "answered_by_id", _("Answer recorded by")),
    ),
    children=(
        Table(
            "lines",
            _("Lines"),
            models.QuoteLine,
            "quote__patient",
            (
                machine("position"),
                text("phase"),
                text("label"),
                text("quantity"),
                Column("unitCents", "unit_cents", is_money=True),
                text("vatPermille", "vat_permille", _("VAT, per thousand")),
                text("vatGround", "vat_ground"),
            ),
            parent="quote_id",
        ),
    ),
)

ACCESS_REQUESTS = Table(
    "accessRequests",
    _("Requests for the file"),
    models.AccessRequest,
    "patient",
    (
        identifier(),
        text("received", "received_on"),
        text("isOld", "is_old"),
        text("due", "due_on"),
        text("identity"),
        text("status", label=_("Status")),
        text("recorded", "at", _("Recorded")),
        person("recorder", "by_id", _("Recorded by")),
        text("answered", "answered_at", _("Answered")),
        person("answeredBy", "answered_by_id", _("Answered by")),
        text("answer"),
    ),
)

MESSAGE_CONSENTS = Table(
    "messageConsents",
    _("What you agreed to be told"),
    models.MessageConsent,
    "patient",
    (
        text("category", "purpose"),
        text("medium", "channel"),
        text("permit", "is_given"),
        text("how"),
        text("dateTime", "at", _("On")),
        person("recordedBy", "by_id", _("Recorded by")),
    ),
)

UNUSABLE_ADDRESSES = Table(
    "unusableAddresses",
    _("Addresses that do not work"),
    models.UnusableAddress,
    "patient",
    (
        text("medium", "channel"),
        text("address"),
        text("answer"),
        text("recorded", "at", _("Recorded")),
    ),
)

TABLES = (
    PATIENT, SERIES, SCREENINGS, HOLDS, CONSENTS, QUOTES, ADVERSE_EVENTS, PHOTOS, ACCESS_REQUESTS,
    MESSAGE_CONSENTS, UNUSABLE_ADDRESSES,
)  # fmt: skip
