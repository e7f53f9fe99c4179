"""Who is treated."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patients.models.public_id import LENGTH, new_public_id
from patients.phones import PhoneField
from patients.words import search_text


class Gender(models.TextChoices):
    """FHIR's administrative gender."""

    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Not stated")


class Language(models.TextChoices):
    FRENCH = "fr", _("French")
    ENGLISH = "en", _("English")


class Channel(models.TextChoices):
    """How a message travels."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")


class Patient(models.Model):
    """Identity and contacts: what reception may see. Nothing here is about health.

    The used name and the birth name stand apart, as French rules on identity (RNIV) ask.
    `search_text` is derived on every save, see `patients.words.search_text`.
    """

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    family_name = models.CharField(_("family name"), max_length=100)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    birth_name = models.CharField(_("birth name"), max_length=100, blank=True)
    birth_on = models.DateField(_("birth date"), null=True, blank=True)
    gender = models.CharField(
        _("gender"), max_length=10, choices=Gender.choices, default=Gender.UNKNOWN
    )
    language = models.CharField(
        _("language"), max_length=5, choices=Language.choices, default=Language.FRENCH
    )
    phone = PhoneField(_("mobile phone"), blank=True)
    other_phone = PhoneField(_("other phone"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    preferred_channel = models.CharField(
        _("preferred channel"),
        max_length=5,
        choices=Channel.choices,
        blank=True,
        help_text=_("The other one is used where this one cannot be."),
    )
    street = models.CharField(_("street"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    desk_note = models.CharField(
        _("note for the desk"),
        max_length=200,
        blank=True,
        help_text=_("Practical only, never about health: “needs the ground floor”."),
    )
    search_text = models.TextField(editable=False, default="")
    sort_text = models.CharField(max_length=220, editable=False, default="", db_index=True)
    created_at = models.DateTimeField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering: ClassVar = ["sort_text", "id"]
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(family_name=""), name="patients_patient_has_a_name"
            ),
            models.CheckConstraint(
                condition=models.Q(birth_on__isnull=True)
                | models.Q(birth_on__gte=dt.date(1880, 1, 1)),
                name="patients_patient_birth_is_plausible",
                violation_error_message=_("This birth date lies too far back."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.search_text, self.sort_text = search_text(self)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def name(self) -> str:
        """As the desk reads it: FAMILY Given."""
        return f"{self.family_name.upper()} {self.given_name}".strip()

    @property
    def birth_name_if_other(self) -> str:
        return "" if self.birth_name.casefold() == self.family_name.casefold() else self.birth_name

    def age(self, *, today: dt.date) -> int | None:
        """Whole years lived on `today`."""
        if self.birth_on is None:
            return None
        before_birthday = (today.month, today.day) < (self.birth_on.month, self.birth_on.day)
        return today.year - self.birth_on.year - before_birthday

    @property
    def is_reachable(self) -> bool:
        return bool(self.phone or self.other_phone or self.email)

    @property
    def language_label(self) -> str | Promise:
        return Language(self.language).label
