"""Where and with what: clinics, their practitioners, rooms and devices, hours, absences."""

import datetime as dt
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from clinic.models.people import User
from patients.models import new_public_id
from patients.models.public_id import LENGTH
from protocols.models import Qualification, ResourceKind
from protocols.planning.zones import load_zone
from protocols.translated import Translated

MINUTES_OF_A_DAY = 24 * 60


def validate_zone(name: str) -> None:
    try:
        load_zone(name)
    except KeyError as error:
        text = _("Not the name of a time zone, such as Europe/Paris.")
        raise ValidationError(text) from error


class HolidayRegion(models.TextChoices):
    """Whose public holidays close the clinic; the codes are those of the `holidays` package."""

    NONE = "", _("None")
    FRANCE = "FR", _("France")
    MOSELLE = "FR-57", _("Moselle")
    ALSACE = "FR-6AE", _("Alsace")
    GUADELOUPE = "FR-971", _("Guadeloupe")
    MARTINIQUE = "FR-972", _("Martinique")
    GUYANE = "FR-973", _("French Guiana")
    REUNION = "FR-974", _("Réunion")
    MAYOTTE = "FR-976", _("Mayotte")
    SAINT_BARTHELEMY = "FR-BL", _("Saint-Barthélemy")
    SAINT_MARTIN = "FR-MF", _("Saint-Martin")
    SAINT_PIERRE = "FR-PM", _("Saint-Pierre-et-Miquelon")
    NEW_CALEDONIA = "FR-NC", _("New Caledonia")
    POLYNESIA = "FR-PF", _("French Polynesia")
    WALLIS = "FR-WF", _("Wallis and Futuna")
    BELGIUM = "BE", _("Belgium")
    LUXEMBOURG = "LU", _("Luxembourg")
    SWITZERLAND_GE = "CH-GE", _("Switzerland, Geneva")
    SWITZERLAND_VD = "CH-VD", _("Switzerland, Vaud")
    QUEBEC = "CA-QC", _("Québec")


class Clinic(models.Model):
    """One site. FHIR Location, with its time zone: every hour on its pages is in that zone."""

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    name = models.CharField(_("name"), max_length=100)
    neutral_label = models.CharField(
        _("neutral label"),
        max_length=60,
        help_text=_("What patients see in calendars and messages; it says nothing about care."),
    )
    timezone = models.CharField(
        _("time zone"), max_length=50, default="Europe/Paris", validators=[validate_zone]
    )
    holiday_region = models.CharField(
        _("public holidays"),
        max_length=10,
        blank=True,
        choices=HolidayRegion.choices,
        default=HolidayRegion.FRANCE,
    )
    grid_minutes = models.PositiveSmallIntegerField(
        _("grid"), default=15, help_text=_("Appointments start every so many minutes.")
    )
    street = models.CharField(_("street"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    quote_from_euros = models.PositiveIntegerField(
        _("quote from (euros)"),
        default=300,
        help_text=_("A series that costs this much is confirmed only with a quote given."),
    )  # arrêté of 17 October 1996, art. 1; counted over the whole series
    assistants_see_records = models.BooleanField(
        _("assistants see records"),
        default=False,
        help_text=_("Otherwise practitioners alone read and write them."),
    )
    messages_from_hour = models.PositiveSmallIntegerField(
        _("messages from (hour)"), default=8, help_text=_("Nothing is sent at night.")
    )  # 8 to 20, no Sundays, no holidays: our choice (domain 3.17), the clinic's to narrow
    messages_until_hour = models.PositiveSmallIntegerField(_("messages until (hour)"), default=20)
    sends_texts = models.BooleanField(
        _("sends text messages"), default=True, help_text=_("Otherwise e-mail alone.")
    )
    text_prefixes = models.CharField(
        _("countries for text messages"),
        max_length=120,
        default="+33 +262 +590 +594 +596 +687 +689 +508 +32 +352 +41 +377",
        help_text=_("Numbers that begin otherwise get no text message."),
    )
    texts_a_day = models.PositiveIntegerField(
        _("text messages a day"), default=500, help_text=_("Past it: e-mail, and a word here.")
    )
    shows_leaflet = models.BooleanField(
        _("patients look things up"),
        default=False,
        help_text=_("The leaflet made searchable: reactions, recovery, sessions, quiz."),
    )

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(grid_minutes__in=[5, 10, 15, 20, 30, 60]),
                name="clinic_clinic_grid_divides_the_hour",
                violation_error_message=_("5, 10, 15, 20, 30 or 60 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(messages_from_hour__gte=8, messages_until_hour__lte=20)
                & Q(messages_from_hour__lt=F("messages_until_hour")),
                name="clinic_clinic_messages_by_day",
                violation_error_message=_("Between 8 and 20 o’clock."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def zone(self) -> ZoneInfo:
        return load_zone(self.timezone)  # of the pinned tzdata: the planner's own

    def today(self, *, now: dt.datetime) -> dt.date:
        return now.astimezone(self.zone).date()

    @property
    def address(self) -> str:
        return ", ".join(filter(None, [self.street, f"{self.postal_code} {self.city}".strip()]))


class Resource(models.Model):
    """A practitioner, a room or a device: what an appointment holds. FHIR Schedule."""

    public_id = models.CharField(
        max_length=LENGTH, unique=True, default=new_public_id, editable=False
    )
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="resources")
    kind = models.ForeignKey(ResourceKind, models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="resources")
    qualification = models.CharField(
        _("qualification"), max_length=20, choices=Qualification.choices, blank=True
    )
    order_number = models.CharField(
        _("number at the Order"), max_length=40, blank=True, help_text=_("Stands on quotes.")
    )
    insurance = models.CharField(
        _("liability insurance"), max_length=200, blank=True, help_text=_("Stands on quotes.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Unticked: no longer proposed; nothing is lost.")
    )

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering: ClassVar = ["clinic", "kind__position", "position", "name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clinic", "name"], name="clinic_resource_name_once_per_clinic"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_practitioner(self) -> bool:
        return self.kind.category == "practitioner"


class WorkingHours(models.Model):
    """One span of a resource's week, in wall-clock minutes, valid from a date until another.

    Spans that touch or overlap are joined. `valid_until` is the first day on which it no longer
    holds.
    """

    resource = models.ForeignKey(Resource, models.PROTECT, related_name="hours")
    weekday = models.PositiveSmallIntegerField(
        _("weekday"),
        choices=[
            (0, _("Monday")),
            (1, _("Tuesday")),
            (2, _("Wednesday")),
            (3, _("Thursday")),
            (4, _("Friday")),
            (5, _("Saturday")),
            (6, _("Sunday")),
        ],
    )
    from_minute = models.PositiveSmallIntegerField(_("from"))
    to_minute = models.PositiveSmallIntegerField(_("to"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until (not included)"), null=True, blank=True)

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        ordering: ClassVar = ["resource", "weekday", "from_minute"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6), name="clinic_workinghours_weekday_exists"
            ),
            models.CheckConstraint(
                condition=Q(from_minute__lt=F("to_minute")),
                name="clinic_workinghours_from_before_to",
                violation_error_message=_("The end must come after the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(to_minute__lte=MINUTES_OF_A_DAY),
                name="clinic_workinghours_within_the_day",
                violation_error_message=_("A day ends at 24:00."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_from__lt=F("valid_until")),
                name="clinic_workinghours_valid_from_before_until",
                violation_error_message=_("“Valid until” must come after “valid from”."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource} · {self.get_weekday_display()} {self.span}"

    @property
    def span(self) -> str:
        return f"{clock(self.from_minute)}–{clock(self.to_minute)}"


class Absence(models.Model):
    """A time at which one resource, or without one the whole clinic, is away (a closure).

    It may be entered over appointments: they are not lost, the desk sees them as "to move". The
    label says nothing about anybody's health.
    """

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="absences")
    resource = models.ForeignKey(
        Resource, models.PROTECT, null=True, blank=True, related_name="absences"
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    label = models.CharField(_("label"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("absence or closure")
        verbose_name_plural = _("absences and closures")
        ordering: ClassVar = ["starts_at"]
        indexes: ClassVar = [models.Index(fields=["clinic", "ends_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")),
                name="clinic_absence_starts_before_it_ends",
                violation_error_message=_("The end must come after the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return " · ".join(filter(None, [str(self.resource or self.clinic), self.label]))

    def clean(self) -> None:
        if self.resource and self.resource.clinic_id != self.clinic_id:
            raise ValidationError({"resource": _("This resource belongs to another clinic.")})


class VisitType(models.Model):
    """A single visit that is no part of a series: consultation, review."""

    name_fr = models.CharField(_("name in French"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    needs = models.ManyToManyField(ResourceKind, verbose_name=_("needs"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    name = Translated("name")

    class Meta:
        verbose_name = _("kind of visit")
        verbose_name_plural = _("kinds of visit")
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(minutes__gte=5, minutes__lte=480),
                name="clinic_visittype_minutes_are_plausible",
                violation_error_message=_("Between 5 and 480 minutes."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


def clock(minute: int) -> str:
    """540 → 09:00; 1440 → 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"
